"""The general recipe that all others are made of: it puts the rooms together."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from nbannotate.acquisition import QueryStrategy
from nbannotate.acquisition.patterns import PatternMatcher
from nbannotate.errors import PipelineError
from nbannotate.learning import (
    Learner,
    UnmadeLearner,
    blank_pipeline,
    find_suggesters,
    make_learner,
    spans_key_of,
    suggester,
)
from nbannotate.recipes.given import pool_maker
from nbannotate.recipes.tokenizing import own_tokenize
from nbannotate.session import Html, HtmlOf, Lineage, Session
from nbannotate.store import Store
from nbannotate.tasks import (
    Input,
    Unit,
    View,
    check_fields,
    check_labels,
    find_view,
    share_labels,
)
from nbannotate.widget import Annotator, Keys, resolve_keys, resolve_relation_keys

if TYPE_CHECKING:
    from spacy.language import Language

MakesLearner = Callable[..., Learner]
Labels = str | Iterable[str] | Mapping[str, str | Iterable[str]]

LEARNER_MEMBERS = tuple(
    name for part in reversed(Learner.__mro__) for name in vars(part) if not name.startswith("_")
)
"""What `Learner` asks of a learner of one's own."""


def annotate(
    source: object,
    *,
    view: str | View | Sequence[str | View],
    labels: Labels = (),
    relations: str | Iterable[str] = (),
    nlp: Language | str | Path | Literal[False] | None = None,
    learner: Learner | None = None,
    dataset: str = "annotations",
    store: Store | str | Path = "annotations.duckdb",
    session_id: str | None = None,
    annotator: str | None = None,
    text_column: str = "text",
    exclusive: bool = True,
    inputs: str | Input | Iterable[str | Input] = (),
    html: Html | None = None,
    patterns: str | Path | Iterable[Mapping[str, Any]] | None = None,
    strategy: str | QueryStrategy = "auto",
    learn_from: Mapping[str, Any] | None = None,
    lang: str = "en",
    by: Unit = "token",
    seed: int = 0,
    target: int | None = None,
    instructions: str | None = None,
    keys: Keys | None = None,
) -> Annotator:
    """Annotate texts in any view, with a model in the loop or without.

    Parameters
    ----------
    source
        The texts: a DataFrame, Series, list of str or dict, path to a ``.jsonl``,
        ``.csv``, ``.txt`` or ``.parquet`` file, DuckDB relation, iterable of Docs, or a
        function of the session that returns any of these. Rows may bring ``spans`` and
        ``relations`` to begin with, as ``store.annotations()`` has them or by the index of a
        token, where spans are marked by hand; what does not fit is listed in
        ``ann.left_out``.
    view
        The view's name, such as ``"ner.correct"``; a `View` of your own; or several of these,
        asked of each text at once and stored in one row. The model in the loop follows the
        first of them that a component learns from, `nbannotate.retrain` learns from all.
        ``"binary"`` asks whether to accept the text as it is, ``"input"`` for free text.
    labels
        The labels that answers may use; on a page of several views that take labels, a
        mapping from the view's name to its own.
    relations
        The labels that relations between spans may have, in ``"relations.manual"``,
        ``"ner.manual"`` or ``"spans.manual"``, alone or beside other views.
    nlp
        The pipeline to start from: a spaCy pipeline (it is copied, never changed), the
        path or package name of one, a version of ``store.models()`` such as ``"v7"``, None
        for a blank one, or False for no model. A version has seen what was stored before;
        a model that ``ann.use`` put into this loop goes on after a restart, as long as
        ``nlp`` is the same, its weights included. One that only has rules or a language
        model for this suggests what they find and learns nothing, with a warning; see
        `nbannotate.suggester`.
    learner
        A learner of one's own in the place of spaCy's: a `RefitLearner`, a
        `nbannotate.suggester`, or anything with the methods of `Learner`.
    dataset
        The name that the answers are kept under.
    store
        A `Store` or the path of its file, made if it is missing.
    session_id, annotator
        Who answers, and in which session; by default ``<annotator>-<start time>`` and
        the system's user. A session named again goes on where it was; texts that the
        annotator has answered in this dataset are never asked again.
    text_column
        The column or key that holds the texts.
    exclusive
        For labels on a text: exactly one applies. One label alone is never exclusive; it
        applies or not.
    inputs
        Fields to write in, beside whatever the view asks: names, or `Input` for more than a
        line. They begin with what the row's column of the same name holds, or its ``inputs``
        as ``ann.annotations()`` has them, where the answers are.
    html
        What is shown in the place of the text or, where spans are marked, above it: a column
        that holds HTML, or a function of the row, which is a dict. Scripts, links, forms,
        and pictures that are no ``data:`` URLs are taken out. A text whose HTML cannot be
        made is shown as it is, and listed in ``ann.html_errors``.
    patterns
        A path to a ``.jsonl`` file of spaCy patterns, or its rows; matches are asked first.
    strategy
        ``"auto"``, ``"random"``, ``"margin"``, ``"least_confident"``, ``"entropy"``,
        ``"entropy_per_second"``, ``"distinct_entropy_per_second"``, ``"mean_entropy"``,
        ``"highest_scored"``, ``"likely_accept"``, ``"prefer_uncertain"``, or a function.
    learn_from
        Filters of ``store.annotations`` that choose the stored answers from which the model
        is rebuilt at the start, beside the session's own; by default the whole dataset.
    lang
        The language of a blank pipeline.
    by
        What spans begin and end with: ``"token"``, a token of the pipeline, or
        ``"character"`` for text without good tokens, such as Thai, DNA or bad scans: any
        character as a reader sees it (a grapheme cluster, so that no emoji and no accent is
        parted). Spans are stored as they are marked; a spaCy model learns the tokens that
        they touch. ``lang="zh"`` makes every character a token of the model too.
    seed
        Seeds every random choice: equal seeds and answers give equal models.
    target
        The number of answers aimed for, shown on the page.
    instructions
        Plain text shown above the first task.
    keys
        Keys of the page that differ from the default, such as ``{"accept": "y", "note": None,
        "DRUG": ["d", "1"]}``: of the actions accept, reject, ignore, undo, back (delete a
        span, else undo), enter, escape, flag, note, write (in the first field), history, why,
        help, all and correct (the whole reading, in ``teach``), next and previous (of
        overlapping spans), relate and turn (relations) and filter; or of labels, those of
        relations too, which mean them while a relation is in hand. A key is one
        character, ``"space"``, ``"enter"``, ``"escape"``, ``"backspace"`` or ``"delete"``,
        with ``"shift+"`` before it if wanted.

    Returns
    -------
    Annotator
        The widget, shown by the cell whose last line it is.

    Raises
    ------
    LabelError
        If a label is empty, padded or given twice, or a pattern has another one.
    SourceError
        If the source cannot be read or holds no text.
    PipelineError
        If ``nlp`` is no pipeline.
    ValueError
        If a view is unknown, several cannot stand on one page, none draws relations and some
        are given, or none are and one does; or ``by`` is another.
    TypeError
        If ``learner`` lacks something that `Learner` has.
    KeyBindingError
        If a key is unknown, reserved, or would have two meanings.
    StoreError
        If nothing is saved of the version given as ``nlp``.
    StoreLockedError
        If another kernel holds the store's file.

    Examples
    --------
    >>> import nbannotate as nb
    >>> ann = nb.annotate(
    ...     ["The brake is loose"],
    ...     view="ner.manual",
    ...     labels=["PART"],
    ...     nlp=False,
    ...     store=":memory:",
    ... )
    >>> ann.session.answer("accept", spans=[{"start": 4, "end": 9, "label": "PART"}]).answer
    'accept'
    >>> ann.close()

    A page of two views and a field, that shows a column of its row beside the text:

    >>> row = {"text": "The brake is loose", "bike": "A7"}
    >>> ann = nb.annotate(
    ...     [row],
    ...     view=["ner.manual", "textcat.manual"],
    ...     labels={"ner.manual": ["PART"], "textcat.manual": ["hardware", "payment"]},
    ...     inputs="reason",
    ...     html=lambda row: f"<b>{row['bike']}</b>",
    ...     nlp=False,
    ...     store=":memory:",
    ... )
    >>> ann.session.task.html
    '<b>A7</b>'
    >>> brake = {"start": 4, "end": 9, "label": "PART"}
    >>> answer = ann.session.answer(
    ...     "accept", spans=[brake], accept="hardware", inputs={"reason": "it squeaks"}
    ... )
    >>> answer.view, dict(answer.inputs)
    ('ner.manual+textcat.manual+input', {'reason': 'it squeaks'})
    >>> ann.close()
    """
    asked, checked = _checked_view(
        view, labels, keys, exclusive=exclusive, inputs=inputs, relations=relations, by=by
    )
    _check_learner(learner)
    opened = store if isinstance(store, Store) else Store(store)
    taught = asked.leading.labels or checked
    make = None if learner is not None else _making(asked, taught, lang=lang, seed=seed)
    config = {"lang": lang, "seed": seed, "target": target}
    lineage = Lineage.of(
        opened, dataset, session_id, annotator, asked, learn_from=learn_from, config=config
    )
    begun = _beginning(lineage, nlp, make, taught) if make else learner
    tokenize = own_tokenize(begun, lang)
    session = Session(
        store=opened,
        view=asked,
        labels=checked,
        pool=pool_maker(source, asked, checked, text_column, tokenize=tokenize, by=by),
        tokenize=tokenize,
        dataset=dataset,
        session_id=session_id,
        annotator=annotator,
        learner=begun,
        strategy=strategy,
        patterns=_matching(patterns, asked, checked, lang),
        seed=seed,
        target=target,
        learn_from=learn_from,
        config=config,
        line=lineage.line,
        html=_checked_html(html, text_column),
        by=by,
    )
    return Annotator(session, make_learner=make, instructions=instructions, keys=keys)


