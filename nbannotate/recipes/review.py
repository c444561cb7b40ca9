"""``nb.review``: what several annotators said of the same texts, to be decided."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from nbannotate.pool import Pool
from nbannotate.recipes.review_views import Labels, choose_answers, review_view
from nbannotate.recipes.tokenizing import Tokenize, own_tokenize
from nbannotate.session import Docket, ReviewSession, draw_up
from nbannotate.session.cases import Ask, By
from nbannotate.store import Store
from nbannotate.tasks import PREFIXES, Answer, Component, View
from nbannotate.widget import Keys, ReviewAnnotator

if TYPE_CHECKING:
    from nbannotate.store.filters import Filters


def review(
    store: Store | str | Path = "annotations.duckdb",
    dataset: str | Iterable[str] = "annotations",
    *,
    by: By = "annotator",
    ask: Ask = "disagreements",
    component: Component | None = None,
    into: str | None = None,
    reviewer: str | None = None,
    reviewer_session_id: str | None = None,
    labels: Labels | None = None,
    relations: str | Iterable[str] | None = None,
    exclusive: bool | None = None,
    lang: str = "en",
    target: int | None = None,
    instructions: str | None = None,
    keys: Keys | None = None,
    **filters: Unpack[Filters],
) -> ReviewAnnotator:
    """Decide between several annotators' answers to the same texts.

    Each text is shown with every annotator's version of it, what differs marked: spans,
    labels, relations and what was written in fields. One version is picked, mended where it
    must be, and accepted. Decisions are ordinary answers
    of another dataset, for `nbannotate.retrain` and all else; in each, ``meta["reviewed"]``
    holds the ``answer_ids`` that were decided on.

    A text is decided once, by whoever reviews it. It is asked again, with the decision
    beside the versions, when an annotator has since given a new answer that says something
    else than the decision; the new decision then takes the former one's place.

    Parameters
    ----------
    store
        A `Store` or the path of its file.
    dataset
        The dataset or datasets whose answers are reviewed.
    by
        Whose versions are told apart: ``"annotator"`` or ``"session_id"``. Of several
        answers to one text the latest is shown.
    ask
        ``"disagreements"``: texts whose versions differ, and those that somebody flagged.
        ``"all"``: after these the texts of one annotator, and those on which all agree.
    component
        ``"ner"``, ``"spancat"`` or ``"textcat"``; needed where some answers are of one and
        some of another. A page of several views is decided whole unless one is named; then
        that part of it is decided alone, without fields.
    into
        The dataset of the decisions; by default ``f"{dataset}-reviewed"``.
    reviewer, reviewer_session_id
        Who reviews, and in which session; by default the system's user, and
        ``<reviewer>-<start time>``.
    labels
        The labels that a decision may use; by default those of the answers' sessions. Of a
        page a mapping, such as ``{"ner.review": […], "textcat.review": […]}``.
    relations
        The labels that relations may have; by default those that they were asked with.
    exclusive
        For labels on a text: exactly one applies; by default as it was asked.
    lang
        The language by whose tokens spans are mended; annotators' spans are kept as they are.
    target, instructions, keys
        As in `nbannotate.annotate`; the actions version and previous_version (pick the one
        beside), version_1 to version_9 and agreed have keys as well.
    **filters
        Which answers are reviewed, as in ``store.annotations``: session_id, annotator,
        view, label, answer, since, until, model_version, where. Answers to yes-or-no
        questions are reviewed by themselves: ``view="ner.teach"``.

    Returns
    -------
    ReviewAnnotator
        The widget; its ``accept_agreed()`` decides all texts on which the versions agree.

    Raises
    ------
    SourceError
        If the filters leave no answers that can be reviewed, or answers of several
        kinds and no component is named.
    LabelError
        If an answer uses a label that is not among those given.
    FilterError
        If a filter is unknown or malformed.
    ValueError
        If decisions would go into a dataset that is reviewed, or ``by`` or ``ask`` is unknown.

    Examples
    --------
    >>> import nbannotate as nb
    >>> store = nb.Store(":memory:")
    >>> for who, end in [("alice", 4), ("bob", 11)]:
    ...     ann = nb.ner.manual(
    ...         ["Meth is bad"], labels=["DRUG"], dataset="drugs", store=store, annotator=who
    ...     )
    ...     _ = ann.session.answer("accept", spans=[nb.Span(0, end, "DRUG")])
    ...     ann.close()
    >>> ann = nb.review(store, "drugs", reviewer="carol")
    >>> [(version.names, version.spans[0].end) for version in ann.session.task.versions]
    [(('alice',), 4), (('bob',), 11)]
    >>> decided = ann.session.answer("accept", version=0)
    >>> decided.dataset, decided.view, decided.spans[0].end
    ('drugs-reviewed', 'ner.review', 4)
    >>> ann.close()
    """
    _check_choice("by", by, ("annotator", "session_id"))
    _check_choice("ask", ask, ("disagreements", "all"))
    opened = store if isinstance(store, Store) else Store(store)
    datasets = [dataset] if isinstance(dataset, str) else list(dataset)
    decided_in = _decided_in(datasets, into)
    answers = opened.answers(datasets, **filters)
    where = f"dataset={datasets} and {dict(filters) or 'no filter'}"
    chosen = choose_answers(answers, component, where)
    view, checked = review_view(
        opened, chosen, labels=labels, relations=relations, exclusive=exclusive
    )
    docket = draw_up(
        chosen.answers,
        opened.answers(decided_in, view=view.name),
        view=view,
        labels=checked,
        by=by,
        ask=ask,
    )
    session = ReviewSession(
        docket=docket,
        store=opened,
        view=view,
        labels=checked,
        pool=Pool(list(dict.fromkeys(task.text for task in docket.tasks))),
        tokenize=_cutting(own_tokenize(None, lang), docket),
        dataset=decided_in,
        session_id=reviewer_session_id,
        annotator=reviewer,
        target=target,
        config={"lang": lang, "target": target, "reviewed": datasets, "by": by},
    )
    notices = _notices(docket, chosen.left_out, view)
    return ReviewAnnotator(session, instructions=instructions, keys=keys, notices=notices)


def _decided_in(datasets: Sequence[str], into: str | None) -> str:
    dataset = f"{'+'.join(datasets)}-reviewed" if into is None else into
    if dataset in datasets:
        raise ValueError(
            f"into={into!r} is a dataset that is reviewed; give the decisions one of their own"
        )
    return dataset


def _check_choice(name: str, given: object, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise ValueError(
            f"{name}={given!r} is unknown; give one of {', '.join(map(repr, allowed))}"
        )


def _cutting(tokenize: Tokenize, docket: Docket) -> Tokenize:
    """Return a tokenizer whose tokens end wherever an annotator's span begins or ends.

    So each version can be accepted as it is, whatever tokens it was made on.
    """
    cuts: dict[str, set[int]] = {}
    for task in docket.tasks:
        for version in task.versions:
            for span in version.spans:
                cuts.setdefault(task.text, set()).update((span.start, span.end))

    def cut(text: str) -> list[tuple[int, int]]:
        at = sorted(cuts.get(text, ()))
        pieces: list[tuple[int, int]] = []
        for start, end in tokenize(text):
            inside = at[bisect_right(at, start) : bisect_left(at, end)]
            bounds = [start, *inside, end]
            pieces += pairwise(bounds)
        return pieces

    return cut


def _notices(docket: Docket, left_out: Sequence[Answer], view: View) -> list[str]:
    notices = []
    n_alone = docket.count("one version")
    if n_alone and not any(task.why == "one version" for task in docket.asked):
        texts = "1 text has" if n_alone == 1 else f"{n_alone:,} texts have"
        notices.append(f'{texts} one annotator\'s answer only; ask="all" asks them too.')
    if left_out:
        several = "1 answer" if len(left_out) == 1 else f"{len(left_out):,} answers"
        name = f"{PREFIXES[view.component]}.teach" if view.component else "…"
        notices.append(
            f"{several} to yes-or-no questions left out; review them with view={name!r}."
        )
    return notices
