"""Laws of static renderings: the text as it is, every mark, and nothing that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.errors import LabelError, SourceError, SpanError
from nbannotate.widget.joining import join_style
from nbannotate.widget.rendering.style import still_style
from tests.page.finished import rendering

VOID = {"meta", "link", "br"}
HOSTILE = '<img src=x onerror="alert(1)">&amp;\' </style><script>alert(2)</script>'
TEXT = "Severe chest pain, no relief from nitroglycerin."
DRUG = {"start": 34, "end": 47, "label": "DRUG"}
CHEST = {"start": 7, "end": 12, "label": "BODY"}
PAIN = {"start": 7, "end": 17, "label": "SYMPTOM"}


class Reader(HTMLParser):
    """What a browser would show: the words of texts, the tags on them, and all elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.tags: list[str] = []
        self.said = ""
        self.colored: dict[int, str] = dict.fromkeys(range(10), "")
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))

    def handle_starttag(self, tag, attrs):
        kind = dict(attrs).get("class") or ""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, kind + " " + (dict(attrs).get("style") or "")))
        if kind.startswith("nba-still-words"):
            self.words.append("")
        if kind.startswith("nba-still-tag"):
            self.tags.append("")

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        kinds = [kind.split(" ")[0] for _, kind in self.open]
        if "nba-still-tag" in kinds:
            self.tags[-1] += "" if self.open[-1][0] == "sup" else data
        elif "nba-still-words" in kinds:
            self.words[-1] += data
            for number in set(re.findall(r"nba-c(\d)|--nba-(\d)\)", self.open[-1][1])):
                self.colored[int("".join(number))] += data
        elif not any(tag == "style" for tag, _ in self.open):
            self.said += data


def drawn(*rows, **how) -> Reader:
    return Reader(nb.show(list(rows), **how).to_html())


@st.composite
def marked(draw) -> dict:
    alphabet = st.sampled_from("ab <>&\"'\r\n\t\u0301👩\u200d🔬ש日")
    text = draw(st.text(alphabet, min_size=1, max_size=30))
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)), st.sampled_from("ABC"))
    spans = draw(st.lists(ends.filter(lambda each: each[0] < each[1]), max_size=6, unique=True))
    return {
        "text": text,
        "spans": [dict(zip(("start", "end", "label"), s, strict=True)) for s in spans],
    }


@given(marked())
def test_a_text_is_drawn_as_it_is_with_a_tag_for_each_of_its_spans(row: dict):
    read = drawn(row)
    assert read.open == []
    assert read.words == [row["text"].replace("\r\n", "\n").replace("\r", "\n")]
    assert sorted(read.tags) == sorted(span["label"] for span in row["spans"])


@given(marked())
def test_every_span_has_its_color_under_all_its_words_and_no_others(row: dict):
    read = drawn(row, labels="A,B,C")
    text = row["text"].replace("\r\n", "\n").replace("\r", "\n")
    for number, label in enumerate("ABC"):
        wanted = [""] * len(row["text"])
        for span in row["spans"]:
            if span["label"] == label:
                wanted[span["start"] : span["end"]] = row["text"][span["start"] : span["end"]]
        assert breaks_apart(read.colored[number]) == breaks_apart("".join(wanted))
    assert read.words == [text]


def breaks_apart(words: str) -> str:
    """Without line breaks, which two runs may share."""
    return words.replace("\r", "").replace("\n", "")


def test_nothing_that_a_row_holds_becomes_an_element():
    row = {
        "text": HOSTILE,
        "spans": [{"start": 0, "end": 4, "label": HOSTILE}, {"start": 2, "end": 6, "label": "A"}],
        "relations": [
            {
                "head": {"start": 0, "end": 4, "label": HOSTILE},
                "child": {"start": 2, "end": 6, "label": "A"},
                "label": HOSTILE,
            }
        ],
        "accept": [HOSTILE],
        "answer": HOSTILE,
        "annotator": HOSTILE,
        "note": HOSTILE,
        "inputs": {HOSTILE: HOSTILE},
    }
    read = Reader(nb.show([row]).to_html(title=HOSTILE))
    assert {tag for tag, _ in read.elements}.isdisjoint({"img", "script"})
    assert not [name for _, own in read.elements for name in own if name.startswith("on")]
    assert read.words == [HOSTILE]
    assert read.tags == [HOSTILE, "A"]
    assert read.said.count(HOSTILE) == 9


def test_a_rendering_runs_no_script_and_fetches_nothing():
    page = nb.show([{"text": TEXT, "spans": [CHEST, PAIN]}]).to_html()
    assert "<script" not in page
    assert not re.search(r"https?:|url\(|@import|src=|href=", page)


def test_colors_are_those_of_the_widget_in_both_themes():
    colors = re.findall(r"--nba-[\w-]+: [^;]+;", join_style(root="colors.css"))
    style = still_style()
    assert len(colors) > 40
    assert [color for color in colors if color not in style] == []
    assert ".nbannotate" not in style


