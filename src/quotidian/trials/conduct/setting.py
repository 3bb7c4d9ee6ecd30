"""What the conduct of a trial rests on and never changes: design, models, random streams, execution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event as Flag

import numpy as np
from numpy.typing import NDArray

from quotidian.drugs.safety import Limit
from quotidian.engine import CompiledModel
from quotidian.patients.population import PatientPopulation
from quotidian.simulation import reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.recording import recorded
from quotidian.trials.protocol.safety import limits_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrialSetting:
    """The design, the model and the random streams of a trial.

    Attributes
    ----------
    whole : the model that knows every parameter of a child.
    population : whom candidates are drawn from.
    """

    trial: Trial
    whole: CompiledModel
    streams: Streams
    population: PatientPopulation = field(default_factory=PatientPopulation)

    @cached_property
    def narrow(self) -> CompiledModel:
        """The model reduced to what is recorded, which is all that is solved."""
        return reduced_model(self.trial.model, self.trial.drugs, self.solved)

    @cached_property
    def observed(self) -> tuple[str, ...]:
        """Observables recorded at visits."""
        return recorded(self.trial, self.whole.model.observables)

    @cached_property
    def limits(self) -> Mapping[str, tuple[Limit, ...]]:
        """Safety limits of the trial's drugs, by drug, as far as the model has what they read."""
        known, limits = self.whole.model.observables, limits_of(self.trial.safety, self.trial.drugs)
        return {drug: tuple(one for one in own if one.reads in known) for drug, own in limits.items()}

    @cached_property
    def safety_readings(self) -> tuple[str, ...]:
        """Observables that safety limits read."""
        return tuple(dict.fromkeys(limit.reads for own in self.limits.values() for limit in own))

    @cached_property
    def solved(self) -> tuple[str, ...]:
        """Observables that are computed: those recorded, and those that safety limits read."""
        return tuple(dict.fromkeys([*self.observed, *self.safety_readings]))

    def uniform(self, purpose: str, replicate: NDArray[np.int64], number: NDArray[np.int64]) -> Floats:
        """One uniform draw for each participant, [participant], the same in any batch."""
        return self.streams.uniform(purpose, replicate, number)[:, 0]


@dataclass(frozen=True)
class Execution:
    """How a trial is computed: threads of the solver, progress, cancellation. No result depends on it.

    ``progress`` is called with a number of participants and the days that they were just followed.
    """

    threads: int | None = None
    progress: Callable[[int, float], None] = lambda participants, days: None
    cancel: Flag | None = None
