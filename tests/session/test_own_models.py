"""Models of the user's own in the loop: fitted anew, or asked as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

import nbannotate as nb
from nbannotate.errors import PipelineError
from nbannotate.pool import Pool
from nbannotate.session import Session
from nbannotate.session.few_texts import FewTexts
from tests.learning import test_suggester as pipelines
from tests.learning.stubs import (
    fit_sklearn,
    fit_transformer_for,
    predict_sklearn,
    predict_transformer,
)
from tests.loops import CountingLearner, a_session, answer_any, settled

LABELS = nb.SAMPLE_LABELS["textcat"]
DATA = nb.sample_data().head(80)
WAIT_SECONDS = 60
GOLD = {row.text: row.label for row in DATA.itertuples()}


def sklearn_learner() -> nb.RefitLearner:
    return nb.RefitLearner(fit_sklearn, predict_sklearn, labels=LABELS)


def transformer_learner() -> nb.RefitLearner:
    return nb.RefitLearner(fit_transformer_for(LABELS), predict_transformer, labels=LABELS)


@pytest.fixture(params=[sklearn_learner, transformer_learner])
def make(request: pytest.FixtureRequest):
    return request.param


def start(store, learner, view="textcat.correct", **keywords):
    return nb.annotate(
        DATA, view=view, labels=LABELS, learner=learner, store=store, dataset="d",
        session_id="s", **keywords,
    )  # fmt: skip


def answer_right(session, n: int) -> list[str]:
    given = []
    for _ in range(n):
        task = session.task
        given.append(session.answer("accept", accept=GOLD[task.text]).answer_id)
        assert session.join(WAIT_SECONDS)
    return given


def readings(learner) -> list[dict]:
    return [dict(prediction.cats) for prediction in learner.predict(list(DATA["text"][:20]))]


def test_ten_answers_teach_and_an_undone_one_is_forgotten(make):
    with nb.Store(":memory:") as store:
        learner = make()
        session = start(store, learner).session
        answer_right(session, 10)
        assert learner.learned == session.model.learned == 10
        before = readings(learner)
        answer_right(session, 1)
        session.undo()
        session.join(WAIT_SECONDS)
        assert learner.learned == 10
        assert readings(learner) == before
        session.close()


def test_a_restart_makes_the_same_model_again(make, tmp_path: Path):
    with nb.Store(tmp_path / "a.duckdb") as store:
        learner = make()
        session = start(store, learner).session
        answer_right(session, 10)
        before = readings(learner)
        session.close()
    with nb.Store(tmp_path / "a.duckdb") as store:
        again = make()
        session = start(store, again).session
        session.join(WAIT_SECONDS)
        assert again.learned == 10
        assert readings(again) == before
        assert session.progress.answered == 10
        session.close()


def test_what_the_model_says_is_shown_and_its_accuracy_known(make):
    with nb.Store(":memory:") as store:
        session = start(store, make(), strategy="random").session
        answer_right(session, 40)
        assert all(score is not None for score in session.task.options.values())
        progress = session.progress
        assert progress.live_accuracy.value > 1 / len(LABELS)
        assert progress.live_accuracy.n <= 40
        session.close()


def test_there_is_no_pipeline_to_call_save_or_replace(make, tmp_path: Path):
    with nb.Store(":memory:") as store:
        ann = start(store, make())
        for ask in (lambda: ann.nlp, lambda: ann.save(tmp_path / "model")):
            with pytest.raises(PipelineError, match=r"RefitLearner.*learner\.model"):
                ask()
        with pytest.raises(PipelineError, match=r"ann\.session\.use\(learner\)"):
            ann.use(spacy.blank("en"))
        assert ann.session.model.state != "paused"
        ann.close()


def test_another_learner_is_put_into_the_loop_with_what_is_stored(make):
    with nb.Store(":memory:") as store:
        session = start(store, sklearn_learner()).session
        answer_right(session, 10)
        other = make()
        session.use(other)
        assert other.learned == 10
        answer_right(session, 1)
        assert other.learned == 11
        session.close()


def test_a_fit_that_raises_pauses_the_model_and_no_answer_is_lost():
    fails = True

    def fit(answers):
        if fails:
            raise MemoryError("no room")
        return fit_sklearn(answers)

    with nb.Store(":memory:") as store:
        learner = nb.RefitLearner(fit, predict_sklearn, labels=LABELS)
        session = start(store, learner).session
        given = answer_right(session, 12)
        assert session.model.state == "paused"
        assert store.annotations("d")["answer_id"].tolist() == given
        fails = False
        session.resume_model()
        session.join(WAIT_SECONDS)
        assert learner.learned == 12
        session.close()


def bikes(nlp, view="ner.correct", texts=DATA, store=":memory:", **keywords):
    return nb.annotate(
        texts, view=view, labels=["PART", "PLACE"], store=store, dataset="b",
        learner=nb.suggester(nlp, **keywords),
    )  # fmt: skip


TEXTS = [f"The brake of bike {n} is loose" for n in range(60)]


@pytest.mark.parametrize("view", ["ner.correct", "ner.manual", "ner.teach"])
def test_rules_suggest_learn_nothing_and_their_accuracy_is_known(view: str):
    session = bikes(pipelines.rules(), view, TEXTS).session
    for number in range(30):
        task = session.task
        assert task.score is None
        kind = "accept" if view != "ner.teach" or number % 2 else "reject"
        brake = [{"start": 4, "end": 9, "label": "PART"}]
        session.answer(kind, **({"spans": brake} if view != "ner.teach" else {}))
        session.join(WAIT_SECONDS)
    assert session.model.state == "ready"
    assert session.model.learned == 0
    expected = 0.5 if view == "ner.teach" else 1.0
    assert session.progress.live_accuracy.value == pytest.approx(expected, abs=0.05)
    session.close()


@pytest.mark.parametrize("strategy", ["auto", *nb.STRATEGIES])
@pytest.mark.parametrize("view", ["ner.correct", "ner.teach"])
def test_every_strategy_copes_with_spans_of_unknown_probability(strategy: str, view: str):
    ann = nb.annotate(
        TEXTS, view=view, labels=["PART", "PLACE"], learner=nb.suggester(pipelines.rules()),
        strategy=strategy, store=":memory:",
    )  # fmt: skip
    for _ in range(8):
        ann.session.answer("accept")
        ann.session.join(WAIT_SECONDS)
    assert ann.session.model.state == "ready"
    ann.close()


def test_a_language_model_is_called_once_a_text_and_little_ahead():
    nlp = pipelines.language_model()
    window = 5
    session = bikes(nlp, texts=TEXTS, window=window).session
    session.join(WAIT_SECONDS)
    assert len(pipelines.calls) <= window
    for n_answers in range(1, 21):
        session.answer("accept")
        session.join(WAIT_SECONDS)
        assert len(pipelines.calls) <= window + n_answers
    assert len(pipelines.calls) == len(set(pipelines.calls))
    session.close()


def test_every_text_is_asked_about_though_few_are_read_ahead():
    session = bikes(pipelines.language_model(), texts=TEXTS[:12]).session
    asked = []
    while (task := session.task) is not None:
        asked.append(task.text)
        session.answer("accept")
    assert sorted(asked) == sorted(TEXTS[:12])
    session.close()


def test_in_teach_texts_without_a_suggestion_are_passed_over():
    texts = [f"Nothing at all {n}" for n in range(30)] + TEXTS[:3]
    session = bikes(pipelines.rules(), "ner.teach", texts).session
    asked = []
    while (task := session.task) is not None:
        asked.append(task.text)
        session.answer("accept")
    assert sorted(asked) == sorted(TEXTS[:3])
    session.close()


def test_a_pipeline_of_rules_given_as_nlp_suggests_with_a_warning():
    with pytest.warns(UserWarning, match=r"'entity_ruler'.*nb\.suggester"):
        ann = nb.ner.correct(TEXTS, nlp=pipelines.rules(), labels=["PART"], store=":memory:")
    assert [span.label for span in ann.session.task.spans] == ["PART"]
    assert ann.nlp.pipe_names == ["entity_ruler"]
    ann.close()


def test_a_pipeline_with_an_ner_learns_though_it_has_rules_too():
    nlp = pipelines.rules()
    nlp.add_pipe("ner")
    ann = nb.ner.correct(TEXTS, nlp=nlp, labels=["PART"], store=":memory:")
    ann.session.answer("accept")
    ann.session.join(WAIT_SECONDS)
    assert ann.session.model.learned == 1
    ann.close()


def test_few_texts_stay_the_same_until_they_are_closed():
    pool = Pool(TEXTS)
    few = FewTexts(pool, seed=0)
    first = few.read(4)
    assert few.read(4) == first
    assert len({text.input_hash for text in first}) == 4
    pool.close_text(first[1].input_hash)
    later = few.read(4)
    assert later[:3] == [first[0], *first[2:]]
    assert len({text.input_hash for text in later}) == 4
    for text in pool:
        pool.close_text(text.input_hash)
    assert few.read(4) == []


def test_an_ignored_answer_never_reaches_a_learner_live_changed_or_after_a_restart(
    tmp_path: Path,
):
    texts = [f"text {n}" for n in range(8)]

    def begin(store: nb.Store) -> tuple[CountingLearner, Session]:
        learner = CountingLearner()
        session = a_session(texts, learner=learner, store=store, session_id="s")
        return learner, settled(session)

    with nb.Store(tmp_path / "a.duckdb") as store:
        learner, session = begin(store)
        kinds = ("ignore", "accept", "accept", "ignore", "accept")
        _, kept, changed, again, _ = (answer_any(session, kind) for kind in kinds)
        session.undo()
        session.change(changed.answer_id, "ignore")
        later = session.change(again.answer_id, "accept", accept="B")
        assert settled(session).model.learned == 2
        assert learner.seen_ids == [kept.answer_id, later.answer_id]
        assert len(store.annotations("d")) == session.progress.answered == 4
        session.close()
    with nb.Store(tmp_path / "a.duckdb") as store:
        learner, session = begin(store)
        assert learner.seen_ids == [kept.answer_id, later.answer_id]
        other = CountingLearner()
        session.use(other)
        assert [each.answer_id for each in other.remembered] == learner.seen_ids
        session.close()
