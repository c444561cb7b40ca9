"""The view of a blind comparison: two outputs side by side, one of them better, or neither.

It keeps one thing true: the page knows sides, the store knows names, and what turns one
into the other never leaves the kernel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Unpack

from nbannotate.errors import AnswerError
from nbannotate.tasks.records import Answer, Parts, Task
from nbannotate.tasks.views import Settled, View

TIE = "tie"
SIDES = ("left", "right", TIE)
"""What an annotator chooses from."""

COMPARED = "compared"
"""Where in an answer's meta it is written what was compared, and in which order it was shown."""


@dataclass(frozen=True, slots=True)
class CompareView(View):
    """A choice between two versions of a text, which is stored by the better one's name.

    Parameters
    ----------
    name, layout, component, exclusive, shows_suggestions
        As for `View`.
    """

    def settle(
        self,
        task: Task,
        answer: str,
        *,
        tokens: Sequence[tuple[int, int]],
        **parts: Unpack[Parts],
    ) -> Settled:
        """Check an answer, and return it with the name in the place of the side.

        Parameters
        ----------
        task, answer, tokens, **parts
            As for `View.settle`; ``accept`` is ``"left"``, ``"right"`` or ``"tie"``, or the
            name of one of the two.

        Raises
        ------
        AnswerError, LabelError
            As `View.settle` does.
        """
        names = _names_by_side(task)
        sides = {name: side for side, name in names.items()}
        accept = parts.get("accept")
        given: Any = [accept] if isinstance(accept, str) else accept
        if isinstance(given, Iterable):
            given = [sides.get(each, each) if isinstance(each, str) else each for each in given]
            parts["accept"] = given
        settled = View.settle(self, task, answer, tokens=tokens, **parts)
        chosen = tuple(names.get(side, side) for side in settled.accept)
        return replace(settled, accept=chosen, label=chosen[0] if chosen else None)

    @property
    def is_blind(self) -> bool:
        """Whether the annotator must not know who said what: that is the point of it."""
        return True

    def told(self, answer: Answer) -> Answer:
        """Return a stored answer with the sides in the place of the names."""
        sides = dict(zip(order_of(answer), SIDES, strict=False))
        chosen = tuple(sides.get(name, TIE) for name in answer.accept)
        meta = {key: value for key, value in answer.meta.items() if key != COMPARED}
        label = chosen[0] if chosen else None
        return replace(answer, accept=chosen, label=label, meta=meta)


COMPARE = CompareView("compare", "choice", None, exclusive=True, shows_suggestions=False)
"""The view of `nbannotate.compare`."""


def order_of(answer: Answer) -> tuple[str, ...]:
    """Return the names of what was compared, left then right; empty of any other answer."""
    about = answer.meta.get(COMPARED)
    return tuple(about.get("order", ())) if isinstance(about, Mapping) else ()


def is_swapped(seed: int, task_hash: int) -> bool:
    """Return whether the second model's output stands on the left, by chance and the seed.

    Examples
    --------
    >>> 40 < sum(is_swapped(0, task_hash) for task_hash in range(100)) < 60
    True
    """
    digest = blake2b(f"{seed} {task_hash}".encode(), digest_size=1).digest()
    return digest[0] % 2 == 1


def _names_by_side(task: Task) -> dict[str, str]:
    if len(task.versions) != 2:
        raise AnswerError(
            f"a {task.view} task compares two versions, this one has {len(task.versions)}; "
            "start it with nb.compare(…)"
        )
    return {side: version.names[0] for side, version in zip(SIDES, task.versions, strict=False)}
