"""What happens at one instant: events fire, wait, are called off, and act, one after another.

As SBML Level 3 says (section 4.11.6 of the specification of Version 2, Release 2): of what is due the event
with the highest priority acts first; after each, triggers are read again, which may fire others, or call off
what is not persistent. Between equal priorities chance decides, by a seed of the run. Without
priorities, where the specification leaves the order open, events act in order of the file.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from quotidian.errors import NotSolvable
from quotidian.interchange.contents import Event
from quotidian.interchange.formula import evaluate
from quotidian.interchange.hybrid.instant import Values

MOST_AT_ONCE = 10_000
"""Events that may act at one instant: a file in which more do never leaves it."""


@dataclass
class Waiting:
    """An event that has fired: when it acts, and its values if these are those of the firing."""

    number: int
    due: float
    values: Mapping[str, float] | None


@dataclass
class Queue:
    """Triggers and waiting events of one run; ``truth`` is what each trigger was last."""

    events: Sequence[Event]
    truth: list[bool]
    chance: random.Random
    snapped: Callable[[float], float]
    waiting: list[Waiting] = field(default_factory=list)

    @staticmethod
    def of(events: Sequence[Event], seed: int, snapped: Callable[[float], float]) -> Queue:
        """Before time 0: a trigger counts as false if the file says that it can fire then.

        ``snapped`` gives the output time next to an instant.
        """
        return Queue(events, [not event.armed for event in events], random.Random(seed), snapped)

    @property
    def next_due(self) -> float:
        """When the next waiting event acts; infinity for never."""
        return min((w.due for w in self.waiting), default=math.inf)

    def settle(self, values: Values) -> Values:
        """Everything that happens at the instant of ``values``; the values after it.

        Signs of conditions are kept as long as their difference is.

        Raises NotSolvable where events fire one another without end.
        """
        for _ in range(MOST_AT_ONCE):
            self._read(values)
            due = [w for w in self.waiting if w.due <= values.time]
            if not due:
                return values
            first = self._first(due, values)
            self.waiting.remove(first)
            values = self._act(first, values)
        raise NotSolvable(
            f"Events fire one another without end at {values.time:g}.",
            f"{MOST_AT_ONCE:,} acted at that instant.",
            "Correct their triggers, or give them a delay.",
        )

    def _read(self, values: Values) -> None:
        """Fire what has become true; call off what is no longer."""
        for i, event in enumerate(self.events):
            now = bool(evaluate(event.trigger, values) == 1.0)
            if not now and not event.persistent:
                self.waiting = [w for w in self.waiting if w.number != i]
            if now and not self.truth[i]:
                due = self.snapped(values.time + self._delay(event, values))
                own = self._assigned(event, values) if event.early else None
                self.waiting.append(Waiting(i, max(due, values.time), own))
            self.truth[i] = now

    def _first(self, due: Sequence[Waiting], values: Values) -> Waiting:
        ranks = [self._priority(w, values) for w in due]
        best = [w for w, rank in zip(due, ranks, strict=True) if rank == max(ranks)]
        if len(best) > 1 and max(ranks) > -math.inf:
            return self.chance.choice(best)
        return min(best, key=lambda w: w.number)

    def _delay(self, event: Event, values: Values) -> float:
        delay = float(evaluate(event.delay, values))
        if not delay >= 0:
            raise NotSolvable(
                f"The {event.where} has a delay of {delay:g} at {values.time:g}.",
                "A delay is 0 or more.",
                "Correct the formula of the delay.",
            )
        return delay

    def _priority(self, w: Waiting, values: Values) -> float:
        rank = self.events[w.number].priority
        value = -math.inf if rank is None else float(evaluate(rank, values))
        return -math.inf if math.isnan(value) else value

    @staticmethod
    def _assigned(event: Event, values: Values) -> dict[str, float]:
        return {name: float(evaluate(f, values)) for name, f in event.changes.items()}

    def _act(self, w: Waiting, values: Values) -> Values:
        event = self.events[w.number]
        changes = w.values if w.values is not None else self._assigned(event, values)
        after = values.at(held=changes)
        for condition in values.conditions:
            same = values.difference(condition) == after.difference(condition)
            if condition.name in values.signs and same:
                after.signs[condition.name] = values.signs[condition.name]
        return after
