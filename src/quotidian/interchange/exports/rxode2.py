"""A model as rxode2 text in R: one compartment for each state, doses and inputs as data."""

from __future__ import annotations

from collections.abc import Iterator

from quotidian.interchange.exports.dialects import Dialect, number, spelled
from quotidian.interchange.exports.ode_system import OdeSystem
from quotidian.version import RESEARCH_USE, __version__

KEPT = frozenset(
    "t time pi e tlast podo dose lag amt rate dur evid cmt id dv newind M_E M_PI exp log sqrt sin cos abs if "
    "else printf d f alag NA Inf function TRUE FALSE".split()
)
"""Words that rxode2 or R has already."""


def rxode2(system: OdeSystem) -> str:
    """The text of an R file that defines ``model``."""
    return "\n".join([*_lines(system), ""])


def _lines(s: OdeSystem) -> Iterator[str]:
    names = spelled(s.names, KEPT)
    spell = Dialect("{0}^{1}", "t", names, {})
    yield f"# {s.title}"
    yield f"# Written by Quotidian {__version__}. {RESEARCH_USE} Time in {s.time_unit}."
    yield "model <- rxode2::rxode2({"
    yield from (f"  {names[n]} = {number(v)} # {s.labels.get(n, n)}" for n, v in s.constants.items())
    yield from (f"  # {names[n]}: {s.labels.get(n, n)}; a column of the data" for n in s.inputs)
    yield from (f"  {names[n]} = {spell.text(f)}" for n, f in s.rules.items())
    yield from (f"  d/dt({names[n]}) = {spell.text(f)}" for n, f in s.rates.items())
    yield from (f"  {names[n]}(0) = {spell.text(f)}" for n, f in s.starts.items())
    yield "})"
