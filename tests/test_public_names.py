"""The public surface: the names that notebooks rely on, each documented."""

from __future__ import annotations

import inspect

import pytest
from numpydoc.validate import validate

import nbannotate as nb

PROMISED = {
    "Annotator", "CompareAnnotator", "Comparison", "Input", "RetrainResult", "ReviewAnnotator", "Session", "Store",
    "annotate", "compare", "evaluate", "ner", "retrain", "review", "sample_data", "simulate", "spans", "textcat",
}  # fmt: skip

REQUIRED = {
    "GL08": "has a docstring",
    "PR01": "documents every parameter",
    "PR02": "documents no parameter that it does not have",
    "PR10": "writes parameters as numpydoc reads them",
    "RT03": "describes what it returns",
    "SS03": "has a summary that ends with a period",
}

RECIPES = [
    f"nbannotate.{room}.{name}"
    for room in ("ner", "spans", "textcat")
    for name in ("teach", "correct", "manual")
]
PROTOCOLS = ["Learner"]
SURFACE = [
    f"nbannotate.{name}"
    for name in nb.__all__
    if (inspect.isclass(getattr(nb, name)) or inspect.isfunction(getattr(nb, name)))
    and name not in PROTOCOLS
]


def test_all_promised_names_are_public():
    assert set(nb.__all__) >= PROMISED
    assert all(hasattr(nb, name) for name in nb.__all__)


def test_nothing_private_is_public():
    assert not [name for name in nb.__all__ if name.startswith("_")]


@pytest.mark.parametrize("name", [*SURFACE, *RECIPES])
def test_each_public_name_is_documented(name: str):
    found = [code for code, _ in validate(name)["errors"] if code in REQUIRED]
    assert found == [], [REQUIRED[code] for code in found]


@pytest.mark.parametrize("name", PROTOCOLS)
def test_each_method_of_a_protocol_is_documented(name: str):
    methods = [value for key, value in vars(getattr(nb, name)).items() if not key.startswith("_")]
    assert methods
    assert all(inspect.getdoc(method) for method in methods)


@pytest.mark.parametrize("name", [*RECIPES, "nbannotate.annotate", "nbannotate.retrain",
                                  "nbannotate.review", "nbannotate.compare",
                                  "nbannotate.simulate", "nbannotate.evaluate",
                                  "nbannotate.sample_data", "nbannotate.Session",
                                  "nbannotate.Annotator", "nbannotate.Store"])  # fmt: skip
def test_each_name_that_a_cell_calls_has_an_example_that_runs(name: str):
    target: object = nb
    for part in name.split(".")[1:]:
        target = getattr(target, part)
    assert ">>> " in (inspect.getdoc(target) or "")
