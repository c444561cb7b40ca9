"""How fluid a very long text is: ``python -m tests.page.long_text [CHARACTERS [SPANS]]``.

Prints, for texts of paragraphs and of one line, marked by the token and by the character, with
spans that may overlap or not: how long the first paint takes, how long frames are while words are
dragged over, and how long marking and moving by keys take.
"""

from __future__ import annotations

import statistics
import sys
from itertools import product
from typing import TYPE_CHECKING, Any

from nbannotate.tasks import wide_graphemes
from tests.page.driver import open_browser, open_harness, start

if TYPE_CHECKING:
    from playwright.sync_api import Page

SENTENCE = "I was on 20 mg of oxycodone a day, then they moved me to suboxone within a week. "
RECORD_FRAMES = """() => {
  window.frames = []; window.recording = true;
  let last = performance.now();
  const tick = (now) => { frames.push(now - last); last = now; if (recording) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""
FIRST_WORD_IN_SIGHT = """() => {
  const { left, right, top, bottom } = document.querySelector('.nba-text').getBoundingClientRect();
  for (let y = top + 40; y < bottom; y += 8) for (let x = left + 30; x < right; x += 8) {
    if (document.elementFromPoint(x, y)?.matches('.nba-chunk > span')) return [x, y];
  }
}"""
PRESSED = """key => new Promise((done) => {
  const began = performance.now();
  const root = document.querySelector('.nbannotate');
  root.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began), 0));
})"""


def long_task(characters: int, n_spans: int, *, one_line: bool = False) -> dict[str, Any]:
    """Return a text in paragraphs of ten sentences or in one, with spans spread evenly over it."""
    n = characters // len(SENTENCE)
    gap = "" if one_line else "\n\n"
    text = "".join(SENTENCE + (gap if i % 10 == 9 else "") for i in range(n))
    places, at = [], text.find("oxycodone")
    while at >= 0:
        places.append(at)
        at = text.find("oxycodone", at + 1)
    chosen = places[:: max(1, len(places) // n_spans)][:n_spans]
    return {"text": text, "spans": [{"start": p, "end": p + 9, "label": "DRUG"} for p in chosen]}


def frames_while_dragging(page: Page) -> list[float]:
    """Drag over a few lines of words in the middle of the text; return the frames' milliseconds."""
    page.evaluate("document.querySelector('.nba-text').scrollTop = 20000")
    first = page.evaluate(FIRST_WORD_IN_SIGHT)
    page.mouse.move(*first)
    page.mouse.down()
    page.evaluate(RECORD_FRAMES)
    page.mouse.move(first[0] + 500, first[1] + 120, steps=60)
    frames = page.evaluate("() => { recording = false; return frames.slice(1); }")
    picked = "".join(page.locator(".nba-picked").all_text_contents())
    assert len(picked) > len(SENTENCE), "the words were not dragged over"
    page.keyboard.press("Escape")
    page.mouse.up()
    return frames


def pressed(page: Page, key: str, times: int) -> float:
    """Return the median milliseconds from a key press to the next frame."""
    return statistics.median(page.evaluate(PRESSED, key) for _ in range(times))


def marked(page: Page, times: int) -> float:
    """Return the median milliseconds from a key that marks a word to the next frame."""
    took = []
    for _ in range(times):
        pressed(page, "ArrowRight", 1)
        took.append(pressed(page, "Enter", 1))
    return statistics.median(took)


def measure(page: Page, task: dict[str, Any], *, by: str, overlaps: bool) -> dict[str, float]:
    """Return milliseconds by what was done."""
    config = {"by": by, "overlaps": overlaps}
    if by == "character":
        task = {**task, "tokens": None, "wide": wide_graphemes(task["text"])}
    began = page.evaluate("performance.now()")
    start(page, config=config, tasks=[task])
    painted = page.evaluate("performance.getEntriesByName('nbannotate:painted').at(-1).startTime")
    frames = sorted(frames_while_dragging(page))
    page.locator(".nbannotate").focus()
    pressed(page, "ArrowRight", 1)
    return {
        "first paint": painted - began,
        "frame p50": statistics.median(frames),
        "frame p95": frames[int(0.95 * len(frames))],
        "frame max": frames[-1],
        "move by key": pressed(page, "ArrowRight", 9),
        "move by line": pressed(page, "ArrowDown", 5),
        "mark": marked(page, 5),
    }


def main(characters: int = 100_000, n_spans: int = 500) -> None:
    """Print a table."""
    with open_browser() as browser:
        for one_line, by, overlaps in product(
            (False, True), ("token", "character"), (False, True)
        ):
            task = long_task(characters, n_spans, one_line=one_line)
            with open_harness(browser) as page:
                found = measure(page, task, by=by, overlaps=overlaps)
            print("one line" if one_line else "paragraphs", f"by {by}", end=", ")
            print("overlapping" if overlaps else "apart", end=": ")
            print(", ".join(f"{name} {value:.0f}" for name, value in found.items()), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
