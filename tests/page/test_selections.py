"""Ten thousand selections: the page's offsets are the kernel's, and those of spaCy."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import spacy
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page
from spacy.tokens import Doc

from nbannotate.tasks import Span, Task, find_view, whole_tokens

SCRIPT = """
async ([task, wanted, together]) =>
  (await import("/page/selecting.js")).select(task, wanted, together)
"""
CHARACTERS = """async (text) => (await import("/page/selecting.js")).charactersOf(text)"""
SELECTIONS_A_TEXT = 25
TEXTS = 400
NLP = spacy.blank("en")
VIEW = find_view("spans.manual", exclusive=True)

WORDS = st.sampled_from(
    [
        *(
            "meth",
            "isn't",
            "20mg",
            "(IL-2)",
            "U.S.",
            "e.g.",
            "a/b",
            "https://a.bc/d?e=1",
            "—",
            "…",
        ),
        *("👩‍👩‍👧‍👦", "👨🏽‍🔬", "🏳️‍🌈", "🇫🇷", "🇩🇪🇯🇵", "👍🏿", "❤️", "1️⃣", "🚲", "𝔘𝔫𝔦", "𐍈", "💊💊"),
        *(
            "e\u0301",
            "Ber\u0301lin",
            "n\u0303o",
            "Z\u0351\u036b\u0343algo",
            "\u0301",
            "क्षि",
            "ที่นี่",
            "각",
        ),
        *(
            "שלום",
            "עִבְרִית",
            "مرحبا",
            "الدَّواء",
            "١٢٣",
            "\u202eabc\u202c",
            "\u200fא\u200e",
            "ab(ג)cd",
        ),
        *("日本語", "テキスト。", "中文，", "한국어", "ｆｕｌｌ", "㌔", "〱"),
        *(
            "a\u200bb",
            "\u200b",
            "\u200d",
            "\ufeff",
            "a\u00adb",
            "x\u2060y",
            "<b>",
            "&amp;",
            "ß",
            "ﬁ",
        ),
    ]
)
GAPS = st.sampled_from(
    [" ", " ", " ", "", "  ", "\n", "\r\n", "\r\n\r\n", "\t", "\u00a0", "\u3000", "\u2028"]
)
ANY = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=4)
TEXT = st.lists(st.tuples(WORDS | ANY, GAPS).map("".join), min_size=1, max_size=10).map("".join)


@st.composite
def texts_with_selections(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """A text and selections in it, each from one character of a word to another."""
    text = draw(TEXT.filter(lambda text: any(not token.is_space for token in NLP.make_doc(text))))
    characters = [at for start, end in tokens_of(NLP.make_doc(text)) for at in range(start, end)]
    one = st.fixed_dictionaries(
        {
            "how": st.sampled_from(["drag", "drag", "drag", "keys"]),
            "from": st.sampled_from(characters),
            "to": st.sampled_from(characters),
        }
    )
    size = SELECTIONS_A_TEXT
    return text, draw(st.lists(one, min_size=size, max_size=size))


def tokens_of(doc: Doc) -> list[tuple[int, int]]:
    """The tokens as a session has them."""
    return [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]


def words_of(
    tokens: list[tuple[int, int]], characters: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The tokens, those that are parts of one visible character as one."""
    words: list[tuple[int, int]] = []
    for start, end in tokens:
        if words and any(low < words[-1][1] and high > start for low, high in characters):
            words[-1] = words[-1][0], end
        else:
            words.append((start, end))
    return words


def wanted_span(words: list[tuple[int, int]], selection: dict[str, Any]) -> tuple[int, int]:
    """The words that a person who pointed at two characters meant."""
    low, high = sorted((selection["from"], selection["to"]))
    touched = [(start, end) for start, end in words if start <= high and end > low]
    return touched[0][0], touched[-1][1]


def check(doc: Doc, span: dict[str, Any]) -> None:
    """Raise unless the kernel takes the span and spaCy has one at these very offsets."""
    task = Task(doc.text, 1, 2, VIEW.name, ("WORD",))
    settled = VIEW.settle(task, "accept", spans=[span], tokens=tokens_of(doc))
    assert settled.spans == (Span(span["start"], span["end"], "WORD"),)
    found = doc.char_span(span["start"], span["end"], label="WORD")
    assert found is not None
    assert (found.start_char, found.end_char) == (span["start"], span["end"])


@pytest.mark.timeout(400)
def test_ten_thousand_selections_are_where_the_kernel_and_spacy_say(page: Page) -> None:
    made_by: Counter[str] = Counter()

    # A failing text is short as it is: making it shorter still would take minutes of pointing.
    @settings(max_examples=TEXTS, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(texts_with_selections(), st.sampled_from([False, False, False, False, True]))
    def each_is_right(given: tuple[str, list[dict[str, Any]]], together: bool) -> None:
        text, selections = given
        doc = NLP.make_doc(text)
        tokens = tokens_of(doc)
        words = words_of(tokens, page.evaluate(CHARACTERS, text))
        assert whole_tokens(text, tokens) == words
        task = {"text": text, "tokens": whole_tokens(text, tokens), "words": words}
        made = page.evaluate(SCRIPT, [task, selections, together])
        wanted = [wanted_span(words, selection) for selection in selections]
        if together:
            spans = made[0]["spans"]
            assert sorted({(s["start"], s["end"]) for s in spans}) == sorted(set(wanted))
        else:
            spans = [span for one in made for span in one["spans"]]
            assert [(s["start"], s["end"]) for s in spans] == wanted
            assert [one["seen"] for one in made] == [text[start:end] for start, end in wanted]
        for span in spans:
            check(doc, span)
        made_by.update(one["how"] for one in made)

    each_is_right()
    assert made_by.total() >= TEXTS * SELECTIONS_A_TEXT
    assert made_by["drag"] > made_by.total() / 3


@pytest.mark.parametrize("emoji", ["👩‍👩‍👧‍👦", "👨🏽‍🔬", "🏳️‍🌈", "🇫🇷", "👍🏿", "1️⃣"])
def test_a_click_on_any_part_of_an_emoji_marks_it_whole(page: Page, emoji: str) -> None:
    doc = NLP.make_doc(f"so {emoji} it is")
    tokens = tokens_of(doc)
    words = words_of(tokens, page.evaluate(CHARACTERS, doc.text))
    task = {"text": doc.text, "tokens": whole_tokens(doc.text, tokens), "words": words}
    parts = range(3, 3 + len(emoji))
    clicks = [{"how": how, "from": at, "to": at} for at in parts for how in ("drag", "keys")]
    for made in page.evaluate(SCRIPT, [task, clicks, False]):
        (span,) = made["spans"]
        assert doc.text[span["start"] : span["end"]] == emoji == made["seen"]
        check(doc, span)