def _checked_view(
    view: str | View | Sequence[str | View],
    labels: Labels,
    keys: Keys | None,
    *,
    exclusive: bool,
    inputs: str | Input | Iterable[str | Input],
    relations: str | Iterable[str],
    by: str,
) -> tuple[View, tuple[str, ...]]:
    """Return the view with the labels of its parts, and all labels."""
    _check_unit(by)
    fields = check_fields(inputs) if inputs else ()
    asked = find_view(view, exclusive=exclusive, inputs=fields, relations=relations)
    if asked.shows("relations") and not asked.relations:
        raise ValueError(
            f"view {asked.name!r} draws relations; give their labels, such as relations=['CAUSES']"
        )
    takes = [block.name for block in asked.blocks if block.takes_labels]
    if isinstance(labels, Mapping):
        full = {name.removesuffix("+relations"): name for name in takes}
        by_view = {full.get(name, name): check_labels(own) for name, own in labels.items()}
    elif len(takes) == 1 or (takes and not asked.parts):
        by_view = {takes[0]: check_labels(labels)}
    else:
        by_view = {"labels": check_labels(labels)} if labels else {}
    asked = share_labels(asked, by_view)
    checked = tuple(label for name in takes for label in by_view[name])
    of_actions, _ = resolve_keys(
        keys,
        checked,
        groups=list(asked.labels_by_view.values()),
        relations=asked.relations,
        writes=asked.shows("input"),
    )
    resolve_relation_keys(keys, asked.relations, of_actions)
    return asked, checked


