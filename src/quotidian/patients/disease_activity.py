"""Natural course of the disease: variation of the drive around each patient's own value, before and after
entry.

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
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ACTIVE_PERIODS = 2  # two-week periods of the run-in


@cache
def ledger() -> Ledger:
    """Rates, sizes and lengths of flares, with their evidence."""
    return read_ledger(Path(__file__).with_name("natural_history.yaml"))


def course(
    streams: Streams, replicate: int, numbers: Sequence[int] | Integers, periods: int,
    values: Mapping[str, float],
) -> Floats:  # fmt: skip
    r"""Natural course [patient, period of two weeks]: the drive relative to the patient's own.

    :math:`\xi = e^{\sigma x}` with :math:`x_{k+1} = \phi x_k + \sqrt{1 - \phi^2}\, z` and
    :math:`\phi = e^{-2/\tau}`, tau in weeks, times the factor of flares.

    Parameters
    ----------
    values : ``course_sd`` and ``course_weeks``; entries of the ledger of flares by name replace it.
    """
    n, phi = np.asarray(numbers), math.exp(-2.0 / values["course_weeks"])
    z = streams.normal("course", replicate, n, periods)
    x = np.empty_like(z)
    x[:, 0] = z[:, 0]
    for k in range(1, periods):
        x[:, k] = phi * x[:, k - 1] + math.sqrt(1 - phi**2) * z[:, k]
    factor = _flares(streams, "history.flare", replicate, n, periods, values)
    return np.asarray(np.exp(values["course_sd"] * x) * factor)


def earlier(
    streams: Streams, replicate: int, numbers: Sequence[int] | Integers, periods: int,
    values: Mapping[str, float],
) -> Floats:  # fmt: skip
    r"""Drive of the periods before the first of :func:`course`, [patient, period], the last one next to it.

    A stationary Gaussian chain has the same law in reverse, so that :math:`x_{-k-1} = \phi x_{-k} +
    \sqrt{1 - \phi^2}\, z`, from the patient's own :math:`x_0` and with a random stream of its own, draws its
    past exactly (Cox DR, Miller HD. The theory of stochastic processes. Chapman and Hall 1965; recalled).
    """
    n, phi = np.asarray(numbers), math.exp(-2.0 / values["course_weeks"])
    x = streams.normal("course", replicate, n)[:, 0]
    z = streams.normal("course.earlier", replicate, n, periods)
    past = np.empty_like(z)
    for k in range(periods):
        x = phi * x + math.sqrt(1 - phi**2) * z[:, k]
        past[:, periods - 1 - k] = x
    factor = _flares(streams, "earlier.flare", replicate, n, periods, values)
    return np.asarray(np.exp(values["course_sd"] * past) * factor[:, ::-1])


def _flares(
    streams: Streams, purpose: str, replicate: int, n: Integers, periods: int, values: Mapping[str, float]
) -> Floats:
    """Factor of flares on the drive, [child, period]; flares that overlap do not multiply."""
    v = {name: values.get(name, entry.value) for name, entry in ledger().items()}
    chance = -math.expm1(-v["flares"] * PERIOD_DAYS / 365.25)
    begins = streams.uniform(purpose, replicate, n, periods) < chance
    size = v["flare_size"] * np.exp(
        v["flare_spread"] * streams.normal(f"{purpose}_size", replicate, n, periods)
    )
    factor, length = np.ones(begins.shape), max(1, round(v["flare_days"] / PERIOD_DAYS))
    for lag in range(min(length, periods)):
        shifted = np.where(begins, np.maximum(size, 1.0), 1.0)[:, : periods - lag]
        factor[:, lag:] = np.maximum(factor[:, lag:], shifted)
    return factor
