"""Import SBML: a file becomes a hybrid system, and its smooth part a model like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.engine import Outcome, Tolerance
from quotidian.errors import InvalidInput
from quotidian.interchange.contents import identified
from quotidian.interchange.hybrid.balances import balanced
from quotidian.interchange.hybrid.lowering import lowered
from quotidian.interchange.hybrid.model_builder import built
from quotidian.interchange.hybrid.run import HybridRun
from quotidian.interchange.hybrid.settling import equilibrated
from quotidian.interchange.hybrid.system import System, system_of
from quotidian.interchange.hybrid.tolerances import tolerance_for
from quotidian.interchange.sbml_contents import Reader
from quotidian.interchange.sbml_document import opened
from quotidian.network import Model
from quotidian.network.audit import structure


@dataclass(frozen=True)
class Imported:
    """A model from a file.

    Attributes
    ----------
    system : its rates, rules, events and turning conditions.
    species : ids of the file's species. labels : id to ``name@compartment``, for people.
    time_unit : symbol of the file's unit of time, in which everything runs.
    warnings : what was left aside or taken for granted.
    """

    system: System
    species: tuple[str, ...]
    labels: Mapping[str, str]
    time_unit: str
    warnings: tuple[str, ...]

    @cached_property
    def model(self) -> Model:
        """The smooth part as a model: states, rules, constants and rates of reactions are its observables,
        called by their ids; constants are its covariates. Its unit is "1" throughout: units of a file are
        not audited. Events and conditions are in :attr:`system`.
        """
        return structure(built(self.system))

    def observable(self, text: str) -> str:
        """The id of an observable from its id, its name, or ``name@compartment``.

        ``amount(S)`` and ``[S]`` are the amount and the concentration of a species, whichever its id means.

        Raises UnknownName for a text that fits none, or several.
        """
        if text in self.system.measures:
            return text
        return identified(text, self.labels, self.system.contents.name)

    def run(
        self,
        times: ArrayLike,
        observables: Sequence[str] | None = None,
        tolerance: Tolerance | None = None,
        *,
        seed: int = 1,
    ) -> Outcome:
        """Solve from time 0 and record at ``times``, in the file's unit.

        Here, unlike in a run of the engine itself and like in other programs that run SBML, an output at the
        instant of an event is the state after it. ``observables`` are ids; None for all. ``seed`` decides
        between events of equal priority.

        Raises NotSolvable where the end is not reached.
        """
        asked = _ascending(times)
        names = [*self.labels] if observables is None else [self.observable(name) for name in observables]
        exact = tolerance or tolerance_for(float(asked[-1]))
        return HybridRun(self.system, asked, names, exact, seed).outcome()


def _ascending(times: ArrayLike) -> NDArray[np.float64]:
    asked: NDArray[np.float64] = np.asarray(times, dtype=np.float64)
    if asked.ndim != 1 or not len(asked) or not np.all(np.isfinite(asked)):
        raise InvalidInput(
            "The output times cannot be used.",
            f"They are {asked.tolist()}.",
            "Give a list of finite numbers.",
        )
    if asked[0] < 0 or np.any(np.diff(asked) < 0):
        raise InvalidInput(
            f"Times from {asked[0]:g} to {asked[-1]:g} are refused.",
            "A file begins at time 0, and times ascend.",
            "Sort them, and leave out what lies before 0.",
        )
    return asked


def from_sbml(
    source: str | Path, values: Mapping[str, float] | None = None, *, equilibrate: bool = False
) -> Imported:
    """Read a model of Level 1, 2 or 3.

    Parameters
    ----------
    source : path of a file, or its text.
    values : other values at time 0 for species, parameters or compartments, by id or name; whatever the
        file computes from them follows.
    equilibrate : begin in the steady state that the model reaches from there. An event whose condition holds
        in it does not act again until the condition has been false.

    Raises
    ------
    InvalidInput : no such file, no valid SBML, or an element that is not supported, named with what to do; to
        equilibrate, a model that depends on time.
    NotSolvable : the model reaches no steady state.
    UnknownName : a value for something the file does not have.
    """
    contents = Reader(opened(source)).contents().with_values(values or {})
    if equilibrate:
        contents = equilibrated(contents)
    system = system_of(balanced(lowered(contents)))
    quantities = [q for q in system.contents.quantities.values() if q.kind != "amount"]
    if not quantities:
        raise InvalidInput(f"{contents.name} is empty.", "It has no quantity.", "Name another file.")
    return Imported(
        system,
        tuple(q.id for q in quantities if q.kind == "species"),
        {q.id: q.label for q in quantities},
        contents.time_unit,
        contents.warnings,
    )
