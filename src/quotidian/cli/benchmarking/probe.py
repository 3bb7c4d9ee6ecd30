"""Measurements in a separate process: ``python -m quotidian.cli.benchmarking.probe WHAT [...]``.

The last line of output is the number: seconds for ``compile``, bytes for ``memory CHILDREN THREADS``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from quotidian.cli.benchmarking.benchmark_case import MODEL, REGIMEN

OBSERVABLES = 12


def compiling() -> float:
    """Seconds from the name of the model to its first numbers."""
    from quotidian.engine import CompiledModel
    from quotidian.models import model

    begin = perf_counter()
    machine = CompiledModel(model(MODEL))
    machine.run(machine.parameters(1), [0.0, 1.0], threads=1)
    return perf_counter() - begin


def remembering(children: int, threads: int) -> float:
    """Most memory (bytes) that ``quotidian cohort`` took for so many children, 12 weeks daily."""
    from quotidian.cli.support.exit_codes import run
    from quotidian.models import model

    names = ",".join(list(model(MODEL).observables)[:OBSERVABLES])
    with tempfile.TemporaryDirectory() as folder:
        code = run(
            ["cohort", "--children", str(children), "--regimen", REGIMEN, "--observables", names]
            + ["--threads", str(threads), "--output", str(Path(folder) / "cohort")]
        )
    if code:
        raise SystemExit(code)
    return peak()


def peak() -> float:
    """Most memory (bytes) this process has held.

    On Linux the usual figure begins with what the caller held; the status of the process does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return float(line.split()[1]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024.0  # bytes there, kilobytes elsewhere


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    print(compiling() if what == "compile" else remembering(*map(int, arguments)))
