"""The widget without a browser: what the page says and what it hears."""

from __future__ import annotations

import json

import pytest

import nbannotate as nb
from nbannotate.errors import StoreError
from tests.loops import CountingLearner

TEXTS = ["🚲 the brake is loose", "charged twice today", "cannot log in", "nice\r\nbike"]
LABELS = ["A", "B"]


class Page:
    """Speaks the page's side of the protocol, and keeps what it hears."""

    def __init__(self, ann: nb.Annotator) -> None:
        self.ann = ann
        self.heard: list[dict] = []
        ann.send = self.hear

    def hear(self, content, buffers=None):
        # What a browser's JSON.parse takes, and no more.
        self.heard.append(json.loads(json.dumps(content, allow_nan=False)))

    def say(self, **message):
        self.heard.clear()
        self.ann._on_message(None, message, [])
        return next(each for each in self.heard if each["type"] != "status")

    def answer(self, answer="accept", answer_id="id", **parts):
        task_hash = parts.pop("task_hash", None) or self.say(type="hello")["task"]["task_hash"]
        return self.say(
            type="answer", answer=answer, answer_id=answer_id, task_hash=task_hash, **parts
        )


@pytest.fixture
def page():
    ann = nb.textcat.manual(TEXTS, labels=LABELS, store=":memory:", nlp=False, dataset="d")
    yield Page(ann)
    ann.close()


def test_hello_is_answered_with_all_that_is_to_be_shown(page):
    state = page.say(type="hello")
    assert state["type"] == "state"
    assert state["task"]["text"] == TEXTS[0]
    assert state["task"]["tokens"][0] == [0, 1]
    assert isinstance(state["task"]["task_hash"], str)
    assert state["ahead"]["text"] == TEXTS[1]
    assert state["status"]["phase"] == "asking"
    assert state["status"]["progress"]["answered"] == 0


def test_an_answer_is_saved_before_it_is_acknowledged(page):
    saved = page.answer(accept=["A"], seconds=1.5)
    assert saved["type"] == "saved"
    assert saved["answer_id"] == "id"
    assert saved["task"]["text"] == TEXTS[1]
    row = page.ann.annotations().iloc[0]
    assert (row["answer_id"], row["accept"], row["seconds"]) == ("id", ["A"], 1.5)


def test_an_answer_sent_twice_is_acknowledged_twice_and_stored_once(page):
    task_hash = page.say(type="hello")["task"]["task_hash"]
    for _ in range(2):
        assert page.answer(accept=["A"], task_hash=task_hash)["type"] == "saved"
    assert len(page.ann.annotations()) == 1


