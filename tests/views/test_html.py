"""Laws of a task's own HTML: nothing that acts reaches the page, and no text is lost for it."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.session.html import sanitized

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="https://away.test">x</a>',
    '<img src="https://away.test/pixel.png">',
    '<img src="/api/shutdown">',
    "<style>* { display: none }</style>",
    '<p style="position: fixed; background: url(https://away.test); z-index: 9">x</p>',
    '<iframe src="https://away.test"></iframe>',
    "<form action=/x><input name=a><button>x</button></form>",
    '<svg onload=alert(1)><use href="data:image/svg+xml,x"/></svg>',
    '<div id="a" class="nba-accept" data-action="accept" tabindex=0 contenteditable>x</div>',
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;<img src=1 onerror=x>'>",
]
ACTS = re.compile(
    r"<(script|style|iframe|form|input|button|svg|math|details|summary|a|object|link|meta)\b"
    r"|<[^>]*\s(on\w+|href|id|class|data-\w+|tabindex|contenteditable|srcset)="
    r"|<[^>]*\ssrc=\"(?!data:)|<[^>]*(position|url\(|z-index)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("html", HOSTILE)
def test_what_acts_is_taken_out(html: str):
    assert ACTS.search(html)
    assert not ACTS.search(sanitized(html))


@given(st.lists(st.sampled_from([*HOSTILE, "<b>", "</p>", "<!--", "\x00", '"', "<"])).map("".join))
def test_no_mixture_of_it_acts(html: str):
    once = sanitized(html)
    assert not ACTS.search(once)
    assert not ACTS.search(sanitized(once))


def test_what_only_shows_is_kept():
    html = (
        '<h2 dir="rtl">a</h2><table><tbody><tr><td colspan="2" style="color:red">b</td></tr>'
        '</tbody></table><img src="data:image/png;base64,AA" alt="c"><mark>d</mark>'
    )
    assert sanitized(html) == html


def test_a_column_is_shown_and_not_repeated_beside_the_text():
    df = pd.DataFrame({"text": ["One"], "body": ["<b>1</b>"], "from": ["Ana"]})
    ann = nb.annotate(df, view="binary", html="body", store=":memory:")
    sent: list[dict] = []
    ann.send = lambda message, **_: sent.append(message)
    ann._on_message(ann, {"type": "hello"}, [])
    task = sent[-1]["task"]
    assert (task["html"], task["meta"]) == ("<b>1</b>", {"from": "Ana"})
    ann.close()


def test_a_function_of_the_row_has_the_text_and_what_came_beside_it():
    rows: list[dict] = []
    source = [{"body": "One", "n": 1}, {"body": "Two", "n": 2}]

    def show(row):
        rows.append(row)
        return f"<i onclick='x'>{row['n']}</i>"

    ann = nb.annotate(source, view="binary", text_column="body", html=show, store=":memory:")
    assert ann.session.task.html == "<i>1</i>"
    assert rows[0] == {"text": "One", "body": "One", "n": 1}
    ann.session.answer("accept")
    ann.session.undo()
    assert ann.session.task.html == "<i>1</i>"
    ann.close()


def fails(row):
    if row["text"] == "Two":
        raise KeyError("no title")
    return 7 if row["text"] == "Three" else "<b>fine</b>"


@pytest.mark.parametrize("html", [fails, "body"])
def test_a_text_whose_html_cannot_be_made_is_listed_and_asked_all_the_same(html):
    bodies = ["<b>fine</b>", None, 7.5]
    texts = ["One", "Two", "Three"]
    df = pd.DataFrame({"text": texts, "body": pd.Series(bodies, dtype="object")})
    ann = nb.textcat.manual(df, labels=["A", "B"], html=html, store=":memory:", nlp=False)
    shown = []
    while (task := ann.session.task) is not None:
        shown.append((task.text, task.html))
        ann.session.answer("accept", accept="A")
    assert shown == [("One", "<b>fine</b>"), ("Two", None), ("Three", None)]
    assert ann.html_errors.text.tolist() == ["Two", "Three"]
    assert all(ann.html_errors.error.str.contains("Error"))
    sent: list[dict] = []
    ann.send = lambda message, **_: sent.append(message)
    ann._on_message(ann, {"type": "hello"}, [])
    assert any("No html for 2 texts" in notice for notice in sent[-1]["status"]["notices"])
    assert len(ann.annotations()) == 3
    ann.close()


def test_html_that_is_neither_a_column_nor_a_function_is_refused():
    with pytest.raises(TypeError, match="neither the name of a column nor a function"):
        nb.annotate(["One"], view="binary", html=["<b>"], store=":memory:")


def test_a_resumed_answer_is_shown_with_its_html_again(tmp_path):
    def start():
        return nb.annotate(
            [{"text": "One", "n": 4}],
            view="binary",
            html=lambda row: f"<b>{row['n']}</b>",
            store=tmp_path / "x.duckdb",
            session_id="s",
        )

    first = start()
    given_id = first.session.answer("reject").answer_id
    first.close()
    first.session.store.close()
    second = start()
    task, _ = second.session.recall(given_id)
    assert task.html == "<b>4</b>"
    second.close()
