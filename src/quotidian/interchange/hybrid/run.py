"""Follow a hybrid system: the engine between instants, events and turning conditions at them.

An instant has two phases. In the first, conditions say what they say at it: ``time > 5`` is false at 5. In
the second, just after, a condition that is at equality has the sign into which it moves. Events may fire in
either; rows of the result show the first, after its events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import STOP, Action, CompiledModel, Outcome, Tolerance, Trigger
from quotidian.errors import NotSolvable
from quotidian.interchange.formula import evaluate
from quotidian.interchange.hybrid.conditions import Condition
from quotidian.interchange.hybrid.directions import direction
from quotidian.interchange.hybrid.event_queue import Queue
from quotidian.interchange.hybrid.forecast import Forecast
from quotidian.interchange.hybrid.instant import Values
from quotidian.interchange.hybrid.model_builder import built
from quotidian.interchange.hybrid.system import STILL, System

Floats = NDArray[np.float64]
ROUNDING = 1e-14
MOST_IDLE = 100
"""Stops in a row without progress after which a run is given up."""
PROBE = 1e-6
"""Part of the run over which a difference that stays at 0 is first watched; then each time ten times more."""
UNSEEN = 1e-6
"""Part of its sides by which a difference may have the wrong sign before a missed crossing is reported."""


@dataclass
class HybridRun:
    """One run of ``system`` to the last of ``times``, recording ``names``; values [time, name]."""

    system: System
    times: Floats
    names: Sequence[str]
    tolerance: Tolerance
    seed: int = 1
    _queue: Queue = field(init=False)
    _rows: Floats = field(init=False)
    _machine: CompiledModel = field(init=False)
    _last: Values = field(init=False)
    _probe: float = PROBE
    _accepted: int = 0
    _rejected: int = 0

    def __post_init__(self) -> None:
        watched = [c for c in self.system.conditions if c.watched is not None]
        columns = [*self.names, *(str(c.watched) for c in watched)]
        self._machine = CompiledModel(built(self.system, columns))
        self._watched = watched
        self._forecast = Forecast(self.times)
        self._queue = Queue.of(self.system.events, self.seed, self._forecast.snapped)
        self._rows = np.full((len(self.times), len(self.names)), np.nan)
        self._parameters = self._machine.parameters(1)
        self._triggers = [
            Trigger(str(c.watched), 0.0, (Action(STOP),), rising=rising)
            for c in watched
            for rising in (True, False)
        ]

    def outcome(self) -> Outcome:
        """Solve. Raises NotSolvable where the end is not reached."""
        last = self.solve()
        zeros = np.zeros(1, dtype=np.int64)
        states = self._machine.states_of(last.__getitem__)
        inputs = self._machine.inputs_of(last.__getitem__)
        return Outcome(
            model=self.system.contents.name, times=self.times, names=tuple(self.names),
            values=self._rows[None, :, :], states=states, inputs=inputs, status=zeros,
            reached=np.array([last.time]), accepted=zeros + self._accepted,
            rejected=zeros + self._rejected, slopes=np.zeros_like(inputs),
        )  # fmt: skip

    def solve(self) -> Values:
        """All instants; the values after the last. Raises NotSolvable where the end is not reached."""
        self._last = self._onwards(self.system.start())
        return self._last

    def further(self, times: Floats) -> Values:
        """The same run continued to the last of ``times``, which lie beyond those before: they replace them.

        Raises NotSolvable where the end is not reached.
        """
        self.times, self._forecast = times, Forecast(times)
        self._queue.snapped = self._forecast.snapped
        self._rows = np.full((len(times), len(self.names)), np.nan)
        self._last = self._onwards(self._last)
        return self._last

    @property
    def rows(self) -> Floats:
        """What has been recorded, [time, name]."""
        return self._rows

    @property
    def queue(self) -> Queue:
        """Triggers and waiting events at the end of the run."""
        return self._queue

    def _onwards(self, values: Values) -> Values:
        end, idle = float(self.times[-1]), 0
        crossed: dict[str, float] = {}
        while True:
            values = self._at_instant(values, crossed)
            if values.time >= end:
                return values
            until = min(self._queue.next_due, self._forecast.next_turn(values), end)
            before = values.time
            values, crossed = self._leave(values, until)
            idle = idle + 1 if values.time - before <= 1e-12 * max(abs(end), 1e-300) else 0
            if idle > MOST_IDLE:
                raise self._stuck(values)

    # ---- at an instant
    def _at_instant(self, values: Values, crossed: dict[str, float]) -> Values:
        """Both phases, and the rows of this instant between them."""
        values = self._queue.settle(values.at(signs=dict.fromkeys(crossed, 0.0)))
        for row in np.flatnonzero(self.times == values.time):
            self._rows[row] = [self.value(name, values) for name in self.names]
        for _ in range(MOST_IDLE):
            after = self._just_after(values, crossed)
            values = self._queue.settle(after)
            if values is after:
                return values
            crossed = {}
        raise self._stuck(values)

    def value(self, name: str, values: Values) -> float:
        """What an output is at an instant."""
        measure = self.system.measures.get(name)
        return values[name] if measure is None else float(evaluate(measure, values))

    def _just_after(self, values: Values, crossed: dict[str, float]) -> Values:
        """With the sign into which each difference that is 0 moves."""
        level = [c for c in values.conditions if self._level(c, values)]
        signs = dict(values.signs)
        signs |= {c.name: crossed.get(c.name, 0.0) for c in level if values.sign(c) == 0.0}
        for c in level:
            if c.watched is None:
                signs[c.name] = self._forecast.after(c, values)
        moving = [c for c in level if c.watched is not None]
        for _ in range(3):
            after = values.at(signs=signs)
            found = {c.name: d for c in moving if (d := self._direction(c, after, values))}
            if all(signs[name] == sign for name, sign in found.items()):
                break
            signs |= found
        else:
            raise self._stuck(values)
        return values if signs == values.signs else values.at(signs=signs)

    def _level(self, c: Condition, values: Values) -> bool:
        """Whether a difference is 0, or was a moment ago: an event may turn it back where it crossed."""
        here = c.watched is not None and c.name in values.signs and not self._beyond(c, values)
        return here or values.sign(c) == 0.0

    def _direction(self, c: Condition, after: Values, at: Values) -> float:
        return direction(self.system, c, after, at, float(self.times[-1]))

    # ---- between instants
    def _leave(self, values: Values, until: float) -> tuple[Values, dict[str, float]]:
        """Follow; where a difference is 0 and no first derivative moves it, look where it goes first."""
        level = [c for c in self._watched if values.sign(c) == 0.0]
        if not level:
            self._probe = PROBE
            return self._follow(values, until)
        soon = min(until, values.time + self._probe * float(self.times[-1]))
        later, crossed = self._follow(values, soon)
        left = {c.name: later.sign(c) for c in level if self._beyond(c, later)}
        if left:
            after = self._queue.settle(values.at(signs=values.signs | left))
            return self._follow(after, min(until, self._queue.next_due))
        self._probe *= 10.0
        return later, crossed

    @staticmethod
    def _beyond(c: Condition, values: Values) -> bool:
        """Whether a difference is 0 no more, rounding left aside."""
        size = max(abs(float(evaluate(side, values))) for side in c.sides)
        return abs(values.difference(c)) > ROUNDING * size

    def _follow(self, values: Values, until: float) -> tuple[Values, dict[str, float]]:
        """Integrate to ``until`` or to the first crossing; the state there, and the signs crossed into."""
        inside = (self.times > values.time) & (self.times < until)
        if self.system.states == (STILL,) and not self._watched:
            return self._still(values, until, inside)
        outcome = self._machine.run(
            self._parameters,
            self.times[inside],
            triggers=self._triggers,
            observables=[*self.names, *(str(c.watched) for c in self._watched)],
            start=values.time,
            end=until,
            states=self._machine.states_of(values.__getitem__),
            inputs=self._machine.inputs_of(values.__getitem__),
            tolerance=self.tolerance,
        )
        for failure in outcome.failures:
            raise NotSolvable(
                f"{self.system.contents.name} could not be simulated beyond {failure.reached:g} "
                f"{self.system.contents.time_unit}.",
                f"The solver reports: {failure.reason}.",
                "The solution may become infinite there; end the run before, or correct the file.",
            )
        reached = float(outcome.reached[0])
        self._accepted += int(outcome.accepted[0])
        self._rejected += int(outcome.rejected[0])
        self._rows[inside] = np.where(
            (self.times[inside] <= reached)[:, None],
            outcome.values[0][:, : len(self.names)],
            np.nan,
        )
        states = self._machine.named_states(outcome.states[0])
        later = values.at(until if reached >= until else reached, states)
        crossed = self._crossed(outcome)
        crossed |= self._forecast.due(values, later)
        self._refuse_unseen(values, later, crossed)
        return later, crossed

    def _still(
        self, values: Values, until: float, inside: NDArray[np.bool_]
    ) -> tuple[Values, dict[str, float]]:
        """The same where nothing has a rate: rules of time are all that changes."""
        for row in np.flatnonzero(inside):
            here = values.at(float(self.times[row]), signs=values.signs)
            self._rows[row] = [self.value(name, here) for name in self.names]
        later = values.at(until)
        return later, self._forecast.due(values, later)

    def _crossed(self, outcome: Outcome) -> dict[str, float]:
        seen = outcome.watched
        if seen is None:
            return {}
        numbers = seen.trigger[0][: seen.count[0]]
        return {self._watched[n // 2].name: -1.0 if n % 2 else 1.0 for n in map(int, numbers)}

    def _refuse_unseen(self, before: Values, later: Values, crossed: dict[str, float]) -> None:
        """Refuse a sign that has changed without a crossing: the solution went on with a wrong branch."""
        for c in self._watched:
            was, now = before.sign(c), later.difference(c)
            size = max(abs(float(evaluate(side, later))) for side in c.sides)
            passed = was * now < 0 or (was == 0 and later.time - before.time > PROBE * float(self.times[-1]))
            if c.name not in crossed and passed and abs(now) > UNSEEN * size:
                raise NotSolvable(
                    f"A condition changed undetected before {later.time:g}.",
                    "The solver could not locate the crossing.",
                    "Set a smaller longest step (--longest-step).",
                )

    def _stuck(self, values: Values) -> NotSolvable:
        return NotSolvable(
            f"{self.system.contents.name} could not be simulated beyond {values.time:g} "
            f"{self.system.contents.time_unit}.",
            "Conditions switch there without end: each branch leads back to the other.",
            "Give the condition hysteresis, so that it switches back at another level.",
        )
