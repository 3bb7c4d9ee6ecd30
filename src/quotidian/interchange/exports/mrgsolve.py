"""A model as mrgsolve text: one compartment for each state, doses and inputs as data."""

from __future__ import annotations

from collections.abc import Iterator

from quotidian.interchange.exports.dialects import Dialect, number, spelled
from quotidian.interchange.exports.ode_system import OdeSystem
from quotidian.version import RESEARCH_USE, __version__

KEPT = frozenset(
    "SELF TIME TAD EVID CMT AMT DV ID SOLVERTIME NEWIND T self double int bool if else exp log sqrt pow "
    "sin cos abs evid cmt amt pi".split()
)
"""Words that mrgsolve or C++ has already."""


def mrgsolve(system: OdeSystem) -> str:
    """The text of a model file (.cpp)."""
    return "\n".join([*_lines(system), ""])


def _lines(s: OdeSystem) -> Iterator[str]:
    names = spelled(s.names, KEPT)
    ode = Dialect("pow({0}, {1})", "SOLVERTIME", names, {"abs": "fabs"})
    table = Dialect("pow({0}, {1})", "TIME", names, {"abs": "fabs"})
    yield f"$PROB {s.title}"
    yield f"# Written by Quotidian {__version__}. {RESEARCH_USE} Time in {s.time_unit}."
    yield "$PARAM"
    yield from (f"{names[n]} = {number(v)} // {s.labels.get(n, n)}" for n, v in s.constants.items())
    yield from (f"{names[n]} = 0.0 // {s.labels.get(n, n)}; a column of the data" for n in s.inputs)
    yield "$CMT"
    yield from (f"{names[n]} // {s.labels.get(n, n)}" for n in s.rates)
    yield "$MAIN"
    yield from (f"{names[n]}_0 = {ode.text(f)};" for n, f in s.starts.items())
    yield "$ODE"
    yield from (f"double {names[n]} = {ode.text(f)};" for n, f in s.rules.items())
    yield from (f"dxdt_{names[n]} = {ode.text(f)};" for n, f in s.rates.items())
    yield "$TABLE"
    yield from (f"{names[n]} = {table.text(f)};" for n, f in s.rules.items())
    if s.rules:
        yield "$CAPTURE"
        yield from (names[n] for n in s.rules)
    yield "$SET end = 168, delta = 1, rtol = 1e-8, atol = 1e-10, maxsteps = 100000"
