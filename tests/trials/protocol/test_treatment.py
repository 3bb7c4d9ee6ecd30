"""Treatments by bands of weight or age: each child of the population is in one band, or none is run."""

from __future__ import annotations

import pytest

from quotidian.errors import DoseOutsideBand, RegimenError
from quotidian.patients.child import child
from quotidian.trials.protocol.treatment import check_bands, regimen_for, regimens

AGES = (2.0, 18.0)
FORTNIGHTLY, WEEKLY = "tocilizumab-sc:162mg/2wk", "tocilizumab-sc:162mg/1wk"


def test_a_child_has_the_regimen_of_its_band_in_whatever_order_bands_are_written() -> None:
    give = {"30 kg and above": WEEKLY, "below 30 kg": FORTNIGHTLY}
    heavy, light = regimens(give)
    assert regimen_for(give, child(5, "female", 18)) is light
    assert regimen_for(give, child(12, "female", 40)) is heavy
    check_bands(give, 0.0, AGES)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("below 30 kg", "3# kg and above"), "the band '3# kg and above' cannot be read"),
        (("below 30 kg", "20 kg and above"), "overlap"),
        (("below 30 kg", "6 years and above"), "mix weight and age"),
        (("below 20 kg", "30 kg and above"), "no band contains a child of '20 kg to 30 kg'"),
        (("below 30 kg", "30 kg to 50 kg"), "no band contains a child of '50 kg and above'"),
        (("10 kg to 30 kg", "30 kg and above"), "no band contains a child of 'below 10 kg'"),
        (("below 6 years", "6 years to 12 years"), "no band contains a child of '12 years to 18 years'"),
    ],
)
def test_bands_that_leave_a_child_out_or_give_it_two_doses_are_refused(
    names: tuple[str, str], words: str
) -> None:
    with pytest.raises(RegimenError, match=words):
        check_bands(dict.fromkeys(names, WEEKLY), 0.0, AGES)


def test_bands_need_to_hold_only_the_children_of_the_population() -> None:
    check_bands({"10 kg to 30 kg": WEEKLY, "30 kg and above": WEEKLY}, 10.0, AGES)
    check_bands({"2 years to 6 years": WEEKLY, "6 years to 18 years": WEEKLY}, 0.0, AGES)


def test_a_child_outside_all_bands_has_no_dose() -> None:
    with pytest.raises(DoseOutsideBand, match=r"18\.0 kg and 5\.0 years has no dose"):
        regimen_for({"30 kg and above": WEEKLY}, child(5, "female", 18))
