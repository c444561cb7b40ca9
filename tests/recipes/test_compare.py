"""Laws of a blind comparison: nobody can tell who is who, and every text counts once."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.cells import Comparison
from nbannotate.errors import LabelError, PipelineError, SourceError
from nbannotate.store import Store
from nbannotate.tasks import Answer, Span

TEXTS = [f"Text number {i}" for i in range(24)]
NAMES = ("zebrafish", "quokka")
SIDES = st.sampled_from(["left", "right", "tie"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), SIDES),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("history"), st.sampled_from(["", "left", "text", *NAMES])),
        st.tuples(st.just("open"), st.integers(0, 5)),
    ),
    min_size=1,
    max_size=12,
)


def loud(text: str) -> str:
    return text.upper()


def quiet(text: str) -> str:
    return text.lower()


def a_comparison(models=None, texts=TEXTS, **keywords):
    models = models or dict(zip(NAMES, (loud, quiet), strict=True))
    return nb.compare(texts, models, **{"store": Store(":memory:"), **keywords})


def sent_by(ann) -> list[dict]:
    """Everything that the page is told from now on."""
    told: list[dict] = []
    ann.send = lambda content, **_: told.append(content)
    return told


def deliver(ann, kind: str, what, told) -> None:
    message = {"type": kind}
    if kind == "answer":
        task = ann.session.task
        if task is None:
            return
        number = len(told)
        message |= {"answer": "accept", "accept": [what], "task_hash": str(task.task_hash),
                    "answer_id": f"answer-{number}", "seconds": 1.0}  # fmt: skip
    elif kind == "history":
        message["words"] = what
    elif kind == "open":
        message["answer_id"] = f"answer-{what}"
    ann._on_message(ann, message, [])


# -------------------------------------------------------------------- blind


@settings(deadline=None, max_examples=40)
@given(STEPS, st.integers(0, 5))
def test_no_message_and_no_trait_holds_a_name(steps, seed):
    ann = a_comparison(texts=[{"text": text, "zebrafish": text} for text in TEXTS[:6]],
                       models={"zebrafish": loud, "quokka": "zebrafish"}, seed=seed)  # fmt: skip
    told = sent_by(ann)
    deliver(ann, "hello", None, told)
    for kind, what in steps:
        deliver(ann, kind, what, told)
    for message in told:
        echoed = {key: value for key, value in message.items() if key != "words"}
        said = json.dumps(echoed)
        assert not any(name in said for name in NAMES), said
    assert not any(name in json.dumps(ann._config) for name in NAMES)
    ann.close()


def test_the_winner_s_name_finds_nothing_and_its_side_does():
    ann = a_comparison()
    ann.session.answer("accept", accept="left")
    name = ann.session.history[0].label
    assert name in NAMES
    assert ann.session.search(name) == []
    assert len(ann.session.search("left")) == 1
    assert ann.progress.counts == {"left": 1}


def test_either_side_is_shown_first_by_the_seed_alone():
    def order(seed: int) -> dict[str, tuple[str, ...]]:
        ann = a_comparison(seed=seed)
        shown = {}
        while (task := ann.session.task) is not None:
            shown[task.text] = tuple(version.names[0] for version in task.versions)
            ann.session.answer("ignore")
        return shown

    first, again, other = order(0), order(0), order(1)
    assert list(first) == list(again)
    assert first == again
    assert first != other
    assert {names[0] for names in first.values()} == set(NAMES)
    assert list(first) != TEXTS


# -------------------------------------------------------------------- what is stored


@given(SIDES)
@settings(deadline=None)
def test_what_is_stored_is_the_winner_s_name_with_both_outputs_and_their_order(side):
    ann = a_comparison()
    task = ann.session.task
    names = {**dict(zip(("left", "right"), (v.names[0] for v in task.versions), strict=True)), "tie": "tie"}  # fmt: skip
    ann.session.answer("accept", accept=side)
    row = ann.annotations().iloc[0]
    assert (row["view"], row.label, row.accept) == ("compare", names[side], [names[side]])
    about = row.meta["compared"]
    assert about["order"] == [names["left"], names["right"]]
    assert about["outputs"] == {"zebrafish": task.text.upper(), "quokka": task.text.lower()}
    ann.close()


def test_undo_asks_the_same_question_in_the_same_order():
    ann = a_comparison()
    first = ann.session.task
    ann.session.answer("accept", accept="left")
    ann.session.undo()
    assert ann.session.task == first
    assert ann.result().n == 0


def test_what_was_answered_is_not_asked_again_unless_an_output_has_changed():
    store = Store(":memory:")
    a_comparison(texts=TEXTS[:1], store=store).session.answer("accept", accept="tie")
    assert a_comparison(texts=TEXTS[:1], store=store).session.task is None
    changed = {"zebrafish": loud, "quokka": str.title}
    assert a_comparison(changed, texts=TEXTS[:1], store=store).session.task is not None


# -------------------------------------------------------------------- what is compared


def test_texts_on_which_both_say_the_same_are_left_out_and_counted():
    ann = a_comparison({"a": str.lower, "b": lambda text: text}, texts=["one", "Two", "three"])
    assert (ann.n_alike, ann.progress.remaining, ann.session.task.text) == (2, 1, "Two")
    assert any("Of 3 texts 2 are left out" in notice for notice in ann._notices)


def ruler(*patterns: tuple[str, str]):
    nlp = spacy.blank("en")
    rules = [{"label": label, "pattern": pattern} for label, pattern in patterns]
    nlp.add_pipe("entity_ruler").add_patterns(rules)
    return nlp


def test_pipelines_and_paths_are_compared_by_their_spans(tmp_path):
    ruler(("NUM", "number 1")).to_disk(tmp_path / "nlp")
    models = {"a": ruler(("NUM", "Text")), "b": tmp_path / "nlp"}
    ann = a_comparison(models, texts=["Text number 1"])
    spans = {v.names[0]: v.spans for v in ann.session.task.versions}
    assert spans == {"a": (Span(0, 4, "NUM"),), "b": (Span(5, 13, "NUM"),)}


def test_versions_of_a_store_are_compared_by_their_labels():
    store = Store(":memory:")
    rows = [{"text": f"good {i}" if i % 2 else f"bad {i}", "label": "A" if i % 2 else "B"} for i in range(20)]  # fmt: skip
    ann = nb.textcat.manual(rows, labels="A,B", store=store, dataset="d", nlp=False)
    nb.simulate(ann, rows, n=20, progress=False)
    result = nb.retrain(store, "d", max_epochs=1, progress=False)
    compared = nb.compare(rows, {"trained": result, "fixed": lambda text: ["C"]}, store=store)
    labels = {v.names[0]: v.accept for v in compared.session.task.versions}
    assert labels["fixed"] == ("C",)
    assert labels["trained"] in {("A",), ("B",)}


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("x", "y", "output"),
        (["A"], ["B"], "accept"),
        ({"A": 0.9, "B": 0.1}, ["B"], "accept"),
        ([{"start": 0, "end": 3, "label": "X"}], [], "spans"),
    ],
)
def test_columns_of_a_frame_hold_texts_labels_or_spans(one, other, kind):
    frame = pd.DataFrame({"text": ["one two"], "gpt": [one], "mine": [other]})
    ann = a_comparison({"a": "gpt", "b": "mine"}, texts=frame)
    task = ann.session.task
    assert getattr(next(v for v in task.versions if v.names == ("a",)), kind)
    assert set(task.meta) == {"compared"}


@pytest.mark.parametrize(
    ("models", "error", "said"),
    [
        ({"a": loud}, ValueError, "two by name"),
        ({"a": loud, "left": quiet}, LabelError, "left"),
        ({"a": loud, "b": 7}, PipelineError, "column of the source"),
        ({"a": loud, "b": lambda text: 7}, SourceError, "a list of strings"),
        ({"a": loud, "b": lambda text: ["A"]}, SourceError, "both give texts"),
        ({"a": ruler(("A", "x")), "b": spacy.blank("en")}, PipelineError, "component="),
    ],
)
def test_what_cannot_be_compared_is_refused(models, error, said):
    with pytest.raises(error, match=said):
        a_comparison(models, texts=["one two"])


# -------------------------------------------------------------------- a few texts ahead


class Counted:
    """A model that knows which texts it was asked about, and fails on some."""

    def __init__(self, say=loud, fails_on=()) -> None:
        self.say = say
        self.fails_on = frozenset(fails_on)
        self.asked: list[str] = []

    def __call__(self, text: str) -> str:
        self.asked.append(text)
        if text in self.fails_on:
            raise RuntimeError("no such word")
        return self.say(text)


def asked_by(ann) -> dict[str, tuple[str, ...]]:
    """Each text that is asked, with its names from left to right, in the order asked."""
    shown = {}
    while (task := ann.session.task) is not None:
        shown[task.text] = tuple(version.names[0] for version in task.versions)
        ann.session.answer("ignore")
    return shown


def test_models_are_asked_a_few_texts_ahead_and_of_each_text_once():
    many = [f"Text number {i}" for i in range(500)]
    one, other = Counted(), Counted(quiet)
    ann = a_comparison(dict(zip(NAMES, (one, other), strict=True)), texts=many)
    ann.session.answer("ignore")
    assert len(one.asked) < 60
    assert ann.progress.remaining is None
    assert len(asked_by(ann)) == 499
    for model in (one, other):
        assert sorted(model.asked) == sorted(many)


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.text("aAbB", min_size=1, max_size=3), min_size=2, max_size=40, unique=True),
    st.integers(0, 3),
)
def test_what_is_asked_is_what_differs_whenever_it_is_made(texts, seed):
    models = dict(zip(NAMES, (quiet, str), strict=True))
    differing = [text for text in texts if quiet(text) != text]
    ann = a_comparison(models, texts=texts, seed=seed)
    asked = asked_by(ann)
    assert sorted(asked) == sorted(differing)
    assert (ann.progress.remaining, ann.n_alike) == (0, len(texts) - len(differing))
    alone = {text: asked_by(a_comparison(models, texts=[text], seed=seed)) for text in differing}
    assert all(alone[text][text] == names for text, names in asked.items())
    assert asked_by(a_comparison(models, texts=texts[::-1], seed=seed)).keys() == asked.keys()


def test_a_text_of_which_a_model_fails_later_on_is_left_out_with_a_notice():
    sampled = asked_by(a_comparison())
    late = list(sampled)[12]
    ann = a_comparison({"zebrafish": Counted(fails_on=[late]), "quokka": quiet})
    assert asked_by(ann).keys() == sampled.keys() - {late}
    assert ann.failures.to_dict("records") == [
        {"text": late, "error": "RuntimeError: no such word"}
    ]
    assert any("1 text is left out" in notice for notice in ann._notices)
    early = next(iter(sampled))
    with pytest.raises(RuntimeError, match="no such word"):
        a_comparison({"zebrafish": Counted(fails_on=[early]), "quokka": quiet})


def test_a_pipeline_is_compared_as_it_was_when_the_comparison_began():
    nlp = ruler(("NUM", "number"))
    ann = a_comparison({"a": nlp, "b": lambda text: []})
    nlp.remove_pipe("entity_ruler")
    assert len(asked_by(ann)) == len(TEXTS)


def test_a_restart_asks_no_model_about_what_was_answered_and_recalls_it_whole():
    store = Store(":memory:")
    first = a_comparison(store=store, session_id="s")
    given_now = [first.session.answer("accept", accept="left") for _ in range(3)]
    tasks = {each.answer_id: first.session.recall(each.answer_id)[0] for each in given_now}
    again = a_comparison(store=store, session_id="s")
    for answer_id, task in tasks.items():
        recalled, _ = again.session.recall(answer_id)
        assert (recalled.versions, recalled.text, recalled.options) == (
            task.versions,
            task.text,
            task.options,
        )
    changed = again.session.change(given_now[0].answer_id, "accept", accept="tie")
    assert changed.accept == ("tie",)
    asked = asked_by(again)
    assert sorted([*asked, *(each.text for each in given_now)]) == sorted(TEXTS)
    again.session.undo()
    assert again.session.task.text == list(asked)[-1]


# -------------------------------------------------------------------- the result


def test_the_result_counts_wins_and_ties_by_name():
    ann = a_comparison()
    for choice in ["zebrafish"] * 9 + ["quokka"] + ["tie"] * 2:
        ann.session.answer("accept", accept=choice)
    ann.session.answer("ignore")
    found = ann.result()
    assert (found.wins, found.ties, found.n) == ({"zebrafish": 9, "quokka": 1}, 2, 12)
    assert found.share == 0.9
    assert found.low < 0.9 < found.high
    assert found.p_value == pytest.approx(0.0214843750)


def test_a_text_counts_once_however_many_compare_it():
    store = Store(":memory:")
    for who, choice in [("alice", "zebrafish"), ("bob", "zebrafish"), ("carol", "quokka")]:
        ann = a_comparison(texts=TEXTS[:1], store=store, annotator=who)
        ann.session.answer("accept", accept=choice)
    assert ann.result().wins == {"zebrafish": 1, "quokka": 0}
    ann = a_comparison(texts=TEXTS[:1], store=store, annotator="dan")
    ann.session.answer("accept", accept="quokka")
    assert (ann.result().wins, ann.result().ties) == ({"zebrafish": 0, "quokka": 0}, 1)


def test_other_comparisons_of_the_dataset_are_passed_over():
    store = Store(":memory:")
    a_comparison(texts=TEXTS[:1], store=store).session.answer("accept", accept="left")
    other = a_comparison({"zebrafish": loud, "newt": quiet}, store=store)
    assert other.result().n == 0


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 5))
def test_the_outcome_is_the_same_whoever_is_named_first(first, second, ties):
    one = Comparison.of_counts(("a", "b"), {"a": first, "b": second}, ties=ties)
    other = Comparison.of_counts(("b", "a"), {"a": first, "b": second}, ties=ties)
    assert one.n == other.n == first + second + ties
    if one.share is None:
        assert first + second == 0
        return
    assert one.share + other.share == pytest.approx(1)
    assert one.low + other.high == pytest.approx(1)
    assert one.p_value == pytest.approx(other.p_value)
    assert 0 <= one.low <= one.share <= one.high <= 1


def test_no_other_side_can_be_added():
    with pytest.raises(LabelError, match="'left', 'right', 'tie'"):
        a_comparison().add_label("middle")


def test_answers_that_stand_are_answers_of_the_contract():
    ann = a_comparison()
    answer = ann.session.answer("accept", accept="right")
    assert isinstance(answer, Answer)
    with pytest.raises(LabelError, match="'left', 'right', 'tie'"):
        ann.session.answer("accept", accept="middle")
