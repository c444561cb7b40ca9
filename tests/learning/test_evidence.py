"""What answers come to when they are about the same text."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from nbannotate.learning import TextEvidence, gather
from nbannotate.tasks import Answer, Span
from tests.learning.answers import make_answer

TEXT = "Meth and crack are bad"
METH = Span(0, 4, "DRUG")
CRACK = Span(9, 14, "DRUG")
LABELS = ["card", "cash", "login"]


def ner(*answers: Answer) -> TextEvidence:
    [evidence] = gather(answers, component="ner", labels=["DRUG"])
    return evidence


def spans(*answers: Answer) -> TextEvidence:
    [evidence] = gather(answers, component="spancat", labels=["DRUG", "DOSE"])
    return evidence


def cats(*answers: Answer, exclusive: bool = True) -> dict[str, float]:
    gathered = gather(answers, component="textcat", labels=LABELS, exclusive=exclusive)
    return dict(gathered[0].cats) if gathered else {}


def test_an_accepted_whole_text_is_complete() -> None:
    evidence = ner(make_answer(TEXT, "ner.correct", spans=(METH,)))
    assert (evidence.spans, evidence.complete) == ((METH,), True)


def test_an_accepted_whole_text_without_spans_says_that_there_are_none() -> None:
    evidence = ner(make_answer(TEXT, "ner.manual", spans=()))
    assert (evidence.spans, evidence.complete, evidence.teaches) == ((), True, True)


def test_a_rejected_or_ignored_whole_text_teaches_nothing() -> None:
    answers = [
        make_answer(TEXT, "ner.manual", "reject", spans=(METH,)),
        make_answer(TEXT, "ner.correct", "ignore", spans=(METH,)),
        make_answer(TEXT, "ner.teach", "ignore", spans=(METH,)),
    ]
    assert gather(answers, component="ner", labels=["DRUG"]) == []


def test_binary_answers_leave_the_rest_of_the_text_unknown() -> None:
    evidence = ner(
        make_answer(TEXT, "ner.teach", spans=(METH,)),
        make_answer(TEXT, "ner.teach", "reject", spans=(CRACK,)),
    )
    assert (evidence.spans, evidence.rejected, evidence.complete) == ((METH,), (CRACK,), False)


def test_a_whole_text_overrides_what_was_said_before_of_its_spans() -> None:
    evidence = ner(
        make_answer(TEXT, "ner.teach", spans=(METH,)),
        make_answer(TEXT, "ner.teach", "reject", spans=(CRACK,)),
        make_answer(TEXT, "ner.manual", spans=(CRACK,)),
    )
    assert (evidence.spans, evidence.rejected, evidence.complete) == ((CRACK,), (), True)


def test_a_yes_or_no_after_a_whole_text_corrects_it() -> None:
    whole = make_answer(TEXT, "ner.manual", spans=(METH,))
    evidence = ner(
        whole,
        make_answer(TEXT, "ner.teach", "reject", spans=(METH,)),
        make_answer(TEXT, "ner.teach", spans=(CRACK,)),
    )
    assert (evidence.spans, evidence.rejected, evidence.complete) == ((CRACK,), (METH,), True)
    longer = Span(0, 8, "DRUG")
    assert ner(whole, make_answer(TEXT, "ner.teach", spans=(longer,))).spans == (longer,)


def test_a_yes_or_no_after_a_choice_corrects_it() -> None:
    choice = make_answer(TEXT, "textcat.manual", accept=("cash",))
    no = make_answer(TEXT, "textcat.teach", "reject", label="cash")
    yes = make_answer(TEXT, "textcat.teach", label="card")
    assert cats(choice, no) == {"cash": 0.0}
    assert cats(choice, yes) == {"card": 1.0, "cash": 0.0, "login": 0.0}
    assert cats(no, choice) == {"card": 0.0, "cash": 1.0, "login": 0.0}
    assert cats(choice, no, exclusive=False) == dict.fromkeys(LABELS, 0.0)
    assert cats(choice, yes, exclusive=False) == {"card": 1.0, "cash": 1.0, "login": 0.0}


def test_labels_that_were_asked_about_one_at_a_time_are_rejected_one_at_a_time() -> None:
    no = [
        make_answer(TEXT, "textcat.teach", "reject", label=label, labels=(label,))
        for label in LABELS
    ]
    assert cats(no[0]) == {"card": 0.0}
    assert cats(*no[:2]) == {"card": 0.0, "cash": 0.0}
    assert cats(*no) == {}


def test_the_later_of_two_whole_texts_holds() -> None:
    evidence = ner(
        make_answer(TEXT, "ner.manual", spans=(METH,)),
        make_answer(TEXT, "ner.correct", spans=(CRACK,)),
    )
    assert evidence.spans == (CRACK,)


def test_the_later_of_two_answers_about_a_span_holds() -> None:
    accepted = make_answer(TEXT, "ner.teach", spans=(METH,))
    rejected = make_answer(TEXT, "ner.teach", "reject", spans=(METH,))
    assert ner(accepted, rejected).rejected == (METH,)
    assert ner(rejected, accepted).spans == (METH,)


def test_an_accepted_span_takes_the_place_of_those_it_overlaps() -> None:
    wide = Span(0, 14, "DRUG")
    first = make_answer(TEXT, "ner.teach", spans=(METH,))
    assert ner(first, make_answer(TEXT, "ner.teach", spans=(wide,))).spans == (wide,)


def test_where_spans_may_overlap_an_accepted_one_removes_no_other() -> None:
    wide, same = Span(0, 14, "DRUG"), Span(0, 4, "DOSE")
    given_answers = [
        make_answer(TEXT, "spans.teach", spans=(each,)) for each in (METH, wide, same)
    ]
    assert spans(*given_answers).spans == (same, METH, wide)
    assert spans(make_answer(TEXT, "spans.manual", spans=(wide, METH, same))).spans == (
        same,
        METH,
        wide,
    )


def test_answers_to_other_components_and_labels_are_passed_over() -> None:
    answers = [
        make_answer(TEXT, "textcat.manual", accept=("card",)),
        make_answer(TEXT, "ner.teach", spans=(Span(0, 4, "PERSON"),)),
    ]
    assert gather(answers, component="ner", labels=["DRUG"]) == []


def test_an_answer_that_was_undone_or_replaced_does_not_count() -> None:
    wrong = make_answer(TEXT, "ner.manual", spans=(METH,))
    undo = replace(wrong, answer_id="undo", undoes=wrong.answer_id)
    assert gather([wrong, undo], component="ner", labels=["DRUG"]) == []
    mended = replace(wrong, answer_id="mended", spans=(CRACK,), replaces=wrong.answer_id)
    assert ner(wrong, mended).spans == (CRACK,)


def test_a_choice_among_exclusive_labels_says_all_of_them() -> None:
    answer = make_answer(TEXT, "textcat.manual", accept=("cash",), label="cash")
    assert cats(answer) == {"card": 0.0, "cash": 1.0, "login": 0.0}


def test_a_choice_of_no_label_says_so_only_where_none_may_apply() -> None:
    answer = make_answer(TEXT, "textcat.correct", accept=())
    assert cats(answer, exclusive=False) == {"card": 0.0, "cash": 0.0, "login": 0.0}
    assert cats(answer) == {}


def test_a_choice_says_nothing_of_labels_that_were_not_offered() -> None:
    answer = make_answer(
        TEXT, "textcat.manual", accept=("cash",), suggested={"cash": None, "card": None}
    )
    assert cats(answer, exclusive=False) == {"card": 0.0, "cash": 1.0}


def test_an_accepted_label_excludes_the_others_only_if_labels_are_exclusive() -> None:
    answer = make_answer(TEXT, "textcat.teach", label="cash")
    assert cats(answer) == {"card": 0.0, "cash": 1.0, "login": 0.0}
    assert cats(answer, exclusive=False) == {"cash": 1.0}


def test_a_rejected_label_leaves_the_others_unknown() -> None:
    answer = make_answer(TEXT, "textcat.teach", "reject", label="cash")
    assert cats(answer) == {"cash": 0.0}
    assert cats(answer, exclusive=False) == {"cash": 0.0}


def test_when_all_exclusive_labels_but_one_are_rejected_the_last_is_right() -> None:
    answers = [make_answer(TEXT, "textcat.teach", "reject", label=each) for each in LABELS[:2]]
    assert cats(*answers) == {"card": 0.0, "cash": 0.0, "login": 1.0}


def test_when_all_exclusive_labels_are_rejected_nothing_is_known() -> None:
    answers = [make_answer(TEXT, "textcat.teach", "reject", label=each) for each in LABELS]
    assert cats(*answers) == {}


def test_a_later_reject_takes_back_an_accepted_label() -> None:
    accepted = make_answer(TEXT, "textcat.teach", label="cash")
    rejected = make_answer(TEXT, "textcat.teach", "reject", label="cash")
    assert cats(accepted, rejected) == {"cash": 0.0}
    assert cats(rejected, accepted)["cash"] == 1.0


def test_completeness_asks_for_every_label_unless_one_excludes_the_rest() -> None:
    known = TextEvidence(TEXT, 1, cats={"cash": 1.0})
    assert known.is_complete("textcat", LABELS, exclusive=True)
    assert not known.is_complete("textcat", LABELS, exclusive=False)


def answers_about(prefix: str, kinds: list[str]) -> st.SearchStrategy[list[Answer]]:
    answer = st.builds(
        lambda start, length, label, kind, answer: make_answer(
            TEXT, f"{prefix}.{kind}", answer, spans=(Span(start, start + length, label),)
        ),
        st.integers(0, 5),
        st.integers(1, 3),
        st.sampled_from(["DRUG", "DOSE", "OTHER"]),
        st.sampled_from(kinds),
        st.sampled_from(["accept", "reject", "ignore"]),
    )
    return st.lists(answer, max_size=8)


@given(answers_about("ner", ["teach", "teach", "teach", "manual"]))
def test_evidence_never_contradicts_itself(given_answers: list[Answer]) -> None:
    for evidence in gather(given_answers, component="ner", labels=["DRUG", "DOSE"]):
        assert not set(evidence.spans) & set(evidence.rejected)
        for one, other in combinations(evidence.spans, 2):
            assert one.end <= other.start or other.end <= one.start


@given(answers_about("spans", ["teach"]))
def test_where_spans_may_overlap_the_last_word_on_each_span_is_all_that_is_known(
    given_answers: list[Answer],
) -> None:
    last = {row.spans[0]: row.answer for row in given_answers if row.answer != "ignore"}
    expected = {
        kind: {span for span, answer in last.items() if answer == kind and span.label != "OTHER"}
        for kind in ("accept", "reject")
    }
    gathered = gather(given_answers, component="spancat", labels=["DRUG", "DOSE"])
    assert {span for each in gathered for span in each.spans} == expected["accept"]
    assert {span for each in gathered for span in each.rejected} == expected["reject"]


@given(answers_about("spans", ["teach", "manual"]))
def test_a_whole_text_of_overlapping_spans_holds_but_for_what_was_said_since(
    given_answers: list[Answer],
) -> None:
    counted = [row for row in given_answers if row.view == "spans.teach" or row.answer == "accept"]
    whole = [at for at, row in enumerate(counted) if row.view == "spans.manual"]
    for evidence in gather(given_answers, component="spancat", labels=["DRUG", "DOSE"]):
        assert evidence.complete == bool(whole)
        if whole:
            said = {counted[whole[-1]].spans[0]: "accept"}
            said |= {
                row.spans[0]: row.answer
                for row in counted[whole[-1] + 1 :]
                if row.answer != "ignore"
            }
            said = {span: answer for span, answer in said.items() if span.label != "OTHER"}
            assert set(evidence.spans) == {s for s, answer in said.items() if answer == "accept"}
            assert set(evidence.rejected) == {
                s for s, answer in said.items() if answer == "reject"
            }
