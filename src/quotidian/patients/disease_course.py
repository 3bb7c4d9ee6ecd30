"""The stated course of one child: a kind of natural history, and flares and infections on stated days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quotidian.errors import InvalidQuantity
from quotidian.patients import chance_events
from quotidian.patients.chance_events import EVENTS, Change, Spell
from quotidian.patients.disease_activity import ledger
from quotidian.patients.natural_history import History, histories, kind_named
from quotidian.simulation import DosingEvent
from quotidian.statistics.streams import Streams
from quotidian.units import whole_number

MOST_EVENTS = 50


@dataclass(frozen=True)
class NaturalCourse:
    """Course of the disease and infections, which no treatment changes.

    Parameters
    ----------
    kind : a key of :data:`quotidian.patients.natural_history.KINDS`.
    seed : of its random streams.
    flares, infections : days on which one begins. Size and length are the medians of the ledgers
        (``natural_history.yaml``, ``chance_events.yaml``).
    """

    kind: str = "steady"
    seed: int = 1
    flares: tuple[float, ...] = ()
    infections: tuple[float, ...] = ()

    @staticmethod
    def parse(
        text: str = "steady", flares: Iterable[float] = (), infections: Iterable[float] = ()
    ) -> NaturalCourse:
        """From ``drawn``, or with a seed ``drawn:7``, and days; the name of an outcome means ``drawn``.

        Raises UnknownName for another kind, InvalidQuantity for an invalid seed or day.
        """
        kind, colon, seed = text.partition(":")
        kind = kind_named(kind)
        number = whole_number(seed) if colon else 1
        if number is None:
            raise InvalidQuantity(
                f"'{seed}' is not a seed of a course.", "A seed is a whole number.", f"Write '{kind}:7'."
            )
        days = tuple(_days("flare", flares)), tuple(_days("infection", infections))
        return NaturalCourse(kind, number, *days)

    @property
    def text(self) -> str:
        """The kind, with its seed where it is random."""
        return self.kind if self.kind == "steady" else f"{self.kind}:{self.seed}"

    def spells(self) -> tuple[tuple[str, float, float], ...]:
        """What was stated: (``flare`` or ``infection``, first day, last day), in order of time."""
        flare_days, infection_days = (
            ledger()["flare_days"].value,
            EVENTS["infection"].days(chance_events.values()),
        )
        found = [("flare", d, d + flare_days) for d in self.flares]
        found += [("infection", d, d + infection_days) for d in self.infections]
        return tuple(sorted(found, key=lambda spell: spell[1]))

    def changes(self, days: float) -> tuple[Change, ...]:
        """Changes of the inputs up to ``days``; none for a steady course without events.

        A flare multiplies the drive of its days, unless the history has a larger one there; infections that
        overlap add up.
        """
        v = {name: entry.value for name, entry in ledger().items()}
        drawn = histories(Streams(self.seed), 0, [0], max(days, 1.0), self.kind)[0]
        own = [c for c in drawn.changes if c.input == "course"]
        stated = [(d, d + v["flare_days"]) for d in self.flares]
        edges = sorted({c.day for c in own} | {d for spell in stated for d in spell})

        def drive(day: float) -> float:
            base = [c.value for c in own if c.day <= day]
            flaring = any(a <= day < b for a, b in stated)
            x = base[-1] if base else 1.0
            return max(x, min(x, 1.0) * v["flare_size"]) if flaring else x

        course = _turns("course", [(d, drive(d)) for d in edges], 1.0)
        struck = chance_events.changes({**drawn.events, "infection": self._all_infections(drawn)})
        return tuple(sorted((c for c in [*course, *struck] if c.day < days), key=lambda c: (c.day, c.input)))

    def _all_infections(self, drawn: History) -> list[Spell]:
        """Drawn events, and stated events of median size and length."""
        event, v = EVENTS["infection"], chance_events.values()
        return [*drawn.infections, *((d, d + event.days(v), event.size(v)) for d in self.infections)]

    def events(self, days: float) -> tuple[DosingEvent, ...]:
        """:meth:`changes` as events of the model."""
        return tuple(change.event for change in self.changes(days))


def _turns(name: str, values: list[tuple[float, float]], resting: float) -> list[Change]:
    """Only values that differ from the previous one."""
    found, last = [], resting
    for day, value in values:
        if value != last:
            found.append(Change(day, name, value))
            last = value
    return found


def _days(what: str, days: Iterable[float]) -> list[float]:
    found = sorted(set(days))
    if len(found) > MOST_EVENTS or not all(0.0 <= day <= 36500.0 for day in found):
        raise InvalidQuantity(
            f"A day given for {what} is out of range.",
            f"An event begins on day 0 or later, and there are at most {MOST_EVENTS} of a kind.",
            "Give days from the first dose, separated by commas: 30,90.",
        )
    return found
