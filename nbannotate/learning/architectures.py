"""The models of components that are made anew, as spaCy's config files spell them."""

from __future__ import annotations

from typing import Any

SPANCAT_SIZES = tuple(range(1, 9))
"""The lengths in tokens of the spans that a new spancat looks at; see `suggesting`."""


def ner_config(with_vectors: bool) -> dict[str, Any]:
    """Return spaCy's transition-based parser, on words and, where there are any, vectors."""
    return {
        "model": {
            "@architectures": "spacy.TransitionBasedParser.v2",
            "state_type": "ner",
            "extra_state_tokens": False,
            "hidden_width": 64,
            "maxout_pieces": 2,
            "use_upper": True,
            "nO": None,
            "tok2vec": _tok2vec_config(with_vectors),
        },
        "incorrect_spans_key": "incorrect_spans",
    }


def spancat_config(with_vectors: bool) -> dict[str, Any]:
    """Return spaCy's span categorizer, on spans of few words."""
    return {
        "suggester": {"@misc": "spacy.ngram_suggester.v1", "sizes": list(SPANCAT_SIZES)},
        "model": {
            "@architectures": "spacy.SpanCategorizer.v1",
            "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128},
            "scorer": {"@layers": "spacy.LinearLogistic.v1", "nO": None, "nI": None},
            "tok2vec": _tok2vec_config(with_vectors),
        },
    }


def _tok2vec_config(with_vectors: bool) -> dict[str, Any]:
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": 96,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "rows": [5000, 1000, 2500, 2500],
            "include_static_vectors": with_vectors,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 96,
            "depth": 2,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    }


def textcat_config(exclusive: bool) -> dict[str, Any]:
    """Return a bag of words as spaCy's own, but one that reads words whatever their case.

    It is made of registered layers alone, so that it loads wherever spaCy is.
    """
    from spacy.attrs import LOWER  # type: ignore[import-not-found]

    output = "softmax_activation.v1" if exclusive else "sigmoid_activation.v1"
    words = {"@layers": "spacy.extract_ngrams.v1", "ngram_size": 1, "attr": LOWER}
    linear = {"@layers": "SparseLinear.v2", "nO": None, "length": 32768}
    return {
        "model": {
            "@layers": "chain.v1",
            "*": {"words": words, "linear": linear, "output": {"@layers": output}},
        }
    }
