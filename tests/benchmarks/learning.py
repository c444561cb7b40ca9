"""What the loop learns from each minute, beside other ways of annotating, in one run.

Run by ``make bench-learning``. Without ``--data`` it runs on the messages that ship; with it,
on each file of JSON lines given: rows with ``text`` and ``spans``, ``label`` or ``labels``.
Overlapping spans make a spancat, several labels a text that may have any number. The last
third of a file is held out, unless a ``test.jsonl`` lies beside it.

What each run found goes to ``--out`` as soon as it has ended; the tables and the plot there are
of all that the folder holds, so that seeds may be run in parts, and ``--seeds 0`` draws them
anew.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.benchmarks import curves, report
from tests.benchmarks.arms import arms_for
from tests.benchmarks.datasets import Data, read, sample

if TYPE_CHECKING:
    import pandas as pd

Job = tuple[str, tuple[object, ...]]


def main() -> None:
    """Run the arms on each data set."""
    options = _options()
    # One thread a process: the processes share the cores.
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    with TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        jobs = list(_jobs(options))
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            running = {pool.submit(_run, job): job for job in jobs}
            for done in as_completed(running):
                kind, _ = running[done]
                frame = done.result()
                print(kind, *frame.iloc[-1].tolist(), flush=True)
                report.keep(frame, kind, out)
        report.write(out, draws=options.out is not None)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="files of JSON lines")
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--pool", type=int, default=4000, help="texts to choose from at most")
    parser.add_argument("--test", type=int, default=1000, help="texts scored on at most")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--arms", nargs="*", default=[], help="names of arms; by default all")
    parser.add_argument("--mistakes", type=float, default=0.0, help="share of wrong answers")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at once")
    parser.add_argument("--out", type=Path, help="folder of all that runs have found")
    return parser.parse_args()


def _jobs(options: argparse.Namespace) -> Iterator[Job]:
    """Yield what is to be run: all of one seed before the next, so that a part is a whole."""
    wanted = options.arms
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        for path in options.data or [None]:
            where = (path, options.pool, options.test, seed)
            data = _read(*where)
            for arm in arms_for(data.component, exclusive=data.exclusive):
                if not wanted or arm.name in wanted:
                    yield "curve", (*where, arm.name, options.answers, options.mistakes)
            for name in curves.TEACHING if data.component != "textcat" else ():
                if not wanted or name in wanted:
                    yield "teach_curve", (*where, name)
    for path in options.data or [None] if options.seeds else []:
        if not wanted or curves.PACE in wanted:
            yield "pace", (path, options.pool, options.test, 0, options.answers)


def _run(job: Job) -> pd.DataFrame:
    kind, (path, n_pool, n_test, seed, *settings) = job
    data = _read(path, n_pool, n_test, seed)  # type: ignore[arg-type]
    if kind == "pace":
        return curves.pace(data, seed, *settings)  # type: ignore[arg-type]
    if kind == "teach_curve":
        return curves.teach_curve(data, seed, *settings)  # type: ignore[arg-type]
    name, *rest = settings
    arms = arms_for(data.component, exclusive=data.exclusive)
    arm = next(arm for arm in arms if arm.name == name)
    return curves.curve(data, arm, seed, *rest)  # type: ignore[arg-type]


def _read(path: Path | None, n_pool: int, n_test: int, seed: int) -> Data:
    return sample(seed) if path is None else read(path, n_pool, n_test, seed)


if __name__ == "__main__":
    main()
