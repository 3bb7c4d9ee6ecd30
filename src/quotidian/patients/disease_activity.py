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

    :math:`\xi_k = e^{\sigma (x_k - \delta (1 - \phi^k))}` with :math:`x_{k+1} = \phi x_k + \sqrt{1 -
    \phi^2}\, z` and :math:`\phi = e^{-2/\tau}`, tau in weeks, times the factor of flares. A child is seen,
    in period 0, when its disease is worse than usual: :math:`\delta` above the mean of the chain.

    Parameters
    ----------
    replicate : of all patients, or [patient].
    values : ``course_sd``, ``course_weeks`` and ``course_when_seen``; entries of the ledger of flares by name
        replace it.
    """
    n, phi = np.asarray(numbers), math.exp(-2.0 / values["course_weeks"])
    z = streams.normal("course", replicate, n, periods)
    x = np.empty_like(z)
    x[:, 0] = z[:, 0]
    for k in range(1, periods):
        x[:, k] = phi * x[:, k - 1] + math.sqrt(1 - phi**2) * z[:, k]
    x -= values["course_when_seen"] * (1.0 - phi ** np.arange(periods))
    factor = _flares(streams, "history.flare", replicate, n, periods, values)
    return np.asarray(np.exp(values["course_sd"] * x) * factor)


def earlier(
    streams: Streams, replicate: int | Integers, numbers: Sequence[int] | Integers, periods: Integers,
    values: Mapping[str, float],
) -> Floats:  # fmt: skip
    r"""Drive of the periods before the first of :func:`course`, [patient, period], the last one next to it.

    A stationary Gaussian chain has the same law in reverse, so that :math:`x_{-k-1} = \phi x_{-k} +
    \sqrt{1 - \phi^2}\, z`, from the patient's own :math:`x_0` and with a random stream of its own, draws its
    past exactly (Cox DR, Miller HD. The theory of stochastic processes. Chapman and Hall 1965; recalled). Its
    mean is as in :func:`course`, with the number of periods before the child was seen.

    Parameters
    ----------
    replicate : of all patients, or [patient].
    periods : [patient] how many periods are needed; those before them hold no draw.
    values : as for :func:`course`.
    """
    n, phi = np.asarray(numbers), math.exp(-2.0 / values["course_weeks"])
    total = int(periods.max(initial=1))
    x = streams.normal("course", replicate, n)[:, 0]
    needed = np.arange(total) < periods[:, None]
    z = _normal_where(needed, streams.uniform("course.earlier", replicate, n, total))
    past = np.empty_like(z)
    for k in range(total):
        x = phi * x + math.sqrt(1 - phi**2) * z[:, k]
        past[:, total - 1 - k] = x
    past -= values["course_when_seen"] * (1.0 - phi ** np.arange(total, 0, -1))
    factor = _flares(streams, "earlier.flare", replicate, n, total, values)
    return np.asarray(np.exp(values["course_sd"] * past) * factor[:, ::-1])


def _flares(
    streams: Streams, purpose: str, replicate: int | Integers, n: Integers, periods: int,
    values: Mapping[str, float],
) -> Floats:  # fmt: skip
    """Factor of flares on the drive, [child, period]; flares that overlap do not multiply."""
    v = {name: values.get(name, entry.value) for name, entry in ledger().items()}
    chance = -math.expm1(-v["flares"] * PERIOD_DAYS / 365.25)
    begins = streams.uniform(purpose, replicate, n, periods) < chance
    z = _normal_where(begins, streams.uniform(f"{purpose}_size", replicate, n, periods))
    size = np.where(begins, np.maximum(v["flare_size"] * np.exp(v["flare_spread"] * z), 1.0), 1.0)
    factor, length = np.ones(begins.shape), max(1, round(v["flare_days"] / PERIOD_DAYS))
    for lag in range(min(length, periods)):
        np.maximum(factor[:, lag:], size[:, : periods - lag], out=factor[:, lag:])
    return factor


def _normal_where(needed: Bools, u: Floats) -> Floats:
    """Normal quantiles of uniform draws where they are needed, 0 elsewhere; shape of both."""
    z = np.zeros(u.shape)
    z[needed] = normal_quantile(u[needed])
    return z
