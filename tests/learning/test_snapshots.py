"""Laws of the snapshots that a restart takes up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from nbannotate.learning import make_learner
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.snapshots import KEPT
from nbannotate.tasks import Answer
from tests.learning.answers import ner_answers
from tests.learning.test_labels_midway import ner_before_and_after
from tests.learning.test_learners import KINDS, agree, taught

N_ANSWERS = 12


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return ner_answers(N_ANSWERS)


def restarted(
    folder: Path, answers: Sequence[Answer], labels: Sequence[str] = ("DRUG",)
) -> tuple[SpacyLearner, list[Answer]]:
    """A learner after a restart, and a list of what it learns from then on."""
    learner = make_learner("ner", labels=labels, seed=1, first_labels=answers[0].labels)
    relearned: list[Answer] = []
    apply = learner._apply

    def counting(given: Sequence[Answer]) -> None:
        relearned.extend(given)
        apply(given)

    learner._apply = counting  # type: ignore[method-assign]
    learner.rebuild(answers, snapshots=folder)
    return learner, relearned


def learned(answers: Sequence[Answer]) -> SpacyLearner:
    learner = make_learner("ner", labels=["DRUG"], seed=1)
    learner.rebuild(answers)
    return learner


@pytest.fixture
def folder(tmp_path: Path, answers: list[Answer]) -> Path:
    learned(answers).save_snapshot(tmp_path)
    return tmp_path


def test_a_restart_learns_nothing_anew(folder, answers):
    learner, relearned = restarted(folder, answers)
    assert relearned == []
    assert agree(learner, learned(answers))


@pytest.mark.parametrize("n_undone", [1, 3])
def test_an_undo_after_a_restart_relearns_a_few_answers(folder, answers, n_undone):
    learner, relearned = restarted(folder, answers)
    for _ in range(n_undone):
        learner.undo()
    assert len(relearned) < N_ANSWERS - n_undone
    assert agree(learner, learned(answers[:-n_undone]))


def test_an_answer_undone_since_the_snapshot_costs_a_few_answers_only(folder, answers):
    learner, relearned = restarted(folder, answers[:-1])
    assert 0 < len(relearned) < N_ANSWERS - 1
    assert agree(learner, learned(answers[:-1]))


def test_an_undo_after_a_restart_reaches_across_a_label_that_came_midway(tmp_path: Path):
    given = ner_before_and_after(5, 6)
    labels = ("DRUG", "PLACE")
    live, _ = restarted(tmp_path / "none", given, labels)
    live.save_snapshot(tmp_path)
    learner, relearned = restarted(tmp_path, given, labels)
    assert relearned == []
    for _ in range(8):
        learner.undo()
        live.undo()
        assert agree(learner, live)


def test_a_bag_of_words_keeps_one_snapshot_alone(tmp_path: Path):
    kind = KINDS["textcat"]
    taught(kind, kind.answers(N_ANSWERS)).save_snapshot(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_the_snapshots_of_the_latest_models_are_kept(tmp_path: Path, answers: list[Answer]):
    for seed in range(KEPT + 2):
        learner = make_learner("ner", labels=["DRUG"], seed=seed)
        learner.rebuild(answers[:9])
        learner.save_snapshot(tmp_path)
    assert len({path.stem.split("-")[0] for path in tmp_path.iterdir()}) == KEPT
    again = make_learner("ner", labels=["DRUG"], seed=KEPT + 1)
    told: list[int] = []
    again.rebuild(answers[:9], lambda done, _: told.append(done), tmp_path)
    assert told == []
