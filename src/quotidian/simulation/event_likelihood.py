r"""Likelihood of the observations of an event table, limits of quantification included.

A quantified value counts with its normal density; CENS 1 with :math:`\Phi((D - f)/\sigma)`, or with the
probability of the interval from LIMIT to DV; CENS -1 with the other tail. Beal SL. J Pharmacokinet
Pharmacodyn 2001;28:481 (methods M3 and M4 without truncation).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.data.event_table import EventTable
from quotidian.errors import InvalidInput
from quotidian.population import ErrorModel
from quotidian.simulation.event_records import Prediction
from quotidian.statistics.normal import normal_log_cdf, normal_log_interval, normal_log_pdf

Floats = NDArray[np.float64]


def minus_two_log_likelihood(table: EventTable, prediction: Prediction, error: ErrorModel) -> float:
    r""":math:`-2 \ln L` of the rows that count (EVID 0, MDV 0, a value), with all constants.

    With an error of kind ``log`` DV holds natural logarithms, as does LIMIT.

    Raises InvalidInput where the error of a quantified observation is zero.
    """
    predicted = np.full(len(table.time), np.nan)
    predicted[prediction.rows] = prediction.values
    rows = table.counted
    f, y, limit, censored = predicted[rows], table.value[rows], table.limit[rows], table.censored[rows]
    sd = error.residual_sd(f)
    if error.kind == "log":
        with np.errstate(divide="ignore"):
            f = np.log(f)
    bad = np.flatnonzero(~(sd > 0.0) | ~np.isfinite(f))
    if len(bad):
        raise InvalidInput(
            f"row {table.number[rows[bad[0]]]} has no likelihood: its prediction is "
            f"{predicted[rows[bad[0]]]:g}.",
            "There the residual error is zero, or the logarithm is infinite.",
            "Add an additive error, or mark the row with MDV 1.",
        )
    at = (y - f) / sd
    to = np.where(np.isfinite(limit), (limit - f) / sd, np.where(censored > 0, -np.inf, np.inf))
    interval = normal_log_interval(np.minimum(at, to), np.maximum(at, to))
    tail = normal_log_cdf(at * np.where(censored < 0, -1.0, 1.0))
    limited = np.where(np.isfinite(limit), interval, tail)
    density = normal_log_pdf(at) - np.log(sd)
    return float(-2.0 * np.where(censored == 0, density, limited).sum())
