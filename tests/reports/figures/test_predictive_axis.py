"""The axis of a predictive check: logarithmic where the quantiles of the data span two decades."""

from __future__ import annotations

from unittest.mock import MagicMock

import numpy as np
import pytest

from quotidian.inference.diagnostics import PredictiveCheck
from quotidian.reports.figures.fit_check.predictive import _quantiles


@pytest.mark.parametrize(
    ("factor", "shift", "point", "log"),
    [(50.0, 0.0, 1.0, True), (2.0, 0.0, 1.0, False), (50.0, -1.0, 1.0, False), (50.0, 0.0, -1.0, False)],
)
def test_two_decades_of_positive_values_have_a_logarithmic_axis(
    factor: float, shift: float, point: float, log: bool
) -> None:
    observed = np.array([[1.0, np.nan], [1.0, factor], [2.0, 4.0 * factor]]) + shift
    band = np.stack([0.9 * observed, observed, 1.1 * observed])
    none = np.zeros(2)
    check = PredictiveCheck(np.arange(2.0), np.array([9, 9]), observed, band, none, np.zeros((3, 2)))
    axes = MagicMock()
    _quantiles(check, (np.arange(2.0), np.array([1.0, point])), "observed (DV)", axes)
    assert axes.set_yscale.called is log
