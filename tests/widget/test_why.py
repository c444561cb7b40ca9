"""Each question says why it is asked, in words of its own."""

from __future__ import annotations

import pytest

from nbannotate.acquisition import STRATEGIES
from nbannotate.acquisition.experience import AUDIT, LABEL_NAME
from nbannotate.widget.messages import _WHY_TEXTS


@pytest.mark.parametrize("why", [*STRATEGIES, AUDIT, LABEL_NAME, "pattern", "in order"])
def test_every_reason_for_a_question_is_told_in_words(why: str) -> None:
    assert _WHY_TEXTS[why].endswith(".")


def test_no_two_reasons_are_told_alike() -> None:
    assert len(set(_WHY_TEXTS.values())) == len(_WHY_TEXTS)
