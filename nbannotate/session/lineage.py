"""Which model a loop goes on from, and what of the answers is in it already.

A loop's line begins with the pipeline that the recipe is given. It begins anew with each
model that is put into the loop, and with a version that a recipe starts from: the answers
stored by then are replayed, those that come later are learned. One thing is kept true:
each beginning is a row of the store, so that a restart makes the same model again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbannotate.errors import StoreError
from nbannotate.learning import weights_digest
from nbannotate.session.identity import line_key
from nbannotate.store import Store
from nbannotate.tasks import Answer, View, part_of

logger = logging.getLogger("nbannotate")


@dataclass(frozen=True, slots=True)
class Line:
    """Where a loop's model begins.

    Parameters
    ----------
    base
        What the learner is made from: a pipeline, a path, or None for a blank one.
    version
        Its name in ``store.models()``, None if it is no version.
    after
        The store's position when it came into the loop; answers up to there are in it.
    waiting
        Ids of answers from before that waited to be learned, and were learned after.
    is_new
        Whether the store does not know of this beginning yet.
    nlp
        The recipe's ``nlp``, as it is told apart from others.
    """

    base: Any = None
    version: str | None = None
    after: int = 0
    waiting: frozenset[str] = frozenset()
    is_new: bool = False
    nlp: str = ""


@dataclass(slots=True)
class Lineage:
    """The line of one loop, as it is written into the store's starts of sessions.

    Parameters
    ----------
    store, dataset, annotator, view
        Whose loop it is.
    key
        A later session of the same key continues this one.
    session_id
        The loop's session. What it and those that it continues answered is learned, whatever
        the filters leave.
    learn_from
        Filters of the stored answers that the model learns from.
    config
        What each row holds beside what is said of the line.
    line
        Where the model begins.
    """

    store: Store
    dataset: str
    annotator: str
    view: View
    key: str
    session_id: str | None = None
    learn_from: Mapping[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    line: Line = field(default_factory=Line)

    @classmethod
    def of(
        cls,
        store: Store,
        dataset: str,
        session_id: str | None,
        annotator: str | None,
        view: View,
        *,
        learn_from: Mapping[str, Any] | None,
        config: Mapping[str, Any] | None,
    ) -> Lineage:
        """Return the lineage of a session that is about to start."""
        who, key = line_key(session_id, annotator)
        filters, settings = dict(learn_from or {}), dict(config or {})
        return cls(store, dataset, who, view, key, session_id, filters, settings)

    def find(self, nlp: Any) -> Line:
        """Return where the model begins: where this line last did, or at ``nlp``.

        Parameters
        ----------
        nlp
            As the recipe was given it; a version of ``store.models()`` by its name.

        Raises
        ------
        StoreError
            If nothing is saved of the version that was given.
        """
        named = describe(nlp)
        for row in reversed(self._rows(named)):
            use = row.get("use")
            if use is None:
                continue
            try:
                base = self.store.saved_model(use["version"])
            except StoreError as error:
                logger.warning("the model begins anew, from nlp=: %s", error)
                break
            return Line(base, use["version"], use["after"], frozenset(use["waiting"]), nlp=named)
        if isinstance(nlp, str) and not Path(nlp).exists() and self.store.has_model(nlp):
            base = self.store.saved_model(nlp)
            return Line(base, nlp, self.store.position(), is_new=True, nlp=named)
        return Line(nlp, nlp=named)

    def standing(self) -> list[Answer]:
        """Return the stored answers that the model may learn from, oldest first."""
        return self._of_component(self._answers())

    def split(self) -> tuple[list[Answer], list[Answer]]:
        """Return the stored answers that are in the line's model, and those to be learned."""
        line, standing = self.line, self.standing()
        if not line.after:
            return [], standing
        learned = {each.answer_id for each in self._answers(after=line.after)} | line.waiting
        return (
            [each for each in standing if each.answer_id not in learned],
            [each for each in standing if each.answer_id in learned],
        )

    def first_labels(self) -> tuple[str, ...]:
        """Return the labels that the first answer to be learned was asked with."""
        _, learned = self.split()
        return learned[0].labels if learned else ()

    def start(self, session_id: str, labels: Sequence[str]) -> None:
        """Record that a session starts, or goes on with other labels."""
        self.session_id = session_id
        self._write(session_id, labels, self.line if self.line.is_new else None)
        self.line = replace(self.line, is_new=False)

    def begin_at(
        self, version: str | None, waiting: Sequence[str], session_id: str, labels: Sequence[str]
    ) -> None:
        """Record that another model came into the loop; one that is no version cannot be."""
        if version is None or not self.store.has_model(version):
            return
        position = self.store.position()
        self.line = Line(None, version, position, frozenset(waiting), nlp=self.line.nlp)
        self._write(session_id, labels, self.line)

    def latest_version(self) -> str | None:
        """Return the newest version of this line, None before there is one."""
        starts = self._starts()
        begun = [row["started_at"] for row in self._rows(self.line.nlp) if "use" in row]
        for version, session_id, saved_at in self.store.loop_versions(self.dataset):
            before = [
                start
                for start in starts
                if start["session_id"] == session_id and start["started_at"] <= saved_at
            ]
            if before and self._is_of_line(before[-1], self.line.nlp):
                return version if not begun or saved_at >= begun[-1] else self.line.version
        return self.line.version

    def _answers(self, *, after: int = 0) -> list[Answer]:
        chosen = self.store.answers(self.dataset, after=after, **self.learn_from)
        if not self.learn_from:
            return chosen
        ids = {each.answer_id for each in chosen}
        sessions = {self.session_id, *(row["session_id"] for row in self._starts())}
        in_order = self.store.answers(self.dataset, after=after)
        return [each for each in in_order if each.answer_id in ids or each.session_id in sessions]

    def _starts(self) -> list[dict[str, Any]]:
        return [row for row in self._rows() if row.get("line") == self.key]

    def _write(self, session_id: str, labels: Sequence[str], line: Line | None) -> None:
        config = {
            "labels": list(labels),
            "exclusive": self.view.exclusive,
            **({"labels_by_view": by_view} if (by_view := self.view.labels_by_view) else {}),
            **({"relations": list(self.view.relations)} if self.view.relations else {}),
            **self.config,
            "line": self.key,
            "nlp": self.line.nlp,
        }
        if line is not None:
            use = {"version": line.version, "after": line.after, "waiting": sorted(line.waiting)}
            config["use"] = use
        self.store.add_session(
            self.dataset,
            session_id,
            annotator=self.annotator,
            view=self.view.name,
            config=config,
        )

    def _rows(self, nlp: str | None = None) -> list[dict[str, Any]]:
        rows = self.store.starts(self.dataset, self.annotator, self.view.name)
        return [row for row in rows if nlp is None or self._is_of_line(row, nlp)]

    def _is_of_line(self, row: Mapping[str, Any], nlp: str) -> bool:
        # A model of labels that exclude each other cannot go on where any number applies.
        return (row.get("line"), row.get("nlp"), row.get("seed"), row.get("exclusive")) == (
            self.key,
            nlp,
            self.config.get("seed"),
            self.view.exclusive,
        )

    def _of_component(self, answers: Sequence[Answer]) -> list[Answer]:
        component = self.view.component
        return [
            part_of(each, component)
            for each in answers
            if each.answer != "ignore" and self.view.learns_from(each.view)
        ]


def describe(nlp: Any) -> str:
    """Return by what a recipe's ``nlp`` is told apart from others.

    Of a pipeline its name, its components and what they have learned; of a path or a package
    its name alone.

    Examples
    --------
    >>> describe(None), describe("v7")
    ('blank', 'v7')
    """
    if nlp is None or nlp is False:
        return "blank" if nlp is None else "none"
    meta = getattr(nlp, "meta", None)
    if isinstance(meta, Mapping):
        name = f"{meta.get('lang')}_{meta.get('name')}"
        return " ".join(filter(None, (name, "+".join(nlp.pipe_names), weights_digest(nlp))))
    return str(nlp)
