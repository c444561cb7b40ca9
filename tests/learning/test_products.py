"""Products are on one thread and by numpy while a model computes, and as they were after it."""

from __future__ import annotations

import threading

import pytest
from thinc.api import NumpyOps
from threadpoolctl import threadpool_info

from nbannotate.learning import make_learner
from nbannotate.learning.products import quick_products


def threads():
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


def ops_of(model):
    return [node.ops for node in model.walk()]


@pytest.fixture
def model():
    return make_learner("ner", labels=["DRUG"]).pipe.model


def test_products_are_quick_within_the_block_alone(model):
    before = ops_of(model), threads()
    with quick_products(model):
        assert not any(ops.use_blis for ops in ops_of(model))
        with quick_products(model):
            assert set(threads()) == {1}
        assert set(threads()) == {1}
        assert not any(ops.use_blis for ops in ops_of(model))
    assert (ops_of(model), threads()) == before


def test_all_is_put_back_when_a_step_raises(model):
    before = ops_of(model), threads()
    with pytest.raises(ZeroDivisionError), quick_products(model):
        _ = 1 / 0
    assert (ops_of(model), threads()) == before


def test_models_on_several_threads_leave_no_limit_behind(model):
    others = [make_learner("ner", labels=["DRUG"]).pipe.model for _ in range(2)]
    before = ops_of(model), threads()
    seen = []

    def compute(each):
        for _ in range(100):
            with quick_products(each):
                seen.extend(threads())

    running = [threading.Thread(target=compute, args=(each,)) for each in (model, model, *others)]
    for each in running:
        each.start()
    for each in running:
        each.join(60)
    assert (ops_of(model), threads()) == before
    assert set(seen) == {1}


def test_a_model_on_another_device_is_left_as_it_is(model):
    class Elsewhere(NumpyOps):
        pass

    elsewhere = Elsewhere()
    for node in model.walk():
        node.ops = elsewhere
    with quick_products(model):
        assert all(ops is elsewhere for ops in ops_of(model))


def test_a_learner_reads_as_its_pipeline_does():
    learner = make_learner("textcat", labels=["A", "B"])
    nlp = learner.copy_nlp()
    for text, each in zip(("one", "another"), learner.predict(["one", "another"]), strict=True):
        assert nlp(text).cats == pytest.approx(each.cats, abs=1e-5)
    assert all(ops.use_blis for ops in ops_of(nlp.get_pipe("textcat").model))
