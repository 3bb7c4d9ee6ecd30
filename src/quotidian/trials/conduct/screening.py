"""Candidates of a trial: drawn by number, screened for what is known before they are followed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.disease_activity import course, earlier
from quotidian.patients.natural_history import ledger as history_ledger
from quotidian.patients.population import PatientPopulation, draw
from quotidian.patients.treatment import subjects_of
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct import concomitant_therapy, mas_history
from quotidian.trials.conduct.polyarticular import polyarticular
from quotidian.trials.protocol.design import BACKGROUND, Trial

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
CALIBRATED_PERIODS = 8
"""Two-week periods of the natural course, run-in among them, that remission is calibrated over."""
SYSTEMIC = ("sjia", "infants")
"""Kinds of patients whose year before entry is judged, for MAS belongs to systemic disease.

Infants are ill for less than a year, but those prone to MAS would have had it early. Of others only who is in
MAS at entry is left out.
"""
INFANT_LIGHTER = 0.22
"""Share of the weight at 24 months that a child of 12 months lacks (WHO medians, recalled)."""
ADULT_KG, ADULT_SPREAD = 70.0, 0.2
"""Median weight of adults and SD of its logarithm, assumed; the median is the model's reference adult."""
GROWN = 17.9
"""Age of an adult to the growth reference, years: nothing that is judged in adults depends on it."""


@dataclass(frozen=True)
class Candidates:
    """Children of one or more replicates who may be followed to screening; arrays run over them.

    ``course`` [child, period] is their natural course from the run-in on, ``earlier`` that of the year before
    entry up to it.
    """

    children: tuple[Child, ...]
    replicate: Integers
    number: Integers
    body: Mapping[str, Floats]
    course: Floats
    earlier: Floats

    def keep(self, chosen: NDArray[np.bool_]) -> Candidates:
        """Only those."""
        places = np.flatnonzero(chosen)
        return Candidates(
            tuple(self.children[i] for i in places), self.replicate[places], self.number[places],
            {name: x[places] for name, x in self.body.items()}, self.course[places], self.earlier[places],
        )  # fmt: skip


def candidates(
    trial: Trial, streams: Streams, replicates: Sequence[int], numbers: range, population: PatientPopulation
) -> Candidates:
    """Candidates of those numbers in each replicate, as drawn."""
    n, periods = np.asarray(numbers), 2 + math.ceil(trial.weeks / 2) + 4
    children: list[Child] = []
    bodies: list[dict[str, Floats]] = []
    courses, pasts = [], []
    for r in replicates:
        own = _made(trial, draw(streams, r, numbers, population), streams, r, n)
        children += own
        bodies.append(_body(trial, own, streams, r, n))
        courses.append(natural(streams, r, numbers, periods, population))
        pasts.append(earlier(streams, r, numbers, mas_history.EARLIER_PERIODS, population))
    return Candidates(
        tuple(children),
        np.repeat(np.asarray(replicates), len(n)),
        np.tile(n, len(replicates)),
        {name: np.concatenate([b[name] for b in bodies]) for name in bodies[0]},
        np.concatenate(courses),
        np.concatenate(pasts),
    )


def _body(
    trial: Trial, children: Sequence[Child], streams: Streams, replicate: int, n: Integers
) -> dict[str, Floats]:
    body = {
        "age": np.array([c.age_years for c in children]),
        "weight": np.array([c.weight_kg for c in children]),
        "height": np.array([c.height_cm for c in children]),
        "female": np.array([float(c.sex == "female") for c in children]),
        "steroid": concomitant_therapy.doses(trial.steroid, streams, replicate, n),
    }
    if trial.population.kind == "infants":
        body["age"] = infant_months(streams, replicate, n) / 12.0
    return body | concomitant_therapy.history(streams, replicate, n, body["age"])


def infant_months(streams: Streams, replicate: int, n: Integers) -> Floats:
    """Ages of children in their second year, months."""
    return 12.0 + 12.0 * streams.uniform("infant.age", replicate, n)[:, 0]


def natural(
    streams: Streams, replicate: int, numbers: Sequence[int], periods: int, population: PatientPopulation
) -> Floats:
    """Natural course [child, period]: as calibrated over twelve weeks, and after them by kinds of disease.

    Children with persistent disease no longer remit of themselves; remissions of polycyclic disease end
    with the chance of cohorts. Shares and lengths are those of patients/natural_history.yaml.
    """
    drive = course(streams, replicate, numbers, periods, population)
    if periods <= CALIBRATED_PERIODS + 4:
        return drive
    v = {name: entry.value for name, entry in history_ledger().items()} | dict(population.replaced)
    remitted = _remitted(drive, streams, replicate, numbers, population)
    n = np.asarray(numbers)
    kind = streams.uniform("history.kind", replicate, n)[:, 0]
    lasting = kind >= v["monophasic"] + v["polycyclic"]
    cycling = (kind >= v["monophasic"]) & ~lasting
    returns = -math.expm1(-14.0 / (365.25 * v["respite_years"]))
    u = streams.uniform("course.return", replicate, n, periods)
    active = drive / np.where(remitted, v["remission_drive"], 1.0)
    resting = remitted.copy()
    for k in range(CALIBRATED_PERIODS, periods):
        began = remitted[:, k] & ~remitted[:, k - 1]
        resting[:, k] = np.where(began, ~lasting, resting[:, k - 1])
        resting[:, k] &= ~(cycling & resting[:, k - 1] & (u[:, k] < returns))
    return np.asarray(active * np.where(resting, v["remission_drive"], 1.0))


