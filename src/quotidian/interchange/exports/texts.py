"""Write a model for a program of pharmacometrics, with its doses as data."""

from __future__ import annotations

from dataclasses import dataclass

from quotidian.interchange.exports.dialects import spelled
from quotidian.interchange.exports.doses import records
from quotidian.interchange.exports.mrgsolve import KEPT as MRGSOLVE
from quotidian.interchange.exports.mrgsolve import mrgsolve
from quotidian.interchange.exports.nonmem import nonmem, short_names
from quotidian.interchange.exports.ode_system import ode_system
from quotidian.interchange.exports.rxode2 import KEPT as RXODE2
from quotidian.interchange.exports.rxode2 import rxode2

PROGRAMS = ("mrgsolve", "rxode2", "nonmem")


@dataclass(frozen=True)
class Exported:
    """The model as text, and its doses and output times as a CSV table (see :mod:`.doses`)."""

    model: str
    data: str


def to_text(sbml: str, program: str, until: float, every: float, data: str = "data.csv") -> Exported:
    """An SBML document as text for ``program``: mrgsolve, rxode2 or nonmem.

    Parameters
    ----------
    until, every : end and step of the times in the table, in the unit of the document.
    data : file name of the table, which a control stream of NONMEM holds.

    Raises InvalidInput for conditions, piecewise formulas, and events that are no doses.
    """
    system = ode_system(sbml)
    if program == "nonmem":
        return Exported(nonmem(system, data), records(system, short_names(system), until, every))
    kept, write = (MRGSOLVE, mrgsolve) if program == "mrgsolve" else (RXODE2, rxode2)
    return Exported(write(system), records(system, spelled(system.names, kept), until, every))
