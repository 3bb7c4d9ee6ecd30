"""The record as endpoints read it: children out of the analysis at a visit, and imputation of missing
values."""

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
    """A record with the analysis rules of its design; ``kept`` stores the values computed for each visit."""

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
        """Whether the last observation replaces a missing one."""
        return self.trial.imputation == "locf"

    @property
    def to_the_flare(self) -> bool:
        """Whether children are read up to the visit that ends their randomised treatment, and not after
        it.

        That visit precedes the rescue, so its findings belong to the randomised treatment.
        """
        return self.trial.imputation == "last-on-treatment"

    def counted(self, week: int) -> Bools:
        """Children in the analysis of a week: all up to randomisation, and the randomised ones after it."""
        span = self.trial.randomised
        after = span is not None and 0 < span[0] < week
        return self.record.arm >= 0 if after else self.everyone

    def first(self, kind: Happened) -> Floats:
        """Week of each child's first event of that kind, [child]; not-a-number if there was none."""
        return self.once(kind, 0, 0, lambda: self.record.first(kind))

    def gone(self, week: int) -> Bools:
        """Children who had escaped or flared by a visit."""
        return np.asarray((self.first("escape") <= week) | (self.first("flare") <= week))

    def out(self, week: int) -> Bools:
        """Children out of the analysis at a visit: left, absent, or escaped or flared in a period that is
        not over."""
        span = self.trial.randomised
        away = self.record.left[week] | self.record.missed[week]
        gone = self.gone(week - 1 if self.to_the_flare else week)
        return np.asarray(away | gone) if span is None or week <= span[1] else away

    def read_at(self, week: int) -> Floats:
        """Week of the visit that is used for each child, [child].

        It is at most its last visit in the trial. If the design says so, it is at most the last visit
        attended on the randomised treatment, or that of randomisation if there is no other.
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
        """The core set of a visit, with the last observation carried forward if the design says so."""
        now = self.record.core[week]
        if not self.carries or week == 0:
            return now
        return self.once(
            "core", week, 0,
            lambda: {n: self._held(week, x, self.core(self._before(week))[n]) for n, x in now.items()},
        )  # fmt: skip

    def judged(self, week: int) -> Mapping[str, Floats]:
        """The six variables of the response criteria at a visit, carried forward as the core set is."""
        return counted(self.core(week), self.trial.marker)

    def seen(self, week: int) -> Mapping[str, Floats]:
        """The six variables of the response criteria on the day, not carried forward."""
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
        """The present observation of children who attend, and the previous one of the others."""
        return np.where(self.out(week), before, now)

    def has(self, name: str, week: int) -> bool:
        """Whether an observable was recorded at a visit."""
        return name in self.record.observed.get(week, {})
