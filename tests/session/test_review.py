"""Laws of a review: what is asked, what a decision says, and what it takes to ask again."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.errors import AnswerError, LabelError, SessionClosedError, SourceError
from nbannotate.session.cases import decided_ids
from nbannotate.tasks import Span
from nbannotate.tasks.versions import group_versions, in_dispute, leading
from tests.session.given_answers import (
    BERLIN,
    IS,
    METH,
    TEXTS,
    a_review,
    a_store,
    said,
    spans_by,
)

DISPUTED = spans_by({"alice": (METH,), "bob": (), "carol": (METH,)})
AGREED = [said(who, TEXTS[1], spans=(BERLIN,)) for who in ("alice", "bob")]
ALONE = [said("alice", TEXTS[2])]

WHO = ("alice", "bob", "carol", "dan", "eve")
CONTENTS = st.sampled_from([(), (METH,), (IS,), (METH, IS)])
KINDS = st.sampled_from(["accept", "accept", "reject", "ignore"])
ANSWERS = st.lists(st.tuples(st.sampled_from(WHO), KINDS, CONTENTS), min_size=1, max_size=9)


# -------------------------------------------------------------------- grouping


@given(ANSWERS)
def test_every_annotator_is_in_the_one_group_of_what_they_said_last(rows):
    answers = [said(who, TEXTS[0], answer=kind, spans=spans) for who, kind, spans in rows]
    versions = group_versions([(answer.annotator, answer) for answer in answers])
    assert Counter(n for v in versions for n in v.names) == Counter({who for who, _, _ in rows})
    latest = {answer.annotator: answer for answer in answers}
    for version in versions:
        assert version.answer_ids == tuple(latest[name].answer_id for name in version.names)
        assert {latest[name].answer for name in version.names} == {version.answer}
        if version.answer == "accept":
            assert all(set(latest[n].spans) == set(version.spans) for n in version.names)
    assert len({version.content for version in versions}) == len(versions)


@given(ANSWERS)
def test_the_most_frequent_version_comes_first_and_leads_only_alone(rows):
    answers = [said(who, TEXTS[0], answer=kind, spans=spans) for who, kind, spans in rows]
    versions = group_versions([(answer.annotator, answer) for answer in answers])
    sizes = [len(version.names) for version in versions if version.decides]
    assert sizes == sorted(sizes, reverse=True)
    assert all(not version.decides for version in versions[len(sizes) :])
    lead = leading(versions)
    if lead is not None:
        assert lead == versions[0]
        assert sizes.count(sizes[0]) == 1
    else:
        assert not sizes or sizes.count(sizes[0]) > 1


@given(st.lists(st.sets(st.sampled_from([METH, IS])), max_size=5))
def test_in_dispute_is_what_some_have_and_others_lack(sets):
    answers = [said(f"w{i}", TEXTS[0], spans=tuple(spans)) for i, spans in enumerate(sets)]
    disputed = in_dispute(group_versions([(each.annotator, each) for each in answers]))
    assert disputed.spans == {
        span for span in (METH, IS) if 0 < sum(span in each for each in sets) < len(sets)
    }


def test_scores_and_order_make_no_other_version():
    one = said("alice", TEXTS[0], spans=(METH, Span(5, 7, "DRUG", 0.3)))
    other = said("bob", TEXTS[0], spans=(IS, METH))
    assert [v.names for v in group_versions([("a", one), ("b", other)])] == [("a", "b")]


# -------------------------------------------------------------------- what is asked


def test_disagreements_are_asked_and_nothing_else():
    review = a_review(a_store(*AGREED, *DISPUTED, *ALONE))
    assert [task.text for task in (review.session.task,)] == [TEXTS[0]]
    assert (review.progress.remaining, review.n_agreed) == (1, 1)
    review.session.answer("accept", version=0)
    assert review.session.task is None


def test_all_are_asked_disagreements_first_and_agreed_ones_last():
    review = a_review(a_store(*AGREED, *ALONE, *DISPUTED), ask="all")
    asked = []
    while (task := review.session.task) is not None:
        asked.append((task.text, task.why))
        review.session.answer("accept", version=0)
    assert asked == [
        (TEXTS[0], "versions differ"),
        (TEXTS[2], "one version"),
        (TEXTS[1], "agreed"),
    ]


def test_a_flagged_text_is_asked_though_all_agree():
    flagged = said("bob", TEXTS[1], spans=(BERLIN,), flagged=True, note="sure?")
    review = a_review(a_store(AGREED[0], flagged))
    assert (review.session.task.why, review.n_agreed) == ("flagged", 0)
    (remark,) = review.session.task.versions[0].remarks
    assert (remark.name, remark.flagged, remark.note) == ("bob", True, "sure?")


def test_a_reject_differs_from_an_accept_and_an_ignore_says_nothing():
    rejected = said("bob", TEXTS[1], answer="reject", spans=(BERLIN,))
    assert a_review(a_store(AGREED[0], rejected)).session.task.why == "versions differ"
    ignored = said("carol", TEXTS[1], answer="ignore")
    assert a_review(a_store(*AGREED, ignored)).n_agreed == 1


def test_of_an_annotator_s_several_answers_the_latest_is_the_version():
    again = said("alice", TEXTS[1], spans=(), session_id="alice-2")
    by_annotator = a_review(a_store(*AGREED, again))
    assert {v.names for v in by_annotator.session.task.versions} == {("alice",), ("bob",)}
    by_session = a_review(a_store(*AGREED, again), by="session_id")
    names = {v.names for v in by_session.session.task.versions}
    assert names == {("alice-1", "bob-1"), ("alice-2",)}


def test_filters_choose_which_answers_are_reviewed():
    store = a_store(*DISPUTED)
    assert a_review(store, annotator=["alice", "carol"]).n_agreed == 1
    assert a_review(store, where="annotator <> 'carol'").session.task.versions[0].names == (
        "alice",
    )


# -------------------------------------------------------------------- decisions


def test_a_decision_is_an_ordinary_row_that_says_what_was_decided():
    store = a_store(*DISPUTED)
    decided = a_review(store).session.answer("accept", version=1)
    row = store.annotations("drugs-reviewed").iloc[0]
    assert (row.annotator, row["view"], row.answer) == ("rita", "ner.review", "accept")
    assert decided.spans == ()
    joined = store.sql(
        """
        select a.annotator from annotations r,
            unnest(from_json(r.meta->'reviewed'->'answer_ids', '["VARCHAR"]')) as d(answer_id)
        join annotations a on a.answer_id = d.answer_id
        where r.dataset = 'drugs-reviewed' order by 1"""
    )
    assert joined.annotator.tolist() == ["alice", "bob", "carol"]


def test_without_a_version_the_one_that_leads_is_accepted():
    session = a_review(a_store(*DISPUTED)).session
    assert session.task.spans == (METH,)
    assert session.answer("accept").spans == (METH,)


def test_where_none_leads_it_must_be_said_which_is_right():
    session = a_review(a_store(*DISPUTED[:2])).session
    with pytest.raises(AnswerError, match="version=0"):
        session.answer("accept")
    with pytest.raises(AnswerError, match="0 to 1"):
        session.answer("accept", version=2)
    with pytest.raises(AnswerError, match="not both"):
        session.answer("accept", version=0, spans=[])
    assert session.history == []
    assert session.answer("accept", spans=[IS]).spans == (IS,)


def test_a_version_that_rejects_is_not_accepted():
    rejected = said("bob", TEXTS[0], answer="reject")
    session = a_review(a_store(DISPUTED[0], rejected)).session
    with pytest.raises(AnswerError, match="'reject'"):
        session.answer("accept", version=1)
    assert session.answer("reject").answer == "reject"


def test_an_answer_delivered_twice_is_stored_once():
    session = a_review(a_store(*DISPUTED)).session
    first = session.answer("accept", answer_id="once")
    assert session.answer("accept", answer_id="once") == first
    assert len(session.store.answers("drugs-reviewed")) == 1


def test_what_is_decided_is_not_asked_again_whoever_asks():
    store = a_store(*DISPUTED)
    a_review(store).session.answer("accept", version=0)
    assert a_review(store).session.task is None
    assert nb.review(store, "drugs", reviewer="otto").session.task is None


@pytest.mark.parametrize(
    ("spans", "is_asked"), [((METH,), False), ((), True), ((METH, IS), True)], ids=str
)
def test_only_a_new_answer_that_says_something_else_opens_a_decision(spans, is_asked):
    store = a_store(*DISPUTED)
    first = a_review(store).session.answer("accept", spans=[METH])
    store.append(said("dan", TEXTS[0], spans=spans))
    task = a_review(store).session.task
    assert (task is not None) is is_asked
    if task is None:
        return
    assert (task.why, task.supersedes, task.spans) == ("reopened", first.answer_id, (METH,))
    names = [name for version in task.versions for name in version.names]
    assert sorted(names) == ["alice", "bob", "carol", "dan", "rita (decided)"]


def test_a_decision_made_anew_takes_the_place_of_the_former():
    store = a_store(*DISPUTED)
    a_review(store).session.answer("accept", spans=[METH])
    store.append(said("dan", TEXTS[0], spans=(IS,)))
    session = a_review(store).session
    again = session.answer("accept", spans=[IS])
    assert [each.answer_id for each in store.answers("drugs-reviewed")] == [again.answer_id]
    assert a_review(store).session.task is None
    assert set(decided_ids(again)) >= {each.answer_id for each in DISPUTED}


def test_undo_asks_again_and_takes_the_row_back():
    store = a_store(*DISPUTED)
    session = a_review(store).session
    session.answer("accept", version=0)
    session.undo()
    assert session.task.text == TEXTS[0]
    assert store.answers("drugs-reviewed") == []
    assert a_review(store).session.task is not None


def test_a_decision_can_be_looked_up_with_its_versions_and_changed():
    store = a_store(*DISPUTED)
    first = a_review(store, reviewer_session_id="one").session.answer("accept", version=0)
    session = a_review(store, reviewer_session_id="one").session
    task, answer = session.recall(first.answer_id)
    assert len(task.versions) == 2
    changed = session.change(answer.answer_id, "accept", spans=[IS])
    assert [each.spans for each in store.answers("drugs-reviewed")] == [changed.spans] == [(IS,)]


def test_versions_made_on_other_tokens_can_be_accepted_as_they_are():
    part = Span(1, 3, "DRUG")
    session = a_review(a_store(*spans_by({"alice": (part,), "bob": (METH,)}))).session
    assert session.answer("accept", version=0).spans == (part,)


# -------------------------------------------------------------------- all agreed at once


def many_agreed(n: int):
    return [
        said(who, f"Text number {i}", spans=(Span(0, 4, "DRUG"),))
        for i in range(n)
        for who in ("alice", "bob")
    ]


def test_all_agreed_are_accepted_at_once_as_they_agree():
    store = a_store(*many_agreed(5), *DISPUTED)
    review = a_review(store)
    assert review.accept_agreed() == 5
    assert (review.n_agreed, review.progress.answered) == (0, 5)
    rows = store.answers("drugs-reviewed")
    assert {(each.view, each.why, each.spans) for each in rows} == {
        ("ner.review", "agreed", (Span(0, 4, "DRUG"),))
    }
    assert all(len(decided_ids(each)) == 2 for each in rows)
    assert review.session.task.text == TEXTS[0]
    assert review.accept_agreed() == 0


def test_what_was_accepted_at_once_is_undone_at_once():
    store = a_store(*many_agreed(5), *DISPUTED)
    review = a_review(store)
    review.session.answer("accept", version=0)
    review.accept_agreed()
    review.session.undo()
    assert (review.n_agreed, review.progress.answered) == (5, 1)
    assert len(store.answers("drugs-reviewed")) == 1
    review.session.undo()
    assert store.answers("drugs-reviewed") == []
    assert review.session.task.text == TEXTS[0]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(["answer", "agreed", "undo"]), max_size=10))
def test_store_and_history_say_the_same_whatever_is_done(steps):
    store = a_store(*many_agreed(3), *DISPUTED, *spans_by({"alice": (), "bob": (IS,)}, TEXTS[2]))
    review = a_review(store, ask="all", reviewer_session_id="one")
    for step in steps:
        if step == "agreed":
            review.accept_agreed()
        elif step == "undo":
            review.session.undo()
        elif review.session.task is not None:
            review.session.answer("accept", version=0)
        standing = {each.answer_id for each in store.answers("drugs-reviewed")}
        assert standing == {each.answer_id for each in review.session.history}
        assert review.progress.answered + review.progress.remaining == 5
        assert (review.session.task is None) == (review.progress.remaining == 0)
    shown = review.session.task
    resumed = a_review(store, ask="all", reviewer_session_id="one")
    assert resumed.progress.remaining == 5 - len(standing if steps else ())
    assert (resumed.session.task is None) == (shown is None)


def test_agreed_answers_that_do_not_fit_are_asked_instead():
    overlapping = {who: (METH, Span(0, 7, "DRUG")) for who in ("alice", "bob")}
    review = a_review(a_store(*spans_by(overlapping)))
    assert (review.n_agreed, review.session.task.why) == (0, "to be mended")


def test_a_closed_review_accepts_nothing():
    store = a_store(*many_agreed(2))
    review = a_review(store)
    review.close()
    with pytest.raises(SessionClosedError):
        review.accept_agreed()
    assert store.answers("drugs-reviewed") == []


# -------------------------------------------------------------------- other views


@pytest.mark.parametrize("exclusive", [True, False])
def test_labels_are_reviewed_as_they_were_asked(exclusive):
    store = nb.Store(":memory:")
    for who, chosen in [("alice", ["A"]), ("bob", ["B"]), ("carol", ["B"])]:
        ann = nb.textcat.manual(
            ["Hi"], labels="A,B,C", dataset="d", store=store, annotator=who, nlp=False,
            exclusive=exclusive,
        )  # fmt: skip
        ann.session.answer("accept", accept=chosen)
        ann.close()
    review = nb.review(store, "d", reviewer="rita")
    assert review.session.view.exclusive is exclusive
    assert review.session.task.labels == ("A", "B", "C")
    assert review.session.answer("accept").accept == ("B",)


def test_spans_that_overlap_are_reviewed_as_such():
    nested = (METH, Span(0, 7, "DRUG"))
    view = "spans.manual"
    answers = [
        said("alice", TEXTS[0], view, spans=nested),
        said("bob", TEXTS[0], view, spans=(METH,)),
    ]
    assert a_review(a_store(*answers)).session.answer("accept", version=0).spans == nested


def test_answers_to_yes_or_no_questions_are_reviewed_one_question_each():
    answers = [
        said("alice", TEXTS[0], "ner.teach", spans=(METH,), label="DRUG"),
        said("bob", TEXTS[0], "ner.teach", spans=(METH,), label="DRUG", answer="reject"),
        said("alice", TEXTS[0], "ner.teach", spans=(IS,), label="DRUG", answer="reject"),
        said("bob", TEXTS[0], "ner.teach", spans=(IS,), label="DRUG", answer="reject"),
    ]
    store = a_store(*answers)
    review = a_review(store)
    task = review.session.task
    assert (task.spans, task.label, review.n_agreed) == ((METH,), "DRUG", 1)
    assert {(v.answer, v.names) for v in task.versions} == {
        ("accept", ("alice",)),
        ("reject", ("bob",)),
    }
    decided = review.session.answer("reject")
    assert (decided.view, decided.answer) == ("ner.review.teach", "reject")
    assert review.accept_agreed() == 1
    assert {each.answer for each in store.answers("drugs-reviewed")} == {"reject"}


def test_yes_or_no_answers_beside_whole_texts_are_said_to_be_left_out():
    binary = said("bob", TEXTS[0], "ner.teach", spans=(METH,), label="DRUG")
    review = a_review(a_store(*DISPUTED, binary))
    assert any("view='ner.teach'" in notice for notice in review._notices)


def test_retrain_learns_from_decisions():
    store = a_store(*many_agreed(6), *DISPUTED)
    review = a_review(store)
    review.accept_agreed()
    review.session.answer("accept")
    result = nb.retrain(store, "drugs-reviewed", max_epochs=1, progress=False)
    assert result.n_learned + result.n_held_out == 7


# -------------------------------------------------------------------- what is refused


def test_of_a_page_of_several_views_each_component_is_reviewed_by_its_own_part():
    store = nb.Store(":memory:")
    for who, category in (("alice", "A"), ("bob", "B")):
        page = nb.annotate(
            ["Meth is bad"], view=["ner.manual", "textcat.manual"], nlp=False, dataset="d",
            labels={"ner.manual": ["DRUG"], "textcat.manual": ["A", "B"]}, store=store, annotator=who,
        )  # fmt: skip
        page.session.answer("accept", spans=[Span(0, 4, "DRUG")], accept=category)
        page.close()
    spans = nb.review(store, "d", component="ner", ask="all", reviewer="rita", into="spans")
    assert [(v.names, v.spans, v.accept) for v in spans.session.task.versions] == [
        (("alice", "bob"), (Span(0, 4, "DRUG"),), ())
    ]
    labels = nb.review(store, "d", component="textcat", reviewer="rita", into="labels")
    assert [(v.names, v.spans, v.accept) for v in labels.session.task.versions] == [
        (("alice",), (), ("A",)),
        (("bob",), (), ("B",)),
    ]
    spans.close()
    labels.close()


def test_answers_of_several_components_are_asked_apart():
    label = said("bob", TEXTS[0], "textcat.manual", accept=("DRUG",), label="DRUG")
    store = a_store(*DISPUTED, label)
    with pytest.raises(SourceError, match="component="):
        a_review(store)
    assert a_review(store, component="ner").session.task.why == "versions differ"


@pytest.mark.parametrize(
    ("keywords", "error", "said_in_it"),
    [
        ({"annotator": "nobody"}, SourceError, "no answers"),
        ({"component": "textcat"}, SourceError, "textcat"),
        ({"labels": "PLACE"}, LabelError, "DRUG"),
        ({"into": "drugs"}, ValueError, "into="),
        ({"by": "mood"}, ValueError, "annotator"),
        ({"ask": "some"}, ValueError, "disagreements"),
    ],
)
def test_what_cannot_be_reviewed_is_refused(keywords, error, said_in_it):
    with pytest.raises(error, match=said_in_it):
        a_review(a_store(*DISPUTED), **keywords)
