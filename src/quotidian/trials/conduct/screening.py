"""Candidates of a trial: drawn by number, and screened for properties that are known before the
simulation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.disease_activity import course
from quotidian.patients.patient_table import chosen_of, table_of
from quotidian.patients.population import PatientPopulation, draw_table
from quotidian.patients.treatment import children_table
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct import concomitant_therapy
from quotidian.trials.protocol.design import BACKGROUND, Trial

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Candidates:
    """Children of one or more replicates who may be followed to screening; arrays run over them.

    ``course`` [child, period] is their natural course from the run-in on.
    """

    children: Sequence[Child]
    replicate: Integers
    number: Integers
    body: Mapping[str, Floats]
    course: Floats

    def keep(self, chosen: Bools) -> Candidates:
        """Only those."""
        places = np.flatnonzero(chosen)
        return Candidates(
            chosen_of(self.children, places), self.replicate[places], self.number[places],
            {name: x[places] for name, x in self.body.items()}, self.course[places],
        )  # fmt: skip


def candidates(
    trial: Trial, streams: Streams, replicate: Integers, number: Integers, population: PatientPopulation
) -> Candidates:
    """Candidates of those replicates and numbers, [candidate] each, as drawn."""
    drawn = draw_table(streams, replicate, number, population)
    own = trial.disease.make_patients(drawn, streams, replicate, number)
    periods = 2 + math.ceil(trial.weeks / 2) + 4
    return Candidates(
        own, replicate, number,
        _body(trial, own, streams, replicate, number, population.overlay),
        course(streams, replicate, number, periods, population.values),
    )  # fmt: skip


def _body(
    trial: Trial, children: Sequence[Child], streams: Streams, replicate: Integers, n: Integers,
    overlay: Overlay,
) -> dict[str, Floats]:  # fmt: skip
    own = table_of(children)
    return {
        "age": own.age_years,
        "weight": own.weight_kg,
        "height": own.height_cm,
        "female": (own.sex == "female").astype(np.float64),
        "steroid": concomitant_therapy.doses(trial.steroid, streams, replicate, n),
        "duration": own.duration_years,
        "methotrexate": concomitant_therapy.on_methotrexate(streams, replicate, n, overlay),
        "severity": own.severity,
    }


def implausible(
    trial: Trial, machine: CompiledModel, found: Candidates, overlay: Overlay = NO_OVERLAY
) -> dict[str, Bools]:
    """Candidates who are not followed to screening, [candidate], by reason; some for several."""
    youngest, oldest = trial.ages
    lightest = trial.population.lightest
    age, weight = found.body["age"], found.body["weight"]
    reasons = {
        f"not {youngest:g} to {oldest:g} years old": (age < youngest) | (age >= oldest),
        f"lighter than {lightest:g} kg": weight < lightest,
        f"ill for less than {trial.entry.ill_for:g} years": found.body["duration"] < trial.entry.ill_for,
    }
    if trial.steroid:
        reasons["disease controlled by steroid alone"] = _held_by_steroid(machine, found, overlay)
    return reasons


def _held_by_steroid(machine: CompiledModel, found: Candidates, overlay: Overlay) -> Bools:
    """Children whose dose of steroid alone would control most of the disease, [child]."""
    assert BACKGROUND in machine.model.inputs
    table = children_table(found.children, machine, overlay)
    f = concomitant_therapy.restraint(machine, table, found.body["steroid"])
    return np.asarray(f < concomitant_therapy.HELD)


def statistics(
    found: Candidates, joints: Floats, crp: Floats, esr: Floats, febrile: Bools
) -> dict[str, Floats]:
    """Statistics on which children can be matched, [child] each."""
    sex = np.where(found.body["female"] > 0, "female", "male")
    age, height = found.body["age"], found.body["height"]
    tall = np.zeros(len(age))
    known = (age >= growth.YOUNGEST) & (age <= growth.OLDEST)
    if known.any():
        tall[known] = growth.sd_score("height", age[known], sex[known], height[known])
    return {
        **{name: found.body[name] for name in ("age", "weight", "duration", "steroid")},
        "height_sds": tall,
        "joints": joints, "crp": crp, "esr": esr, "febrile": np.where(febrile, 100.0, 0.0),
    }  # fmt: skip
