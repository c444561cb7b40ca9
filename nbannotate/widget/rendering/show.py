"""Answers as one static piece of HTML, light or dark as what surrounds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from nbannotate.tasks import Answer, Span, check_labels
from nbannotate.widget.rendering.marked_text import ColorOf, Places, as_html, draw_text
from nbannotate.widget.rendering.rows import DrawnAnswer, read_rows
from nbannotate.widget.rendering.style import still_style

SHOWN_AT_MOST = 20
N_COLORS = 10


class Rendering:
    """Answers drawn as static HTML; a cell shows it, and a saved notebook keeps it.

    Parameters
    ----------
    body
        The answers as HTML.
    n_shown, n_answers
        How many are drawn, of how many.

    Examples
    --------
    >>> import nbannotate as nb
    >>> nb.show([{"text": "Flat tyre", "label": "hardware"}])
    Rendering(1 of 1 answers)
    """

    def __init__(self, body: str, *, n_shown: int, n_answers: int) -> None:
        self._body = body
        self.n_shown = n_shown
        self.n_answers = n_answers

    @property
    def html(self) -> str:
        """The answers and their style, to be put into a page."""
        return f'<div class="nba-still"><style>{still_style()}</style>{self._body}</div>'

    def to_html(self, path: str | Path | None = None, *, title: str = "Annotations") -> str:
        """Return a whole page, and write it to a file if one is named.

        Parameters
        ----------
        path
            Where the page is written, in UTF-8.
        title
            The page's title.

        Returns
        -------
        str
            The page; it needs nothing else and runs no script.
        """
        page = (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            '<meta name="color-scheme" content="light dark">'
            f"<title>{escape(title)}</title></head>"
            f'<body class="nba-still-page"><main><h1>{as_html(title)}</h1>'
            f"{self.html}</main></body></html>\n"
        )
        if path is not None:
            Path(path).expanduser().write_text(page, encoding="utf-8")
        return page

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"Rendering({self.n_shown} of {self.n_answers} answers)"


def show(
    rows: object,
    *,
    labels: str | Iterable[str] | None = None,
    relations: str | Iterable[str] | None = None,
    limit: int | None = SHOWN_AT_MOST,
) -> Rendering:
    """Draw finished answers as static HTML, for a report or a saved notebook.

    Marks, labels, relations, notes and who answered are drawn in the widget's colours, light
    or dark as the notebook or the reader's system. There is no script in it. What it draws
    is kept in the notebook that is saved; the widget's own texts are not.

    Parameters
    ----------
    rows
        ``ann.annotations()``, rows of it, or anything of dicts with ``text`` and ``spans``
        (dicts with start, end and label; they may overlap), ``label``, ``accept`` or
        ``relations``; or Answers, such as ``ann.session.history``.
    labels
        The labels in the recipe's order, on which their colours depend; by default what the
        frame of ``annotations()``, a part of it, or the Answers know of it. Others follow in
        the order in which they come.
    relations
        The same of the relations' labels.
    limit
        How many answers are drawn at most, None for all; a line says how many are not.

    Returns
    -------
    Rendering
        Shown by the cell whose last line it is; ``.html`` is the piece, ``.to_html(path)`` a
        page of its own.

    Raises
    ------
    SourceError
        If a row has no text, or spans that cannot be read.
    SpanError
        If a span does not lie within its text.
    LabelError
        If ``labels`` or ``relations`` are none.
    ValueError
        If ``limit`` is negative.

    Examples
    --------
    >>> import nbannotate as nb
    >>> drug = {"start": 0, "end": 4, "label": "DRUG"}
    >>> rendering = nb.show([{"text": "Meth is <bad>", "spans": [drug]}])
    >>> "Meth<b" in rendering.html, "&lt;bad&gt;" in rendering.html
    (True, True)
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit={limit} is negative; give 0 or more, or None for all")
    answers = read_rows(rows)
    drawn = answers[:limit]
    found = [label for answer in answers for label in answer.all_labels]
    color_of = _coloring(_asked(rows, "labels") if labels is None else labels, found)
    between = [each.label for answer in answers for each in answer.relations]
    place_of = _coloring(_asked(rows, "relations") if relations is None else relations, between)
    parts = [
        _draw(answer, color_of, lambda label: relation_color(place_of(label))) for answer in drawn
    ]
    if not answers:
        parts.append('<p class="nba-still-facts">No answers</p>')
    elif len(drawn) < len(answers):
        parts.append(
            f'<p class="nba-still-facts">{len(answers) - len(drawn)} more of {len(answers)} '
            "are not shown; <code>limit=None</code> shows all</p>"
        )
    return Rendering("".join(parts), n_shown=len(drawn), n_answers=len(answers))