def test_an_answer_to_a_task_no_longer_current_is_refused_as_stale(page):
    task_hash = page.say(type="hello")["task"]["task_hash"]
    page.answer(accept=["A"], task_hash=task_hash)
    refused = page.answer(accept=["B"], answer_id="late", task_hash=task_hash)
    assert (refused["type"], refused["reason"]) == ("refused", "stale")
    assert len(page.ann.annotations()) == 1


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"accept": ["C"]}, "invalid"),
        ({"accept": []}, "invalid"),
        ({"answer": "maybe"}, "invalid"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_the_task_stays(page, parts, reason):
    refused = page.answer(**parts)
    assert (refused["type"], refused["reason"]) == ("refused", reason)
    assert refused["task"]["text"] == TEXTS[0]
    assert page.ann.annotations().empty


@pytest.mark.parametrize("error", [StoreError("no space left"), MemoryError("none left")])
def test_whatever_keeps_an_answer_from_the_disk_the_page_is_told_to_keep_it(
    page, monkeypatch, error
):
    def fail(_):
        raise error

    monkeypatch.setattr(page.ann.session.store, "append", fail)
    refused = page.answer(accept=["A"])
    assert (refused["type"], refused["reason"]) == ("refused", "store")
    assert "left" in refused["error"]
    monkeypatch.undo()
    assert page.answer(accept=["A"])["type"] == "saved"


def test_undo_brings_back_the_task_with_what_was_answered(page):
    page.answer(accept=["B"], flagged=True, note="two?")
    state = page.say(type="undo")
    assert state["task"]["text"] == TEXTS[0]
    assert state["restored"] == {
        "answer": "accept", "spans": [], "accept": ["B"], "inputs": {}, "relations": [], "flagged": True,
        "note": "two?",
    }  # fmt: skip
    assert page.ann.annotations().empty
    assert page.say(type="undo")["restored"] is None


def test_a_message_that_nobody_knows_is_answered_with_an_error(page):
    assert page.say(type="dance")["type"] == "error"


def test_a_closed_session_refuses_answers_as_closed(page):
    page.ann.session.close()
    refused = page.say(type="answer", answer="ignore", answer_id="x", task_hash="1")
    assert (refused["type"], refused["reason"]) == ("refused", "closed")


def test_an_answer_from_a_cell_is_told_to_the_page(page):
    page.heard.clear()
    page.ann.session.answer("accept", accept="A")
    assert [each["type"] for each in page.heard] == ["state"]


def test_no_synced_trait_holds_a_text_or_an_answer(page):
    page.answer(accept=["A"])
    state = json.dumps(page.ann.get_state(), default=str).replace(page.ann._esm, "")
    assert not [text for text in TEXTS if json.dumps(text)[1:-1] in state]


def test_offsets_on_the_wire_count_code_points():
    ann = nb.ner.manual(TEXTS[:1], labels=LABELS, store=":memory:")
    page = Page(ann)
    tokens = page.say(type="hello")["task"]["tokens"]
    words = [TEXTS[0][start:end] for start, end in tokens]
    assert words == ["🚲", "the", "brake", "is", "loose"]
    page.answer(spans=[{"start": 6, "end": 11, "label": "A"}])
    assert ann.annotations()["spans"][0] == [{"start": 6, "end": 11, "label": "A"}]
    ann.close()


def test_skipped_and_doubled_rows_are_noticed_on_the_page():
    with pytest.warns(nb.SkippedRowsWarning):
        ann = nb.ner.manual([*TEXTS, TEXTS[0], None], labels=LABELS, store=":memory:")
    notices = Page(ann).say(type="hello")["status"]["notices"]
    assert len(notices) == 2
    assert ann.skipped["row"].tolist() == [5]
    ann.close()


def test_the_next_task_is_promised_when_the_model_has_chosen_it():
    ann = nb.textcat.manual(TEXTS, labels=LABELS, store=":memory:")
    page = Page(ann)
    ann.session.join(60)
    shown = page.say(type="hello")
    page.answer(accept=["A"])
    ann.session.join(60)
    assert ann.session.shown.text == shown["ahead"]["text"]
    promised = [each for each in page.heard if each["type"] == "ahead"]
    assert promised[-1]["after"] == str(ann.session.shown.task_hash)
    assert promised[-1]["task"]["text"] == ann.session.ahead.text
    ann.close()


def test_a_new_label_is_on_the_page_at_once_with_a_key(page):
    page.say(type="hello")
    page.heard.clear()
    assert page.ann.add_label("C") is page.ann
    assert [each["name"] for each in page.ann._config["labels"]] == ["A", "B", "C"]
    assert page.ann._config["labels"][2]["key"] == "3"
    state = page.heard[-1]
    assert [option["label"] for option in state["task"]["options"]] == ["A", "B", "C"]
    assert state["ahead"]["options"][2] == {"label": "C", "score": None}
    assert page.answer(accept=["C"])["type"] == "saved"


def test_the_twenty_first_label_has_no_key_and_is_there_all_the_same(page):
    for number in range(19):
        page.ann.add_label(f"L{number}")
    assert page.ann._config["labels"][-1] == {
        "name": "L18",
        "key": None,
        "further_keys": [],
        "color": 20,
        "block": None,
    }
    assert page.ann._config["labels"][-2]["key"] == "shift+0"


def test_the_page_can_let_a_paused_model_go_on():
    learner = CountingLearner()
    ann = nb.textcat.manual(TEXTS, labels=LABELS, learner=learner, store=":memory:")
    page = Page(ann)
    ann.session.join(60)
    learner.fails_on = lambda doing, _: doing == "update"
    page.answer(accept=["A"])
    ann.session.join(60)
    assert page.say(type="hello")["status"]["model"]["state"] == "paused"
    learner.fails_on = lambda *_: False
    assert page.say(type="resume")["type"] == "state"
    ann.session.join(60)
    status = page.say(type="hello")["status"]["model"]
    assert (status["state"], status["learned"], status["version"]) == ("ready", 1, "base")
    ann.close()


@pytest.mark.parametrize(("recipe", "overlaps"), [(nb.ner.manual, False), (nb.spans.manual, True)])
def test_the_page_is_told_whether_spans_may_overlap(recipe, overlaps):
    ann = recipe(TEXTS, labels=LABELS, store=":memory:")
    assert ann._config["overlaps"] is overlaps
    ann.close()


def test_earlier_answers_are_listed_newest_first_and_found_by_words(page):
    page.answer(accept=["A"], answer_id="one")
    page.answer(answer="reject", answer_id="two", flagged=True, note="hm")
    listed = page.say(type="history", words="")
    assert [row["answer_id"] for row in listed["rows"]] == ["two", "one"]
    assert listed["rows"][0]["flagged"] is True
    assert listed["rows"][1]["accept"] == ["A"]
    found = page.say(type="history", words="BRAKE")
    assert (found["words"], [row["answer_id"] for row in found["rows"]]) == ("BRAKE", ["one"])


def test_a_listed_answer_is_short_however_long_its_text():
    text = "word " * 2_000
    ann = nb.ner.manual([text], labels=LABELS, store=":memory:")
    spans = [{"start": 5 * i, "end": 5 * i + 4, "label": "A"} for i in range(500)]
    ann.session.answer("accept", spans=spans)
    listed = Page(ann).say(type="history")
    assert len(json.dumps(listed)) < 1_000
    assert listed["rows"][0]["more_spans"] == 494
    ann.close()


def test_an_earlier_answer_is_opened_with_its_task_and_changed(page):
    page.answer(accept=["A"], answer_id="one", flagged=True, note="hm")
    page.answer(accept=["A"], answer_id="two")
    opened = page.say(type="open", answer_id="one")
    assert opened["type"] == "opened"
    assert opened["task"]["text"] == TEXTS[0]
    assert opened["restored"]["accept"] == ["A"]
    assert opened["restored"]["note"] == "hm"
    shown = page.say(type="hello")["task"]
    saved = page.say(
        type="change", changes="one", answer_id="new", answer="accept", accept=["B"],
        task_hash=opened["task"]["task_hash"], flagged=False, note="", seconds=2,
    )  # fmt: skip
    assert (saved["type"], saved["answer_id"], saved["task"]) == ("saved", "new", shown)
    rows = page.ann.annotations()
    assert rows["answer_id"].tolist() == ["two", "new"]
    assert rows["accept"].tolist() == [["A"], ["B"]]
    assert rows["flagged"].tolist() == [False, False]


def test_a_change_that_does_not_fit_is_refused_and_the_answer_stands(page):
    page.answer(accept=["A"], answer_id="one")
    refused = page.say(
        type="change", changes="one", answer_id="new", answer="accept", accept=["C"]
    )
    assert (refused["type"], refused["reason"]) == ("refused", "invalid")
    gone = page.say(type="open", answer_id="gone")
    assert gone["task"] is None
    assert "no answer of this session" in gone["error"]
    assert page.ann.annotations()["answer_id"].tolist() == ["one"]
