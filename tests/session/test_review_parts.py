"""Laws of a review of all that answers say: no part of them is decided unseen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.errors import LabelError, SourceError
from nbannotate.tasks import PARTS, Relation, Span
from nbannotate.tasks.versions import group_versions, in_dispute
from nbannotate.widget.versions import wire_versions
from tests.session.given_answers import TEXTS, a_store, said

METH, IS, BAD = Span(0, 4, "DRUG"), Span(5, 7, "DRUG"), Span(8, 11, "EFFECT")
CAUSES, ENDS = Relation(METH, BAD, "CAUSES"), Relation(METH, BAD, "ENDS")
RELATED = "ner.manual+relations"
CONTENTS = {
    "spans": st.sampled_from([(METH, BAD), (METH, IS, BAD)]),
    "accept": st.sampled_from([(), ("A",), ("A", "B")]),
    "inputs": st.sampled_from([{}, {"why": ""}, {"why": "so"}, {"why": " so "}, {"why": "not"}]),
    "relations": st.sampled_from([(), (CAUSES,), (CAUSES, ENDS), (ENDS, CAUSES)]),
}
SAID = st.lists(st.fixed_dictionaries(CONTENTS), min_size=1, max_size=5)


def plain(parts: dict[str, Any]) -> tuple:
    """What an answer says, without the order in which it was said."""
    written = {name: text.strip() for name, text in parts["inputs"].items() if text.strip()}
    sets = (frozenset(parts[name]) for name in ("spans", "accept", "relations"))
    return (*sets, frozenset(written.items()))


def a_review(*answers, **keywords):
    return nb.review(a_store(*answers), "drugs", reviewer="rita", **keywords)


@given(SAID)
def test_two_are_of_one_version_just_when_they_say_the_same_in_every_part(contents):
    assert contents[0].keys() == set(PARTS)
    answers = {f"w{i}": said(f"w{i}", TEXTS[0], **parts) for i, parts in enumerate(contents)}
    versions = group_versions(answers.items())
    place = {name: i for i, version in enumerate(versions) for name in version.names}
    for i, one in enumerate(contents):
        for j, other in enumerate(contents):
            assert (place[f"w{i}"] == place[f"w{j}"]) is (plain(one) == plain(other))


@given(SAID)
def test_the_page_is_told_of_every_difference_and_of_no_other(contents):
    answers = {f"w{i}": said(f"w{i}", TEXTS[0], **parts) for i, parts in enumerate(contents)}
    versions = group_versions(answers.items())
    wired = wire_versions(versions, blind=False)
    disputed = in_dispute(versions)
    for version, card in zip(versions, wired, strict=True):
        related = {Relation.from_dict(each) for each in card["relations"]}
        lacks = {Relation.from_dict(each) for each in card["lacks_relations"]}
        assert related == set(version.relations)
        assert lacks == disputed.relations - related
        for each in card["relations"]:
            assert each["differs"] is (Relation.from_dict(each) in disputed.relations)
        for field in card["fields"]:
            assert field["differs"] is (field["name"] in disputed.fields)
            text = "".join(piece["text"] for piece in field["pieces"])
            assert text == version.inputs.get(field["name"], "")
    assert (len(versions) > 1) is any(
        (disputed.spans, disputed.labels, disputed.relations, disputed.fields)
    )


@pytest.mark.parametrize(
    ("view", "shared", "other"),
    [
        (RELATED, {"spans": (METH, BAD), "relations": (CAUSES,)}, {"relations": ()}),
        ("relations.manual", {"spans": (METH, BAD), "relations": (CAUSES,)}, {"relations": (ENDS,)}),
        ("ner.manual+input", {"spans": (METH,), "inputs": {"why": "so"}}, {"inputs": {"why": "no"}}),
        ("textcat.manual+input", {"accept": ("A",), "inputs": {"why": "so"}}, {"inputs": {"why": ""}}),
        ("ner.manual+textcat.manual", {"spans": (METH,), "accept": ("A",)}, {"accept": ("B",)}),
        ("input", {"inputs": {"why": "so"}}, {"inputs": {"why": "no"}}),
    ],
)  # fmt: skip
def test_what_differs_in_one_part_alone_is_asked_and_decided_with_the_rest(view, shared, other):
    named = {"textcat.manual": ("A", "B"), "ner.manual": ("DRUG", "EFFECT")}
    labels_by_view = {name: own for name, own in named.items() if name in view.split("+")}
    asked = {"labels_by_view": labels_by_view} if len(labels_by_view) > 1 else {}
    answers = [said(who, TEXTS[0], view, **shared, **asked) for who in ("alice", "bob")]
    answers.append(said("carol", TEXTS[0], view, **{**shared, **asked, **other}))
    agreed = [said(who, TEXTS[1], view, **shared | asked) for who in ("alice", "bob")]
    if shared.get("spans"):
        agreed = []
    review = a_review(*answers, *agreed)
    session = review.session
    assert session.task.why == "versions differ"
    assert [version.names for version in session.task.versions] == [("alice", "bob"), ("carol",)]
    assert review.accept_agreed() == bool(agreed)
    assert session.task.text == TEXTS[0]
    decided = session.answer("accept", version=1)
    for part, value in {**shared, **other}.items():
        assert getattr(decided, part) == value
    (row,) = session.store.answers("drugs-reviewed", where="text = 'Meth is bad'")
    assert row.parts == decided.parts
    session.undo()
    led = session.answer("accept")
    for part, value in shared.items():
        assert getattr(led, part) == value
    review.close()


def test_agreed_answers_are_accepted_with_all_their_parts():
    parts = {"spans": (METH, BAD), "relations": (CAUSES,), "inputs": {"why": "so"}}
    view = f"{RELATED}+input"
    review = a_review(*(said(who, TEXTS[0], view, **parts) for who in ("alice", "bob")))
    assert review.accept_agreed() == 1
    (row,) = review.session.store.answers("drugs-reviewed")
    assert row.view == "ner.review+relations+input"
    assert {part: getattr(row, part) for part in parts} == parts
    review.close()


def test_a_later_answer_that_differs_in_what_is_written_opens_the_decision():
    view = "ner.manual+input"
    store = a_store(
        said("alice", TEXTS[0], view, spans=(METH,), inputs={"why": "so"}),
        said("bob", TEXTS[0], view, spans=(METH,), inputs={"why": "no"}),
    )
    first = nb.review(store, "drugs", reviewer="rita").session.answer("accept", version=0)
    store.append(said("dan", TEXTS[0], view, spans=(METH,), inputs={"why": "so"}))
    assert nb.review(store, "drugs", reviewer="rita").session.task is None
    store.append(said("eve", TEXTS[0], view, spans=(METH,), inputs={"why": "else"}))
    session = nb.review(store, "drugs", reviewer="rita").session
    task = session.task
    assert (task.why, task.supersedes) == ("reopened", first.answer_id)
    cards = wire_versions(task.versions, blind=False, decided=task.supersedes)
    assert [card["leads"] for card in cards] == [
        "rita (decided)" in version.names for version in task.versions
    ]


def test_relations_have_the_labels_that_they_were_asked_with():
    store = nb.Store(":memory:")
    for who, related in (("alice", [CAUSES]), ("bob", [])):
        ann = nb.relations.manual(
            ["Meth is bad"], labels=["DRUG", "EFFECT"], relations=["ENDS", "CAUSES"],
            dataset="d", store=store, annotator=who,
        )  # fmt: skip
        ann.session.answer("accept", spans=[METH, BAD], relations=related)
        ann.close()
    session = nb.review(store, "d", reviewer="rita").session
    assert session.view.relations == ("ENDS", "CAUSES")
    assert session.labels == ("DRUG", "EFFECT")
    other = {"spans": [METH, BAD], "relations": [ENDS]}
    assert session.answer("accept", **other).relations == (ENDS,)
    narrow = nb.review(store, "d", reviewer="otto", into="other", relations="CAUSES")
    with pytest.raises(LabelError, match="'ENDS' is not one of"):
        narrow.session.answer("accept", **other)


def test_one_component_of_a_page_is_decided_alone_where_it_is_named():
    view = "ner.manual+textcat.manual+input"
    asked = {"labels_by_view": {"ner.manual": ("DRUG",), "textcat.manual": ("A", "B")}}
    store = a_store(
        said("alice", TEXTS[0], view, spans=(METH,), accept=("A",), inputs={"why": "so"}, **asked),
        said("bob", TEXTS[0], view, spans=(METH,), accept=("B",), inputs={"why": "no"}, **asked),
    )
    whole = nb.review(store, "drugs", reviewer="rita", into="whole").session
    assert whole.view.name == "ner.review+textcat.review+input"
    decided = whole.answer("accept", version=1)
    assert (decided.spans, decided.accept, dict(decided.inputs)) == (
        (METH,),
        ("B",),
        {"why": "no"},
    )
    alone = nb.review(store, "drugs", reviewer="rita", component="ner", into="alone")
    assert (alone.session.view.name, alone.session.labels, alone.n_agreed) == (
        "ner.review",
        ("DRUG",),
        1,
    )


def test_labels_of_a_page_are_given_by_view():
    view = "ner.manual+textcat.manual"
    asked = {"labels_by_view": {"ner.manual": ("DRUG",), "textcat.manual": ("A", "B")}}
    store = a_store(said("alice", TEXTS[0], view, spans=(METH,), accept=("A",), **asked))
    keywords = {"reviewer": "rita", "ask": "all"}
    for labels in (["DRUG"], {"ner.manual": ["DRUG"]}):
        with pytest.raises(LabelError, match=r"'ner\.review'"):
            nb.review(store, "drugs", labels=labels, **keywords)
    session = nb.review(store, "drugs", labels={"ner.review": "DRUG,DOSE"}, **keywords).session
    assert session.view.labels_by_view == {
        "ner.review": ("DRUG", "DOSE"),
        "textcat.review": ("A",),
    }


def test_answers_with_nothing_to_be_decided_are_refused():
    store = a_store(said("alice", TEXTS[0], "binary"), said("bob", TEXTS[0], "binary"))
    with pytest.raises(SourceError, match="'binary' have no spans"):
        nb.review(store, "drugs", reviewer="rita")
    store.append(said("carol", TEXTS[0], spans=(METH,)))
    with pytest.raises(SourceError, match="2 of no component, 1 of 'ner'"):
        nb.review(store, "drugs", reviewer="rita")
    assert nb.review(store, "drugs", reviewer="rita", component="ner").n_agreed == 0
