"""The table of `quotidian sensitivity`: a column in the unit of the outcome says so."""

from __future__ import annotations

import pytest

from quotidian.cli.sensitivity import heading


@pytest.mark.parametrize(
    ("name", "unit", "wanted"),
    [
        ("change_per_sd", "mg/L", "change per SD, mg/L"), ("elasticity", "mg/L", "elasticity"),
        ("strength_low", "ug/mL", "strength low, µg/mL"), ("total_high", "mg/L", "total high"),
        ("change_per_sd", "1", "change per SD"),
    ],
)  # fmt: skip
def test_a_change_of_the_outcome_has_its_unit(name: str, unit: str, wanted: str) -> None:
    assert heading(name, unit).replace("\n", " ") == wanted
