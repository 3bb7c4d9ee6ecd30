"""Safety rules: the gravest limit first, holds end when every reading is safe, nothing fires by accident."""

from __future__ import annotations

import math

import pytest

from quotidian.drugs.registry import DRUGS
from quotidian.drugs.safety import decided
from quotidian.models import model

LIMITS = {name: drug.safety for name, drug in DRUGS.items() if drug.safety}
WELL = {"neutrophils": 4.0, "platelets": 300.0, "alt": 20.0}


def act(drug: str, held: bool = False, **readings: float) -> str | None:
    limit = decided(LIMITS[drug], {**WELL, **readings}, held)
    return None if limit is None else limit.act


def test_each_drug_watches_observables_of_the_model_in_their_own_unit() -> None:
    observables = model("sjia").observables
    for drug, limits in LIMITS.items():
        assert {limit.drug for limit in limits} == {drug}
        assert all(limit.unit == observables[limit.reads].unit for limit in limits)


def test_the_drugs_that_are_held_by_readings() -> None:
    stated = {
        "tocilizumab": ("neutrophils", "platelets", "alt"),
        "sarilumab": ("neutrophils", "platelets", "alt"),
        "satralizumab": ("neutrophils", "platelets", "alt"),
        "anakinra": ("neutrophils",),
        "tofacitinib": ("neutrophils",),
        "methotrexate": ("neutrophils", "platelets", "alt"),
    }
    assert {name: tuple(dict.fromkeys(limit.reads for limit in LIMITS[name])) for name in stated} == stated


@pytest.mark.parametrize("drug", LIMITS)
def test_a_well_child_goes_on(drug: str) -> None:
    assert act(drug) is None


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ({"neutrophils": 0.9}, "hold"),
        ({"neutrophils": 1.0}, None),
        ({"neutrophils": 0.4}, "stop"),
        ({"platelets": 99.0}, "hold"),
        ({"platelets": 49.0}, "stop"),
        ({"alt": 121.0}, "hold"),
        ({"alt": 201.0}, "stop"),
        ({"alt": 119.0}, None),
        ({"neutrophils": 0.9, "alt": 500.0}, "stop"),
        ({"neutrophils": math.nan}, None),
    ],
)
def test_limits_of_tocilizumab(readings: dict[str, float], expected: str | None) -> None:
    assert act("tocilizumab", **readings) == expected


def test_a_held_drug_is_taken_up_again_only_when_all_is_well() -> None:
    assert act("tocilizumab", held=True) == "restart"
    assert act("tocilizumab", held=True, neutrophils=0.9) is None
    assert act("tocilizumab", held=True, platelets=40.0) == "stop"


def test_methotrexate_is_halved_before_it_is_held() -> None:
    limit = decided(LIMITS["methotrexate"], {**WELL, "alt": 90.0}, held=False)
    assert limit is not None
    assert (limit.act, limit.share) == ("reduce", 0.5)
    assert act("methotrexate", alt=130.0) == "hold"
