"""The figures as a table and as JSON."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from quotidian.cli.benchmarking.benchmark_case import DAYS, MODEL, REGIMEN, Task
from quotidian.cli.benchmarking.contest import Line
from quotidian.cli.benchmarking.costs import Cost
from quotidian.version import RESEARCH_USE, __version__

SINGLE = (
    "quotidian single: stages of a step in single precision, state and time in double.\n"
    "All other lines are in double precision; multiples are of quotidian in double."
)
FORMAT = 3
"""Of the JSON: raised when its shape changes."""


@dataclass(frozen=True)
class Figures:
    """Everything that was measured, and on what."""

    task: Mapping[str, Any]
    host: Mapping[str, Any]
    lines: Sequence[Line]
    costs: Sequence[Cost]


def figures(task: Task, lines: Sequence[Line], costs: Sequence[Cost]) -> Figures:
    """The figures with what names the task and the machine."""
    about = {
        "model": MODEL,
        "states": len(task.model.species),
        "regimen": REGIMEN,
        "days": DAYS,
        "children": task.children,
    }
    return Figures(about, _host(), lines, costs)


def _host() -> dict[str, Any]:
    from quotidian.engine.runtime.jit import lanes

    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "lanes": lanes(),
    }


def as_dict(figures: Figures) -> dict[str, Any]:
    """What stands in the JSON file."""
    return {
        "format": FORMAT,
        "version": __version__,
        "note": RESEARCH_USE,
        "task": dict(figures.task),
        "host": dict(figures.host),
        "cpu_at_equal_error": [asdict(line) for line in figures.lines],
        "costs": [asdict(cost) for cost in figures.costs],
    }


def table(figures: Figures) -> str:
    """Plain lines; each solver's ends in the CPU it takes as a multiple of ours."""
    t, h = figures.task, figures.host
    text = [
        f"{t['model']}, {t['states']} states, {t['regimen']}, {t['days']} days with daily output; "
        f"{t['children']} children.",
        f"{h['system']} {h['machine']}, Python {h['python']}, {h['lanes']} children side by side.",
    ]
    for target, measure in dict.fromkeys((line.target, line.measure) for line in figures.lines):
        text += ["", f"CPU per child at an error of {target:g} at most" + (measure and f", {measure}")]
        text += [_line(line) for line in figures.lines if (line.target, line.measure) == (target, measure)]
    text += ["", SINGLE]
    if figures.costs:
        text += ["", "Our engine", *map(_cost, figures.costs)]
    return "\n".join([*text, "", RESEARCH_USE])


def _line(line: Line) -> str:
    name = f"  {f'{line.name} {line.version}'.strip():<28}"
    if line.setting is None or line.cpu_us is None or line.ratio is None:
        return f"{name} {line.why}"
    times = f"{line.ratio:.0f}" if line.ratio >= 9.95 or line.ratio == 1 else f"{line.ratio:.1f}"
    s = line.setting
    cost = f"{line.cpu_us:>8,.0f} us  {times:>4} x"
    text = f"{name} rtol {s.rtol:<8.1e} error {s.error:<8.1e} {cost}" + (s.state and f"  {s.state}")
    tries = "try" if line.failed == 1 else "tries"
    return text + (f"  ({line.failed} {tries} failed)" if line.failed else "")


def _cost(cost: Cost) -> str:
    if cost.value is None:
        return f"  {cost.what:<40} not measured: {cost.why}"
    return f"  {cost.what:<40} {_readable(cost.value):>8} {cost.unit}"


def _readable(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
