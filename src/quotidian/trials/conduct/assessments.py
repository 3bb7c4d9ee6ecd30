"""The clinic of a trial: marches children to a visit and writes down what is measured there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event as Flag

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, Outcome
from quotidian.errors import SolverFailed
from quotidian.patients.population import PatientPopulation
from quotidian.simulation import RUN_IN_DAYS, reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.measurement import core_set, crp, neutrophils, readings, withdrawn
from quotidian.trials.conduct.participants import WATCHED, Participants
from quotidian.trials.criteria import CORE_SET
from quotidian.trials.protocol.design import Trial

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
EVANESCENT = ("rash",)
"""Signs that come with the fever and go with it."""


@dataclass
class Assessments:
    """The design, the model and the random streams of a trial; ``values`` replaces more of variability.yaml.

    ``whole`` knows every parameter of a child; ``machine`` solves only what the design looks at.
    """

    trial: Trial
    whole: CompiledModel
    streams: Streams
    threads: int | None = None
    tick: Callable[[int, float], None] = lambda children, days: None
    values: Mapping[str, float] = field(default_factory=dict)
    stop: Flag | None = None

    @cached_property
    def population(self) -> PatientPopulation:
        """Whom candidates are drawn from: with the values of the design, then those of the caller."""
        return PatientPopulation().with_values(self.trial.population.values).with_values(self.values)

    @cached_property
    def machine(self) -> CompiledModel:
        """The model narrowed to what is recorded."""
        return reduced_model(self.trial.model, self.trial.drugs, self.watched)

    @cached_property
    def watched(self) -> tuple[str, ...]:
        """Observables recorded at visits: the core set, CRP, drugs given, and what the design names."""
        known = set(self.whole.model.observables)
        given = [drug for drug in sorted(self.trial.drugs) if drug in known]
        sampled = [self.trial.kinetics.drug] if self.trial.kinetics else []
        return tuple(dict.fromkeys([*WATCHED, *given, *sampled, *self.trial.observables]))

    def march(self, cohort: Participants, until_h: float, times: Floats) -> Outcome:
        """Everyone to ``until_h``, recorded at ``times``."""
        days = (until_h - cohort.now_h) / 24

        def tick(children: int) -> None:
            self.tick(children, days)

        return cohort.proceed(until_h, times, self.watched, self.threads, tick, self.stop)

    def measure(
        self, cohort: Participants, run: Outcome, at: Floats, visit: int
    ) -> tuple[Floats, dict[str, Floats]]:
        """The temperature chart as read at ``at`` (h) and the core set of the visit."""
        first = round(float(at[0] + RUN_IN_DAYS * 24) / 12)
        seen = self.looked_at(cohort, run, at, visit)
        everyone, whose = np.arange(len(seen)), (self.streams, cohort.replicate, cohort.number)
        true = {name: run[name][everyone, seen] for name in CORE_SET}
        core = core_set(true, *whose, visit) | {"crp": crp(run["crp"][everyone, seen], *whose, visit)}
        chart = readings(run["temperature"][:, np.searchsorted(run.times, at)], *whose, first)
        return chart, core

    def looked_at(self, cohort: Participants, run: Outcome, at: Floats, visit: int) -> NDArray[np.int64]:
        """Place in ``run.times`` of each child's visit: at its end, or some mornings before it."""
        early = np.zeros(len(cohort.children), dtype=np.int64)
        if self.trial.window and visit:
            u = self.per_child(cohort, f"visit.window.{visit}")
            early = np.floor(u * (self.trial.window + 1)).astype(np.int64)
        return np.searchsorted(run.times, at[np.maximum(len(at) - 1 - 2 * early, 0)])

    def measured_crp(self, record: CaseRecord, week: int) -> Floats:
        """CRP of a visit as the laboratory reports it, mg/L, [child]."""
        return crp(record.crp[week], self.streams, record.replicate, record.number, week)

    def counted_neutrophils(self, record: CaseRecord, week: int) -> Floats:
        """Neutrophils of a visit as counted, 1e9/L, [child]; visits stand before the dose."""
        true = record.observed[week]["neutrophils"]
        return neutrophils(true, self.streams, record.replicate, record.number, week)

    def per_child(self, cohort: Participants | CaseRecord, purpose: str) -> Floats:
        """One uniform draw a child, the same whatever the company."""
        return self.streams.uniform(purpose, cohort.replicate, cohort.number)[:, 0]

    def gone(self, cohort: Participants | CaseRecord, week: int) -> Bools:
        """Who has left by that week for a reason outside the model."""
        return withdrawn(self.streams, cohort.replicate, cohort.number, week)


def written(run: Outcome, at: Floats, seen: NDArray[np.int64]) -> dict[str, Floats]:
    """Observables of a visit, [child] each: as they are at ``seen``, what comes and goes at its height.

    A rash is gone by the morning of the visit: it is what was seen of it in the two weeks of the chart, at
    ``at`` (h), as fever is. Temperature is read by itself.
    """
    everyone = np.arange(len(seen))
    found = {n: run[n][everyone, seen] for n in run.names if n != "temperature"}
    chart = np.searchsorted(run.times, at)
    return found | {n: run[n][:, chart].max(axis=1) for n in EVANESCENT if n in found}


def refuse_lost(run: Outcome, record: CaseRecord) -> None:
    """No endpoint is defined for a randomised child that the solver lost: the trial stops and names it."""
    for lost in run.failures:
        raise SolverFailed(
            f"Child {record.number[lost.child]} of replicate {record.replicate[lost.child]} was lost on day "
            f"{lost.reached / 24:.1f}, after randomisation.",
            f"The solver gave up: {lost.reason}. A lost child is neither a responder nor a non-responder.",
            "Report the seed and this line; another seed or fewer replicates may avoid the child.",
        )
