"""How fluid a very long text is: ``python -m tests.page.long_text [CHARACTERS [SPANS]]``.

Prints, for spans that may not overlap and for those that may, how long the first paint takes, how
long frames are while words are dragged over, and how long marking and moving by keys take.
"""

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING, Any

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
PRESSED = """key => new Promise((done) => {
  const began = performance.now();
  const root = document.querySelector('.nbannotate');
  root.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began), 0));
})"""


def long_task(characters: int, n_spans: int) -> dict[str, Any]:
    """Return a text in paragraphs of ten sentences, with spans spread evenly over it."""
    n = characters // len(SENTENCE)
    text = "".join(SENTENCE + ("\n\n" if i % 10 == 9 else "") for i in range(n))
    places, at = [], text.find("oxycodone")
    while at >= 0:
        places.append(at)
        at = text.find("oxycodone", at + 1)
    chosen = places[:: max(1, len(places) // n_spans)][:n_spans]
    return {"text": text, "spans": [{"start": p, "end": p + 9, "label": "DRUG"} for p in chosen]}


def frames_while_dragging(page: Page) -> list[float]:
    """Drag over a few lines of words in the middle of the text; return the frames' milliseconds."""
    page.evaluate("document.querySelector('.nba-text').scrollTop = 20000")
    box = page.locator(".nba-text").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.evaluate(RECORD_FRAMES)
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + 160, steps=60)
    frames = page.evaluate("() => { recording = false; return frames.slice(1); }")
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


def measure(page: Page, task: dict[str, Any], *, overlaps: bool) -> dict[str, float]:
    """Return milliseconds by what was done."""
    config = {"overlaps": overlaps}
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
    task = long_task(characters, n_spans)
    print(f"{len(task['text']):,} characters, {len(task['spans'])} spans; milliseconds")
    with open_browser() as browser:
        for overlaps in (False, True):
            with open_harness(browser) as page:
                found = measure(page, task, overlaps=overlaps)
                print("overlapping" if overlaps else "apart", end=": ")
                print(", ".join(f"{name} {value:.0f}" for name, value in found.items()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
