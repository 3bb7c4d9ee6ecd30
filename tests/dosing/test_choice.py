"""Regimens by weight band: each child its own, also under every verb of the algebra."""

from __future__ import annotations

import pytest

from quotidian.dosing import Person, Regimen, by_band, describe, oral, schedule, subcutaneous
from quotidian.errors import DoseOutsideBand, RegimenError

DRUG = subcutaneous("100 mg", of="drug")
BY_WEIGHT = by_band({"30 kg and above": DRUG.every("7 day"), "10 kg to 30 kg": DRUG.every("14 day")})


def days(regimen: Regimen, weight: float, until: float = 29.0) -> list[float]:
    given = schedule(regimen, Person(weight, 8.0), until * 24.0).administrations
    return [a.time_h / 24 for a in given if a.drug == "drug"]


def test_each_child_has_the_regimen_of_its_band() -> None:
    assert days(BY_WEIGHT, 29.9) == [0, 14, 28]
    assert days(BY_WEIGHT, 30.0) == [0, 7, 14, 21, 28]


def test_a_child_in_no_band_is_refused() -> None:
    with pytest.raises(DoseOutsideBand, match="no regimen for a child of 9 kg") as error:
        days(BY_WEIGHT, 9.0)
    assert "10 kg to 30 kg; 30 kg and above" in error.value.why


def test_bands_that_overlap_are_refused() -> None:
    with pytest.raises(RegimenError):
        by_band({"below 30 kg": DRUG, "20 kg and above": DRUG})


@pytest.mark.parametrize(
    ("change", "light", "heavy"),
    [
        (lambda r: r.until("14 day"), [0], [0, 7]),
        (lambda r: r.times(2), [0, 14], [0, 7]),
        (lambda r: r.starting("3 day").until("18 day"), [3, 17], [3, 10, 17]),
        (lambda r: r.without([2]).until("22 day"), [0], [0, 14, 21]),
        (lambda r: r.times(2).then(DRUG, after="1 day"), [0, 14, 15], [0, 7, 8]),
        (lambda r: (r + oral("1 mg", of="other").every("1 day")).until("8 day"), [0], [0, 7]),
    ],
)
def test_verbs_act_on_the_childs_own_stream(change, light: list[float], heavy: list[float]) -> None:
    assert days(change(BY_WEIGHT), 20.0) == light
    assert days(change(BY_WEIGHT), 40.0) == heavy


def test_words_tell_both_bands() -> None:
    assert describe(BY_WEIGHT) == (
        "drug 100 mg, under the skin every 14 days from 10 kg to below 30 kg, "
        "or drug 100 mg, under the skin every 7 days at 30 kg and above"
    )
