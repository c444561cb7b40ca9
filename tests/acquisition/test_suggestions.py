"""Spans are shown as far as they saved time, and everything counts alike when taken back."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from nbannotate.acquisition.suggestions import (
    NONE_IS_SHOWN,
    SUGGESTIONS_NEEDED,
    SUGGESTIONS_SEEN,
    Suggestions,
)
from nbannotate.tasks import Answer, Span

_numbers = count()


def an_answer(score: float, *, is_right: bool, shown: bool = True) -> Answer:
    """A text with one span that the model found, which is right or not."""
    found = (Span(0, 4, "DRUG", score),)
    return Answer(
        *(f"answer-{next(_numbers)}", "d", "s", "a", "ner.correct", "Meth is bad", 1, 1, "accept"),
        created_at=datetime(2026, 1, 1),  # noqa: DTZ001  the store's times are naive UTC
        spans=(Span(0, 4, "DRUG"),) if is_right else (),
        suggested=found if shown else (),
        foreseen=None if shown else found,
        labels=("DRUG", "DOSE"),
        model_version="base",
    )


def after(*answers: Answer) -> Suggestions:
    suggestions = Suggestions()
    for answer in answers:
        suggestions.add(answer)
    return suggestions


def several(n: int, score: float, *, is_right: bool, shown: bool = True) -> list[Answer]:
    return [an_answer(score, is_right=is_right, shown=shown) for _ in range(n)]


def test_all_are_shown_until_there_is_something_to_judge_by():
    assert after(*several(SUGGESTIONS_NEEDED - 1, 0.6, is_right=False)).lowest_score == 0.0


def test_suggestions_that_were_right_are_shown_whatever_their_score():
    assert after(*several(SUGGESTIONS_NEEDED, 0.1, is_right=True)).lowest_score == 0.0


def test_where_all_were_wrong_none_is_shown():
    assert after(*several(SUGGESTIONS_NEEDED, 0.9, is_right=False)).lowest_score == NONE_IS_SHOWN


def test_scores_below_which_suggestions_were_wrong_are_held_back():
    answers = several(8, 0.9, is_right=True) + several(8, 0.4, is_right=False)
    assert 0.4 < after(*answers).lowest_score <= 0.9


def test_suggestions_that_were_held_back_can_earn_the_page_again():
    wrong = several(SUGGESTIONS_SEEN, 0.9, is_right=False)
    right = several(SUGGESTIONS_SEEN, 0.9, is_right=True, shown=False)
    assert after(*wrong, *right).lowest_score == 0.0


def test_what_a_model_did_not_find_is_not_held_against_it():
    answers = several(2 * SUGGESTIONS_NEEDED, 0.9, is_right=False)
    by_hand = [
        Answer(
            *(each.answer_id, "d", "s", "a", "ner.manual", each.text, 1, 1, "accept"),
            created_at=each.created_at,
            suggested=each.suggested,
        )
        for each in answers
    ]
    assert after(*by_hand).lowest_score == 0.0


outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40)


@given(outcomes, outcomes)
def test_an_answer_taken_back_was_never_counted(kept, taken):
    stays = [an_answer(score, is_right=right) for score, right in kept]
    goes = [an_answer(score, is_right=right) for score, right in taken]
    suggestions = after(*stays, *goes)
    assert suggestions.lowest_score >= 0.0  # asked before, it must not be remembered after
    for answer in goes:
        suggestions.remove(answer)
    assert suggestions.lowest_score == after(*stays).lowest_score


@given(outcomes)
def test_what_is_shown_would_have_saved_time(results):
    answers = [an_answer(score, is_right=right) for score, right in results]
    lowest = after(*answers).lowest_score
    if len(answers) >= SUGGESTIONS_NEEDED:
        shown = [right for score, right in results if score >= lowest]
        assert lowest == NONE_IS_SHOWN or any(shown)
