"""Natural course of the disease: how its drive varies over time around each patient's own mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.patients.population import TYPICAL, PatientPopulation
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
ACTIVE_PERIODS = 2  # two-week periods of the run-in


def course(
    streams: Streams, replicate: int, numbers: Sequence[int], periods: int,
    population: PatientPopulation = TYPICAL,
) -> Floats:  # fmt: skip
    r"""Natural course [patient, period of two weeks]: the drive relative to the patient's own.

    :math:`\xi = e^{\sigma x}` with :math:`x_{k+1} = \phi x_k + \sqrt{1 - \phi^2}\, z` and
    :math:`\phi = e^{-2/\tau}`, tau in weeks. In each period the disease remits spontaneously with a small
    probability: from then on the drive is that of remission.
    """
    s, n = population.values, np.asarray(numbers)
    phi = _autocorrelation(s)
    z = streams.normal("course", replicate, n, periods)
    x = np.empty_like(z)
    x[:, 0] = z[:, 0]
    for k in range(1, periods):
        x[:, k] = phi * x[:, k - 1] + math.sqrt(1 - phi**2) * z[:, k]
    remits = streams.uniform("remission", replicate, n, periods) < s["remission_chance"]
    remits[:, :ACTIVE_PERIODS] = False  # candidates are found while their disease is active
    after = np.logical_or.accumulate(remits, axis=1)
    return np.asarray(np.exp(s["course_sd"] * x) * np.where(after, s["remission_drive"], 1.0))


def _autocorrelation(s: Mapping[str, float]) -> float:
    r"""Correlation of the natural course from one period to the next, :math:`\phi = e^{-2/\tau}`."""
    return math.exp(-2.0 / s["course_weeks"])
