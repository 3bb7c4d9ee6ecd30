"""Random inputs by the thousand: ``python scripts/fuzz.py [INPUTS] [--seed N] [--workers N] [--whole]``.

Each input is made from the seed and its number, so that any of them can be repeated: ``--only NUMBER``.
Numbers of accepted event tables and SBML files are compared with a referee's; ``refereed`` counts them. A
worker that ends (a crash of machine code, say) is a finding, and another one goes on behind that input.
With ``--whole`` every input is a study, and each that is accepted is run to its end.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fuzzing.inputs import Case
    from fuzzing.judge import Verdict

MEMORY = 4 * 2**30
"""Bytes of address space of a worker; an input that needs more is a finding."""
RESIDENT = 2 * 2**30
"""Bytes of memory that a worker or a process of it may really occupy; more is a finding."""
CHUNK, WHOLE_CHUNK = 2000, 40
"""Inputs of a worker."""


def main() -> None:
    """Run the inputs, print the findings, and leave with code 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", nargs="?", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", type=int)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--worker", action="store_true")
    asked = parser.parse_args()
    if asked.only is not None:
        asked.first, asked.inputs, asked.worker = asked.only, 1, True
    if asked.worker:
        _work(asked.seed, range(asked.first, asked.first + asked.inputs), asked.whole)
        return
    size = WHOLE_CHUNK if asked.whole else CHUNK
    ends = range(asked.first, asked.first + asked.inputs, size)
    chunks = [range(a, min(a + size, asked.first + asked.inputs)) for a in ends]
    with ThreadPoolExecutor(asked.workers) as pool:
        findings = sum(pool.map(lambda chunk: _watched(asked.seed, chunk, asked.whole), chunks))
    memory = f"{_resident(resource.RUSAGE_CHILDREN) / 2**20:,.0f} MiB of memory at most"
    print(f"{asked.inputs:,} inputs of seed {asked.seed}, {memory}: {findings} findings")
    sys.exit(bool(findings))


def _resident(of: int) -> int:
    """Largest memory, bytes, that this process or one of its ended children has occupied."""
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(of).ru_maxrss


def _watched(seed: int, numbers: range, whole: bool) -> int:
    """The findings of a chunk, worker by worker."""
    first, found = numbers.start, 0
    while first < numbers.stop:
        words = [sys.executable, __file__, "--worker", "--seed", str(seed), "--first", str(first)]
        words += ["--whole"] * whole
        done = subprocess.run(
            [*words, str(numbers.stop - first)], capture_output=True, text=True, check=False
        )
        lines = done.stdout.splitlines()
        found += sum(line.startswith("FINDING") for line in lines)
        print("\n".join(line for line in lines if not line.startswith("at ")), flush=True)
        last = next(
            (int(line.split()[1]) for line in reversed(lines) if line.startswith("at ")), numbers.stop
        )
        if done.returncode == 0:
            return found
        print(f"FINDING {last}: the process ended with {done.returncode}: {done.stderr[-300:]}", flush=True)
        first, found = last + 1, found + 1
    return found


def _work(seed: int, numbers: range, whole: bool) -> None:
    """Judge some inputs in this process; its output says which one is under way."""
    from fuzzing.inputs import make

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    judge, codes, occupied = _judge(whole), Counter[str](), 0
    with tempfile.TemporaryDirectory() as place:
        for number in numbers:
            print(f"at {number}", flush=True)
            case = make(seed, number, "study" if whole else "")
            verdict = judge(case, Path(place))
            codes[f"{case.kind} {'run ' * verdict.began}{verdict.code}"] += 1
            codes[f"{case.kind} refereed"] += verdict.refereed
            before, occupied = occupied, max(map(_resident, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
            if verdict.wrong:
                print(f"FINDING {number}: {case.words}: {verdict.wrong}", flush=True)
            elif before <= RESIDENT < occupied:
                print(f"FINDING {number}: {case.words}: {occupied / 2**20:,.0f} MiB of memory", flush=True)
            elif verdict.began and verdict.code:
                print(f"refused {number}: {' '.join(verdict.said.split())}", flush=True)
            elif verdict.seconds > 10.0:
                print(f"slow {number}: {verdict.seconds:.0f} s, {case.words}", flush=True)
    print(f"{len(numbers)} inputs from {numbers.start}: {dict(sorted((+codes).items()))}", flush=True)


def _judge(whole: bool) -> Callable[[Case, Path], Verdict]:
    """The judge of an input, after the long work of the program is replaced."""
    from fuzzing import judge, whole_studies

    from quotidian.application.trial_run import run_trial

    judge.prepare()
    if not whole:
        return judge.judged
    return lambda case, place: whole_studies.judged_whole(case, place, run_trial)


if __name__ == "__main__":
    main()
