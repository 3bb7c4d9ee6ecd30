"""A world in which every statistic is linear in the scores of the values, and the request that learns it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.application.learning.learning_request import LearningRequest
from quotidian.application.learning.learnt_rows import LearntRow
from quotidian.application.learning.learnt_values import learnt_prior
from quotidian.evidence import Overlay
from quotidian.inference.ensemble.prior import UncertainValue

Floats = NDArray[np.float64]
TWO = ("tender", "canakinumab-single")
VALUES = tuple(
    f"patients.variability.{name}"
    for name in (
        "k_joint_median", "severity_median", "il1_share_logit", "il6_share_logit", "half_joints_median",
        "fever_gain_median", "crp_ec50_median", "course_sd",
    )
)  # fmt: skip
SMALL = LearningRequest(
    TWO, values=VALUES, members=80, steps=2, refined=80, replicates=40, draws=200, confirmed=100
)
TRUTH = np.array([1.0, -0.8, 0.5, 0.0, -1.2, 0.7, 0.0, 0.3])


def simulated(rows: Sequence[LearntRow], overlay: Overlay, seed: int, repeats: int) -> Floats:
    """Statistics [repeat, row] of a linear world in which the published numbers came from `TRUTH`."""
    prior, rng = learnt_prior(VALUES), np.random.default_rng(seed)
    z = np.array([score(value, overlay.by_name[value.name]) for value in prior.values])
    slopes = 0.6 * np.random.default_rng(1).normal(size=(len(rows), len(VALUES)))
    slopes[:, 7] = 0.0  # of the last value the rows say nothing
    size = np.array([2.0 / np.sqrt(row.summary.n + 1.0) for row in rows])
    data = np.array([row.summary.datum for row in rows])
    return np.asarray(data + slopes @ (z - TRUTH) + size * rng.normal(size=(repeats, len(rows))))


def score(value: UncertainValue, x: float) -> float:
    away = x - value.median if value.shape == "linear" else np.log(x / value.median)
    return float(away / value.sd)
