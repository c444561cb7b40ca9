"""Matrix products as a small model in the loop needs them: by numpy, on one thread.

Two things are changed while a model learns or predicts, and put back after it. numpy's library
multiplies matrices of a few hundred rows faster than the one that spaCy brings. And no product
is shared among threads: they wait for each other by spinning, so that wherever something else
is computed at the same time, a browser or another model, each product takes many times as long.

Measured on two cores, a step of eight texts of 50 words: 34 ms as spaCy does it, 20 ms so.
With one other process to each core the first takes 136 ms where products are shared among
threads, the second is as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thinc.api import Model, NumpyOps
    from threadpoolctl import ThreadpoolController


@contextmanager
def quick_products(model: Model[Any, Any]) -> Iterator[None]:
    """Multiply a model's matrices by numpy, on one thread, for the time of the block.

    Of other threads of the process, too, products are on one thread meanwhile: the libraries
    know no other way. Another thread that comes to such a block waits. A model that computes
    elsewhere than by spaCy's own processor code, such as on a graphics card, is left as it is.

    Parameters
    ----------
    model
        Of one component; it may be the model of a block that is around this one.
    """
    from thinc.api import NumpyOps

    with _ONE_AT_A_TIME, _one_thread():
        plain = [(node, node.ops) for node in model.walk() if type(node.ops) is NumpyOps]
        for node, _ in plain:
            node.ops = _by_numpy()
        try:
            yield
        finally:
            for node, ops in plain:
                node.ops = ops


_ONE_AT_A_TIME = threading.RLock()
"""Were two models to overlap, the second would put back the limit that it found: the first's."""


def _one_thread() -> AbstractContextManager[Any]:
    libraries = _libraries()
    is_one = all(each.num_threads == 1 for each in libraries.lib_controllers)
    return nullcontext() if is_one else libraries.limit(limits=1)


@cache
def _by_numpy() -> NumpyOps:
    from thinc.api import NumpyOps

    return NumpyOps(use_blis=False)


@cache
def _libraries() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