def _asked(rows: object, kind: str) -> tuple[str, ...] | None:
    """Return the labels that rows were asked with, as far as they know; None where they do not."""
    known = getattr(rows, "attrs", {}).get(kind)
    if known is None and kind == "labels" and isinstance(rows, Sequence):
        known = [label for each in rows if isinstance(each, Answer) for label in each.labels]
    return tuple(dict.fromkeys(known)) if known else None


def relation_color(place: int) -> int:
    """Return the number of the colour of a relation's label, by its place among them.

    They begin at the other end of the palette, so that a label that comes later changes none.
    """
    return (N_COLORS - 1 - place) % N_COLORS


def _coloring(labels: str | Iterable[str] | None, found: Iterable[str]) -> ColorOf:
    known = () if not labels else check_labels(labels)
    order = {label: at for at, label in enumerate(dict.fromkeys((*known, *found)))}
    return lambda label: order[label] % N_COLORS


def _draw(answer: DrawnAnswer, color_of: ColorOf, color_of_relation: ColorOf) -> str:
    places = _places(answer)
    parts = [draw_text(answer.text, answer.spans, color_of, places)]
    if answer.labels:
        chips = (_chip(label, color_of, answer.answer == "reject") for label in answer.labels)
        parts.append(f'<p class="nba-still-chips">{" ".join(chips)}</p>')
    if answer.relations:
        lines = (
            f"<li>{_end(each.head, answer, color_of, places)} "
            f'<span class="nba-still-arc nba-c{color_of_relation(each.label)}">'
            f"{as_html(each.label)} →</span> "
            f"{_end(each.child, answer, color_of, places)}</li>"
            for each in answer.relations
        )
        parts.append(f'<ul class="nba-still-relations">{"".join(lines)}</ul>')
    parts += [
        f'<p class="nba-still-input"><b>{as_html(str(name))}</b> '
        f'<span dir="auto">{as_html(str(value))}</span></p>'
        for name, value in answer.inputs.items()
    ]
    return f'<article><div class="nba-still-said">{"".join(parts)}</div>{_facts(answer)}</article>'


def _places(answer: DrawnAnswer) -> Places:
    """Return numbers of the spans that relations speak of, in the order of the text."""
    ends = {end for each in answer.relations for end in (each.head, each.child)}
    return {(end.start, end.end, end.label): at for at, end in enumerate(sorted(ends), start=1)}


def _end(span: Span, answer: DrawnAnswer, color_of: ColorOf, places: Places) -> str:
    place = places[span.start, span.end, span.label]
    words = as_html(" ".join(span.text_of(answer.text).split()))
    color = f"nba-c{color_of(span.label)}"
    return f'<span class="nba-still-end {color}"><bdi>{words}</bdi><sup>{place}</sup></span>'


def _chip(label: str, color_of: ColorOf, rejected: bool) -> str:
    tag = "s" if rejected else "span"
    return (
        f'<{tag} class="nba-still-chip nba-c{color_of(label)}" dir="auto">{as_html(label)}</{tag}>'
    )


def _facts(answer: DrawnAnswer) -> str:
    facts = []
    if answer.answer:
        facts.append(
            f'<span data-answer="{escape(answer.answer)}">{as_html(answer.answer)}</span>'
        )
    if answer.annotator:
        facts.append(f"<span>{as_html(answer.annotator)}</span>")
    if answer.flagged:
        facts.append('<span class="nba-still-flagged">flagged</span>')
    if answer.note:
        facts.append(f'<q dir="auto">{as_html(answer.note)}</q>')
    return f'<footer class="nba-still-facts">{"".join(facts)}</footer>' if facts else ""
