"""The commands and the Python code that reproduce the numbers of a page."""

from __future__ import annotations

import shlex

from quotidian.web.state import ChildState

OBSERVABLES = "temperature,crp,esr,il6,il6_total,ferritin,active_joints"


def commands(state: ChildState) -> str:
    """One command for each regimen; a comment if the command line cannot describe the child."""
    if state.drawn is not None and state.drawn[1:] != (0, 0):
        return "# The command line samples only child 0 of a seed; use Python for this child of a trial."
    lines = []
    for letter, regimen in state.regimens.items():
        parts = ["quotidian", "simulate", *_who(state), "--regimen", regimen, *_story(state)]
        parts += ["--weeks", f"{state.weeks:g}", "--every", _every(state), "--observables", OBSERVABLES]
        lines.append(shlex.join([*parts, "--output", f"{letter}.csv"]))
    return "\n".join(lines)


def code(state: ChildState) -> str:
    """Python code that simulates the same child on the same regimens and plots CRP."""
    lines = ["import quotidian as q"]
    if state.drawn is not None:
        seed, replicate, number = state.drawn
        lines += [
            "from quotidian.patients.population import draw",
            "from quotidian.statistics.streams import Streams",
            "",
            f"child = draw(Streams({seed}), {replicate}, [{number}])[0]",
        ]
    else:
        own = f"age={state.age:g}, sex={state.sex!r}, weight={state.weight!r}, severity={state.severity:g}"
        lines += ["", f"child = q.Child({own})"]
    arguments = [
        "child",
        repr(state.regimens),
        f"weeks={state.weeks}",
        f"every={_every(state)!r}",
        "from_day=-7.0",
    ]
    if state.course != "steady":
        arguments.append(f"course={state.natural.text!r}")
    arguments += [f"{name}={days!r}" for name, days in _events(state)]
    lines += [f"run = q.simulate({', '.join(arguments)})", "run.crp.plot.line(x='time')"]
    return "\n".join(lines)


def _who(state: ChildState) -> list[str]:
    if state.drawn is not None:
        return ["--seed", str(state.drawn[0])]
    return ["--age", f"{state.age:g}", "--sex", state.sex, "--weight", f"{state.weight!r}",
            "--severity", f"{state.severity:g}"]  # fmt: skip


def _story(state: ChildState) -> list[str]:
    found = [] if state.course == "steady" else ["--course", state.natural.text]
    for name, days in _events(state):
        found += [f"--{name.removesuffix('s')}", ",".join(f"{day:g}" for day in days)]
    return found


def _events(state: ChildState) -> list[tuple[str, tuple[float, ...]]]:
    pairs = (("flares", state.flares), ("infections", state.infections))
    return [(name, days) for name, days in pairs if days]


def _every(state: ChildState) -> str:
    """The interval of the page, but at least one hour."""
    return f"{max(state.every_hours, 1.0):g}h"
