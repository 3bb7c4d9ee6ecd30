"""What panels of a checked fit draw: medians without ties torn apart, and survival from its beginning."""

from __future__ import annotations

from unittest.mock import MagicMock

import numpy as np

from quotidian.inference.diagnostics import SurvivalCheck
from quotidian.reports.figures.fit_check.panels import medians
from quotidian.reports.figures.fit_check.survival import _panel


def test_equal_x_have_one_median() -> None:
    """Thirty subjects seen at five times: five points, each the median of its time."""
    times = np.repeat([0.5, 1.5, 4.0, 9.0, 24.0], 30)
    y = np.random.default_rng(1).normal(size=150)
    axes = MagicMock()
    medians(axes, times, y)
    across, up = axes.plot.call_args.args
    assert across == [0.5, 1.5, 4.0, 9.0, 24.0]
    np.testing.assert_allclose(up, np.median(y.reshape(5, 30), axis=1))
    medians(axes, np.arange(150.0), y)
    assert len(axes.plot.call_args.args[0]) == 8


def test_survival_begins_at_the_whole() -> None:
    band = np.array([[0.5, 0.2], [0.7, 0.4], [0.9, 0.6]])
    axes = MagicMock()
    _panel(SurvivalCheck(np.array([0.5, 9.0]), np.array([0.8, 0.3]), band), axes)
    times, seen = axes.step.call_args.args
    assert times.tolist() == [0.0, 0.5, 9.0] and seen.tolist() == [100.0, 80.0, 30.0]
    _panel(SurvivalCheck(np.array([0.0, 9.0]), np.array([0.8, 0.3]), band), axes)
    assert axes.step.call_args.args[0].tolist() == [0.0, 9.0]
