"""Amounts: what is read, what it comes to for a child, what is refused."""

import pytest

from quotidian.dosing.amount import Amount, amount
from quotidian.dosing.person import Person
from quotidian.errors import ImplausibleChild, RegimenError

CHILD = Person(weight_kg=20.0, age_years=6.0, height_cm=115.2)


@pytest.mark.parametrize(
    ("text", "value", "per"),
    [
        ("162 mg", 162.0, "child"),
        ("12 mg/kg", 12.0, "kg"),
        ("12mg / kg", 12.0, "kg"),
        ("12 mg per kg", 12.0, "kg"),
        ("40 mg/m2", 40.0, "m2"),
        ("40 mg/m^2", 40.0, "m2"),
        ("40 mg/m²", 40.0, "m2"),
        ("0.5 g", 500.0, "child"),
        ("500 ug/kg", 0.5, "kg"),
    ],
)
def test_an_amount_is_read(text: str, value: float, per: str) -> None:
    read = amount(text)
    assert read.value_mg == pytest.approx(value, rel=1e-14)
    assert read.per == per


@pytest.mark.parametrize("text", ["162 mg", "12 mg/kg", "40 mg/m2", "0.125 mg/kg"])
def test_an_amount_is_written_as_it_was_read(text: str) -> None:
    assert str(amount(text)) == text


def test_an_amount_grows_with_what_it_is_per() -> None:
    assert amount("162 mg").mg(CHILD) == 162.0
    assert amount("12 mg/kg").mg(CHILD) == 240.0
    # Mosteller by hand: sqrt(115.2 x 20 / 3600) = sqrt(0.64) = 0.8 m2
    assert amount("40 mg/m2").mg(CHILD) == pytest.approx(32.0, rel=1e-14)


def test_a_dose_per_square_metre_needs_the_height() -> None:
    with pytest.raises(RegimenError) as refusal:
        amount("40 mg/m2").mg(Person(weight_kg=20.0, age_years=6.0))
    assert str(refusal.value) == (
        "a dose per m2 needs the child's height.\n"
        "  Body surface area is computed from height and weight, and the height is missing.\n"
        "  State the height in cm, or write the dose per kg."
    )


@pytest.mark.parametrize(
    "text", ["0 mg", "-8 mg/kg", "100.1 mg/kg", "100001 mg", "101 g", "3001 mg/m2", "0 mg/kg"]
)
def test_a_dose_nobody_gives_is_refused(text: str) -> None:
    with pytest.raises(RegimenError, match=r"a dose of .* is refused\.\n  Doses must be above zero"):
        amount(text)


def test_the_refusal_names_dose_and_limit() -> None:
    with pytest.raises(RegimenError) as refusal:
        amount("800 mg/kg")
    assert str(refusal.value) == (
        "a dose of 800 mg/kg is refused.\n"
        "  Doses must be above zero and at most 100 mg/kg.\n"
        "  Check the number and its unit."
    )


@pytest.mark.parametrize("text", ["100 mg/kg", "100000 mg", "3000 mg/m2"])
def test_the_limit_itself_is_accepted(text: str) -> None:
    assert str(amount(text)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 0.0])
def test_no_amount_is_built_from_what_is_no_number(value: float) -> None:
    with pytest.raises(RegimenError, match="is refused"):
        Amount(value)


@pytest.mark.parametrize(
    "text", ["", "mg", "12", "12 mg/kg/day", "12 day", "12 mg/lb", "twelve mg/kg", "12 mL/kg"]
)
def test_what_is_no_amount_is_refused_with_examples(text: str) -> None:
    with pytest.raises(RegimenError, match="not an amount of drug") as refusal:
        amount(text)
    assert f"'{text}'" in refusal.value.what
    assert "'12 mg/kg' or '40 mg/m2'" in refusal.value.remedy


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"weight_kg": 0.0, "age_years": 6.0}, "no child has a weight of 0 kg"),
        ({"weight_kg": float("nan"), "age_years": 6.0}, "no child has a weight of nan kg"),
        ({"weight_kg": 20.0, "age_years": -1.0}, "no child has an age of -1 years"),
        ({"weight_kg": 20.0, "age_years": 6.0, "height_cm": -115.0}, "no child has a height of -115 cm"),
    ],
)
def test_an_impossible_person_is_refused(given: dict[str, float], message: str) -> None:
    with pytest.raises(ImplausibleChild, match=message):
        Person(**given)
