"""The count of active joints: 19.8 in typical disease, and none found where synovitis is slight."""

from __future__ import annotations

import numpy as np

from quotidian.biology.joints import active_joints, k, limited_joints

V = {name: entry.value for name, entry in k.ledger.items()}
N, H, S = V["joints"], V["half_joints"], V["count_steepness"]


def test_typical_disease_has_the_published_count() -> None:
    assert abs(active_joints(N, 0.98, H, S) - 19.8) < 0.2


def test_half_the_joints_at_the_half_point_whatever_the_steepness() -> None:
    for steep in (1.0, 1.5, 3.0):
        np.testing.assert_allclose(active_joints(N, H, H, steep), N / 2)


def test_slight_arthritis_is_found_in_fewer_joints_the_steeper_the_count() -> None:
    slight = [
        active_joints(N, 0.05 * 0.98, H, steep) / active_joints(N, 0.98, H, steep) for steep in (1.0, S)
    ]
    assert slight[1] < 0.5 * slight[0]


def test_lasting_damage_shows_where_no_joint_is_active() -> None:
    assert limited_joints(N, 0.0, H, S, 0.8, 12.0, 0.25) == 3.0
