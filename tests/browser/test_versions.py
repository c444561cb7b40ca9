"""Reviews and blind comparisons in real notebooks: each decision is a row of the file."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.annotation import (
    SETUP,
    expect_asking,
    expect_next_task,
    expect_saved,
    press,
    shown_task,
)
from tests.browser.notebook_page import NotebookPage

ANNOTATED = f"""{SETUP}
texts = ["The brake is loose at Harbour Gate", "The bell is gone", "Where is the lock?"]
said = {{
    "alice": [[(4, 9, "PART"), (22, 34, "PLACE")], [(4, 8, "PART")], []],
    "bob": [[(4, 9, "PART")], [(4, 8, "PART")], [(13, 17, "PART")]],
    "carol": [[(4, 9, "PART")], [(4, 8, "PART")], []],
}}
for who, answers in said.items():
    own = nb.ner.manual(texts, labels=["PART", "PLACE"], dataset="bikes", store=store,
                        annotator=who, nlp=False)
    for spans in answers:
        own.session.answer("accept", spans=[nb.Span(*span) for span in spans])
    own.close()
"""
REVIEW = 'ann = nb.review(store, "bikes", reviewer="rita")\nann'
COMPARE = """ann = nb.compare(
    ["The brake is loose", "the bell is gone", "Where is the lock?"],
    {"shouter": str.upper, "lowerer": str.lower, }, store=store, annotator="rita")
ann"""
COLUMNS = '["annotator", "view", "answer", "text", "spans", "label", "meta"]'


def rows(notebook: NotebookPage, dataset: str) -> list[dict]:
    script = f"store.annotations({dataset!r})[{COLUMNS}].to_dict('records')"
    found = notebook.evaluate_in_kernel(script)
    assert isinstance(found, list)
    return found


def open_widget(notebook: NotebookPage, *cells: str) -> None:
    notebook.open(list(cells)).run_all()
    expect_asking(notebook.widget)
    notebook.widget.click(position={"x": 8, "y": 8})


def test_versions_are_picked_mended_and_accepted_and_agreed_ones_at_once(notebook: NotebookPage):
    open_widget(notebook, ANNOTATED, REVIEW)
    widget = notebook.widget
    expect(widget.locator(".nba-version")).to_have_count(2)
    asked = shown_task(widget)
    press(notebook, "Shift+Digit2", "a")
    saved = expect_saved(widget, "")
    expect_next_task(widget, asked)
    press(notebook, "Backspace")
    expect(widget).to_have_attribute("data-task-hash", asked)
    press(notebook, "a")
    saved = expect_saved(widget, saved)
    expect_next_task(widget, asked)
    widget.locator(".nba-version").filter(has_text="bob").locator(".nba-version-text").click()
    press(notebook, "a")
    expect_saved(widget, saved)
    expect(widget).to_have_attribute("data-phase", "finished")
    widget.get_by_role("button", name="Accept 1 agreed").click()
    expect(widget.locator(".nba-save")).to_contain_text("accepted 1 agreed text")
    found = rows(notebook, "bikes-reviewed")
    assert {(row["annotator"], row["view"], row["answer"]) for row in found} == {
        ("rita", "ner.review", "accept")
    }
    texts = [row["text"] for row in found]
    spans = [[(s["start"], s["label"]) for s in row["spans"]] for row in found]
    assert texts == [
        "The brake is loose at Harbour Gate", "Where is the lock?", "The bell is gone",
    ]  # fmt: skip
    assert spans == [[(4, "PART"), (22, "PLACE")], [(13, "PART")], [(4, "PART")]]
    assert all(len(row["meta"]["reviewed"]["answer_ids"]) == 3 for row in found)


def test_one_undo_takes_back_what_was_accepted_at_once(notebook: NotebookPage):
    open_widget(notebook, ANNOTATED, REVIEW)
    widget = notebook.widget
    press(notebook, "Shift+G")
    expect(widget.locator(".nba-save")).to_contain_text("accepted 1 agreed text")
    assert len(rows(notebook, "bikes-reviewed")) == 1
    press(notebook, "u")
    expect(widget.locator(".nba-save")).to_contain_text("undone: 1 agreed text")
    assert rows(notebook, "bikes-reviewed") == []
    expect(widget.locator(".nba-version")).to_have_count(2)


def test_a_blind_comparison_stores_the_name_that_the_page_never_had(notebook: NotebookPage):
    open_widget(notebook, SETUP, COMPARE)
    widget = notebook.widget
    saved = ""
    for key in ("ArrowLeft", "2", "3"):
        html = widget.evaluate("e => e.outerHTML")
        assert "shouter" not in html
        assert "lowerer" not in html
        press(notebook, key)
        saved = expect_saved(widget, saved)
    expect(widget).to_have_attribute("data-phase", "finished")
    orders = notebook.evaluate_in_kernel(
        'store.annotations("compare").meta.map(lambda m: m["compared"]["order"]).tolist()'
    )
    labels = [row["label"] for row in rows(notebook, "compare")]
    assert labels == [orders[0][0], orders[1][1], "tie"]
    assert notebook.evaluate_in_kernel("ann.result().n") == 3
