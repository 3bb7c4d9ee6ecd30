"""The child: what is filled in, what is said of it, and what no child can be."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.errors import ImplausibleChild, InvalidQuantity
from quotidian.patients import growth
from quotidian.patients.child import Child, child

ages = st.floats(2, 18, exclude_max=True)
sexes = st.sampled_from(growth.SEXES)


@given(ages, sexes)
def test_a_child_of_whom_nothing_is_known_is_the_median_child(age: float, sex: str) -> None:
    typical = child(age, sex)
    for measure, size in (("weight", typical.weight_kg), ("height", typical.height_cm)):
        assert growth.sd_score(measure, typical.age_years, sex, size) == pytest.approx(0, abs=1e-8)
    assert (typical.severity, typical.il6_share, typical.random_effects) == (1.0, None, {})
    assert "(50th centile)" in typical.label


@given(ages, sexes, st.floats(-3, 3))
def test_the_missing_size_is_taken_at_the_score_of_the_other(age: float, sex: str, z: float) -> None:
    weight, height = (growth.quantile(measure, age, sex, z) for measure in ("weight", "height"))
    assert child(age, sex, weight=weight).height_cm == pytest.approx(height)
    assert child(age, sex, height=height).weight_kg == pytest.approx(weight)


def test_a_very_heavy_child_is_not_taken_to_be_as_tall() -> None:
    heavy = child(6, "female", weight=growth.quantile("weight", 6, "female", 4.5))
    assert heavy.height_cm == pytest.approx(growth.quantile("height", 6, "female", 3.0))


def test_two_sizes_that_are_given_are_kept_as_they_are() -> None:
    known = child(6, "male", weight=17, height=118)
    assert (known.weight_kg, known.height_cm) == (17.0, 118.0)


def test_texts_with_units_are_read() -> None:
    said = child("30 months", "Female", weight="13000 g", height="0.9 m")
    assert (said.age_years, said.sex) == (2.5, "female")
    assert said.weight_kg == pytest.approx(13) and said.height_cm == pytest.approx(90)
    assert (
        child("6 years", "male", "20 kg", "115 cm")
        == child(6, "male", 20, 115)
        == child("6", "male", "20", "115")
    )
    assert child("24 months", "male").age_years == 2.0


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (child(6, "female", weight=20), "6-year-old girl, 20 kg (47th centile)"),
        (child("30 months", "male"), "2.5-year-old boy, 13.5 kg (50th centile)"),
        (child(17.99, "male", weight=105), "17.9-year-old boy, 105 kg (99th centile)"),
        (child(6, "male", weight=14), "6-year-old boy, 14 kg (below the 1st centile)"),
        (child(6, "male", weight=40), "6-year-old boy, 40 kg (above the 99th centile)"),
    ],
)
def test_a_child_is_named_as_on_a_ward(one: Child, words: str) -> None:
    assert one.label == words


@pytest.mark.parametrize(
    ("centile", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (13, "13th"), (22, "22nd")],
)
def test_centiles_are_spelled(centile: int, words: str) -> None:
    from statistics import NormalDist

    weight = growth.quantile("weight", 8, "male", max(-3.0, NormalDist().inv_cdf(centile / 100)))
    assert f"({words} centile)" in child(8, "male", weight=weight).label


def test_body_surface_area_is_mostellers() -> None:
    one = child(6, "female", weight=20, height=115)
    assert one.body_surface_area == pytest.approx(math.sqrt(115 * 20 / 3600))
    assert one.person.weight_kg == 20


def test_a_child_is_a_value() -> None:
    traits = {"k_syn": 1.2}
    one = child(6, "female", severity=1.5, il6_share=0.7, random_effects=traits)
    traits["k_syn"] = 9.0
    assert one.random_effects == {"k_syn": 1.2}
    assert one == child(6, "female", severity=1.5, il6_share=0.7, random_effects={"k_syn": 1.2})
    assert hash(one) == hash(dataclasses.replace(one))
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.severity = 2.0  # type: ignore[misc]


def test_a_weight_that_no_child_of_the_age_has_is_refused_with_the_usual_range() -> None:
    with pytest.raises(ImplausibleChild) as refusal:
        child(6, "female", weight=80)
    assert str(refusal.value) == (
        "No 6-year-old girl weighs 80 kg.\n"
        "  The reference (CDC 2000) has 99.9 % between 12.8 and 35.6 kg at that age.\n"
        "  Check the age and the unit, or give a weight from 9.0 to 43.6 kg (5 SD each way)."
    )


def test_a_height_that_no_child_of_the_age_has_is_refused() -> None:
    with pytest.raises(
        ImplausibleChild, match=r"No 6-year-old boy is 60 cm tall\.(?s:.*)99\.9 % between .* cm at that"
    ):
        child(6, "male", height=60)
    with pytest.raises(ImplausibleChild, match=r"No 6-year-old boy is 1\.15 cm tall"):
        child(6, "male", weight=20, height=1.15)


@given(ages, sexes, st.sampled_from([-1, 1]))
def test_the_limit_lies_at_5_sd(age: float, sex: str, side: int) -> None:
    median, limit = (growth.quantile("weight", age, sex, z) for z in (0.0, 5.0 * side))
    child(age, sex, weight=limit + 1e-4 * (median - limit))
    with pytest.raises(ImplausibleChild, match="weighs"):
        child(age, sex, weight=limit - 1e-4 * (median - limit))


@pytest.mark.parametrize("weight", [0, -3, math.nan, math.inf, "-20 kg"])
def test_a_weight_that_is_no_positive_number_is_refused(weight: float | str) -> None:
    with pytest.raises(
        ImplausibleChild, match=r"No child weighs .* kg\.\n  A weight is a finite number above zero\."
    ):
        child(6, "female", weight=weight)


@pytest.mark.parametrize("age", [1.999, 18, 45, -1, math.nan, math.inf, "23 months", "216 months"])
def test_an_age_outside_the_model_is_refused(age: float | str) -> None:
    with pytest.raises(ImplausibleChild, match=r"outside the model\.\n  The model covers 2 to 17 years"):
        child(age, "female")


def test_an_unknown_sex_is_refused() -> None:
    with pytest.raises(ImplausibleChild, match=r"for the sex 'child'\.(?s:.*)Known: female, male\."):
        child(6, "child")


def test_a_sex_has_other_spellings_and_a_child_a_table() -> None:
    assert {child(6, sex) for sex in ("F", "girl", " Female")} == {child(6, "female")}
    assert child(6, "m").sex == child(6, "Boy").sex == "male"
    page = child(6, "f", duration="6 weeks")._repr_html_()
    assert "6-year-old girl" in page and "0.1 years" in page


@pytest.mark.parametrize(
    ("weight", "words"),
    [("20 cm", "'20 cm' cannot be read in kg"), ("nan", "'nan' is not"), ("2_0", "'_0' cannot be read")],
)
def test_a_text_that_is_no_weight_is_refused(weight: str, words: str) -> None:
    with pytest.raises(InvalidQuantity, match=f"weight: {words}"):
        child(6, "female", weight=weight)


@pytest.mark.parametrize("severity", [0.0, -1.0, 51.0, 1e308, math.nan, math.inf])
def test_a_severity_out_of_range_is_refused(severity: float) -> None:
    with pytest.raises(
        ImplausibleChild, match=r"A severity of .* is impossible\.(?s:.*)number above zero and up to 50"
    ):
        child(6, "female", severity=severity)


def test_a_trait_or_share_out_of_range_is_refused() -> None:
    with pytest.raises(ImplausibleChild, match="A random effect on k_syn of -2 is impossible"):
        child(6, "female", random_effects={"k_syn": -2.0})
    with pytest.raises(ImplausibleChild, match=r"An IL-6 share of 1\.1 is impossible(?s:.*)from 0 to 1"):
        child(6, "female", il6_share=1.1)
    assert child(6, "female", il6_share=0.0).il6_share == 0.0
