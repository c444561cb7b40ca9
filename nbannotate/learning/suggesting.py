"""Which spans a span categorizer looks at: those of certain lengths in tokens.

One thing is kept true: no annotated span is out of reach. A span that is never suggested
can be neither learned nor found, and spaCy passes over it without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nbannotate.errors import PipelineError

if TYPE_CHECKING:
    from spacy.language import Language

GAPLESS = 16
"""Up to here, lengths between those seen are looked at too; each one costs time."""


def read_sizes(nlp: Language, name: str) -> tuple[int, ...]:
    """Return the lengths in tokens that a spancat's suggester suggests.

    Raises
    ------
    PipelineError
        If its suggester does not go by lengths. It may need what other components say,
        and could leave out an annotated span.

    Examples
    --------
    >>> from nbannotate.learning import prepare
    >>> read_sizes(prepare(component="spancat", labels=["DRUG"]), "spancat")
    (1, 2, 3, 4, 5, 6, 7, 8)
    """
    suggester = nlp.get_pipe_config(name)["suggester"]
    kind = suggester.get("@misc")
    if kind == "spacy.ngram_suggester.v1":
        return tuple(sorted({int(size) for size in suggester["sizes"]}))
    if kind == "spacy.ngram_range_suggester.v1":
        return tuple(range(int(suggester["min_size"]), int(suggester["max_size"]) + 1))
    raise PipelineError(
        f"the pipeline's {name!r} has the suggester {kind!r}; only 'spacy.ngram_suggester.v1' and "
        "'spacy.ngram_range_suggester.v1' can be used in the loop, as others may pass over an "
        f"annotated span: give it one of these, or remove it with nlp.remove_pipe({name!r})"
    )


def reach(sizes: Iterable[int], lengths: Iterable[int]) -> tuple[int, ...]:
    """Return the sizes to suggest so that spans of these lengths, in tokens, are within reach.

    Examples
    --------
    >>> reach([1, 2, 3], [5, 40])
    (1, 2, 3, 4, 5, 40)
    """
    seen = set(lengths)
    longest = max((length for length in seen if length <= GAPLESS), default=0)
    gapless = range(min(sizes, default=1), longest + 1)
    return tuple(sorted({*sizes, *gapless, *seen}))


def set_sizes(nlp: Language, name: str, sizes: Iterable[int]) -> None:
    """Make a spancat suggest all spans of these lengths, also once it is saved and loaded."""
    from spacy.pipeline.spancat import build_ngram_suggester

    ordered = sorted(sizes)
    pipe: Any = nlp.get_pipe(name)
    pipe.suggester = build_ngram_suggester(ordered)
    # spaCy writes this to config.cfg, and has no public way to change it.
    config: Any = nlp._pipe_configs[name]  # noqa: SLF001
    config["suggester"] = {"@misc": "spacy.ngram_suggester.v1", "sizes": ordered}
