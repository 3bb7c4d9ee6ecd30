"""An endpoint of one visit over children, and how a record is read for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.cohort import MORNING
from quotidian.trials.design import Trial
from quotidian.trials.endpoints import no_fever, non_responder
from quotidian.trials.record import Record

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
WEEK_OF_FEVER, TWO_WEEKS = 7, 14
"""Days: the windows of the primary endpoint and of the systemic features in TENDER."""
LEFT = ("escape", "flare")


@dataclass(frozen=True)
class Measure:
    """One endpoint of one visit: a value a child, and who counts. Percentages come from truth values.

    ``statistic`` makes a number of chosen children where it is not the mean of their values.
    """

    endpoint: str
    week: int
    unit: str
    values: Floats
    counted: Bools
    statistic: Callable[[Bools], float] | None = None

    def of(self, who: Bools) -> float | None:
        """The number of those of ``who`` that count; None where nobody does."""
        own = who & self.counted
        if not own.any():
            return None
        return float(self.values[own].mean()) if self.statistic is None else self.statistic(own)


@dataclass(frozen=True)
class Reading:
    """A record as a design reads it: who is out at a visit, and what stands for what was not seen."""

    trial: Trial
    record: Record

    @property
    def everyone(self) -> Bools:
        """All children, [child]."""
        return np.ones(len(self.record.number), dtype=bool)

    def counted(self, week: int) -> Bools:
        """Who belongs to the analysis of a week: all up to randomisation, those randomised after it."""
        span = self.trial.randomised
        after = span is not None and 0 < span[0] < week
        return self.record.arm >= 0 if after else self.everyone

    def out(self, week: int) -> Bools:
        """Who is out at a visit: left, did not come, or escaped or flared in a period not yet over."""
        gone = self.record.left[week] | self.record.missed[week]
        span = self.trial.randomised
        if span is not None and week > span[1]:
            return np.asarray(gone)
        for kind in LEFT:
            gone = gone | self.record.had(kind, by_week=week)  # type: ignore[arg-type]
        return np.asarray(gone)

    def core(self, week: int) -> Mapping[str, Floats]:
        """The core set of a visit, with the last observation carried forward where the design says so."""
        if not self.carries:
            return self.record.core[week]
        carried = {name: values.copy() for name, values in self.record.core[0].items()}
        for visit in (w for w in self.record.weeks if 0 < w <= week):
            there = ~self.out(visit)
            for name, values in self.record.core[visit].items():
                carried[name][there] = values[there]
        return carried

    @property
    def carries(self) -> bool:
        """Whether the last observation stands for what was not seen."""
        return self.trial.imputation == "locf"

    def calm(self, week: int, days: int = WEEK_OF_FEVER) -> Bools:
        """No reading of 37.5 degC or more in the days before a visit; carried forward as the core set is."""
        now = self._chart(week, days)
        if not self.carries:
            return now
        found, seen = self._chart(0, days), [w for w in self.record.weeks if 0 < w <= week]
        for visit in seen:
            there = ~self.out(visit)
            found[there] = self._chart(visit, days)[there]
        return found

    def _chart(self, week: int, days: int) -> Bools:
        return no_fever(self.record.chart, self.record.chart_days, week * 7 + MORNING / 24, days)

    def success(self, endpoint: str, week: int, met: Bools, counted: Bools | None = None) -> Measure:
        """A response in per cent; those out are failures unless the last observation is carried forward."""
        held = met if self.carries else non_responder(met, self.out(week))
        return self.share(endpoint, week, held, counted)

    def share(self, endpoint: str, week: int, true: Bools, counted: Bools | None = None) -> Measure:
        """A property in per cent of those who count."""
        who = self.counted(week)
        own = who if counted is None else who & counted
        return Measure(endpoint, week, "%", np.where(true, 100.0, 0.0), own)

    def mean(
        self, endpoint: str, week: int, unit: str, values: Floats, counted: Bools | None = None
    ) -> Measure:
        """A mean of those who count and are finite."""
        who = self.counted(week) & np.isfinite(values)
        return Measure(endpoint, week, unit, values, who if counted is None else who & counted)

    def has(self, name: str, week: int) -> bool:
        """Whether an observable was recorded at a visit."""
        return name in self.record.observed.get(week, {})


def by_replicate(measure: Measure, record: Record, arm: int | None) -> list[float]:
    """The number of one arm, or of all children for None, a replicate each; nothing where nobody counts."""
    found = []
    for r in np.unique(record.replicate):
        own = record.replicate == r
        number = measure.of(own if arm is None else own & (record.arm == arm))
        if number is not None:
            found.append(number)
    return found
