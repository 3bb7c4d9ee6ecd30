"""Single doses: the four routes, caps, and what is refused."""

import pytest

from quotidian.dosing import Bands, Dose, Person, bolus, infusion, oral, subcutaneous
from quotidian.dosing.amount import amount
from quotidian.errors import DoseOutsideBand, InvalidQuantity, RegimenError

SMALL, LARGE = Person(20.0, 6.0), Person(90.0, 16.0)


@pytest.mark.parametrize(
    ("dose", "route", "duration_h"),
    [
        (bolus("10 mg", of="x"), "bolus", 0.0),
        (infusion("10 mg", of="x", over="90 min"), "infusion", 1.5),
        (subcutaneous("10 mg", of="x"), "subcutaneous", 0.0),
        (oral("10 mg", of="x"), "oral", 0.0),
    ],
)
def test_each_route(dose: Dose, route: str, duration_h: float) -> None:
    assert (dose.route, dose.duration_h, dose.drug) == (route, duration_h, "x")
    assert dose.mg(SMALL) == 10.0


def test_a_dose_is_the_regimen_that_gives_itself_once() -> None:
    dose = oral("10 mg", of="x")
    assert list(dose.given()) == [(0.0, dose)]
    assert not dose.endless


def test_a_cap_holds_for_the_large_and_spares_the_small() -> None:
    capped = infusion("12 mg/kg", of="x", over="1 hour").at_most("800 mg")
    assert capped.mg(SMALL) == 240.0
    assert capped.mg(LARGE) == 800.0


def test_a_cap_does_not_change_the_dose_it_was_made_from() -> None:
    plain = oral("12 mg/kg", of="x")
    plain.at_most("800 mg")
    assert plain.mg(LARGE) == 1080.0


def test_of_two_caps_the_lower_holds() -> None:
    dose = oral("12 mg/kg", of="x")
    assert dose.at_most("0.8 g").at_most("500 mg").mg(LARGE) == 500.0
    assert dose.at_most("500 mg").at_most("0.8 g") == dose.at_most("500 mg")


def test_a_cap_holds_across_bands_but_gives_no_dose_to_a_child_outside() -> None:
    banded = oral(Bands({"30 kg and above": "12 mg/kg"}), of="x").at_most("800 mg")
    assert banded.mg(LARGE) == 800.0
    with pytest.raises(DoseOutsideBand):
        banded.mg(SMALL)


@pytest.mark.parametrize("cap", ["8 mg/kg", "40 mg/m2"])
def test_a_cap_by_size_is_refused(cap: str) -> None:
    with pytest.raises(RegimenError) as refusal:
        oral("1 mg", of="x").at_most(cap)
    assert str(refusal.value) == (
        f"a cap of {cap} is refused.\n"
        "  A cap is the same for every child.\n"
        "  Write for example .at_most('800 mg')."
    )


@pytest.mark.parametrize("cap", ["0 mg", "-1 mg", "800"])
def test_a_cap_that_is_no_amount_is_refused(cap: str) -> None:
    with pytest.raises(RegimenError):
        oral("1 mg", of="x").at_most(cap)


@pytest.mark.parametrize("over", ["0 hour", "-1 hour", "30 s", "2 year"])
def test_an_infusion_takes_a_sensible_time(over: str) -> None:
    with pytest.raises(
        RegimenError, match=r"an infusion time of .* is refused\.\n  It must lie from 1 minute"
    ):
        infusion("1 mg", of="x", over=over)


def test_an_infusion_time_is_a_time() -> None:
    with pytest.raises(InvalidQuantity, match="'1 kg'"):
        infusion("1 mg", of="x", over="1 kg")


def test_a_minute_is_long_enough() -> None:
    assert infusion("1 mg", of="x", over="1 min").duration_h == pytest.approx(1 / 60)


def test_only_an_infusion_takes_time() -> None:
    with pytest.raises(RegimenError, match="a duration of 1 h does not suit the route 'oral'"):
        Dose(amount("1 mg"), "x", "oral", duration_h=1.0)


def test_a_dose_names_its_drug() -> None:
    with pytest.raises(RegimenError, match="The drug has no name"):
        oral("1 mg", of=" ")


@pytest.mark.parametrize("cap", [0.0, -1.0, float("nan")])
def test_a_cap_built_by_hand_is_above_zero(cap: float) -> None:
    with pytest.raises(RegimenError, match=r"a cap of .* is refused"):
        Dose(amount("1 mg"), "x", "oral", cap_mg=cap)
