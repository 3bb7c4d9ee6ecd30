"""Children followed from visit to visit, their doses held, reduced, stopped or changed by rules.

::

    followed = follow(children, REGIMENS["tocilizumab-iv"], [rule], visits=[14, 28, 42], days=84)
    followed["crp"]          # [child, time]
    followed.decisions       # who, when, by which rule, what
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Regimen
from quotidian.engine import CompiledModel, Failure, Outcome, Tolerance
from quotidian.errors import InvalidInput
from quotidian.patients.child import Child
from quotidian.patients.prescription import Prescription
from quotidian.patients.rules import Action, Rule, Visit
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import (
    FIRST_DOSE_HOUR,
    RUN_IN_DAYS,
    StagedSimulation,
    Start,
    compiled_model,
    dosing_events,
    settled_states,
)
from quotidian.simulation.by_drugs import by_drugs, held, with_absent

Floats = NDArray[np.float64]
VISIT_HOUR = 8.0
"""Clock time of a visit: in the morning, before the dose of that day."""


@dataclass(frozen=True)
class Decision:
    """What a rule did to whom; ``child`` as numbered in the call, ``visit`` from 0, ``time_h`` its hour."""

    child: int
    visit: int
    time_h: float
    rule: str
    action: Action


@dataclass(frozen=True)
class Followed:
    """What came of it.

    Attributes
    ----------
    times : [time] h; those asked for and those of the visits. names : observables.
    values : [child, time, observable]; not-a-number after a child was lost.
    prescriptions : [child] with what was given and left out.
    decisions : in order of time; actions that changed nothing are not among them.
    failures : children whom the solver lost, as numbered in the call.
    """

    times: Floats
    names: tuple[str, ...]
    values: Floats
    prescriptions: tuple[Prescription, ...]
    decisions: tuple[Decision, ...]
    failures: tuple[Failure, ...]

    def __getitem__(self, name: str) -> Floats:
        """One observable, [child, time]."""
        return self.values[:, :, self.names.index(name)]


@dataclass
class _Round:
    """Children on one machine who are still followed: ``own`` are their numbers in the call."""

    following: StagedSimulation
    children: list[Child]
    own: NDArray[np.int64]
    prescriptions: list[Prescription]
    decisions: list[Decision]
    failures: list[Failure]

    def march(self, until_h: float, times: Floats, names: Sequence[str], threads: int | None) -> Outcome:
        """One stage, with the doses that the prescriptions give in it."""
        machine = self.following.machine
        for i, child in enumerate(self.own):
            self.prescriptions[child] = now = self.prescriptions[child].proceed(until_h)
            self.following.doses[i] = dosing_events(now.given, self.children[i].antibody_threshold)
        return self.following.proceed(until_h, times, held(machine, names), threads)

    def let_go(self, run: Outcome) -> None:
        """Children whom the solver lost are followed no further."""
        self.failures += [replace(lost, subject=int(self.own[lost.subject])) for lost in run.failures]
        sound = np.flatnonzero(run.status == 0)
        self.following, self.own = self.following.keep(sound), self.own[sound]
        self.children = [self.children[i] for i in sound]

    def decide(self, rules: Sequence[Rule], number: int, run: Outcome) -> None:
        """Every rule in turn, on the children still followed."""
        sound = run.status == 0
        for rule in rules:
            chart = dict(zip(rule.reads, with_absent(run, rule.reads)[sound].transpose(2, 0, 1), strict=True))
            standing = [self.prescriptions[child].of_drug(rule.drug) for child in self.own]
            visit = Visit(
                number,
                float(run.times[-1]),
                tuple(self.children),
                {name: values[:, -1] for name, values in chart.items()},
                chart,
                run.times,
                tuple(s.state for s in standing),
                np.array([s.share for s in standing]),
            )
            for child, action in zip(self.own, rule.decide(visit), strict=True):
                if action is None:
                    continue
                before = self.prescriptions[child]
                self.prescriptions[child] = before.after(action, rule.drug, visit.time_h)
                if self.prescriptions[child] is not before:
                    self.decisions.append(Decision(int(child), number, visit.time_h, rule.name, action))


def follow(
    children: Sequence[Child],
    regimen: Regimen | Sequence[Regimen],
    rules: Sequence[Rule],
    *,
    visits: Sequence[float],
    days: float,
    every_hours: float = 24.0,
    observables: Sequence[str] = (),
    model: str = "sjia",
    scenario: str = "",
    drugs: Iterable[str] = (),
    start: Start = "run-in",
    tolerance: Tolerance | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Followed:
    """Follow children to ``days``, with rules at 08:00 of the days of ``visits``; first dose 09:00 of day 0.

    Parameters
    ----------
    visits : ascending days. days, every_hours : outputs from midnight of day 0 on, and at every visit.
    observables : recorded beside those that rules read; what belongs to a drug that a child's model does not
        hold is 0.
    drugs : that every child's model must hold beside those of its regimen, such as those of a rescue.
    scenario, start : as for :func:`quotidian.patients.treatment.simulate`.
    progress : called with the share done, 0 to 1.

    Raises InvalidInput for visits out of order or beyond the end, and what the regimen and the engine raise.
    """
    seams = _seams(visits, days)
    names = tuple(dict.fromkeys([*observables, *(name for rule in rules for name in rule.reads)]))
    times = np.union1d(np.arange(0.0, days * 24.0 + 1e-9, every_hours), seams[: len(visits)])
    regimens = [regimen] * len(children) if isinstance(regimen, Regimen) else list(regimen)
    end, values = days * 24.0, np.full((len(children), len(times), len(names)), np.nan)
    prescribed = [
        Prescription.of(c.person, r, end, FIRST_DOSE_HOUR) for c, r in zip(children, regimens, strict=True)
    ]
    decisions: list[Decision] = []
    failures: list[Failure] = []
    done, steps = 0, len(seams) * len(by_drugs(regimens))
    for held_drugs, places in by_drugs(regimens).items():
        machine = compiled_model(model, {*drugs, *held_drugs}, scenario)
        own = [children[i] for i in places]
        following = _begin(machine, own, places, start, tolerance, threads)
        round_ = _Round(following, own, np.array(places), prescribed, decisions, failures)
        for number, until in enumerate(seams):
            stage = (times <= until) & ((times > round_.following.now_h) | (number == 0))
            run = round_.march(until, times[stage], names, threads)
            values[np.ix_(round_.own, np.flatnonzero(stage))] = with_absent(run, names)
            round_.let_go(run)
            if number < len(visits):
                round_.decide(rules, number, run)
            done += 1
            if progress is not None:
                progress(done / steps)
    decisions.sort(key=lambda d: d.time_h)
    return Followed(times, names, values, tuple(prescribed), tuple(decisions), tuple(failures))


def _seams(visits: Sequence[float], days: float) -> list[float]:
    """Hours of the visits, and of the end where that is later."""
    end, at = days * 24.0, [day * 24.0 + VISIT_HOUR for day in visits]
    if any(b <= a for a, b in zip([-np.inf, *at], [*at, np.inf], strict=True)) or (at and at[-1] > end):
        raise InvalidInput(
            f"Visits on days {', '.join(f'{day:g}' for day in visits)} cannot be kept in {days:g} days.",
            f"Visits are at {VISIT_HOUR:g} h of their day, one after another, before the end.",
            "Sort the days, or follow for longer.",
        )
    return [*at, *([end] if not at or at[-1] < end else [])]


def _begin(
    machine: CompiledModel,
    children: list[Child],
    numbers: Sequence[int],
    start: Start,
    tolerance: Tolerance | None,
    threads: int | None,
) -> StagedSimulation:
    table, periodic = subjects_of(children).table(machine), start == "periodic"
    return StagedSimulation(
        machine=machine,
        table=table,
        doses=[[] for _ in children],
        background=[[] for _ in children],
        now_h=0.0 if periodic else -RUN_IN_DAYS * 24.0,
        tolerance=tolerance,
        states=settled_states(machine, table, 0.0, threads, numbers) if periodic else None,
    )
