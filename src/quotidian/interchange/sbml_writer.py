"""Export to SBML: a model with the values of one child, and its doses as events."""

from __future__ import annotations

from collections.abc import Mapping

from quotidian.dosing import Regimen
from quotidian.engine import SWITCH, CompiledModel, Tolerance
from quotidian.errors import InvalidInput, SolverFailed
from quotidian.interchange.sbml_document import library
from quotidian.interchange.sbml_elements import Dose, Elements
from quotidian.network import Model
from quotidian.patients.child import Child
from quotidian.patients.treatment import subjects_of, treatment_events

LEVEL, VERSION = 3, 1
"""The first version of Level 3 has all that is written here, and what reads any Level 3 reads it."""


def to_sbml(
    model: Model,
    regimen: Regimen | None = None,
    child: Child | None = None,
    until: float | None = None,
    *,
    states: Mapping[str, float] | None = None,
) -> str:
    """The model as an SBML document, Level 3 Version 1; time in hours from midnight before the first dose.

    Parameters
    ----------
    child : whose values the parameters get; without, those of the typical child of the model.
    regimen, until : doses up to ``until`` (h), the first at 09:00; they need the child.
    states : values at time 0 by species, in place of the starts that the model computes.

    Raises
    ------
    InvalidInput : libSBML is not installed, or a regimen comes without child or end.
    DoseOutsideBand : the regimen has no dose for the child.
    """
    libsbml, machine = library(), CompiledModel(model)
    values = dict(model.constants)
    if child is not None:
        values |= machine.named_parameters(subjects_of([child]).table(machine)[0])
    document = libsbml.SBMLDocument(LEVEL, VERSION)
    Elements(document.createModel(), model, values).write(states or {}, _doses(regimen, child, until))
    return str(libsbml.writeSBMLToString(document))


def untreated(model: Model, child: Child, days: float) -> dict[str, float]:
    """Where a child is after so many days without a drug: the ``states`` of a file that begins there.

    Raises SolverFailed where the end is not reached.
    """
    machine = CompiledModel(model)
    tight = Tolerance(rtol=1e-10, atol=1e-12)
    outcome = machine.run(subjects_of([child]).table(machine), [0.0], start=-24.0 * days, tolerance=tight)
    for failure in outcome.failures:
        raise SolverFailed(
            "The days before time 0 could not be simulated.", failure.reason, "Begin at time 0."
        )
    return machine.named_states(outcome.states[0])


def _doses(regimen: Regimen | None, child: Child | None, until: float | None) -> list[Dose]:
    """The regimen as what a file can say: instants, names, values."""
    if regimen is None:
        return []
    if child is None or until is None:
        raise InvalidInput(
            "A regimen cannot be written without a child and an end.",
            "Doses depend on weight, and a file has no doses without end.",
            "Pass child=... and until=... (hours).",
        )
    return [
        Dose(event.time_h, event.target, event.value, event.action == SWITCH)
        for event in treatment_events(child, regimen, until)
    ]
