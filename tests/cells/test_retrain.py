"""What a retrain cell learns from, scores on, records and gives back."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import spacy

import nbannotate as nb
from nbannotate.errors import LabelError, NothingToLearnError

DATA = nb.sample_data()
LABELS = nb.SAMPLE_LABELS["textcat"]


def annotate(store, dataset="d", n=60, rows=DATA, view="textcat.manual", **keywords):
    ann = nb.annotate(
        rows,
        view=view,
        labels=keywords.pop("labels", LABELS),
        nlp=False,
        store=store,
        dataset=dataset,
        **keywords,
    )
    nb.simulate(ann, DATA, n=n, progress=False)
    return ann


def retrain(store, *args, **keywords):
    return nb.retrain(store, *args, **{"max_epochs": 8, "progress": False} | keywords)


@pytest.fixture
def store(tmp_path: Path):
    with nb.Store(tmp_path / "answers.duckdb") as opened:
        yield opened


def test_a_result_has_pipeline_scores_history_and_version(store):
    annotate(store)
    result = retrain(store, "d")
    assert set(result.nlp("The brake is loose").cats) == set(LABELS)
    assert 0 <= result.scores["cats_macro_f"] <= 1
    assert result.per_label["label"].tolist() == list(LABELS)
    assert result.per_label["n"].sum() == result.n_held_out == 12
    assert result.n_learned == 48
    assert result.history["step"].is_monotonic_increasing
    assert result.version == "v1"


def test_a_version_is_recorded_with_filter_and_scores_and_saved_beside_the_file(store):
    annotate(store, session_id="s")
    result = retrain(store, "d", session_id=["s"])
    row = store.models().iloc[0]
    assert row["version"] == "v1"
    assert "s" in str(row["filter"])
    assert result.path.parent == Path(store.path).with_suffix(".models")
    text = "The brake is loose"
    assert spacy.load(store.model_path("v1"))(text).cats == result.nlp(text).cats


def test_only_the_answers_that_the_filters_leave_are_learned(store):
    annotate(store, n=30, annotator="alice", session_id="a")
    annotate(store, n=20, annotator="bob", session_id="b")
    alone = retrain(store, "d", session_id="a", evaluation=0)
    assert alone.n_learned == 30
    assert retrain(store, "d", where="annotator = 'bob'", evaluation=0).n_learned == 20


def test_an_answer_that_was_taken_back_is_not_learned(store):
    ann = annotate(store, n=10)
    ann.session.undo()
    assert retrain(store, "d", evaluation=0).n_learned == 9


def test_equal_seeds_give_equal_models(store):
    annotate(store, n=20)
    one, other = (retrain(store, "d", seed=3).nlp("Charged twice").cats for _ in range(2))
    assert one == other


def test_a_text_held_out_today_is_held_out_tomorrow(store):
    ann = annotate(store, n=20)
    first = retrain(store, "d", evaluation=0.5)
    nb.simulate(ann, DATA, n=20, progress=False)
    assert retrain(store, "d", evaluation=0.5).n_held_out == first.n_held_out + 10


def test_another_dataset_or_a_frame_can_be_scored_on(store):
    annotate(store, n=20)
    annotate(store, dataset="held", n=15, rows=DATA.tail(40))
    assert retrain(store, "d", evaluation="held").n_held_out == 15
    assert retrain(store, "d", evaluation=DATA.tail(30)).n_held_out == 30


def test_texts_that_are_learned_and_scored_on_are_told_of(store):
    annotate(store, n=20, rows=DATA.head(20))
    with pytest.warns(UserWarning, match="8 of the 18 texts in evaluation= are learned from too"):
        framed = retrain(store, "d", evaluation=DATA.iloc[12:30])
    assert (framed.n_learned, framed.n_held_out) == (20, 18)
    annotate(store, dataset="held", n=5, rows=DATA.iloc[15:25])
    with pytest.warns(UserWarning, match="5 of the 5 texts"):
        retrain(store, evaluation="held")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        retrain(store, "d", evaluation=DATA.iloc[20:30])
        retrain(store, "d", evaluation=0.2)


def test_a_base_that_learned_what_is_held_out_is_told_of(store):
    ann = nb.textcat.manual(DATA, labels=LABELS, store=store, dataset="d")
    nb.simulate(ann, DATA, n=20, progress=False)
    with pytest.warns(UserWarning, match="learned each answer of d"):
        retrain(store, "d", base=ann)
    ann.close()
    with pytest.warns(UserWarning, match="learned each answer of d"):
        retrain(store, "d", base=ann.model.version)
    held_out = DATA[~DATA["text"].isin(ann.annotations()["text"])]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        retrain(store, "d", base=ann.model.version, evaluation=held_out)
        retrain(store, "d", base=retrain(store, "d"))
    for all_learned in (retrain(store, "d", evaluation=0), "v3"):
        with pytest.warns(UserWarning, match="learned each answer of d"):
            retrain(store, "d", base=all_learned)


def test_labels_are_taken_as_recipes_take_them(store):
    annotate(store, n=20, view="ner.manual", labels=["PLACE", "PART"])
    assert retrain(store, "d", labels="PLACE").per_label["label"].tolist() == ["PLACE"]
    with pytest.raises(LabelError, match="twice"):
        retrain(store, "d", labels=["PLACE", "PLACE"])


def test_the_loops_model_is_gone_on_from_and_recorded_as_parent(store):
    ann = nb.textcat.manual(DATA, labels=LABELS, store=store, dataset="d")
    nb.simulate(ann, DATA, n=12, progress=False)
    first = retrain(store, "d")
    ann.use(first)
    text = "The brake is loose"
    assert ann.nlp(text).cats == pytest.approx(first.nlp(text).cats)
    retrain(store, "d", base=ann, evaluation=0)
    retrain(store, "d", base="v1")
    retrain(store, "d", base=first)
    models = store.models()
    retrained = models[models["kind"] == "retrain"]
    assert retrained["parent"].fillna("").tolist() == ["", "v1", "v1", "v1"]
    second = retrained["version"].tolist()[1]
    ann.use(second)
    nb.simulate(ann, DATA, n=2, progress=False)
    assert ann.session.history[-1].model_version == second
    ann.close()


def test_spans_and_labels_of_one_dataset_train_one_pipeline(store):
    annotate(store, n=12)
    annotate(store, n=12, view="ner.manual", labels=["PLACE", "PART"])
    result = retrain(store, "d", max_epochs=2)
    assert {"ner", "textcat"} <= set(result.nlp.pipe_names)
    assert {"ents_f", "cats_macro_f"} <= set(result.scores)


def test_yes_or_no_answers_alone_train_a_model_too(store):
    annotate(store, n=40, view="textcat.teach")
    result = retrain(store, "d")
    assert result.nlp("Charged twice").cats


@pytest.mark.parametrize("view", ["textcat.teach", "textcat.manual"])
def test_of_one_label_it_is_learned_where_it_does_not_apply(store, view):
    [label, *_] = LABELS
    ann = annotate(store, view=view, labels=[label])
    ann.close()
    result = retrain(store, "d")
    assert result.n_learned + result.n_held_out == 60
    texts = {True: [], False: []}
    for _, row in DATA.iterrows():
        texts[row["label"] == label].append(result.nlp(row["text"]).cats[label])
    assert np.mean(texts[True]) > 0.5 > np.mean(texts[False])


def test_one_of_several_labels_is_learned_from_the_answers_for_the_others(store):
    annotate(store)
    result = retrain(store, "d", labels=LABELS[:1])
    assert result.n_learned + result.n_held_out == 60
    assert 0 < result.per_label["n"].sum() < result.n_held_out == 12
    assert np.mean([result.nlp(text).cats[LABELS[0]] for text in DATA["text"]]) < 0.5


@pytest.mark.parametrize("view", ["ner.manual", "textcat.manual"])
def test_labels_are_scored_though_another_came_after_the_answers(store, view):
    kind = view.partition(".")[0]
    labels = nb.SAMPLE_LABELS[kind]
    ann = annotate(store, view=view, labels=labels, exclusive=False)
    before = retrain(store, "d")
    ann.add_label("LATER")
    ann.close()
    after = retrain(store, "d")
    assert after.n_held_out == before.n_held_out == 12
    per_label = after.per_label.set_index("label")
    assert per_label.loc[list(labels), "f"].notna().any()
    assert np.isnan(per_label.loc["LATER", "f"])
    assert set(before.scores) == set(after.scores)


def test_nothing_to_learn_says_what_was_asked_for(store):
    with pytest.raises(NothingToLearnError, match="dataset='none'"):
        retrain(store, "none")
    ann = nb.textcat.manual(DATA, labels=LABELS, store=store, dataset="d", nlp=False)
    ann.session.answer("ignore")
    with pytest.raises(NothingToLearnError):
        retrain(store, "d")


@pytest.mark.parametrize("share", [-0.1, 1, 1.5])
def test_a_share_that_is_none_is_refused(store, share):
    annotate(store, n=5)
    with pytest.raises(ValueError, match="share"):
        retrain(store, "d", evaluation=float(share))


def test_the_plot_has_a_panel_for_training_and_one_for_labels(store):
    annotate(store, n=20)
    over_time, by_label = retrain(store, "d").plot().axes
    assert over_time.get_xlabel() == "step"
    assert len(by_label.patches) == len(LABELS)


def test_a_result_reads_as_one_line(store):
    annotate(store, n=20)
    assert repr(retrain(store, "d")).startswith("RetrainResult(v1: labels macro F 0.")
