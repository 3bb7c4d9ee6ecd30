"""Natural course of the disease: variation of the drive before and after entry.

Children are seen when their disease is worse than usual. Their drive therefore falls after entry, on average.

Random streams are addressed by child and period, so that the arms of a study share them (common random
numbers), a longer course begins with the shorter one, and a longer past ends with it. Remission is not a
part of the drive: a disease becomes inactive if the memory of innate cells no longer sustains it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quotidian.evidence import Ledger, read_ledger
from quotidian.patients.chance_events import PERIOD_DAYS
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
ACTIVE_PERIODS = 2  # two-week periods of the run-in


@cache
def ledger() -> Ledger:
    """Rates, sizes and lengths of flares, with their evidence."""
    return read_ledger(Path(__file__).with_name("natural_history.yaml"))


def course(
    streams: Streams, replicate: int | Integers, numbers: Sequence[int] | Integers, periods: int,
    values: Mapping[str, float],
) -> Floats:  # fmt: skip
    r"""Natural course [patient, period of two weeks]: the drive relative to that when the child is seen.

    :math:`\xi_k = e^{\sigma x_k}` times the factor of flares. The course stays as it is until it turns:
    :math:`x_{k+1} = x_k` with probability :math:`\phi = e^{-2/\tau}`, tau in weeks, and otherwise
    :math:`x_{k+1} = z - \delta`, with z standard normal. A child is seen, in period 0, when its disease is
    worse than usual: :math:`x_0 = z`, :math:`\delta` above the mean of the later values.

    Parameters
    ----------
    replicate : of all patients, or [patient].
    values : ``course_sd``, ``course_weeks`` and ``course_when_seen``; entries of the ledger of flares by name
        replace it.
    """
    n = np.asarray(numbers)
    u = streams.uniform("course", replicate, n, periods)
    turned = _turns(streams.uniform("course.turn", replicate, n, periods), values)
    turned[:, 0] = True  # the value at entry
    z = _normal_where(turned, u)
    x = _held(np.concatenate([z[:, :1], z[:, 1:] - values["course_when_seen"]], axis=1), turned)
    factor = _flares(streams, "history.flare", replicate, n, periods, values)
    return np.asarray(np.exp(values["course_sd"] * x) * factor)


def earlier(
    streams: Streams, replicate: int | Integers, numbers: Sequence[int] | Integers, periods: Integers,
    values: Mapping[str, float],
) -> Floats:  # fmt: skip
    r"""Drive of the periods before the first of :func:`course`, one patient after another.

    The first value of a patient is that of the period next to entry, the last that of onset.

    Which values a course has does not depend on when it turns, so that the chain has the same law in
    reverse: :math:`x_{-k-1} = x_{-k}` with probability :math:`\phi`, and otherwise :math:`z - \delta`, from
    the patient's own :math:`x_0` and with random streams of its own, draws its past exactly.

    Parameters
    ----------
    replicate : of all patients, or [patient].
    periods : [patient] number of periods, at least 1.
    values : as for :func:`course`.
    """
    n = np.asarray(numbers)
    child, column = _cells(periods)
    seen = streams.normal("course", replicate, n)[:, 0]
    turned = _turns(streams.uniform_of_each("course.earlier_turn", replicate, n, periods), values)
    at = np.flatnonzero(turned)
    z = normal_quantile(streams.uniform_at("course.earlier", *_address(replicate, n, child[at], column[at])))
    drawn = np.where(column == 0, seen[child], 0.0)
    drawn[at] = z - values["course_when_seen"]
    latest = np.maximum.accumulate(np.where(turned | (column == 0), np.arange(len(child)), 0))
    factor = _earlier_flares(streams, replicate, n, periods, values)
    return np.asarray(np.exp(values["course_sd"] * drawn[latest]) * factor)


def _cells(periods: Integers) -> tuple[Integers, Integers]:
    """Patient and number of each period, one patient after another."""
    child = np.repeat(np.arange(len(periods)), periods)
    return child, np.arange(len(child)) - (np.cumsum(periods) - periods)[child]


def _address(
    replicate: int | Integers, n: Integers, child: Integers, column: Integers
) -> tuple[int | Integers, Integers, Integers]:
    own = replicate[child] if isinstance(replicate, np.ndarray) else replicate
    return own, n[child], column


def _earlier_flares(
    streams: Streams, replicate: int | Integers, n: Integers, periods: Integers, values: Mapping[str, float]
) -> Floats:
    """Factor of flares on the drive, as :func:`_flares`, of the periods of each patient in turn."""
    v = _flare_values(values)
    u = streams.uniform_of_each("earlier.flare", replicate, n, periods)
    (begins,) = np.nonzero(u < _chance(v))
    child, column = _cells(periods)
    own = _address(replicate, n, child[begins], column[begins])
    size = _flare_sizes(normal_quantile(streams.uniform_at("earlier.flare_size", *own)), v)
    factor, left = np.ones(len(u)), periods[child[begins]] - column[begins]
    for lag in range(_flare_periods(v)):
        some = begins[left > lag] + lag
        factor[some] = np.maximum(factor[some], size[left > lag])
    return factor


def _turns(u: Floats, values: Mapping[str, float]) -> Bools:
    r"""Where a course turns, :math:`u < 1 - e^{-2/\tau}`; shape of ``u``."""
    return np.asarray(u < -math.expm1(-2.0 / values["course_weeks"]))


def _held(x: Floats, turned: Bools) -> Floats:
    """The values of ``x`` at the latest turn, or in the first period before any; [patient, period]."""
    latest = np.maximum.accumulate(np.where(turned, np.arange(x.shape[1]), 0), axis=1)
    return np.asarray(np.take_along_axis(x, latest, axis=1))


def _flares(
    streams: Streams, purpose: str, replicate: int | Integers, n: Integers, periods: int,
    values: Mapping[str, float],
) -> Floats:  # fmt: skip
    """Factor of flares on the drive, [child, period]; flares that overlap do not multiply."""
    v = _flare_values(values)
    begins = streams.uniform(purpose, replicate, n, periods) < _chance(v)
    z = _normal_where(begins, streams.uniform(f"{purpose}_size", replicate, n, periods))
    size = np.where(begins, _flare_sizes(z, v), 1.0)
    factor = np.ones(begins.shape)
    for lag in range(min(_flare_periods(v), periods)):
        np.maximum(factor[:, lag:], size[:, : periods - lag], out=factor[:, lag:])
    return factor


def _flare_values(values: Mapping[str, float]) -> dict[str, float]:
    return {name: values.get(name, entry.value) for name, entry in ledger().items()}


def _chance(v: Mapping[str, float]) -> float:
    """Probability that a flare begins in a period."""
    return -math.expm1(-v["flares"] * PERIOD_DAYS / 365.25)


def _flare_sizes(z: Floats, v: Mapping[str, float]) -> Floats:
    """Factors of flares at standard normal draws."""
    return np.maximum(v["flare_size"] * np.exp(v["flare_spread"] * z), 1.0)


def _flare_periods(v: Mapping[str, float]) -> int:
    """Number of periods of a flare."""
    return max(1, round(v["flare_days"] / PERIOD_DAYS))


def _normal_where(needed: Bools, u: Floats) -> Floats:
    """Normal quantiles of uniform draws where they are needed, 0 elsewhere; shape of both."""
    z = np.zeros(u.shape)
    z[needed] = normal_quantile(u[needed])
    return z
