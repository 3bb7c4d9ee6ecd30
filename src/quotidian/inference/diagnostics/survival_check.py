"""Kaplan-Meier visual predictive check: time to the first observation beyond a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.diagnostics.predictive import BAND
from quotidian.statistics.survival import kaplan_meier

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SurvivalCheck:
    """Share without the event: observed [time], and band [low/median/high, time] over the copies."""

    times: Floats
    observed: Floats
    band: Floats


def survival_check(times: Floats, crossed: NDArray[np.bool_], copies: NDArray[np.bool_]) -> SurvivalCheck:
    """The check of times to the first crossing.

    Parameters
    ----------
    times : [subject, observation], not-a-number where there is none; ascending in a subject.
    crossed : [subject, observation] whether the observation lies beyond the threshold. copies : [copy,
        subject, observation], the same of simulated observations.
    """
    followed = np.isfinite(times).any(axis=1)
    grid = np.unique(times[np.isfinite(times)])
    own, others = times[followed], copies[:, followed]
    observed = _curve(own, crossed[followed], grid)
    curves = np.array([_curve(own, copy, grid) for copy in others])
    return SurvivalCheck(grid, observed, np.quantile(curves, BAND, axis=0))


def _curve(times: Floats, crossed: NDArray[np.bool_], grid: Floats) -> Floats:
    happened = (crossed & np.isfinite(times)).any(axis=1)
    first = np.where(crossed & np.isfinite(times), times, np.inf).min(axis=1)
    last = np.where(np.isfinite(times), times, -np.inf).max(axis=1)
    curve = kaplan_meier(np.where(happened, first, last), happened)
    place = np.searchsorted(curve.times, grid, side="right")
    return np.concatenate([[1.0], curve.share])[place]