def _check_learner(learner: object) -> None:
    if learner is None:
        return
    if isinstance(learner, type):
        raise TypeError(
            f"learner is the class {learner.__name__}; give an object of it, such as "
            f"learner={learner.__name__}(…)"
        )
    missing = [name for name in LEARNER_MEMBERS if not hasattr(learner, name)]
    if missing:
        raise TypeError(
            f"learner is of type {type(learner).__name__}, which lacks {', '.join(missing)}; give "
            "an nb.RefitLearner, an nb.suggester, or an object with all that nb.Learner has"
        )


def _check_unit(by: str) -> None:
    if by not in get_args(Unit):
        raise ValueError(
            f"by={by!r} is unknown; give one of {', '.join(map(repr, get_args(Unit)))}"
        )


def _checked_html(html: Html | None, text_column: str) -> HtmlOf | None:
    if html is None:
        return None
    if not isinstance(html, str) and not callable(html):
        raise TypeError(
            f"html={html!r} is neither the name of a column nor a function of the row; give one, "
            "such as html=lambda row: f\"<b>{row['title']}</b>\""
        )
    return HtmlOf(html, text_column)


def _checked_nlp(nlp: Any, asked: View) -> Any:
    """Return the pipeline, False where the view has no component that could be in it."""
    if asked.component is not None:
        return nlp
    if nlp is not None and nlp is not False:
        raise PipelineError(
            f"nlp={nlp!r} was given, but no spaCy component learns from {asked.name!r}; leave "
            "nlp out, or give a learner of your own"
        )
    return False


def _making(asked: View, labels: tuple[str, ...], *, lang: str, seed: int) -> MakesLearner:
    """Return what makes a learner on a pipeline, with these labels unless others are given."""
    component = asked.component

    def make(
        base: Any, others: tuple[str, ...] = (), first_labels: tuple[str, ...] = ()
    ) -> Learner:
        if component is None:
            raise PipelineError(f"no spaCy component learns from {asked.name!r}")
        if found := find_suggesters(base, component):
            return _suggester(base, found, others or labels, component)
        return make_learner(
            component,
            base,
            labels=others or labels,
            exclusive=asked.exclusive,
            lang=lang,
            seed=seed,
            first_labels=first_labels,
        )

    return make


def _beginning(
    lineage: Lineage, nlp: Any, make: MakesLearner, labels: tuple[str, ...]
) -> Learner | UnmadeLearner | None:
    """Find where the line begins, and return the learner that begins there."""
    nlp = _checked_nlp(nlp, lineage.view)
    lineage.line = line = lineage.find(nlp)
    if nlp is False and line.version is None:
        return None
    component = lineage.view.component
    if component is not None and line.base is None and not lineage.standing():
        return UnmadeLearner(lambda: make(None), component, labels, lineage.view.exclusive)
    return make(line.base, first_labels=lineage.first_labels())


def _matching(
    patterns: str | Path | Iterable[Mapping[str, Any]] | None,
    asked: View,
    labels: tuple[str, ...],
    lang: str,
) -> PatternMatcher | None:
    if patterns is None:
        return None
    marked = asked.block("spans") or asked
    return PatternMatcher(
        patterns, marked.labels or labels, blank_pipeline(lang), overlaps=asked.overlaps
    )


def _suggester(nlp: Any, found: Sequence[str], labels: tuple[str, ...], kind: str) -> Learner:
    warnings.warn(
        f"the pipeline has no {kind} that learns, but {', '.join(map(repr, found))}: what it "
        "finds is suggested, and nothing is learned from the answers. Say so with "
        "learner=nb.suggester(nlp); for a model that learns, give nlp=None or a pipeline "
        f"with a {kind}",
        UserWarning,
        stacklevel=4,
    )
    key = spans_key_of(nlp, found) if kind == "spancat" else None
    return suggester(nlp, labels=labels, spans_key=key)
