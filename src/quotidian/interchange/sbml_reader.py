"""Import SBML: a file becomes a model like any other, with a timetable of its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from quotidian.engine import ADD, SET, SWITCH, CompiledModel, Events, Outcome, Tolerance
from quotidian.errors import InvalidInput, SolverFailed
from quotidian.interchange.contents import identified
from quotidian.interchange.model_builder import built
from quotidian.interchange.sbml_contents import Reader
from quotidian.interchange.sbml_document import opened
from quotidian.interchange.timetable import Happening
from quotidian.network import Model
from quotidian.network.audit import structure

KINDS = {"add": ADD, "set": SET, "switch": SWITCH}


@dataclass(frozen=True)
class Imported:
    """A model from a file.

    Attributes
    ----------
    model : states, rules and computed constants are its observables, called by their ids; constants of the
        file are its covariates. Its unit is "1" throughout: units of a file are not audited.
    happenings : what events and conditions on time do, in order. Their instants and values, and the pieces
        chosen by conditions on constants, are settled: give other constants to :func:`from_sbml`.
    species : ids of the file's species. labels : id to ``name@compartment``, for people.
    time_unit : symbol of the file's unit of time, in which everything runs.
    warnings : what was left aside or taken for granted.
    """

    model: Model
    happenings: tuple[Happening, ...]
    species: tuple[str, ...]
    labels: Mapping[str, str]
    time_unit: str
    warnings: tuple[str, ...]

    def observable(self, text: str) -> str:
        """The id of an observable from its id, its name, or ``name@compartment``.

        Raises UnknownName for a text that fits none, or several.
        """
        return identified(text, self.labels, self.model.name)

    def events(self, machine: CompiledModel) -> Events:
        """The timetable as events of one run of ``machine``, made of this model."""
        known = {*machine.model.inputs, *(s.name for s in machine.model.species)}
        return machine.events(
            [[(h.time, KINDS[h.kind], h.name, h.value) for h in self.happenings if h.name in known]]
        )

    def run(
        self, times: ArrayLike, observables: Sequence[str] | None = None, tolerance: Tolerance | None = None
    ) -> Outcome:
        """Solve from time 0 and record at ``times``, in the file's unit.

        Here, unlike in a run of the engine itself and like in other programs that run SBML, an output at the
        instant of an event is the state after it. ``observables`` are ids; None for all.

        Raises SolverFailed where the end is not reached.
        """
        asked = np.asarray(times, dtype=np.float64)
        instants = [h.time for h in self.happenings if h.time > 0]
        after = np.where(np.isin(asked, instants), np.nextafter(asked, np.inf), asked)
        machine = CompiledModel(self.model)
        outcome = machine.run(
            machine.parameters(1), after, events=self.events(machine), observables=observables,
            start=0.0, tolerance=tolerance or tolerance_for(float(after[-1])),
        )  # fmt: skip
        for failure in outcome.failures:
            raise SolverFailed(
                f"{self.model.name} could not be followed beyond {failure.reached:g} {self.time_unit}.",
                f"The solver says: {failure.reason}.",
                "The file's equations may leave the finite there; end the run before, or correct the file.",
            )
        return replace(outcome, times=asked)


def tolerance_for(end: float, rtol: float = 1e-8) -> Tolerance:
    """Steps that suit a run from 0 to ``end`` in any unit of time; absolute error a tenth of the relative."""
    return Tolerance(
        rtol=rtol, atol=rtol / 10, first_step=max(end, 1e-9) * 1e-6, longest_step=max(end, 1e-9) / 20
    )


def from_sbml(source: str | Path, values: Mapping[str, float] | None = None) -> Imported:
    """Read a model of Level 1, 2 or 3.

    Parameters
    ----------
    source : path of a file, or its text.
    values : other values at time 0 for species, parameters or compartments, by id or name; whatever the
        file computes from them follows.

    Raises
    ------
    InvalidInput : no such file, no valid SBML, or an element that is not supported, named with what to do.
    UnknownName : a value for something the file does not have.
    """
    contents = Reader(opened(source)).contents().with_values(values or {})
    model, timetable = built(contents)
    if not model.species:
        raise InvalidInput(
            f"In {contents.name} nothing moves.",
            "It has neither a reaction that changes a species nor a rate rule.",
            "Name a file with equations in it.",
        )
    labels = {q.id: q.label for q in contents.quantities.values() if q.id in model.observables}
    species = tuple(q.id for q in contents.quantities.values() if q.kind == "species")
    return Imported(
        structure(model), timetable, tuple(s for s in species if s in labels), labels,
        contents.time_unit, contents.warnings,
    )  # fmt: skip
