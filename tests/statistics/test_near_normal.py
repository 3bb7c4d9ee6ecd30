"""The near-normal scales of published numbers, and the discrepancy on them."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from quotidian.statistics.near_normal import Scale, discrepancy_sd, from_scale, on_scale, scale_of


@pytest.mark.parametrize(
    ("endpoint", "unit", "least", "scale"),
    [
        ("acr70", "%", 0.0, "proportion"),
        ("crp_change_percent", "%", -71.0, "linear"),  # a change in per cent is no proportion
        ("height_sds_change", "1", 0.3, "linear"),
        ("height_sds", "1", -2.2, "linear"),
        ("cmax", "ug/mL", 245.0, "positive"),
    ],
)
def test_the_scale_follows_from_unit_sign_and_change(
    endpoint: str, unit: str, least: float, scale: Scale
) -> None:
    assert scale_of(endpoint, unit, least) == scale


@pytest.mark.parametrize("scale", ["proportion", "positive", "linear"])
def test_numbers_come_back_from_their_scale(scale: Scale) -> None:
    x = np.array([2.7, 50.0, 99.0]) if scale == "proportion" else np.array([0.2, 3.0, 1500.0])
    assert np.allclose(from_scale(on_scale(x, scale, 37), scale, 37), x)


def test_a_proportion_has_half_a_count_and_stays_within_its_ends() -> None:
    ends = on_scale(np.array([0.0, 100.0]), "proportion", 37)
    assert ends == pytest.approx([log(0.5 / 37.5), log(37.5 / 0.5)])
    assert from_scale(ends + np.array([-1.0, 1.0]), "proportion", 37).tolist() == [0.0, 100.0]


def test_the_discrepancy_is_on_the_scale_and_of_a_linear_number_a_share_of_its_size() -> None:
    assert discrepancy_sd("proportion", 70.0) == 0.2
    assert discrepancy_sd("positive", 245.0) == 0.1
    assert discrepancy_sd("linear", -2.2) == pytest.approx(0.22)
