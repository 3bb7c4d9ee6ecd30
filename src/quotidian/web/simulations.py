"""Simulation of a state: all regimens of the page in one run, with limits on length and points."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import describe
from quotidian.drugs.catalogue import marks, regimen
from quotidian.errors import SolverFailed
from quotidian.models import DRUGS
from quotidian.models import model as model_named
from quotidian.patients.child import Child
from quotidian.patients.treatment import simulate
from quotidian.simulation import compiled_model, reduced_model
from quotidian.web.state import ChildState

Floats = NDArray[np.float64]
MODEL = "sjia"
Line = tuple[Child, str, str]
"""A child, the letter of its line, and its regimen."""
STEROIDS = ("prednisolone", "methylprednisolone")
SHOWN = (
    "temperature", "crp", "esr", "ferritin", "il18", "active_joints", "il6", "il6_total", "mil6r_free",
    "mil6r_bound", "sil6r_free", "sil6r_total", "haemoglobin", "platelets", "neutrophils", "cortisol",
    "height", "ast", "triglycerides", "fibrinogen", "macrophage_activation",
)  # fmt: skip
"""Observables of the Child page besides those of the drugs given."""


@dataclass(frozen=True)
class Arm:
    """One line of every chart: values by observable, and the doses (day, mg, drug)."""

    letter: str
    text: str
    words: str
    values: Mapping[str, Floats]
    doses: tuple[tuple[float, float, str], ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """All lines of a page on one time axis, in days from midnight of day 0."""

    child: Child
    days: Floats
    arms: tuple[Arm, ...]
    units: Mapping[str, str]
    spells: tuple[tuple[str, float, float], ...]


COMMON = frozenset({"tocilizumab", "prednisolone", "methylprednisolone"})
"""The drugs of most views; a model with only these takes two thirds of the time of a model with all drugs."""
ALL = frozenset(DRUGS)
_gates = {COMMON: Lock(), ALL: Lock()}
_warmed: set[frozenset[str]] = set()


def warm(drugs: frozenset[str] = COMMON) -> None:
    """Compile a model once, or read it from the cache; concurrent requests wait for it."""
    with _gates[drugs]:
        if drugs not in _warmed:
            machine = reduced_model(MODEL, drugs, solved_for(drugs))
            machine.run(machine.parameters(1), [0.0, 1.0], observables=["crp"], threads=1)
            _warmed.add(drugs)


def solved_for(held: frozenset[str]) -> tuple[str, ...]:
    """What is solved for, whatever the regimens: the numbers of a page depend on nothing else."""
    return (*sorted(held), *SHOWN)


def holding(drugs: Iterable[str]) -> frozenset[str]:
    """The smaller of the two compiled models that contains these drugs."""
    return COMMON if set(drugs) <= COMMON else ALL


@cache
def units() -> dict[str, str]:
    """The unit of every observable."""
    return {name: o.unit for name, o in model_named(MODEL, DRUGS).observables.items()}


def sharing(state: ChildState) -> Hashable:
    """States of one value can be simulated together: their span, model and natural course are the same."""
    drugs = {drug for text in state.regimens.values() for drug in regimen(text).drugs}
    return state.span, state.every_hours, state.natural, holding(drugs)


def follow(state: ChildState) -> View:
    """The numbers of the page.

    Raises DoseOutsideBand or RegimenError for a regimen that the child cannot have, SolverFailed for a
    child whose solution failed.
    """
    return follow_together([state])[0]


def follow_together(states: Sequence[ChildState]) -> list[View]:
    """The numbers of several pages that share their :func:`sharing`, each the same as alone.

    Raises the errors of :func:`follow` if one of them has an error.
    """
    who = [[(state.child, letter, text) for letter, text in state.regimens.items()] for state in states]
    return _solved(who, states[0])


def compare(who: Sequence[Line], state: ChildState) -> View:
    """Several children over the span of a state. Raises the errors of :func:`follow`."""
    return _solved([who], state)[0]


def _solved(views: Sequence[Sequence[Line]], state: ChildState) -> list[View]:
    """The lines of several views over the span of a state, solved in one run."""
    first, last = state.span
    who = [line for view in views for line in view]
    plans = [regimen(text) for _, _, text in who]
    held = holding(drug for plan in plans for drug in plan.drugs)
    warm(held)
    run = simulate(
        [child for child, _, _ in who], plans, model=MODEL, days=last, from_day=first,
        every_hours=state.every_hours, observables=solved_for(held), threads=1, natural=state.natural,
        drugs=held, narrow=True,
    )  # fmt: skip
    for failure in run.failures:
        raise SolverFailed(
            f"The child could not be simulated beyond day {failure.reached / 24:.1f}.",
            "The solver stopped: the combination is outside what the model describes.",
            "Move the last control back.",
        )
    arms = []
    for i, ((_, letter, text), plan) in enumerate(zip(who, plans, strict=True)):
        doses = tuple((a.time_h / 24.0, a.amount_mg, a.drug) for a in run.doses_given[i])
        own = {n: run[n][i].copy() for n in (*sorted(plan.drugs), *SHOWN)}
        arms.append(Arm(letter, text, describe(plan), own, doses, marks(text)))
    days, spells, rest = run.times / 24.0, state.natural.spells(), iter(arms)
    return [View(own[0][0], days, tuple(next(rest) for _ in own), units(), spells) for own in views]


def machine_name() -> str:
    """Name and checksum of the model, for the foot of the page."""
    return f"{MODEL} {compiled_model(MODEL, COMMON).fingerprint[:8]}"
