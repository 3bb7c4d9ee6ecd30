"""Predictions of an event table's observations, and their derivatives by the linear predictors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Steady
from quotidian.engine import Directions, Events, Tolerance
from quotidian.inference.dual import Dual
from quotidian.inference.event_plan import EventPlan
from quotidian.inference.event_templates import Templates, taken
from quotidian.simulation.steady_dosing import reached_states

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
FINE = Tolerance(rtol=1e-8, atol=1e-10)
QUICK = Tolerance(rtol=1e-5, atol=1e-7)
STEP = 1e-4  # of a linear predictor, for derivatives without tangent (with respect to times of doses)
MOST_COPIES = 4000  # moved at once for these derivatives
MOST = 1e60  # largest value of a parameter; beyond it a solution counts as failed


class Predictor(Protocol):
    """Predictions for copies of subjects, each with its own linear predictors.

    ``predict`` gives [copy, observation]; ``linearise`` also the derivatives [copy, observation,
    direction] by the predictors ``which``. Not-a-number for a failed solution.
    """

    def predict(self, who: Integers, u: Floats) -> Floats:
        """[copy, observation]."""

    def linearise(self, who: Integers, u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        """[copy, observation] and [copy, observation, direction]."""


@dataclass(frozen=True)
class _Batch:
    """Runs of a batch of copies.

    ``runs`` : [run] occasion. copy : [run]. env : results of the individual model at rows of the copies.
    first : [run] place in ``env`` of the run's first record. base : [run] what to add to a row for its place.
    """

    runs: Integers
    copy: Integers
    env: Mapping[str, Dual]
    first: Integers
    base: Integers


@dataclass(frozen=True, eq=False)
class EventPredictor:
    """Predictions of the counted rows of a plan.

    Derivatives are exact tangents of the run, but for predictors that move times of doses (lags, durations)
    and steady states of dosing, where they are central differences.

    Parameters
    ----------
    scale : factor on all predictions.
    """

    plan: EventPlan
    scale: float = 1.0
    tolerance: Tolerance = FINE
    threads: int | None = None

    def predict(self, who: Integers, u: Floats) -> Floats:
        """Predictions [copy, observation]; 0 where a subject has fewer. ``who``: subject of each copy."""
        return self._solved(who, u, ())[0]

    def linearise(self, who: Integers, u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        """Predictions, and derivatives [copy, observation, direction] by the predictors ``which``."""
        exact = [k for k in which if k not in self.plan.timed_by]
        f, slopes = self._solved(who, u, exact)
        found = np.zeros((*f.shape, len(which)))
        found[..., [place for place, k in enumerate(which) if k in exact]] = slopes
        timed = [place for place, k in enumerate(which) if k not in exact]
        group = max(1, MOST_COPIES // (2 * max(len(who), 1)))
        for first in range(0, len(timed), group):
            own = timed[first : first + group]
            found[..., own] = self._differences(who, u, [which[place] for place in own])
        return f, found

    def _differences(self, who: Integers, u: Floats, which: Sequence[int]) -> Floats:
        """Central differences by the predictors ``which``, [copy, observation, direction]."""
        count = len(which)
        moved = np.repeat(u[None], 2 * count, axis=0)
        for place, k in enumerate(which):
            moved[place, :, k] += STEP
            moved[count + place, :, k] -= STEP
        both = self._solved(np.tile(who, 2 * count), moved.reshape(-1, u.shape[1]), ())[0]
        up, down = both.reshape(2, count, len(who), -1)
        return np.asarray((up - down) / (2.0 * STEP)).transpose(1, 2, 0)

    # ---- one batch
    def _solved(self, who: Integers, u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        """Predictions and exact derivatives by ``which``, times of doses held."""
        batch, names = self._batch(who, u), self.plan.individual.parameters
        values = {name: batch.env[name.upper()] for name in names}
        first = np.array([values[name].value[batch.first] for name in names])
        lost = ~np.all(np.isfinite(first) & (np.abs(first) < MOST), axis=0)
        by_name = {name: np.where(lost, 1.0, column) for name, column in zip(names, first, strict=True)}
        table = self.plan.compiled.parameters(len(batch.runs), by_name)
        events, times, seeds, end, unusable = self._events(batch, which)
        lost |= unusable
        f, slopes = self._run(table, events, times, seeds, end, batch, which)
        f[lost], slopes[lost] = np.nan, np.nan
        return self._gathered(who, f, slopes)

    def _batch(self, who: Integers, u: Floats) -> _Batch:
        plan = self.plan
        runs, _ = taken(plan.occasion_offset, who)
        copy = np.repeat(np.arange(len(who)), np.diff(plan.occasion_offset)[who])
        first_rows = plan.first_rows[runs]
        if plan.moving or plan.timed_by:
            rows, offset = taken(plan.row_offset, who)
            owner = np.repeat(np.arange(len(who)), np.diff(offset))
            base = offset[copy] - plan.row_offset[who[copy]]
            first = base + first_rows
        else:
            rows, owner, first = first_rows, copy, np.arange(len(runs))
            base = first - first_rows
        env = plan.individual.evaluate(u[owner], {name: c[rows] for name, c in plan.columns.items()})
        return _Batch(runs, copy, env, first, base)

    def _events(
        self, batch: _Batch, which: Sequence[int]
    ) -> tuple[Events, Floats, Floats, float, NDArray[np.bool_]]:
        """Events, output times [run, output], derivatives of event values [event, direction], the end, and
        runs [run] with an event that has no value."""
        if self.plan.timed_by:
            t, which_runs = self._rebuilt(batch), np.arange(len(batch.runs))
        else:
            t, which_runs = self.plan.static, batch.runs
        places, offset = taken(t.offset, which_runs)
        run = np.repeat(np.arange(len(batch.runs)), np.diff(offset))
        value, seeds = t.constant[places], np.zeros((len(places), len(which)))
        for column, compartment in enumerate(self.plan.factors if not self.plan.timed_by else ()):
            share = self.plan.individual.factor(compartment, batch.env)
            part, at = t.by_factor[places, column], batch.first[run]
            value = value + part * share.value[at]
            seeds += part[:, None] * share.slope[at][:, list(which)]
        for number, name in enumerate(self.plan.moving):
            own = np.flatnonzero(t.moving[places] == number)
            at = batch.base[run[own]] + t.row[places[own]]
            value[own] = batch.env[name.upper()].value[at]
            seeds[own] = batch.env[name.upper()].slope[at][:, list(which)]
        lost = np.bincount(run, ~np.isfinite(value), len(batch.runs)) > 0
        value = np.where(np.isfinite(value), value, 0.0)
        events = Events(offset, t.time[places], t.kind[places], t.index[places], value)
        return events, t.times[which_runs], np.where(np.isfinite(seeds), seeds, 0.0), t.end, lost

    def _rebuilt(self, batch: _Batch) -> Templates:
        """Templates of each run, rebuilt where times of doses depend on what is fitted."""
        plan = self.plan
        occasions = [plan.occasions[occasion] for occasion in batch.runs]
        values = {name: np.zeros(len(plan.table.time)) for name in plan.dosing_names}
        env = {name: Dual(value, np.zeros((len(value), 0))) for name, value in values.items()}
        lines = []
        for base, own in zip(batch.base, occasions, strict=True):
            for name, value in values.items():  # a run reads its own rows alone
                value[own] = batch.env[name].value[base + np.asarray(own)]
            lines.append(plan.maker.line(own, plan.dosing(env)))
        places = [base + s.row for base, line in zip(batch.base, lines, strict=True) for s in line.steady]
        states = self._steady_states(
            [s for line in lines for s in line.steady], np.array(places, np.int64), batch
        )
        offset = np.cumsum([0, *(len(line.steady) for line in lines)])
        runs = [
            plan.maker.run(own, line, states[offset[k] : offset[k + 1]])
            for k, (own, line) in enumerate(zip(occasions, lines, strict=True))
        ]
        return plan.maker.templates(runs)

    def _steady_states(self, wanted: Sequence[Steady], places: Integers, batch: _Batch) -> Floats:
        """States of all steady doses of a batch, or not-a-number; ``places`` in ``env`` of their records."""
        plan = self.plan
        if not wanted:
            return np.zeros((0, len(plan.pk.model.species)))
        by_name = {p: batch.env[p.upper()].value[places] for p in plan.individual.parameters}
        table = plan.unvarying.parameters(len(wanted), by_name)
        return reached_states(plan.pk, plan.unvarying, table, wanted, self.tolerance)

    def _run(
        self, table: Floats, events: Events, times: Floats, seeds: Floats, end: float, batch: _Batch,
        which: Sequence[int],
    ) -> tuple[Floats, Floats]:  # fmt: skip
        """Outputs [run, output, observable] and their derivatives [.., direction]."""
        compiled, names = self.plan.compiled, self.plan.individual.parameters
        if not which:
            plain = compiled.run(
                table, times, events=events, start=0.0, end=end, tolerance=self.tolerance,
                threads=self.threads,
            )  # fmt: skip
            return plain.values, np.zeros((*plain.values.shape, 0))
        moves = np.zeros((len(table), len(which), table.shape[1]))
        for name in names:
            slope = batch.env[name.upper()].slope[batch.first][:, list(which)]
            columns = moves.reshape(-1, table.shape[1])
            compiled.parameter(columns, name)[:] = np.where(np.isfinite(slope), slope, 0.0).ravel()
        directions = Directions(tuple(map(str, which)), parameters=moves, events=seeds)
        found = compiled.run_with_sensitivities(
            table, times, with_respect_to=directions, events=events, start=0.0, end=end,
            tolerance=self.tolerance, threads=self.threads,
        )  # fmt: skip
        return found.outcome.values, found.values.transpose(0, 2, 3, 1)

    def _gathered(self, who: Integers, f: Floats, slopes: Floats) -> tuple[Floats, Floats]:
        """Outputs of runs as observations of copies."""
        occasion, output, column, there = (part[who] for part in self.plan.gather)
        begin = np.concatenate([[0], np.cumsum(np.diff(self.plan.occasion_offset)[who])[:-1]])
        run = begin[:, None] + occasion
        value = np.where(there, f[run, output, column], 0.0)
        slope = np.where(there[..., None], slopes[run, output, column], 0.0)
        return self.scale * value, self.scale * slope

    @property
    def retimed(self) -> frozenset[int]:
        """Predictors on which times of doses depend."""
        return self.plan.retimed

    @property
    def quick(self) -> EventPredictor:
        """The same with the tolerance of stochastic methods; a smaller absolute one stays."""
        atol = self.tolerance.atol
        return replace(self, tolerance=QUICK if atol == FINE.atol else replace(QUICK, atol=atol))

    @cached_property
    def subjects(self) -> int:
        """Subjects of the table."""
        return len(self.plan.table.ids)