def test_a_widget_on_the_same_page_lends_it_no_more_than_the_colors_of_labels():
    selectors = re.sub(r"\{[^{}]*\}", "", join_style())
    of_the_widget = set(re.findall(r"\.([\w-]+)", selectors))
    named = {
        name
        for _, attributes in Reader(rendering().html).elements
        for name in (attributes.get("class") or "").split()
    }
    assert len(named) > 10
    assert {name for name in named & of_the_widget if not re.fullmatch(r"nba-c\d", name)} == set()


def test_a_labels_color_is_that_of_its_place_in_the_recipe():
    session_labels = ["BODY", "SYMPTOM", "DRUG"]
    ann = nb.spans.manual([TEXT], labels=session_labels, store=":memory:")
    ann.session.answer("accept", spans=[DRUG])
    for rows in (None, ann.annotations(), ann.session.history, ann.annotations().iloc[0]):
        assert '<mark class="nba-c2">nitroglycerin' in ann.show(rows).html
    frame = ann.annotations()
    for rows in (frame, frame[frame.answer == "accept"], frame.head(1), ann.session.history):
        assert '<mark class="nba-c2">nitroglycerin' in nb.show(rows).html
    assert '<mark class="nba-c0">nitroglycerin' in nb.show(frame.to_dict("records")).html
    assert (
        '<mark class="nba-c2">nitroglycerin'
        in nb.show(ann.annotations(), labels=session_labels).html
    )
    ann.close()


def test_what_was_said_beside_the_text_is_drawn_beside_it():
    read = drawn(
        {"text": "a", "accept": ["hardware", "payment"], "answer": "accept", "annotator": "bo"},
        {"text": "b", "label": "account", "answer": "reject", "note": "Why?", "flagged": True},
        {"text": "c", "inputs": {"translation": "drei"}},
    )
    for said in ("hardware", "payment", "accept", "bo", "account", "reject", "Why?", "flagged"):
        assert said in read.said
    assert "translationdrei" in read.said.replace(" ", "")
    assert [tag for tag, _ in read.elements if tag == "s"] == ["s"]


def test_an_answers_offered_labels_are_not_taken_for_its_choice():
    ann = nb.textcat.manual(["a"], labels=["X", "Y"], store=":memory:", nlp=False)
    ann.session.answer("ignore")
    assert "X" not in drawn(*ann.session.history).said
    ann.close()


def test_relations_name_both_ends_by_numbers_that_their_spans_bear():
    relation = {"head": DRUG, "child": PAIN, "label": "relieves"}
    html = nb.show([{"text": TEXT, "spans": [DRUG, PAIN], "relations": [relation]}]).html
    assert "SYMPTOM<sup>1</sup>" in html
    assert "DRUG<sup>2</sup>" in html
    said = re.sub(r"<[^>]+>", "", html[html.index("<ul") : html.index("</ul>")])
    assert said == "nitroglycerin2 relieves → chest pain1"


@pytest.mark.parametrize(("limit", "shown"), [(0, 0), (2, 2), (3, 3), (9, 3), (None, 3)])
def test_a_limit_is_kept_and_says_how_many_more_there_are(limit: int | None, shown: int):
    rendering = nb.show([{"text": "a"}] * 3, limit=limit)
    assert rendering.html.count("<article>") == rendering.n_shown == shown
    assert (f"{3 - shown} more of 3 are not shown" in rendering.html) == (shown < 3)
    assert repr(rendering) == f"Rendering({shown} of 3 answers)"


def test_no_answers_are_said_to_be_none():
    with nb.Store(":memory:") as store:
        assert "No answers" in drawn(*store.annotations().to_dict("records")).said
        assert "No answers" in nb.show(store.annotations()).html


def test_a_page_is_written_to_the_file_that_is_named(tmp_path: Path):
    page = nb.show([{"text": "ש 👩\u200d🔬"}]).to_html(tmp_path / "report.html", title="Ours")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    assert "<title>Ours</title>" in page
    assert page.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (7, SourceError),
        ("a text", SourceError),
        ([{"label": "A"}], SourceError),
        ([{"text": 3}], SourceError),
        ([{"text": "a", "spans": [{"start": 0}]}], SourceError),
        ([{"text": "a", "spans": "[0, 1]"}], SourceError),
        ([{"text": "a", "spans": [{"start": 0, "end": 2, "label": "A"}]}], SpanError),
        (
            [{"text": "a", "relations": [{"head": PAIN, "child": PAIN, "label": "r"}]}],
            SpanError,
        ),
    ],
)
def test_rows_that_cannot_be_drawn_are_refused_and_named(rows, error):
    with pytest.raises(error):
        nb.show(rows)


def test_a_limit_or_labels_that_mean_nothing_are_refused():
    with pytest.raises(ValueError, match="negative"):
        nb.show([], limit=-1)
    with pytest.raises(LabelError):
        nb.show([], labels=[""])
