"""The record as endpoints read it: children out of the analysis at a visit, and the visit that stands for
one that was missed, or that came after a rescue."""

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

    def missing(self, week: int) -> Bools:
        """Children who had left the trial by a visit, or were absent."""
        return np.asarray(self.record.left[week] | self.record.missed[week])

    def rescued(self, week: int) -> Bools:
        """Children who are not read at a visit because of their rescue, in a period that is not over.

        While on treatment, the visit of the rescue still counts: its findings precede the open drug. With
        ``treatment-policy`` the rescue is ignored.
        """
        span, strategy = self.trial.randomised, self.trial.strategy
        if strategy == "treatment-policy" or (span is not None and week > span[1]):
            return ~self.everyone
        return self.gone(week - 1 if strategy == "while-on-treatment" else week)

    def out(self, week: int) -> Bools:
        """Children out of the analysis at a visit: left, absent, or rescued."""
        return self.missing(week) | self.rescued(week)

    def away(self, week: int) -> Bools:
        """Children who are not seen on their assigned treatment at a visit, whatever the estimand."""
        span = self.trial.randomised
        over = span is not None and week > span[1]
        ended = self.missing(week) | (self.record.last_visit < week)
        return ended if over else ended | self.gone(week)

    def _held(self, week: int) -> Bools:
        """Children for whom an earlier visit stands for this one."""
        carried = self.trial.imputation != "non-responder"
        on_treatment = self.trial.strategy == "while-on-treatment"
        none = ~self.everyone
        return (self.missing(week) if carried else none) | (self.rescued(week) if on_treatment else none)

    def read_at(self, week: int) -> Floats:
        """Week of the visit that is used for each child, [child]; 0 if it was not seen after entry.

        It is at most its last visit in the trial. Where the design carries observations, it is the last
        visit attended, while on treatment at most that of the rescue; ``last-on-treatment`` does so from
        randomisation on, and in the randomised period only.
        """
        return self.once("read_at", week, 0, lambda: self._last_read(week))

    def ended_at(self, week: int) -> Floats:
        """Week of the visit, or of a child's last one before an event-driven trial ended, [child]."""
        span, record = self.trial.randomised, self.record
        within = span is not None and span[0] < week <= span[1]
        last = record.last_visit if within else np.full(record.children, np.inf)
        return np.minimum(last, float(week))

    def _last_read(self, week: int) -> Floats:
        span, record = self.trial.randomised, self.record
        within = span is not None and span[0] < week <= span[1]
        now, since = self.ended_at(week), 0
        if self.trial.imputation == "last-on-treatment":
            if not within or span is None:
                return now
            since = span[0]
        found = np.full(record.children, float(since))
        for visit in (w for w in record.weeks if since < w <= week):
            found[(visit <= now) & ~self._held(visit)] = visit
        return np.where(record.arm >= 0, found, now) if within else found

    def core(self, week: int) -> Mapping[str, Floats]:
        """The core set of a visit as measured."""
        return self.record.core[week]

    def judged(self, week: int) -> Mapping[str, Floats]:
        """The six variables of the response criteria at a visit."""
        return counted(self.core(week), self.trial.marker)

    def calm(self, week: int, days: int = WEEK_OF_FEVER) -> Bools:
        """No reading of the design's fever in the days before a visit."""

        def read() -> Bools:
            chart, when = self.once("chart", 0, 0, lambda: (self.record.chart, self.record.chart_days))
            return no_fever(chart, when, week * 7 + MORNING / 24, days, self.trial.fever_from)

        return self.once("calm", week, days, read)

    def has(self, name: str, week: int) -> bool:
        """Whether an observable was recorded at a visit."""
        return name in self.record.observed.get(week, {})
