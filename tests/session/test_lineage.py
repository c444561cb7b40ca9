"""Laws of versions: what the loop has learned can be gone back to, forked and resumed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy

import nbannotate as nb
from nbannotate.errors import StoreError
from nbannotate.session import saving
from nbannotate.store.models import KEPT_LOOP_VERSIONS
from tests.learning.answers import gold_texts
from tests.loops import answer_any, settled

GOLD = gold_texts(40)
TEXTS = [text for text, _ in GOLD]
DRUGS = {text: [span.to_dict() for span in spans] for text, spans in GOLD}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[nb.Store]:
    with nb.Store(path) as opened:
        yield opened


@pytest.fixture
def saves_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "SAVED_EVERY", 3)


def loop(store: nb.Store, nlp: Any = None, **keywords: Any) -> nb.Annotator:
    given = {"dataset": "d", "session_id": "s", "strategy": "random", **keywords}
    return nb.ner.correct(TEXTS, labels=["DRUG"], nlp=nlp, store=store, **given)


def answer(ann: nb.Annotator, n: int) -> nb.Annotator:
    for _ in range(n):
        ann.session.answer("accept", spans=DRUGS[ann.session.task.text])
        ann.session.join()
    return ann


def weights(ann: nb.Annotator) -> list[Any]:
    model = ann.nlp.get_pipe("ner").model
    return [node.get_param(name) for node in model.walk() for name in node.param_names]


def same(one: list[Any], other: list[Any]) -> bool:
    return all(np.array_equal(left, right) for left, right in zip(one, other, strict=True))


def of(nlp: Any) -> list[Any]:
    model = nlp.get_pipe("ner").model
    return [node.get_param(name) for node in model.walk() for name in node.param_names]


# Versions


def test_what_was_learned_is_a_version_when_the_loop_closes(store):
    ann = answer(loop(store, annotator="alice"), 3)
    last, accuracy = weights(ann), ann.progress.accuracy
    ann.close()
    [row] = store.models().to_dict("records")
    assert (row["version"], row["kind"], row["dataset"]) == ("v1", "loop", "d")
    assert (row["session_id"], row["annotator"]) == ("s", "alice")
    assert row["answers_seen"] == 3
    assert row["scores"]["accuracy"] == pytest.approx(accuracy)
    assert same(of(spacy.load(row["path"])), last)


def test_a_loop_that_learned_nothing_saves_no_version(store):
    loop(store).close()
    answer(loop(store, nlp=False, session_id="other"), 2).close()
    assert store.models().empty


def test_a_loop_whose_answer_was_undone_saves_the_model_that_never_saw_it(store):
    ann = answer(loop(store), 2)
    ann.close()
    ann = loop(store)
    ann.session.undo()
    ann.session.join()
    left = weights(ann)
    ann.close()
    assert store.models()["answers_seen"].tolist() == [2, 1]
    assert same(of(spacy.load(store.saved_model("v2"))), left)


def test_what_was_learned_and_undone_at_once_saves_no_version(store):
    answer(loop(store), 2).close()
    ann = answer(loop(store), 1)
    ann.session.undo()
    ann.session.join()
    ann.close()
    assert store.models()["version"].tolist() == ["v1"]


@pytest.mark.parametrize("component", ["ner", "textcat", "spancat"])
def test_a_loop_opened_again_and_closed_saves_no_version_again(store, component):
    view = {"spancat": "spans"}.get(component, component) + ".correct"
    for n_answers in (2, 0, 0):
        ann = nb.annotate(
            TEXTS, view=view, labels=["A", "B"], store=store, dataset="d", session_id="s"
        )
        for _ in range(n_answers):
            answer_any(settled(ann.session))
        settled(ann.session)
        ann.close()
    assert store.models()["version"].tolist() == ["v1"]


def test_versions_are_saved_on_the_way_each_the_parent_of_the_next(store, saves_often):
    ann = answer(loop(store), 7)
    ann.close()
    models = store.models()
    assert models["answers_seen"].tolist() == [3, 6, 7]
    assert models["parent"].tolist()[1:] == ["v1", "v2"]
    assert ann.model.version == "v3"


def test_an_answer_says_which_version_asked_it(store, saves_often):
    ann = answer(loop(store), 3)
    ann.session._thread._saving.wait()
    answer(ann, 4).close()
    assert ann.annotations()["model_version"].tolist()[0] == "base"
    assert ann.annotations()["model_version"].tolist()[-1] in {"v1", "v2"}


def test_a_restart_goes_on_with_the_line_of_versions(store):
    answer(loop(store), 2).close()
    again = loop(store)
    assert again.model.version == "v1"
    answer(again, 2).close()
    assert store.models()["parent"].tolist()[1] == "v1"


def test_only_the_newest_loop_versions_are_kept_unless_somebody_used_them(store, saves_often):
    ann = answer(loop(store), 3)
    ann.session._thread._saving.wait()
    nb.retrain(store, "d", base="v1", evaluation=0, max_epochs=1, progress=False)
    answer(ann, 15).close()
    models = store.models()
    loops = models[models["kind"] == "loop"]
    kept = loops[loops["path"].notna()]["version"].tolist()
    assert kept == ["v1", *loops["version"].tolist()[-KEPT_LOOP_VERSIONS:]]
    folders = [each.name for each in store.models_path.iterdir() if each.name.startswith("d-")]
    assert len(folders) == KEPT_LOOP_VERSIONS + 2
    gone = loops[loops["path"].isna()]["version"].iloc[0]
    with pytest.raises(StoreError, match=f"{gone} are gone.*saved are: v1"):
        loop(store, session_id="late", nlp=gone)


def test_a_store_in_memory_saves_nothing_and_says_so():
    store = nb.Store(":memory:")
    ann = answer(loop(store), 2)
    result = nb.retrain(store, "d", max_epochs=1, progress=False)
    with pytest.raises(StoreError, match="in memory keeps no models"):
        ann.use(result.version)
    with pytest.raises(StoreError, match="in memory keeps no models"):
        nb.retrain(store, "d", base=result.version, progress=False)
    ann.close()
    assert store.models()["kind"].tolist() == ["retrain"]


def test_a_full_disk_costs_neither_an_answer_nor_the_model(store, saves_often, monkeypatch):
    ann = loop(store)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "save_model", full)
        patch.setattr("nbannotate.learning.rebuilding.write_snapshot", full)
        answer(ann, 7)
    assert ann.model.state == "ready"
    assert len(ann.annotations()) == ann.model.learned == 7
    ann.close()


def test_saving_lets_answers_and_learning_go_on(store, saves_often, monkeypatch):
    ann = loop(store)
    saving, go_on = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> tuple[str, None]:
        saving.set()
        assert go_on.wait(60)
        return "v1", None

    monkeypatch.setattr(store, "save_model", slow)
    answer(ann, 3)
    assert saving.wait(60)
    answer(ann, 2)
    assert ann.model.learned == 5
    go_on.set()
    ann.close()


def test_a_model_that_cannot_be_written_leaves_no_half_of_it(store):
    def broken(folder: Path) -> None:
        folder.mkdir()
        (folder / "half").write_text("…")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        store.save_model("d", broken, kind="loop")
    assert store.models().empty
    assert list(store.models_path.iterdir()) == []


# Rollback


def test_rolling_back_puts_the_versions_weights_into_the_loop(store, saves_often):
    ann = answer(loop(store), 3)
    early = weights(ann)
    answer(ann, 4)
    ann.session._thread._saving.wait()
    ann.use("v1")
    assert same(weights(ann), early)
    assert ann.model.version == "v1"
    answer(ann, 1)
    assert not same(weights(ann), early)
    ann.close()
    assert store.models()["parent"].tolist()[-1] == "v1"


def test_the_model_that_goes_is_saved_before_another_comes(store, saves_often):
    ann = answer(loop(store), 5)
    last = weights(ann)
    ann.use("v1").use("v2")
    assert same(weights(ann), last)
    assert store.models()["answers_seen"].tolist() == [3, 5]
    ann.close()


def test_a_restart_goes_on_from_the_model_that_was_put_in(store, saves_often):
    ann = answer(loop(store), 4)
    ann.session._thread._saving.wait()
    answer(ann.use("v1"), 2)
    last = weights(ann)
    ann.close()
    again = loop(store)
    again.session.join()
    assert same(weights(again), last)
    answer(again, 1)
    assert again.model.learned == 7
    again.close()


def test_without_its_snapshot_a_restart_makes_the_same_model_from_the_answers(store, saves_often):
    ann = answer(loop(store), 4)
    ann.session._thread._saving.wait()
    answer(ann.use("v1"), 3)
    last = weights(ann)
    ann.close()
    shutil.rmtree(store.models_path / "loop")
    again = loop(store)
    again.session.join()
    assert same(weights(again), last)
    again.close()


def test_a_retrained_model_is_gone_on_from_after_a_restart(store):
    ann = answer(loop(store), 5)
    result = nb.retrain(store, "d", max_epochs=2, progress=False)
    answer(ann.use(result), 2)
    last = weights(ann)
    ann.close()
    again = loop(store)
    again.session.join()
    assert same(weights(again), last)
    again.close()


def test_where_labels_no_longer_exclude_each_other_another_line_begins(store):
    def start(*, exclusive: bool) -> nb.Annotator:
        return nb.textcat.manual(
            TEXTS, labels=["A", "B"], exclusive=exclusive, store=store, dataset="t", session_id="s"
        )

    ann = start(exclusive=True)
    for _ in range(4):
        ann.session.answer("accept", accept="A")
    ann.use(nb.retrain(store, "t", progress=False))
    ann.close()
    several = start(exclusive=False)
    several.session.join()
    assert (several.model.version, several.model.learned) == ("base", 4)
    assert several.nlp(TEXTS[0]).cats["A"] > 0.5
    several.close()
    again = start(exclusive=True)
    assert again.model.version == ann.model.version
    again.close()


def test_a_pipeline_that_is_no_version_becomes_one_when_it_is_put_in(store):
    ann = answer(loop(store), 1)
    ann.use(spacy.blank("en"))
    assert store.models()["kind"].tolist() == ["own", "loop"]
    assert ann.model.version == "v1"
    last = weights(answer(ann, 2))
    ann.close()
    again = loop(store)
    again.session.join()
    assert same(weights(again), last)
    again.close()


def test_another_pipeline_begins_another_line(store):
    ann = answer(loop(store), 2)
    ann.use(nb.retrain(store, "d", max_epochs=1, progress=False)).close()
    other = loop(store, nlp=spacy.blank("en"))
    assert other.model.version == "base"
    other.close()


def test_a_pipeline_that_has_learned_other_things_begins_another_line(store):
    ann = answer(loop(store), 3)
    first, other = (
        nb.retrain(store, "d", max_epochs=1, seed=seed, progress=False).nlp for seed in (0, 1)
    )
    ann.close()
    of_first = loop(store, nlp=first)
    of_first.use(nb.retrain(store, "d", max_epochs=2, progress=False))
    last = weights(of_first)
    of_first.close()
    for nlp, goes_on in ((first, True), (other, False)):
        again = loop(store, nlp=nlp)
        again.session.join()
        assert same(weights(again), last) is goes_on
        again.close()


def test_a_model_put_in_whose_files_are_gone_is_learned_from_the_start(store):
    ann = answer(loop(store), 3)
    result = nb.retrain(store, "d", max_epochs=1, progress=False)
    ann.use(result).close()
    shutil.rmtree(result.path)
    again = loop(store)
    again.session.join()
    assert again.model.state == "ready"
    assert again.model.learned == 3
    again.close()


def test_two_runs_of_the_same_answers_and_models_are_the_same(tmp_path, saves_often):
    def run(name: str) -> list[Any]:
        with nb.Store(tmp_path / name) as store:
            ann = answer(loop(store), 4)
            ann.session._thread._saving.wait()
            answer(ann.use("v1"), 2)
            ann.add_label("PLACE")
            last = weights(answer(ann, 2))
            ann.close()
            return last

    assert same(run("one.duckdb"), run("other.duckdb"))


# Fork


def test_another_session_can_start_from_a_version(store):
    answer(loop(store), 4).close()
    first = of(spacy.load(store.saved_model("v1")))
    fork = loop(store, session_id="fork", nlp="v1")
    fork.session.join()
    assert same(weights(fork), first)
    assert fork.model.version == "v1"
    last = weights(answer(fork, 2))
    fork.close()
    assert store.models()["parent"].fillna("").tolist() == ["", "v1"]
    again = loop(store, session_id="fork", nlp="v1")
    again.session.join()
    assert same(weights(again), last)
    again.close()


def test_a_version_that_is_not_there_is_refused_by_its_name(store):
    with pytest.raises(nb.PipelineError, match="v9"):
        loop(store, nlp="v9")


# Stopping


def test_closing_waits_for_no_more_than_a_step_of_learning(store):
    answer(loop(store), 4).close()
    shutil.rmtree(store.models_path)
    ann = loop(store, nlp=spacy.blank("en"))
    learner = ann.session._thread._learner
    steps = []
    step = learner._step

    def counted(*arguments: Any) -> float:
        steps.append(1)
        if len(steps) == 1:
            threading.Thread(target=ann.session.close).start()
            while not ann.session._thread._is_stopping:
                pass
        return step(*arguments)

    ann.session.join()
    learner._step = counted
    ann.session.answer("accept", spans=[])
    ann.session._thread._thread.join(60)
    assert len(steps) == 1
    assert len(ann.annotations()) == 5
    again = loop(store, nlp=spacy.blank("en"))
    again.session.join()
    assert again.model.learned == 5
    again.close()


def test_a_rollback_to_the_oldest_version_kept_outlives_a_restart(store, saves_often):
    ann = answer(loop(store), 10)
    assert store.models()["path"].notna().tolist() == [True] * KEPT_LOOP_VERSIONS
    answer(ann.use("v1"), 1)
    last = weights(ann)
    ann.close()
    again = loop(store)
    settled(again.session)
    assert same(weights(again), last)
    again.close()
