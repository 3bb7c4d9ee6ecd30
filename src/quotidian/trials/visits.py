"""The visits of a trial: propose, screen, randomise, follow, measure, let escape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.drugs.catalogue import REGIMENS
from quotidian.engine import Machine, Outcome
from quotidian.errors import EngineError, UserError
from quotidian.patients.criteria import IN_MAS
from quotidian.patients.population import course, draw
from quotidian.patients.streams import Streams
from quotidian.patients.treatment import FIRST_DOSE_HOUR, RUN_IN_DAYS, happenings
from quotidian.trials.cohort import MORNING, WATCHED, Cohort, reading_times
from quotidian.trials.design import Trial
from quotidian.trials.endpoints import CORE_SET, fever_days, jia_acr_flare
from quotidian.trials.measurement import core_set, readings, withdrawn

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SURPLUS = 2.2  # candidates proposed for each child wanted
LOOK_BACK_DAYS = 14
PK_TIMES = np.array(
    [0, 1, 1.5, 2, 3, 5, 9, 15, 24, 36, 48, 72, 96, 120, 168, 216, 264, 312, 335], dtype=float
)


@dataclass
class Record:
    """What was written down about the children of some replicates.

    Arrays run over enrolled children; ``core[week][variable]``; ``charts`` [child, reading] at ``days``.
    """

    arm: NDArray[np.int64]
    replicate: NDArray[np.int64]
    number: NDArray[np.int64]
    body: dict[str, Floats] = field(default_factory=dict)
    core: dict[int, dict[str, Floats]] = field(default_factory=dict)
    charts: list[Floats] = field(default_factory=list)
    days: list[Floats] = field(default_factory=list)
    crp: dict[int, Floats] = field(default_factory=dict)
    trough: dict[int, Floats] = field(default_factory=dict)
    escaped: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    left: dict[int, Bools] = field(default_factory=dict)
    cmax: Floats = field(default_factory=lambda: np.zeros(0))
    auc: Floats = field(default_factory=lambda: np.zeros(0))
    cohort: Cohort | None = None

    @property
    def chart(self) -> Floats:
        return np.concatenate(self.charts, axis=1)

    @property
    def chart_days(self) -> Floats:
        return np.concatenate(self.days)


@dataclass
class Staff:
    """Who runs a trial: they know the design, the machine and the luck, and keep the accounts."""

    trial: Trial
    machine: Machine
    streams: Streams
    threads: int | None = None
    tick: Callable[[int, float], None] = lambda children, days: None
    values: Mapping[str, float] = field(default_factory=dict)
    proposed: int = 0
    screened: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    # ---- before randomisation
    def enrol(self, replicates: range) -> Record:
        """Propose candidates, let the disease run untreated, screen, keep the first eligible, randomise."""
        size = self.trial.size
        count = int(np.ceil(size * SURPLUS))
        numbers = np.tile(np.arange(count), len(replicates))
        replicate = np.repeat(np.array(replicates), count)
        children = [c for r in replicates for c in draw(self.streams, r, range(count), self.values)]
        periods = 2 + self.trial.primary_week // 2 + 2
        luck = np.concatenate(
            [course(self.streams, r, range(count), periods, self.values) for r in replicates]
        )
        cohort = Cohort.begin(self.machine, children, replicate, numbers, luck, -RUN_IN_DAYS * 24.0)
        times = reading_times(MORNING - LOOK_BACK_DAYS * 24.0, MORNING)
        run = self._march(cohort, MORNING, times)
        chart, core = self._measure(cohort, run, visit=0)
        eligible = self._screen(run, chart, core)
        self.proposed += len(children)
        chosen, arm = self._randomise(replicate, numbers, eligible)
        kept = cohort.keep(chosen)
        record = Record(
            arm, kept.replicate, kept.number, cohort=kept, escaped=np.zeros(len(chosen), dtype=bool)
        )
        record.body = {
            "age": np.array([c.age_years for c in kept.children]),
            "weight": np.array([c.weight_kg for c in kept.children]),
        }
        record.charts.append(chart[chosen])
        record.days.append(times / 24)
        record.core[0] = {name: values[chosen] for name, values in core.items()}
        record.crp[0] = run["crp"][chosen, -1]
        self._prescribe(record)
        return record

    def _eligible(self, chart: Floats, days: Floats, core: Mapping[str, Floats]) -> Bools:
        rule = self.trial.entry
        febrile = fever_days(chart, days, MORNING / 24, LOOK_BACK_DAYS, rule.fever) >= rule.fever_days
        joints = core["active_joints"]
        return np.asarray((joints >= rule.joints) | ((joints >= rule.joints_with_fever) & febrile))

    def _screen(self, run: Outcome, chart: Floats, core: Mapping[str, Floats]) -> Bools:
        """Who meets the entry rule; a candidate whose integration failed is counted and never enrolled."""
        sound = run.status == 0
        eligible = np.zeros(len(sound), dtype=bool)
        measured = {name: values[sound] for name, values in core.items()}
        active = self._eligible(chart[sound], run.times / 24, measured)
        in_mas = run["macrophage_activation"][sound, -1] > IN_MAS
        eligible[sound] = active & ~in_mas
        self.screened["too few active joints, or too little fever with few joints"] += int((~active).sum())
        self.screened["macrophage activation syndrome"] += int((active & in_mas).sum())
        for failure in run.failures:
            self.failures[failure.reason] += 1
        return eligible

    def _randomise(
        self, replicate: NDArray[np.int64], numbers: NDArray[np.int64], eligible: Bools
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first eligible of each replicate, and their arms: exact arm sizes, in an order drawn by lot."""
        chosen: list[NDArray[np.int64]] = []
        arms: list[NDArray[np.int64]] = []
        sizes = [arm.children for arm in self.trial.arms.values()]
        for r in np.unique(replicate):
            found = np.flatnonzero((replicate == r) & eligible)[: self.trial.size]
            if len(found) < self.trial.size:
                raise UserError(
                    f"Replicate {r} has only {len(found)} eligible children of {self.trial.size}.",
                    f"{int(SURPLUS * 100)} candidates were proposed for every 100 wanted.",
                    "Loosen the entry rule, or choose a population that meets it more often.",
                )
            lot = self.streams.uniform("randomisation", int(r), numbers[found])[:, 0]
            arm = np.empty(len(found), dtype=np.int64)
            arm[np.argsort(lot, kind="stable")] = np.repeat(np.arange(len(sizes)), sizes)
            chosen.append(found)
            arms.append(arm)
        return np.concatenate(chosen), np.concatenate(arms)

    def _prescribe(self, record: Record) -> None:
        assert record.cohort is not None
        arms = list(self.trial.arms.values())
        end = (self.trial.primary_week + 2) * 168.0
        for i, child in enumerate(record.cohort.children):
            record.cohort.doses[i] = happenings(self.machine, child, arms[record.arm[i]].regimen, end)

    # ---- visits
    def visit(self, record: Record, week: int) -> None:
        """March to a visit, measure, and let those who flare escape to the rescue regimen."""
        cohort = record.cohort
        assert cohort is not None
        end = week * 168.0 + MORNING
        times = reading_times(cohort.now_h, end)
        run = self._march(cohort, end, times)
        _refuse_lost(run, record)
        chart, core = self._measure(cohort, run, visit=week)
        record.charts.append(chart)
        record.days.append(times / 24)
        record.core[week] = core
        record.crp[week] = run["crp"][:, -1]
        record.trough[week] = run["tocilizumab"][:, -1]
        record.left[week] = self._gone(cohort, week)
        if self.trial.escape.from_week <= week < self.trial.primary_week:
            self._let_escape(record, week)

    def _let_escape(self, record: Record, week: int) -> None:
        rule, cohort = self.trial.escape, record.cohort
        assert cohort is not None
        flare = jia_acr_flare(record.core[0], record.core[week])
        at, chart, days = week * 7.0 + MORNING / 24, record.chart, record.chart_days
        before = fever_days(chart, days, MORNING / 24, LOOK_BACK_DAYS, rule.fever) >= rule.fever_days
        febrile = fever_days(chart, days, at, 7, rule.fever) >= rule.fever_days
        leaving = (flare | (febrile & ~before)) & ~record.escaped
        end = (self.trial.primary_week + 2) * 168.0
        for i in np.flatnonzero(leaving):
            first = week * 168.0 + FIRST_DOSE_HOUR
            kept = [e for e in cohort.doses[i] if e[0] < first]
            rescue = happenings(self.machine, cohort.children[i], REGIMENS[self.trial.rescue], end, first)
            cohort.doses[i] = kept + rescue
        record.escaped |= leaving

    def exposure(self, record: Record) -> None:
        """Peak and area of the dose given at the primary visit, two weeks on."""
        cohort = record.cohort
        assert cohort is not None
        start = self.trial.primary_week * 168.0 + FIRST_DOSE_HOUR
        run = self._march(cohort, start + 336.0, start + PK_TIMES, ("tocilizumab",))
        _refuse_lost(run, record)
        c = run["tocilizumab"]
        record.cmax = c.max(axis=1)
        record.auc = np.asarray(np.trapezoid(c, PK_TIMES / 24, axis=1))

    # ---- helpers
    def _gone(self, cohort: Cohort, week: int) -> Bools:
        gone = np.zeros(len(cohort.children), dtype=bool)
        for r in np.unique(cohort.replicate):
            own = cohort.replicate == r
            gone[own] = withdrawn(self.streams, int(r), cohort.number[own], week)
        return gone

    def _march(
        self, cohort: Cohort, until: float, times: Floats, names: tuple[str, ...] = WATCHED
    ) -> Outcome:
        days = (until - cohort.now_h) / 24
        return cohort.proceed(until, times, names, self.threads, lambda n: self.tick(n, days))

    def _measure(self, cohort: Cohort, run: Outcome, visit: int) -> tuple[Floats, dict[str, Floats]]:
        """The temperature chart as read and the core set of the visit, replicate by replicate."""
        chart = np.empty((len(cohort.children), len(run.times)))
        core = {name: np.empty(len(cohort.children)) for name in CORE_SET}
        first = round(float(run.times[0] + RUN_IN_DAYS * 24) / 12)
        for r in np.unique(cohort.replicate):
            own = np.flatnonzero(cohort.replicate == r)
            true = {name: run[name][own, -1] for name in CORE_SET}
            for name, values in core_set(true, self.streams, int(r), cohort.number[own], visit).items():
                core[name][own] = values
            temperatures = run["temperature"][own]
            chart[own] = readings(temperatures, self.streams, int(r), cohort.number[own], first)
        return chart, core


def _refuse_lost(run: Outcome, record: Record) -> None:
    """No endpoint is defined for a randomised child that the solver lost: the trial stops and names it."""
    for lost in run.failures:
        raise EngineError(
            f"Child {record.number[lost.child]} of replicate {record.replicate[lost.child]} was lost on day "
            f"{lost.reached / 24:.1f}, after randomisation.",
            f"The solver gave up: {lost.reason}. A lost child is neither a responder nor a non-responder.",
            "Report the seed and this line; another seed or fewer replicates may avoid the child.",
        )
