"""Finished answers drawn in real notebooks: in the cell at once, and in the file that is saved."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.annotation import SETUP, WAIT_MS
from tests.browser.notebook_page import NotebookPage

ANSWER = """\
ann = nb.ner.manual(df, labels=["PLACE", "PART"], dataset="bikes", store=store)
first = {"start": 0, "end": ann.session.tokens(ann.session.task)[0][1], "label": "PART"}
answer = ann.session.answer("accept", spans=[first], note="<i>why</i>")
ann.show(store.annotations("bikes"))"""


def test_answers_are_drawn_in_the_cell_and_kept_in_the_saved_notebook(notebook: NotebookPage):
    notebook.open([SETUP, ANSWER]).run_all()
    drawn = notebook.cell_output(1).locator(".nba-still")
    expect(drawn).to_be_visible(timeout=WAIT_MS)
    first, note = notebook.evaluate_in_kernel(
        "[answer.spans[0].text_of(answer.text), store.sql('select note from annotations').note[0]]"
    )
    expect(drawn.locator("mark.nba-c1")).to_have_text(f"{first}PART")
    expect(drawn.locator("q")).to_have_text(note)
    outputs = notebook.save()["cells"][1]["outputs"]
    kept = "".join(part for output in outputs for part in output["data"].get("text/html", ""))
    assert f'<mark class="nba-c1">{first}' in kept
    assert "&lt;i&gt;why&lt;/i&gt;" in kept
