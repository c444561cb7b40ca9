"""The harness itself: what it says of a page and of a kernel is so."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.browser.kernel import KernelError
from tests.browser.notebook_page import NotebookPage

COUNTER = '''
import anywidget

class Counter(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el }) {
        const button = document.createElement("button");
        button.className = "counter";
        button.textContent = "not clicked";
        button.addEventListener("click", () => model.send({ type: "click" }));
        model.on("msg:custom", (message) => { button.textContent = message.text; });
        el.append(button);
      },
    };
    """

    def __init__(self):
        super().__init__()
        self.clicks = 0
        self.on_msg(self.reply)

    def reply(self, _, content, __):
        self.clicks += 1
        self.send({"text": f"clicked {self.clicks}"})

counter = Counter()
counter
'''

BARE = """
from tests.benchmarks.bare_widget import BareWidget
BareWidget(["first", "second"])
"""


def test_a_click_reaches_the_kernel_and_its_reply_is_painted(notebook: NotebookPage):
    notebook.open([COUNTER]).run_all()
    button = notebook.page.locator("button.counter")
    expect(button).to_have_text("not clicked")
    button.click()
    expect(button).to_have_text("clicked 1")
    button.click()
    expect(button).to_have_text("clicked 2")
    assert notebook.evaluate_in_kernel("counter.clicks") == 2


def test_a_browser_assertion_that_is_false_fails(notebook: NotebookPage):
    notebook.open([COUNTER]).run_all()
    button = notebook.page.locator("button.counter")
    expect(button).to_have_text("not clicked")
    with pytest.raises(AssertionError, match="clicked 1"):
        expect(button).to_have_text("clicked 1", timeout=300)


def test_a_cell_runs_once_and_shows_its_output(notebook: NotebookPage):
    notebook.open(["runs = globals().get('runs', 0) + 1", "print('runs:', runs)", "1/0"]).run_all()
    assert notebook.cell_output_text(1) == "runs: 1"
    assert "ZeroDivisionError" in notebook.cell_output_text(2)
    assert [notebook.prompt(index) for index in range(3)] == ["[1]:", "[2]:", "[3]:"]


def test_code_beside_the_page_sees_the_cells_names_and_leaves_prompts_alone(
    notebook: NotebookPage,
):
    notebook.open(["x = {'a': [1, None]}", "x"])
    notebook.run_cell(0)
    assert notebook.evaluate_in_kernel("y = x['a']\n[y, 'ü']") == [[1, None], "ü"]
    notebook.run_cell(1)
    assert notebook.prompt(1) == "[2]:"
    with pytest.raises(KernelError, match="ZeroDivisionError"):
        notebook.evaluate_in_kernel("1/0")
    with pytest.raises(KernelError, match="KeyError"):
        notebook.evaluate_in_kernel("x['b']\nNone")


def test_keys_change_the_cells_that_the_page_holds_and_saving_writes_them(notebook: NotebookPage):
    notebook.open(["1", "2"])
    notebook.run_cell(0)
    assert notebook.cell_sources() == ["1", "2"]
    notebook.set_cell(1, "3 + 4")
    notebook.page.keyboard.press("Escape")
    notebook.page.keyboard.press("b")
    assert notebook.cell_sources() == ["1", "3 + 4", ""]
    saved = notebook.save()
    assert ["".join(cell["source"]) for cell in saved["cells"]] == ["1", "3 + 4", ""]


def test_a_kernel_outlives_a_reload_but_not_a_restart(notebook: NotebookPage):
    notebook.open(["x = 1"]).run_all()
    notebook.reload()
    assert notebook.evaluate_in_kernel("x") == 1
    notebook.restart_kernel()
    assert notebook.evaluate_in_kernel("'x' in globals()") is False
    notebook.run_cell(0)
    assert notebook.evaluate_in_kernel("x") == 1


def test_a_killed_kernel_is_gone_and_the_next_one_runs_cells(notebook: NotebookPage):
    notebook.open(["x = 1", "import time; print('begun'); time.sleep(600)"])
    notebook.run_cell(0)
    notebook.begin_cell(1)
    notebook.kill_kernel()
    assert notebook.evaluate_in_kernel("'x' in globals()") is False
    notebook.run_cell(0)
    assert notebook.evaluate_in_kernel("x") == 1


def test_an_interrupt_ends_a_running_cell(notebook: NotebookPage):
    notebook.open(["import time; print('begun'); time.sleep(600)"])
    notebook.begin_cell(0)
    assert notebook.cell_output_text(0) == "begun"
    notebook.interrupt_kernel()
    expect(notebook.cell_output(0)).to_contain_text("KeyboardInterrupt")


def test_the_bare_widget_marks_each_text_that_it_painted(notebook: NotebookPage):
    notebook.open([BARE]).run_all()
    widget = notebook.page.locator(".bare-widget")
    expect(widget.locator(".bare-text")).to_have_text("first")
    widget.locator(".bare-button").click()
    expect(widget.locator(".bare-text")).to_have_text("second")
    notebook.page.keyboard.press("a")
    expect(widget).to_have_attribute("data-number", "2")
    notebook.page.wait_for_function("performance.getEntriesByName('bare:painted').length === 3")
    assert notebook.page.evaluate("performance.getEntriesByName('bare:asked').length") == 2
    assert notebook.cell_sources() == [BARE]


def test_without_any_chromium_the_tests_fail_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nonexistent")
    with pytest.raises(FileNotFoundError, match="apt-get install chromium"):
        chromium.require()
