"""Laws of a session's tokens: they are the pipeline's own, whoever else cuts texts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer

from nbannotate.recipes.tokenizing import own_tokenize

TEXT = "gimme 20mg-isn't  (U.S.) a_b at https://a.bc/d, l'eau"


def plain(nlp: Language) -> None:
    """Leave it as it is."""


def special_case(nlp: Language) -> None:
    nlp.tokenizer.add_special_case("gimme", [{"ORTH": "gim"}, {"ORTH": "me"}])


def no_rules(nlp: Language) -> None:
    nlp.tokenizer.rules = {}


def no_infixes(nlp: Language) -> None:
    nlp.tokenizer.infix_finditer = None


def no_urls(nlp: Language) -> None:
    nlp.tokenizer.url_match = None


def own_infixes(nlp: Language) -> None:
    nlp.tokenizer.infix_finditer = spacy.util.compile_infix_regex(["_"]).finditer


def whitespace_only(nlp: Language) -> None:
    nlp.tokenizer = Tokenizer(nlp.vocab)


def a_function(nlp: Language) -> None:
    make = nlp.tokenizer
    nlp.tokenizer = lambda text: make(text.replace("-", " "))


CHANGES = [
    plain, special_case, no_rules, no_infixes, no_urls, own_infixes, whitespace_only, a_function,
]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "de", "fr", "xx"])
@pytest.mark.parametrize("change", CHANGES)
def test_tokens_are_those_of_the_learners_pipeline(change: Callable[[Language], None], lang: str):
    nlp = spacy.blank(lang)
    change(nlp)
    before = own_tokenize(None, lang)(TEXT)
    tokens = own_tokenize(SimpleNamespace(nlp=nlp), "en")(TEXT)
    assert tokens == [(t.idx, t.idx + len(t)) for t in nlp.make_doc(TEXT) if not t.is_space]
    assert own_tokenize(None, lang)(TEXT) == before


def test_a_language_of_ones_own_cuts_as_it_does():
    class Klingon(Language):
        lang = "tlh"

    nlp = Klingon()
    tokens = own_tokenize(SimpleNamespace(nlp=nlp), "en")(TEXT)
    assert tokens == [(t.idx, t.idx + len(t)) for t in nlp.make_doc(TEXT) if not t.is_space]


def test_sessions_cut_at_once_and_leave_a_pipelines_vocabulary_alone():
    nlp = spacy.blank("en")
    known = len(nlp.vocab.strings)
    sessions = [own_tokenize(SimpleNamespace(nlp=nlp), "en"), own_tokenize(None, "en")] * 4
    words = [f"word{i} isn't new{i}" for i in range(500)]

    def cut(tokenize):
        return [tokenize(text) for text in words]

    with ThreadPoolExecutor(len(sessions)) as threads:
        found = list(threads.map(cut, sessions))
    assert all(each == found[0] for each in found)
    assert len(nlp.vocab.strings) == known
