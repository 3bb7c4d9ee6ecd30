"""The plan of a table, made once: occasions, covariates, events, and the position of each observation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Dosing, Steady
from quotidian.data.event_table import EventTable
from quotidian.engine import CompiledModel
from quotidian.inference.dual import Dual
from quotidian.inference.event_templates import TemplateMaker, Templates
from quotidian.inference.individual_model import IndividualModel
from quotidian.models.pk_shelf import PkModel
from quotidian.simulation.event_parameters import compartments_by_row
from quotidian.simulation.event_timeline import Carried

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class EventPlan:
    """A table with the model that predicts its counted rows.

    Parameters
    ----------
    observables : names of observables for rows that do not show their compartment's, by row.
    middle : predictors [subject, predictor] at which doses can be given; None: zeros.
    """

    table: EventTable
    pk: PkModel
    individual: IndividualModel
    observables: Mapping[int, str] = field(default_factory=dict)
    carried: Carried = "backward"
    middle: Floats | None = None

    @cached_property
    def occasions(self) -> list[list[int]]:
        """Rows of each occasion."""
        edges = np.flatnonzero(np.diff(self.table.occasion)) + 1
        return [part.tolist() for part in np.split(np.arange(len(self.table.time)), edges)]

    @cached_property
    def occasion_offset(self) -> Integers:
        owner = self.table.subject[[rows[0] for rows in self.occasions]]
        counts = np.bincount(owner, minlength=len(self.table.ids))
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    @cached_property
    def row_offset(self) -> Integers:
        counts = np.bincount(self.table.subject, minlength=len(self.table.ids))
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    @cached_property
    def columns(self) -> dict[str, Floats]:
        """Covariates by row, those that formulas read."""
        return {name: self.table.covariate(name) for name in self.individual.covariates}

    @cached_property
    def moving(self) -> tuple[str, ...]:
        """Parameters that change within an occasion: those that read a covariate which does."""
        return tuple(p for p in self.individual.parameters if self.individual.reads(p) & self._restless)

    @cached_property
    def _restless(self) -> frozenset[str]:
        """Covariates that change within an occasion."""
        same = self.table.occasion[1:] == self.table.occasion[:-1]
        return frozenset(n for n, c in self.columns.items() if np.any(same & (c[1:] != c[:-1])))

    @cached_property
    def compiled(self) -> CompiledModel:
        """The structural model as machine code."""
        return CompiledModel(self.pk.model, varying=self.moving)

    @cached_property
    def maker(self) -> TemplateMaker:
        starts = self.compiled.named_states(self.compiled.begin(self.compiled.parameters(1))[1][0])
        compartments = compartments_by_row(self.table, self.pk)
        return TemplateMaker(
            self.table, self.pk, self.compiled, compartments, self.moving, self.carried, starts
        )

    @cached_property
    def places(self) -> list[Integers]:
        """Counted rows of each subject, in order."""
        counted = self.table.counted
        return [counted[self.table.subject[counted] == s] for s in range(len(self.table.ids))]

    @cached_property
    def width(self) -> int:
        """Largest number of observations of a subject."""
        return max((len(rows) for rows in self.places), default=0)

    @cached_property
    def gather(self) -> tuple[Integers, Integers, Integers, NDArray[np.bool_]]:
        """Of each subject's observations [subject, observation]: occasion in the subject, output, column."""
        position = {
            row: (occasion - int(self.occasion_offset[self.table.subject[row]]), output)
            for occasion, rows in enumerate(self.static.rows)
            for output, row in enumerate(rows)
        }
        names, shape = self.compiled.choose(None), (len(self.table.ids), self.width)
        found, there = np.zeros((3, *shape), dtype=np.int64), np.zeros(shape, dtype=bool)
        for subject, rows in enumerate(self.places):
            for j, row in enumerate(rows.tolist()):
                usual = self.pk.observed[self.maker.compartments[row] - 1]
                shown = self.observables.get(row, usual)
                found[:, subject, j] = (*position[row], names.index(shown))
                there[subject, j] = True
        return found[0], found[1], found[2], there

    # ---- how doses depend on predictors
    @cached_property
    def timed_by(self) -> frozenset[int]:
        """Predictors that need rebuilt doses: those that move times of doses, and then also their amounts.

        Where a steady state is requested these are all predictors.
        """
        own = self.individual
        scaled = [(c, name) for kind in (own.bioavailability, own.space) for c, name in kind.items()]
        found = self.retimed.union(*(own.moves_with(name) for c, name in scaled if not self._is_factor(c)))
        if found:  # doses are rebuilt, and no derivatives come from factors
            found = found.union(*(own.moves_with(name) for _, name in scaled))
        return frozenset(range(len(own.predictors))) if self.table.steady.any() else found

    @property
    def retimed(self) -> frozenset[int]:
        """Predictors on which lags, durations or rates depend."""
        own = self.individual
        named = [*own.lag.values(), *own.duration.values(), *own.rate.values()]
        return frozenset().union(*(own.moves_with(name) for name in named))

    def _is_factor(self, compartment: int) -> bool:
        """Whether bioavailability and space only scale amounts: they are constant and change no time."""
        own = self.individual
        names = [kind[compartment] for kind in (own.bioavailability, own.space) if compartment in kind]
        rated = bool(np.any((self.table.rate > 0) & (self.maker.compartments == compartment)))
        timed = rated and compartment in own.bioavailability
        return not timed and not any(own.reads(name) & self._restless for name in names)

    @cached_property
    def factors(self) -> tuple[int, ...]:
        """Compartments whose bioavailability or space scales the templates."""
        scaled = dict.fromkeys([*self.individual.bioavailability, *self.individual.space])
        return tuple(c for c in scaled if self._is_factor(c))

    @cached_property
    def static(self) -> Templates:
        shape = (len(self.table.ids), len(self.individual.predictors))
        middle = np.zeros(shape) if self.middle is None else self.middle
        env = self.individual.evaluate(middle[self.table.subject], self.columns)
        return self.maker.with_factors(
            self.occasions, self.dosing(env, without=self.factors), self.factors, self._unsteady
        )

    def _unsteady(self, wanted: Sequence[Steady]) -> Floats:
        return np.zeros((len(wanted), len(self.pk.model.species)))

    def dosing(self, env: Mapping[str, Dual], without: Sequence[int] = ()) -> Dosing:
        """Administration of doses by row, from the results of the individual model at every row of the
        table."""
        own = self.individual

        def by_row(names: Mapping[int, str]) -> dict[int, float | Floats]:
            return {c: env[name.upper()].value for c, name in names.items()}

        shares, spaces = (
            {c: name for c, name in kind.items() if c not in without}
            for kind in (own.bioavailability, own.space)
        )
        times = (by_row(own.lag), by_row(own.duration), by_row(own.rate))
        return Dosing(by_row(shares), *times, space=by_row(spaces))

    @cached_property
    def first_rows(self) -> Integers:
        """First row of each occasion."""
        return np.array([rows[0] for rows in self.occasions], dtype=np.int64)

    @cached_property
    def dosing_names(self) -> tuple[str, ...]:
        """Results, in capitals, that determine the administration of doses."""
        own = self.individual
        kinds = (own.bioavailability, own.lag, own.duration, own.rate, own.space)
        return tuple({name.upper(): None for kind in kinds for name in kind.values()})

    @cached_property
    def acting(self) -> NDArray[np.bool_]:
        """Predictors on which parameters or doses depend, [predictor]: at ``middle``, or 1 off it."""
        own = self.individual
        names = (*(name.upper() for name in own.parameters), *self.dosing_names)
        shape = (len(self.table.ids), len(own.predictors))
        middle = np.zeros(shape) if self.middle is None else self.middle
        found = np.zeros(shape[1], dtype=bool)
        for shift in (0.0, 1.0, -1.0):
            env = own.evaluate((middle + shift)[self.table.subject], self.columns)
            for name in names:
                found |= (env[name].slope != 0).any(axis=0)
        return found

    @cached_property
    def unvarying(self) -> CompiledModel:
        """The structural model without varying parameters, for steady states."""
        return CompiledModel(self.pk.model) if self.moving else self.compiled