def _remitted(
    drive: Floats, streams: Streams, replicate: int, numbers: Sequence[int], population: PatientPopulation
) -> NDArray[np.bool_]:
    """In which periods the calibrated course has the child in remission."""
    lasting = population.with_values({"remission_chance": 0.0})
    never = course(streams, replicate, numbers, drive.shape[1], lasting)
    return drive < 0.5 * never


def _made(trial: Trial, drawn: Sequence[Child], streams: Streams, replicate: int, n: Integers) -> list[Child]:
    kind = trial.population.kind
    if kind == "infants":
        months = infant_months(streams, replicate, n)
        return [_infant(c, m) for c, m in zip(drawn, months, strict=True)]
    if kind == "adults":
        z = streams.normal("adult.weight", replicate, n)[:, 0]
        return [_adult(c, x) for c, x in zip(drawn, z, strict=True)]
    return [polyarticular(c) for c in drawn] if kind == "polyarticular" else list(drawn)


def _infant(child: Child, months: float) -> Child:
    """A child of its second year: the weight of a two-year-old of its centile, less what is still to come."""
    z = growth.sd_score("weight", child.age_years, child.sex, child.weight_kg)
    share = 1.0 - INFANT_LIGHTER * (24.0 - months) / 12.0
    weight = share * growth.quantile("weight", growth.YOUNGEST, child.sex, z)
    height = growth.quantile("height", growth.YOUNGEST, child.sex, child.height_z)
    return replace(child, age_years=growth.YOUNGEST, weight_kg=weight, height_cm=height)


def _adult(child: Child, z: float) -> Child:
    """An adult with rheumatoid arthritis: the typical disease of the model, its own weight and clearance."""
    own = {name: f for name, f in child.traits.items() if name.startswith("tocilizumab.")}
    height = growth.quantile("height", GROWN, child.sex, 0.0)
    return Child(
        GROWN, child.sex, ADULT_KG * math.exp(ADULT_SPREAD * z), height, traits=own,
        antibody_threshold=child.antibody_threshold,
    )  # fmt: skip


def plausible(
    trial: Trial, machine: CompiledModel, found: Candidates, screened: Counter[str]
) -> NDArray[np.bool_]:
    """Who is worth following to screening; the others are counted by reason."""
    who = trial.population
    age, weight = found.body["age"], found.body["weight"]
    reasons = {
        f"not {who.youngest:g} to {who.oldest:g} years old": (age < who.youngest) | (age >= who.oldest),
        f"lighter than {who.lightest:g} kg": weight < who.lightest,
    }
    if who.kind in ("infants", "adults"):
        reasons.pop(f"not {who.youngest:g} to {who.oldest:g} years old")
    reasons |= _by_disease(trial, machine, found)
    out = np.zeros(len(age), dtype=bool)
    for reason, fails in reasons.items():
        if new := int((fails & ~out).sum()):
            screened[reason] += new
        out |= fails
    return ~out


def _by_disease(trial: Trial, machine: CompiledModel, found: Candidates) -> dict[str, NDArray[np.bool_]]:
    """Whom the disease that they bring along keeps out.

    Children whose dose of steroid alone would hold most of it, and, where it is systemic JIA, those in whom
    it would have come to MAS within the year.
    """
    systemic = trial.population.kind in SYSTEMIC
    if not (trial.steroid or systemic):
        return {}
    table, dose = subjects_of(found.children).table(machine), found.body["steroid"]
    f, reasons = np.ones(len(dose)), {}
    if trial.steroid:
        assert BACKGROUND in machine.model.inputs
        f = concomitant_therapy.restraint(machine, table, dose)
        reasons["steroid alone would hold the disease"] = f < concomitant_therapy.HELD
    if systemic:
        reasons[mas_history.REASON] = mas_history.had_mas(machine, table, f, found.earlier, found.course)
    return reasons


def statistics(
    found: Candidates, joints: Floats, crp: Floats, esr: Floats, febrile: NDArray[np.bool_]
) -> dict[str, Floats]:
    """What children can be matched on, [child] each."""
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
