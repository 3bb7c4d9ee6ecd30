"""The fixed setting of a trial: design, models, random streams, execution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event as Flag

import numpy as np
from numpy.typing import NDArray

from quotidian.drugs.safety import Limit
from quotidian.engine import CompiledModel, Tolerance
from quotidian.evidence import Overlay
from quotidian.patients.population import PatientPopulation
from quotidian.simulation import reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.recording import recorded
from quotidian.trials.protocol.safety import limits_of

Floats = NDArray[np.float64]
TRIAL_TOLERANCE = Tolerance(rtol=1e-3, atol=1e-5, first_step=0.03, precision="single")
"""Tolerance of trials; tests show that its error is far below their random variation, and that single
precision changes results no more than another tolerance as loose."""


@dataclass(frozen=True)
class TrialSetting:
    """The design, the model and the random streams of a trial.

    Attributes
    ----------
    whole : the complete model, with all parameters of a child.
    population : the population from which candidates are drawn.
    tolerance : of the solver, for every child.
    """

    trial: Trial
    whole: CompiledModel
    streams: Streams
    population: PatientPopulation = field(default_factory=PatientPopulation)
    tolerance: Tolerance = TRIAL_TOLERANCE

    @property
    def overlay(self) -> Overlay:
        """Values of the ledgers that replace those of the files."""
        return self.population.overlay

    @cached_property
    def narrow(self) -> CompiledModel:
        """The model reduced to what the recorded observables need; only this is solved."""
        return reduced_model(self.trial.model, self.trial.drugs, self.solved)

    @cached_property
    def observed(self) -> tuple[str, ...]:
        """Observables recorded at visits."""
        return recorded(self.trial, self.whole.model.observables)

    @cached_property
    def limits(self) -> Mapping[str, tuple[Limit, ...]]:
        """Safety limits of the trial's drugs, by drug, if the model has the observables that they read."""
        known, limits = self.whole.model.observables, limits_of(self.trial.safety, self.trial.drugs)
        return {drug: tuple(one for one in own if one.reads in known) for drug, own in limits.items()}

    @cached_property
    def safety_readings(self) -> tuple[str, ...]:
        """Observables that safety limits read."""
        return tuple(dict.fromkeys(limit.reads for own in self.limits.values() for limit in own))

    @cached_property
    def solved(self) -> tuple[str, ...]:
        """Observables that are computed: the recorded ones and those that safety limits read."""
        return tuple(dict.fromkeys([*self.observed, *self.safety_readings]))

    def uniform(self, purpose: str, replicate: NDArray[np.int64], number: NDArray[np.int64]) -> Floats:
        """One uniform draw for each participant, [participant], the same in any batch."""
        return self.streams.uniform(purpose, replicate, number)[:, 0]


@dataclass(frozen=True)
class Execution:
    """Execution of a trial: threads of the solver, progress, cancellation. No result depends on it.

    ``progress`` is called with a number of participants and the days of their last stage.
    """

    threads: int | None = None
    progress: Callable[[int, float], None] = lambda participants, days: None
    cancel: Flag | None = None
