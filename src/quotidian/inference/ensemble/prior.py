r"""Prior of uncertain values, as scores :math:`z \sim N(0, R)`.

A value is :math:`x = T^{-1}(T(m) + s z)`, held within hard limits, with T the identity, the logarithm or the
logit by what the value can be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidCall
from quotidian.evidence import Cv, Entry, Fold, LogSd, NoSpread, Range, Sd, Uncertainty
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Shape = Literal["linear", "log", "logit"]
Z90, Z98 = 1.6448536, 2.3263479  # half-widths of the central 90 % and 98 % in SD
TINY = 1e-12
UNSTATED: Mapping[str, float] = {"measured": 0.10, "derived": 0.15, "fitted": 0.15}
"""CV of a value without a stated uncertainty, by its basis; one that is assumed fills its plausible range."""


@dataclass(frozen=True)
class UncertainValue:
    """One uncertain value.

    ``median`` and the limits are in its unit, ``sd`` is on the scale of ``shape``.
    """

    name: str
    median: float
    sd: float
    shape: Shape
    low: float
    high: float

    def at(self, z: Floats) -> Floats:
        """Values at scores, of the same shape."""
        y = _forward(self.shape, self.median) + self.sd * np.asarray(z, dtype=np.float64)
        return np.clip(_back(self.shape, y), self.low, self.high)

    def scores(self, x: Floats) -> Floats:
        """Scores of values, of the same shape: the inverse of :meth:`at` between the limits."""
        values = np.asarray(x, dtype=np.float64)
        if self.shape == "log":
            values = np.log(np.maximum(values, TINY))
        elif self.shape == "logit":
            values = np.clip(values, TINY, 1.0 - 1e-12)
            values = np.log(values / (1.0 - values))
        return (values - _forward(self.shape, self.median)) / self.sd


@dataclass(frozen=True, eq=False)
class Prior:
    """Uncertain values, and the correlation of their scores, [value, value]."""

    values: tuple[UncertainValue, ...]
    correlation: Floats

    def __post_init__(self) -> None:
        if self.correlation.shape != (len(self.values),) * 2:
            raise InvalidCall("A prior needs one row of correlations for each value.")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the values."""
        return tuple(value.name for value in self.values)

    @property
    def root(self) -> Floats:
        """Lower triangular root of the correlation."""
        return np.asarray(np.linalg.cholesky(self.correlation))

    def draw(self, streams: Streams, draws: int, first: int = 0) -> Floats:
        """Scores, [draw, value], from number ``first`` on; none depends on how many are drawn."""
        numbers = first + np.arange(draws)
        return streams.normal("knowledge.prior", 0, numbers, len(self.values)) @ self.root.T

    def at(self, scores: Floats) -> Floats:
        """Values at scores, [draw, value] both."""
        return np.stack([v.at(scores[:, i]) for i, v in enumerate(self.values)], axis=1)

    def scores(self, values: Floats) -> Floats:
        """Scores of values, [draw, value] both."""
        return np.stack([v.scores(values[:, i]) for i, v in enumerate(self.values)], axis=1)


def prior_of(values: Sequence[UncertainValue], blocks: Sequence[tuple[Sequence[str], Floats]] = ()) -> Prior:
    """The prior of values; each block is names and the correlation of their scores, other pairs have none."""
    whole, places = np.eye(len(values)), {value.name: i for i, value in enumerate(values)}
    for names, correlation in blocks:
        kept = [k for k, name in enumerate(names) if name in places]
        rows = [places[names[k]] for k in kept]
        whole[np.ix_(rows, rows)] = np.asarray(correlation)[np.ix_(kept, kept)]
    return Prior(tuple(values), whole)


def uncertain(name: str, entry: Entry) -> UncertainValue:
    """The prior of one entry from its uncertainty; without one, by its basis (`UNSTATED`).

    Raises InvalidCall for an entry that has no uncertainty by definition.
    """
    if isinstance(entry.uncertainty, NoSpread):
        raise InvalidCall(f"{name} has no uncertainty: {entry.uncertainty.why}.")
    shape, (low, high) = _shape(entry), entry.plausible
    sd = spread(shape, entry.value, entry.uncertainty)
    if sd is None:
        own = UNSTATED.get(entry.basis.word)
        sd = _ends(shape, entry.value, low, high, Z98) if own is None else spread(shape, entry.value, Cv(own))
    assert sd is not None
    return UncertainValue(name, entry.value, sd, shape, low, high)


def _shape(entry: Entry) -> Shape:
    low, high = entry.plausible
    if entry.unit == "1" and low >= 0.0 and high <= 1.0 and 0.0 < entry.value < 1.0:
        return "logit"
    return "log" if low >= 0.0 and entry.value > 0.0 else "linear"


def spread(shape: Shape, value: float, stated: Uncertainty) -> float | None:
    """SD on the scale of ``shape`` of a stated uncertainty, to first order; None where none is stated.

    A range is the central 90 %. A fold is the half-width of one on the logarithm.
    """
    slope = _slope(shape, value)
    match stated:
        case Sd(sd):
            return sd * abs(slope)
        case Cv(cv):
            return math.sqrt(math.log1p(cv**2)) if shape == "log" else cv * abs(value * slope)
        case LogSd(sd):
            return sd if shape == "log" else sd * abs(value * slope)
        case Fold(fold):
            own = math.log(fold) / Z90
            return own if shape == "log" else own * abs(value * slope)
        case Range(low, high):
            return _ends(shape, value, low, high, Z90)
    return None


def _slope(shape: Shape, value: float) -> float:
    """Derivative of the scale by the value."""
    if shape == "linear":
        return 1.0
    return 1.0 / value if shape == "log" else 1.0 / (value * (1.0 - value))


def _ends(shape: Shape, value: float, low: float, high: float, width: float) -> float:
    """SD of a central interval. An end that the scale cannot hold is left out; the other one counts."""
    least, most = {"linear": (-math.inf, math.inf), "log": (0.0, math.inf)}.get(shape, (0.0, 1.0))
    middle = _forward(shape, value)
    gaps = [abs(_forward(shape, end) - middle) for end in (low, high) if least < end < most]
    gaps = [gap for gap in gaps if gap > 0.0]
    return (sum(gaps) / len(gaps) if gaps else 1.0) / width


def _forward(shape: Shape, x: float) -> float:
    if shape == "linear":
        return x
    return math.log(x) if shape == "log" else math.log(x / (1.0 - x))


def _back(shape: Shape, y: Floats) -> Floats:
    if shape == "linear":
        return y
    return np.exp(y) if shape == "log" else 1.0 / (1.0 + np.exp(-y))
