"""How a record is read for its endpoints: who is out at a visit, and what stands for what was not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.conduct.case_record import CaseRecord, Happened
from quotidian.trials.conduct.participants import MORNING
from quotidian.trials.criteria import counted, no_fever
from quotidian.trials.protocol.design import Trial

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
WEEK_OF_FEVER, TWO_WEEKS = 7, 14
"""Days: the windows of the primary endpoint and of the systemic features in TENDER."""
YEAR_WEEKS = 365.25 / 7.0
T = TypeVar("T")
S = TypeVar("S", bound=np.generic)


@dataclass(frozen=True)
class AnalysisView:
    """A record as a design reads it; ``kept`` holds what was computed once of each visit."""

    trial: Trial
    record: CaseRecord
    kept: dict[tuple[str, int, int], Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, what: str, week: int, days: int, make: Callable[[], T]) -> T:
        """The value of ``make``, computed at the first call with this name, week and number."""
        if (what, week, days) not in self.kept:
            self.kept[what, week, days] = make()
        found: T = self.kept[what, week, days]
        return found

    @property
    def everyone(self) -> Bools:
        """All children, [child]."""
        return np.ones(len(self.record.number), dtype=bool)

    @property
    def carries(self) -> bool:
        """Whether the last observation stands for what was not seen."""
        return self.trial.imputation == "locf"

    @property
    def to_the_flare(self) -> bool:
        """Whether children are read up to the visit that ends their randomised treatment, and then no more.

        That visit is before the rescue: what is found there was found on the treatment as randomised.
        """
        return self.trial.imputation == "last-on-treatment"

    def counted(self, week: int) -> Bools:
        """Who belongs to the analysis of a week: all up to randomisation, those randomised after it."""
        span = self.trial.randomised
        after = span is not None and 0 < span[0] < week
        return self.record.arm >= 0 if after else self.everyone

    def first(self, kind: Happened) -> Floats:
        """Week of each child's first event of that kind, [child]; not-a-number where there was none."""
        return self.once(kind, 0, 0, lambda: self.record.first(kind))

    def gone(self, week: int) -> Bools:
        """Who had escaped or flared by a visit."""
        return np.asarray((self.first("escape") <= week) | (self.first("flare") <= week))

    def out(self, week: int) -> Bools:
        """Who is out at a visit: left, did not come, or escaped or flared in a period not yet over."""
        span = self.trial.randomised
        away = self.record.left[week] | self.record.missed[week]
        gone = self.gone(week - 1 if self.to_the_flare else week)
        return np.asarray(away | gone) if span is None or week <= span[1] else away

    def read_at(self, week: int) -> Floats:
        """Week of the visit at which each child is read for a visit, [child].

        Its last one in the trial, and where the design says so the last one attended on the treatment as
        randomised: that of randomisation, if there is no other.
        """
        span, record = self.trial.randomised, self.record
        now = np.minimum(record.last_visit, float(week))
        if span is None or not span[0] < week <= span[1]:
            return np.full(record.children, float(week))
        if not self.to_the_flare:
            return now
        found = np.full(record.children, float(span[0]))
        for visit in (w for w in record.weeks if span[0] < w <= week):
            found[(visit <= now) & ~self.out(visit)] = visit
        return np.where(record.arm >= 0, found, now)

    def core(self, week: int) -> Mapping[str, Floats]:
        """The core set of a visit, with the last observation carried forward where the design says so."""
        now = self.record.core[week]
        if not self.carries or week == 0:
            return now
        return self.once(
            "core", week, 0,
            lambda: {n: self._held(week, x, self.core(self._before(week))[n]) for n, x in now.items()},
        )  # fmt: skip

    def judged(self, week: int) -> Mapping[str, Floats]:
        """The six variables by which the trial judges a visit, carried forward as the core set is."""
        return counted(self.core(week), self.trial.marker)

    def seen(self, week: int) -> Mapping[str, Floats]:
        """The six variables by which the trial judges, as they were on the day, carried from nowhere."""
        return counted(self.record.core[week], self.trial.marker)

    def crp(self, week: int) -> Floats:
        """CRP of a visit, mg/L, carried forward as the core set is."""
        now = self.record.observed[week]["crp"]
        if not self.carries or week == 0:
            return now
        return self.once("crp", week, 0, lambda: self._held(week, now, self.crp(self._before(week))))

    def calm(self, week: int, days: int = WEEK_OF_FEVER) -> Bools:
        """No reading of the design's fever in the days before a visit; carried forward as the core set is."""

        def read() -> Bools:
            chart, when = self.once("chart", 0, 0, lambda: (self.record.chart, self.record.chart_days))
            now = no_fever(chart, when, week * 7 + MORNING / 24, days, self.trial.fever_from)
            if not self.carries or week == 0:
                return now
            return np.asarray(self._held(week, now, self.calm(self._before(week), days)))

        return self.once("calm", week, days, read)

    def _before(self, week: int) -> int:
        return max(w for w in self.record.weeks if w < week)

    def _held(self, week: int, now: NDArray[S], before: NDArray[S]) -> NDArray[S]:
        """What is seen of those who are there, what was seen before of the others."""
        return np.where(self.out(week), before, now)

    def has(self, name: str, week: int) -> bool:
        """Whether an observable was recorded at a visit."""
        return name in self.record.observed.get(week, {})
