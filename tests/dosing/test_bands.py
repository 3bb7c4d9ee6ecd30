"""Bands: edges, gaps, overlaps, and the messages for a child outside."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.dosing import Bands, Person, infusion, schedule
from quotidian.errors import DoseOutsideBand, RegimenError

LABEL = {"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"}


def child(weight_kg: float = 20.0, age_years: float = 6.0) -> Person:
    return Person(weight_kg, age_years)


def refused(bands: Bands, person: Person) -> str:
    with pytest.raises(DoseOutsideBand) as refusal:
        bands.amount_for(person, "tocilizumab")
    return str(refusal.value)


@pytest.mark.parametrize(
    ("weight", "mg_per_kg"), [(1.0, 12.0), (math.nextafter(30.0, 0.0), 12.0), (30.0, 8.0), (90.0, 8.0)]
)
def test_exactly_thirty_falls_in_thirty_and_above(weight: float, mg_per_kg: float) -> None:
    assert Bands(LABEL).amount_for(child(weight), "tocilizumab").value_mg == mg_per_kg


def test_the_order_of_bands_means_nothing() -> None:
    turned = Bands(dict(reversed(LABEL.items())))
    assert turned == Bands(LABEL)
    assert hash(turned) == hash(Bands(LABEL))


def test_bands_go_by_age_too() -> None:
    by_age = Bands({"below 2 years": "10 mg", "2 years to 12 years": "20 mg", "12 years and above": "40 mg"})
    given_mg = [by_age.amount_for(child(age_years=age), "x").value_mg for age in (1.99, 2.0, 11.99, 12.0)]
    assert given_mg == [10.0, 20.0, 20.0, 40.0]


@pytest.mark.parametrize(
    ("text", "low", "high", "by"),
    [
        ("below 30 kg", 0.0, 30.0, "weight"),
        ("under 30kg", 0.0, 30.0, "weight"),
        ("30 kg and above", 30.0, math.inf, "weight"),
        ("30 kg and over", 30.0, math.inf, "weight"),
        ("30 kg or more", 30.0, math.inf, "weight"),
        ("10 kg to 30 kg", 10.0, 30.0, "weight"),
        ("10 to 30 kg", 10.0, 30.0, "weight"),
        ("  Below  12.5 KG ", 0.0, 12.5, "weight"),
        ("1 year to 2 years", 1.0, 2.0, "age"),
    ],
)
def test_a_band_is_read(text: str, low: float, high: float, by: str) -> None:
    (band,) = Bands({text: "1 mg"}).bands
    assert (band.low, band.high, band.by) == (low, high, by)


@pytest.mark.parametrize(
    "text", ["above 30 kg", "up to 30 kg", "30 kg", "10 kg to 12 years", "below 30 lb", ""]
)
def test_a_band_that_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(RegimenError) as refusal:
        Bands({text: "1 mg"})
    assert str(refusal.value) == (
        f"the band '{text}' cannot be read.\n"
        "  A band includes its lower and not its upper bound, in kg or in years; bands do not overlap.\n"
        "  Write 'below 30 kg', '30 kg and above' or '10 kg to 30 kg'."
    )


@pytest.mark.parametrize("text", ["30 kg to 10 kg", "10 kg to 10 kg", "below 0 kg"])
def test_an_empty_band_is_refused(text: str) -> None:
    with pytest.raises(RegimenError, match="contains no child"):
        Bands({text: "1 mg"})


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("below 30 kg", "20 kg and above", "20 kg to 30 kg"),
        ("10 kg to 30 kg", "20 kg to 25 kg", "20 kg to 25 kg"),
        ("below 30 kg", "below 40 kg", "below 30 kg"),
        ("10 kg and above", "30 kg and above", "30 kg and above"),
    ],
)
def test_overlapping_bands_are_refused(first: str, second: str, shared: str) -> None:
    with pytest.raises(RegimenError) as refusal:
        Bands({first: "12 mg/kg", second: "8 mg/kg"})
    assert refusal.value.what == f"the bands '{first}' and '{second}' overlap."
    assert refusal.value.why == f"Children in '{shared}' would have two doses."


def test_weight_and_age_do_not_mix() -> None:
    with pytest.raises(RegimenError, match="these bands mix weight and age"):
        Bands({"below 30 kg": "1 mg", "12 years and above": "2 mg"})


def test_no_band_is_no_dose() -> None:
    with pytest.raises(RegimenError, match="these bands are empty"):
        Bands({})


def test_an_absurd_dose_inside_a_band_is_refused() -> None:
    with pytest.raises(RegimenError, match="a dose of 120 mg/kg is refused"):
        Bands({"below 30 kg": "120 mg/kg"})


def test_a_child_below_every_band() -> None:
    bands = Bands({"10 kg to 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})
    assert refused(bands, child(9.8)) == (
        "a child of 9.8 kg has no dose.\n"
        "  tocilizumab bands start at 10 kg.\n"
        "  Widen the band, or choose children of 10 kg and above."
    )


def test_a_child_above_every_band() -> None:
    assert refused(Bands({"below 12 years": "1 mg"}), child(age_years=12.0)) == (
        "a child of 12 years has no dose.\n"
        "  tocilizumab bands end below 12 years.\n"
        "  Widen the band, or choose children below 12 years."
    )


def test_a_child_in_a_gap_left_on_purpose() -> None:
    bands = Bands({"below 20 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})
    assert refused(bands, child(25.0)) == (
        "a child of 25 kg has no dose.\n"
        "  tocilizumab bands leave out 20 kg to 30 kg.\n"
        "  Widen the band, or choose children below 20 kg or of 30 kg and above."
    )


def test_the_refusal_comes_when_the_schedule_is_made() -> None:
    regimen = infusion(Bands({"10 kg and above": "8 mg/kg"}), of="tocilizumab", over="1 hour").every("14 day")
    assert schedule(regimen, child(10.0), until_h=1.0).administrations[0].amount_mg == 80.0
    with pytest.raises(DoseOutsideBand, match=r"a child of 9\.8 kg has no dose"):
        schedule(regimen, child(9.8), until_h=1.0)


@given(edges=st.lists(st.integers(1, 120), min_size=2, max_size=6, unique=True), weight=st.floats(0.5, 150.0))
def test_one_band_at_most_holds_a_child(edges: list[int], weight: float) -> None:
    edges.sort()
    middle = {f"{a} to {b} kg": f"{a} mg" for a, b in pairwise(edges)}
    bands = Bands(
        {f"below {edges[0]} kg": "0.5 mg", **middle, f"{edges[-1]} kg and above": f"{edges[-1]} mg"}
    )
    expected = max((edge for edge in edges if edge <= weight), default=0.5)
    assert bands.amount_for(child(weight), "x").value_mg == expected
