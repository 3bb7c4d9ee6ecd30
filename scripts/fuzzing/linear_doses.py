r"""The referee of event tables: linear models by matrix exponentials, without code of the program.

Amounts follow :math:`x' = A x + r`, so that over a time :math:`h` of constant rates
:math:`x(t+h) = e^{A h} x(t) + A^{-1} (e^{A h} - I) r`. A regimen that has gone on for ever is a geometric
series of such responses. Records are those of NONMEM 7 (users guides, PREDPP data items).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

Floats = NDArray[np.float64]
TIE = 1e-9
MOST = 2000
"""Doses of one record and of one endless past up to which the referee follows."""


class Abstains(Exception):
    """The referee does not judge this input."""


@dataclass(frozen=True)
class Record:
    """One row: its kind, dose, and the values that hold at it."""

    time: float
    evid: int
    amount: float
    rate: float
    interval: float
    more: int
    steady: int
    compartment: int
    values: Mapping[str, float]


@dataclass(frozen=True)
class Kind:
    """A model: with a depot or without, with a peripheral compartment or without."""

    depot: bool
    two: bool

    @property
    def central(self) -> int:
        """Place of the central compartment."""
        return int(self.depot)

    def matrix(self, v: Mapping[str, float]) -> Floats:
        """A of amounts, by CL, V, KA, Q and V2 (1/time)."""
        c = self.central
        a = np.zeros((1 + c + self.two, 1 + c + self.two))
        a[c, c] = -v["CL"] / v["V"]
        if self.depot:
            a[0, 0], a[1, 0] = -v["KA"], v["KA"]
        if self.two:
            out, back = v["Q"] / v["V"], v["Q"] / v["V2"]
            a[c, c] -= out
            a[c + 1, c], a[c, c + 1], a[c + 1, c + 1] = out, back, -back
        return a

    def shown(self, x: Floats, place: int, v: Mapping[str, float]) -> float:
        """What is observed of a compartment: the amount of a depot, the concentration of another."""
        if self.depot and place == 0:
            return float(x[0])
        return float(x[place] / v["V" if place == self.central else "V2"])


@dataclass
class Body:
    """Amounts of one subject at a time, and doses under way."""

    kind: Kind
    x: Floats
    time: float
    waiting: list[tuple[float, int, float]] = field(default_factory=list)
    running: list[tuple[float, float, int, float]] = field(default_factory=list)

    def advance(self, to: float, a: Floats) -> None:
        """To a later time; doses that are due there have acted."""
        tie = TIE * max(1.0, abs(to))
        edges = {t for t, _, _ in self.waiting} | {t for s, e, _, _ in self.running for t in (s, e)}
        for edge in [*sorted(t for t in edges if self.time < t < to - tie), to]:
            rates = np.zeros(len(self.x))
            for start, end, place, rate in self.running:
                rates[place] += rate if start < (self.time + edge) / 2 < end else 0.0
            self.x = flow(a, edge - self.time) @ self.x + response(a, edge - self.time) @ rates
            self.time = edge
            for due in [w for w in self.waiting if w[0] <= edge + (tie if edge == to else 0.0)]:
                self.x[due[1]] += due[2]
                self.waiting.remove(due)
        if not np.isfinite(self.x).all():
            raise Abstains

    def clear(self) -> None:
        """Nothing is in the body, and nothing is to come."""
        self.x, self.waiting, self.running = np.zeros(len(self.x)), [], []

    def give(self, at: float, place: int, amount: float, duration: float) -> None:
        """A dose that arrives at a time, which may be now."""
        if duration > 0:
            self.running.append((at, at + duration, place, amount / duration))
        elif at == self.time:
            self.x[place] += amount
        else:
            self.waiting.append((at, place, amount))

    def give_past(self, r: Record, place: int, amount: float, duration: float, a: Floats) -> None:
        """Doses of the endless past of a record, those that are still to come among them."""
        lag, ii = r.values.get("lag", 0.0), r.interval
        if (lag + duration) / ii > MOST:
            raise Abstains
        k = 1
        while lag - k * ii > TIE * ii:  # has not arrived yet
            self.give(self.time + lag - k * ii, place, amount, duration)
            k += 1
        unit = np.eye(len(a))[place]
        while duration > 0 and k * ii - lag < duration:  # still runs
            since = k * ii - lag
            self.running.append((self.time, self.time + duration - since, place, amount / duration))
            self.x += response(a, since) @ unit * amount / duration
            k += 1
        past = np.linalg.inv(np.eye(len(a)) - flow(a, ii)) @ flow(a, max(k * ii - lag - duration, 0.0))
        self.x += past @ (response(a, duration) @ unit * amount / duration if duration > 0 else unit * amount)


def flow(a: Floats, h: float) -> Floats:
    """:math:`e^{A h}`."""
    return np.asarray(expm(a * h))


def response(a: Floats, h: float) -> Floats:
    """:math:`A^{-1} (e^{A h} - I)`."""
    return np.asarray(np.linalg.solve(a, flow(a, h) - np.eye(len(a))))


def predicted(kind: Kind, records: list[Record], *, backward: bool = True) -> list[float]:
    """Predictions of the rows of one subject with EVID 0 or 2, in their order.

    ``backward``: between two rows the values of the later one hold. Raises Abstains for what it cannot judge.
    """
    body = Body(kind, np.zeros(1 + kind.depot + kind.two), records[0].time)
    found, before = [], records[0]
    for r in records:
        a = kind.matrix(r.values)
        if r.evid in (3, 4):
            body.clear()
            body.time = r.time
        else:
            body.advance(r.time, a if backward else kind.matrix(before.values))
        if r.evid in (1, 4):
            _dose(body, r, a, records)
        elif r.evid != 3:
            found.append(kind.shown(body.x, r.compartment, r.values))
        before = r
    return found


def _dose(body: Body, r: Record, a: Floats, records: list[Record]) -> None:
    amount, rate, lag = r.amount * r.values.get("F", 1.0), r.rate, r.values.get("lag", 0.0)
    if r.steady == 1:
        body.clear()
    if r.amount == 0:  # an infusion without beginning that ends here
        body.x = body.x - np.linalg.solve(a, np.eye(len(a))[r.compartment] * rate)
        return
    rate = r.values["R1"] if rate == -1 else rate
    duration = r.values["D1"] if rate == -2 else amount / rate if rate else 0.0
    span = max(1.0, r.interval, *(abs(other.time) for other in records))
    if 0 < duration < 1e-6 * span:
        raise Abstains  # next to a bolus, of which the row shows all
    if r.steady:
        body.give_past(r, r.compartment, amount, duration, a)
    last = max(other.time for other in records)
    count = min(r.more, (last - r.time) / r.interval + 1 if r.more else 0)
    if count > MOST:
        raise Abstains
    for k in range(int(count) + 1):
        body.give(r.time + k * r.interval + lag, r.compartment, amount, duration)
