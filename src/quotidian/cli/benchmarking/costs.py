"""Costs other than the integration: threads, start, compilation, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter, process_time

from quotidian.cli.benchmarking.benchmark_case import Task
from quotidian.engine import Tolerance

IMPORT = "import time; b = time.perf_counter(); import quotidian; print(time.perf_counter() - b)"
TRIALS, TURNS = 3, 12


@dataclass(frozen=True)
class Cost:
    """One figure with its unit; ``value`` is None where it could not be had, ``why`` says the reason."""

    what: str
    value: float | None
    unit: str
    why: str = ""


def speeds(task: Task, threads: Sequence[int], tolerance: Tolerance) -> list[Cost]:
    """Children per second of wall time, best of a dozen, in turns."""
    best = dict.fromkeys(threads, float("inf"))
    for _ in range(TURNS):
        for count in best:
            begin = perf_counter()
            task.solve(tolerance, count)
            best[count] = min(best[count], perf_counter() - begin)
    return [
        Cost(f"on {n} thread{'' if n == 1 else 's'}", task.children / s, "children/s")
        for n, s in best.items()
    ]


def tangents(task: Task, widths: Sequence[int], tolerance: Tolerance) -> list[Cost]:
    """CPU of a differentiated run, a direction, in plain runs; best of a dozen, in turns."""
    runs: dict[int, Callable[[], object]] = {0: partial(task.solve, tolerance)}
    runs |= {width: partial(task.differentiate, width, tolerance) for width in widths}
    best = dict.fromkeys(runs, float("inf"))
    for run in runs.values():
        run()  # compiles
    for _ in range(TURNS):
        for width, run in runs.items():
            begin = process_time()
            run()
            best[width] = min(best[width], process_time() - begin)
    names = {w: f"tangents, {w} direction{'' if w == 1 else 's'} at once, each" for w in widths}
    return [Cost(name, best[w] / best[0] / w, "plain runs") for w, name in names.items()]


def starts() -> list[Cost]:
    """Seconds: import, model to first numbers with an empty cache and with a filled one."""
    with tempfile.TemporaryDirectory() as empty:
        cold = _probed("compile", cache=empty)
        cached = _best([_probed("compile", cache=empty) for _ in range(TRIALS)])
    imported = _best([_asked([sys.executable, "-c", IMPORT]) for _ in range(TRIALS)])
    return [
        _cost("model to first numbers, compiled", cold, "s"),
        _cost("model to first numbers, from the cache", cached, "s"),
        _cost("import quotidian", imported, "s"),
    ]


def memory(children: Sequence[int], threads: int) -> list[Cost]:
    """Peak memory of a whole cohort run, process and all, MB."""
    found = []
    for count in children:
        answer = _probed("memory", str(count), str(threads))
        megabytes = answer / 1e6 if isinstance(answer, float) else answer
        found.append(_cost(f"peak memory, {count:,} children", megabytes, "MB"))
    return found


def _cost(what: str, answer: float | str, unit: str) -> Cost:
    if isinstance(answer, str):
        return Cost(what, None, unit, answer)
    return Cost(what, answer, unit)


def _best(answers: Sequence[float | str]) -> float | str:
    """The least number; the reason where there is none."""
    numbers = [a for a in answers if isinstance(a, float)]
    return min(numbers) if numbers else answers[0]


def _probed(*arguments: str, cache: str | None = None) -> float | str:
    return _asked([sys.executable, "-m", "quotidian.cli.benchmarking.probe", *arguments], cache)


def _asked(command: Sequence[str], cache: str | None = None) -> float | str:
    """The number on the last line of a command, or the last thing it complained of."""
    env = os.environ | ({"QUOTIDIAN_CACHE": cache} if cache else {})
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"it left with {done.returncode}"])[-1]
    return float(done.stdout.split()[-1])
