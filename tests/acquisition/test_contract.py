"""The contract that every query strategy passes: those that ship, the user's own, and "auto"."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbannotate.acquisition import STRATEGIES, Acquisition, Candidate, Experience
from nbannotate.acquisition.acquisition import LEARNED_BEFORE_TRUST
from nbannotate.acquisition.weighing import checked_ranks, quick_first, rare_first
from nbannotate.session.questions import Questions
from nbannotate.tasks import Answer, Prediction, SourceText, Span, find_view, input_hash
from tests.loops import CountingLearner, Pool


def longest_first(candidates, random):
    return np.array([len(candidate.text.text) for candidate in candidates])


ALL = {**STRATEGIES, "own function": longest_first, "auto": "auto"}
strategies = pytest.mark.parametrize("strategy", [
    pytest.param(name if name in STRATEGIES else value, id=name) for name, value in ALL.items()
])  # fmt: skip
layouts = pytest.mark.parametrize("layout", ["spans", "choice", "binary"])
named = pytest.mark.parametrize("name", STRATEGIES)

PROBABILITY = st.floats(0, 1)


@st.composite
def predictions(draw):
    cats = draw(st.lists(PROBABILITY, max_size=4))
    total = sum(cats) or 1.0
    spans = tuple(
        Span(i, i + 1, "A", score)
        for i, score in enumerate(draw(st.lists(st.none() | PROBABILITY, max_size=3)))
    )
    return Prediction(
        spans,
        spans,
        {f"L{i}": p / total for i, p in enumerate(cats)},
        tuple(draw(st.lists(st.floats(0, 5), max_size=6))),
    )


@st.composite
def candidate_lists(draw, min_size=0):
    return [
        Candidate(
            SourceText(f"text {i}", input_hash(f"text {i}")),
            draw(predictions()),
            draw(st.booleans()),
            probability=draw(st.none() | PROBABILITY),
        )
        for i in range(draw(st.integers(min_size, 8)))
    ]


def asked(acquisition, candidates, random, *, learned=9, experience=None):
    """Return the candidates, best question first, and why the first is asked."""
    plan = acquisition.plan(random, learned=learned, experience=experience)
    return acquisition.rank(candidates, random, plan=plan), plan.why


def candidate(
    probability=None, cats=None, exclusive=True, entropies=(), spans=(), text="t", words=()
):
    prediction = Prediction(spans, spans, cats or {}, entropies, words)
    return Candidate(
        SourceText(text, input_hash(text)), prediction, exclusive, probability=probability
    )


@strategies
@layouts
@settings(max_examples=20)
@given(candidates=candidate_lists(), seed=st.integers(0, 99), learned=st.sampled_from([0, 5, 90]))
def test_a_ranking_is_the_candidates_in_some_order(strategy, layout, candidates, seed, learned):
    ranked, why = asked(Acquisition(strategy, layout), candidates, Random(seed), learned=learned)
    assert Counter(map(id, ranked)) == Counter(map(id, candidates))
    assert why


@strategies
@layouts
@settings(max_examples=20)
@given(candidates=candidate_lists(), seed=st.integers(0, 99))
def test_equal_seeds_rank_equally(strategy, layout, candidates, seed):
    acquisition = Acquisition(strategy, layout)
    once = asked(acquisition, candidates, Random(seed))
    assert asked(acquisition, candidates, Random(seed)) == once


@strategies
@settings(max_examples=20)
@given(candidates=candidate_lists(min_size=1))
def test_a_strategy_gives_one_number_a_candidate_and_changes_none(strategy, candidates):
    if strategy == "auto":
        return
    function = STRATEGIES.get(strategy, strategy) if isinstance(strategy, str) else strategy
    before = list(candidates)
    ranks = checked_ranks(function, candidates, Random(0))
    assert ranks.shape == (len(candidates),)
    assert not np.isnan(ranks).any()
    assert candidates == before


@strategies
@pytest.mark.parametrize("learner", [None, CountingLearner()], ids=["no model", "model"])
@pytest.mark.parametrize("view", ["textcat.manual", "textcat.teach", "ner.manual"])
def test_every_strategy_asks_about_every_text_in_the_end(strategy, learner, view):
    found = find_view(view, exclusive=True)
    labels = ("A", "B")
    pool = Pool([f"Text {number}" for number in range(100)])
    questions = Questions(found, labels, pool, Acquisition(strategy, found.layout))
    asked = set()
    while tasks := questions.choose(learner, without=(), version=None):
        asked |= {task.input_hash for task in tasks}
        for task in tasks:
            pool.close_text(task.input_hash)
    assert asked == {text.input_hash for text in pool}


@named
def test_more_doubt_ranks_higher_or_for_highest_scored_lower(name: str):
    if name == "random":
        return
    sure, unsure = candidate(0.95), candidate(0.5)
    ranks = STRATEGIES[name]([sure, unsure], Random(0))
    assert (ranks[1] > ranks[0]) == (name != "highest_scored")


@named
def test_labels_that_are_nearly_equal_rank_above_a_clear_one(name: str):
    if name in {"random", "highest_scored", "likely_accept"}:
        return
    for exclusive in (True, False):
        clear = candidate(cats={"A": 0.98, "B": 0.02}, exclusive=exclusive)
        close = candidate(cats={"A": 0.52, "B": 0.48}, exclusive=exclusive)
        ranks = STRATEGIES[name]([clear, close], Random(0))
        assert ranks[1] > ranks[0]


@pytest.mark.parametrize("name", ["entropy", "mean_entropy", "least_confident"])
def test_unsure_words_rank_a_text_higher(name: str):
    sure, unsure = candidate(entropies=(0.01, 0.02)), candidate(entropies=(0.6, 0.5))
    ranks = STRATEGIES[name]([sure, unsure], Random(0))
    assert ranks[1] > ranks[0]


def test_the_sum_of_entropies_prefers_long_texts_and_the_mean_does_not():
    short, long = candidate(entropies=(0.5,)), candidate(entropies=(0.4, 0.4, 0.4))
    summed = STRATEGIES["entropy"]([short, long], Random(0))
    mean = STRATEGIES["mean_entropy"]([short, long], Random(0))
    assert summed[1] > summed[0]
    assert mean[1] < mean[0]


@pytest.mark.parametrize("name", ["margin", "least_confident", "highest_scored"])
@settings(max_examples=20)
@given(candidates=candidate_lists(min_size=1))
def test_ranks_are_in_the_range_that_they_promise(name: str, candidates):
    ranks = STRATEGIES[name](candidates, Random(0))
    assert ((ranks >= -1e-9) & (ranks <= 1 + 1e-9)).all()


@layouts
def test_auto_asks_at_random_until_a_model_has_learned_something(layout):
    for seed in range(20):
        plan = Acquisition("auto", layout).plan(Random(seed), learned=LEARNED_BEFORE_TRUST - 1)
        assert plan.why == "random"


@layouts
def test_auto_keeps_a_share_of_random_questions(layout):
    acquisition, random = Acquisition("auto", layout), Random(0)
    whys = Counter(
        acquisition.plan(random, learned=99, experience=a_model_right(60)).why
        for _ in range(1_000)
    )
    assert 50 < whys["random"] < 200


def a_model_right(n_right, n_audits=60):
    """The experience of a model that is sure, and right so often."""
    experience = Experience()
    for at in range(n_audits):
        answer = textcat_answer(
            "AB"[at % 2], at, suggested=sure_of("AB"[(at + (at >= n_right)) % 2])
        )
        experience.add(answer)
    return experience


def sure_of(label):
    return {each: 0.95 if each == label else 0.05 for each in "AB"}


def textcat_answer(label, at, *, suggested, why="random"):
    return Answer(
        f"a{at}", "d", "s", "ann", "textcat.manual", str(at), at, at, "accept",
        datetime(2026, 1, 1),  # noqa: DTZ001
        accept=(label,), label=label, suggested=suggested, why=why,
    )  # fmt: skip


def test_the_doubts_of_a_model_that_knows_nothing_are_seldom_followed():
    random = Random(0)
    acquisition = Acquisition("auto", "choice")
    by_skill = [
        Counter(
            acquisition.plan(random, learned=99, experience=a_model_right(n)).why
            for _ in range(1_000)
        )["random"]
        for n in (30, 60)
    ]
    assert by_skill[0] > 600
    assert by_skill[1] < 200


def test_where_several_labels_may_apply_doubts_are_followed_from_the_start():
    random, acquisition = Random(0), Acquisition("auto", "choice", exclusive=False)
    whys = Counter(
        acquisition.plan(random, learned=99, experience=a_model_right(30)).why
        for _ in range(1_000)
    )
    assert whys.keys() == {"random", "entropy"}
    assert whys["random"] < 200


@given(n_right=st.integers(0, 60), n_audits=st.integers(0, 60))
def test_trust_is_a_share_and_is_earned_on_random_questions_alone(n_right, n_audits):
    experience = a_model_right(n_right, n_audits)
    before = experience.trust
    assert 0.0 <= before <= 1.0
    experience.add(textcat_answer("A", 999, suggested=sure_of("B"), why="margin"))
    assert experience.trust == before


@given(n_right=st.integers(0, 60))
def test_an_answer_taken_back_leaves_no_trace_in_the_experience(n_right):
    experience, answer = a_model_right(n_right), textcat_answer("A", 999, suggested=sure_of("B"))
    before = experience.trust, dict(experience.counts)
    experience.add(answer)
    experience.remove(answer)
    assert (experience.trust, dict(experience.counts)) == before


def test_a_label_given_rarely_is_asked_about_before_a_frequent_one():
    experience = a_model_right(60)
    experience.counts.update({"A": 200})
    frequent = candidate(cats={"A": 0.6, "B": 0.4})
    rare = candidate(cats={"A": 0.4, "B": 0.6})
    ranks = rare_first(STRATEGIES["margin"], experience)([frequent, rare], Random(0))
    assert ranks[1] > ranks[0]


def test_entropy_per_second_asks_the_shorter_of_two_texts_of_one_entropy():
    short = candidate(entropies=(0.5, 0.5))
    long = candidate(entropies=(0.1,) * 10)
    ranks = STRATEGIES["entropy_per_second"]([short, long], Random(0))
    assert ranks[0] > ranks[1]


def test_a_word_that_a_text_repeats_counts_once_where_words_are_to_be_distinct():
    repeated = candidate(entropies=(0.6, 0.6, 0.6), words=("meth", "meth", "meth"))
    distinct = candidate(entropies=(0.4, 0.4, 0.4), words=("meth", "acid", "weed"))
    rank, rank_distinct = (
        STRATEGIES[name]([repeated, distinct], Random(0))
        for name in ("entropy_per_second", "distinct_entropy_per_second")
    )
    assert rank[0] > rank[1]
    assert rank_distinct[0] < rank_distinct[1]


def test_a_likely_accept_is_probable_but_not_certain():
    certain, likely, unlikely = candidate(0.999), candidate(0.7), candidate(0.2)
    ranks = STRATEGIES["likely_accept"]([certain, likely, unlikely], Random(0))
    assert ranks[1] > ranks[2] > ranks[0]


def test_auto_asks_yes_or_no_for_the_probable_as_well_as_the_unsure():
    acquisition, random = Acquisition("auto", "binary"), Random(0)
    whys = Counter(acquisition.plan(random, learned=99).why for _ in range(400))
    assert min(whys["margin"], whys["likely_accept"]) > 100


def test_of_two_yes_or_no_questions_alike_auto_asks_the_one_that_is_read_sooner():
    short, long = candidate(0.6, text="Meth"), candidate(0.6, text="Meth is bad " * 9)
    acquisition = Acquisition("auto", "binary")
    by_why: dict[str, set[str]] = {}
    for seed in range(60):
        ranked, why = asked(acquisition, [long, short], Random(seed))
        by_why.setdefault(why, set()).add(ranked[0].text.text)
    assert by_why["margin"] == by_why["likely_accept"] == {"Meth"}
    assert len(by_why["random"]) == 2


def test_the_time_of_reading_weighs_more_for_a_span_than_for_a_label_and_for_texts_alike_nothing():
    texts = ["one two", "one two " * 20]
    labels = [candidate(0.6, text=text) for text in texts]
    spans = [replace(each, span=Span(0, 3, "A")) for each in labels]
    of_labels, of_spans = (
        quick_first(STRATEGIES["margin"])(each, Random(0)) for each in (labels, spans)
    )
    assert of_labels[0] > of_labels[1]
    assert of_spans[0] / of_spans[1] == pytest.approx((of_labels[0] / of_labels[1]) ** 2)
    alike = [candidate(probability, text="one two") for probability in (0.5, 0.6, 0.9)]
    plain = STRATEGIES["margin"](alike, Random(0))
    quick = quick_first(STRATEGIES["margin"])(alike, Random(0))
    assert np.allclose(quick / quick[0], plain / plain[0])


def test_a_tie_is_broken_at_random_and_not_by_place():
    candidates = [candidate(0.5, text=str(number)) for number in range(10)]
    firsts = {
        asked(Acquisition("margin", "binary"), candidates, Random(seed))[0][0].text.text
        for seed in range(40)
    }
    assert len(firsts) > 3


def test_an_unknown_name_is_told_which_there_are():
    with pytest.raises(ValueError, match=r"'guess' is unknown.*'auto', 'random'"):
        Acquisition("guess", "binary")


@pytest.mark.parametrize("strategy", [None, 7, ["margin"]])
def test_a_strategy_that_is_neither_name_nor_function_is_refused(strategy):
    with pytest.raises(TypeError, match="neither a name nor a function"):
        Acquisition(strategy, "binary")


@pytest.mark.parametrize("returned", [[1.0], [[1.0, 2.0]], 1.0, []])
def test_a_function_that_returns_another_shape_is_told_the_right_one(returned):
    acquisition = Acquisition(lambda candidates, random: returned, "binary")
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        asked(acquisition, [candidate(0.1), candidate(0.2)], Random(0))


def test_a_function_may_return_a_plain_list_and_nan_is_asked_last():
    acquisition = Acquisition(lambda candidates, random: [float("nan"), 0.1, 0.7], "binary")
    candidates = [candidate(0.5, text=text) for text in "abc"]
    ranked, _ = asked(acquisition, candidates, Random(0))
    assert "".join(each.text.text for each in ranked) == "cba"


def test_a_function_s_name_says_why():
    assert Acquisition(longest_first, "binary").plan(Random(0), learned=0).why == "longest_first"
