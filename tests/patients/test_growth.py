"""The growth reference against the CDC's own tables, an independent calculator, and its own inverse."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.errors import ImplausibleChild, UnknownName
from quotidian.patients import growth

FILES = {"weight": "cdc_weight_for_age_24_240", "height": "cdc_height_for_age_24_240"}
P3, P97 = -1.8807936081512509, 1.8807936081512509

# Columns P3, P50, P97 of the CDC's data files wtage.csv (kg) and statage.csv (cm).
PUBLISHED_CENTILES = [
    ("weight", "male", 24.5, 10.4414422, 12.74154396, 15.68840631),
    ("weight", "male", 72.5, 16.50370229, 20.77769565, 28.27114631),
    ("weight", "male", 120.5, 24.19264433, 32.08799062, 49.41515104),
    ("weight", "male", 204.5, 49.28661635, 64.69961427, 93.77917145),
    ("weight", "female", 24.5, 10.04880792, 12.13455523, 15.1183895),
    ("weight", "female", 72.5, 16.01186303, 20.33635961, 28.92161906),
    ("weight", "female", 120.5, 23.99142774, 33.06392318, 51.42912799),
    ("weight", "female", 204.5, 43.33645956, 55.18216811, 86.16706131),
    ("height", "male", 24.5, 80.26037074, 86.86160934, 93.45923029),
    ("height", "male", 72.5, 106.1048359, 115.6608862, 125.1094938),
    ("height", "male", 120.5, 126.6677753, 138.8234114, 151.5294179),
    ("height", "male", 204.5, 161.2732955, 175.340954, 188.6338345),
    ("height", "female", 24.5, 78.82133263, 85.3973169, 91.94741225),
    ("height", "female", 72.5, 105.7614857, 115.0054978, 125.2535916),
    ("height", "female", 120.5, 125.9599043, 138.2111552, 151.2919534),
    ("height", "female", 204.5, 150.749138, 162.9238449, 175.099002),
]

# Columns -2, 0, 2 of the CDC's data files zwtage.csv and zstatage.csv; 72 months lie between two rows.
PUBLISHED_SCORES = [
    ("weight", "male", 24, 10.25460951, 12.6707633, 15.8080203),
    ("weight", "male", 72, 16.22396627, 20.68055839, 28.768769),
    ("weight", "female", 24, 9.87542432, 12.05503983, 15.23010837),
    ("weight", "female", 72, 15.73779898, 20.23634934, 29.5908627),
    ("height", "male", 24, 79.49727487, 86.45220101, 93.4400326),
    ("height", "male", 72, 105.2531398, 115.3924398, 125.399324),
    ("height", "female", 24, 78.02185636, 84.97555512, 91.88822059),
    ("height", "female", 72, 104.9438581, 114.7143036, 125.6132034),
]

measures = st.sampled_from(sorted(growth.MEASURES))
sexes = st.sampled_from(growth.SEXES)
ages = st.floats(growth.YOUNGEST, growth.OLDEST)

# The WHO at whole months, 2 SD below, median, 2 SD above: charts of 2006, rounded there to one digit.
WHO = [
    ("weight", "female", 12, 7.0, 8.9, 11.5),
    ("weight", "male", 12, 7.7, 9.6, 12.0),
    ("weight", "female", 18, 8.1, 10.2, 13.2),
    ("weight", "male", 6, 6.4, 7.9, 9.8),
    ("height", "female", 12, 68.9, 74.0, 79.2),
    ("height", "male", 12, 71.0, 75.7, 80.5),
    ("height", "female", 18, 74.9, 80.7, 86.5),
    ("height", "male", 6, 63.3, 67.6, 71.9),
]
scores = st.floats(-growth.EXTREME, growth.EXTREME)


@pytest.mark.parametrize(("measure", "sex", "months", "p3", "p50", "p97"), PUBLISHED_CENTILES)
def test_the_published_centiles_are_met_to_eight_digits(
    measure: str, sex: str, months: float, p3: float, p50: float, p97: float
) -> None:
    found = growth.quantile(measure, months / 12, sex, np.array([P3, 0.0, P97]))
    np.testing.assert_allclose(found, [p3, p50, p97], rtol=2e-8)
    np.testing.assert_allclose(growth.centile(measure, months / 12, sex, found), [3, 50, 97], rtol=1e-9)


@pytest.mark.parametrize(("measure", "sex", "months", "low", "middle", "high"), PUBLISHED_SCORES)
def test_the_published_scores_are_met_at_birthdays(
    measure: str, sex: str, months: float, low: float, middle: float, high: float
) -> None:
    found = growth.quantile(measure, months / 12, sex, np.array([-2.0, 0.0, 2.0]))
    np.testing.assert_allclose(found, [low, middle, high], rtol=1e-8 if months == 24 else 2e-5)


@pytest.mark.parametrize(("measure", "sex", "months", "low", "middle", "high"), WHO)
def test_infants_are_scored_by_the_who(
    measure: str, sex: str, months: float, low: float, middle: float, high: float
) -> None:
    found = growth.quantile(measure, months / 12, sex, np.array([-2.0, 0.0, 2.0]))
    np.testing.assert_allclose(found, [low, middle, high], atol=0.051)


def test_the_second_birthday_has_the_seam_that_is_stated() -> None:
    for sex in growth.SEXES:
        before, after = (growth.quantile("height", age, sex, 0.0) for age in (2.0 - 1e-9, 2.0))
        assert before - after == pytest.approx(1.4, abs=0.1)
        light, heavy = (growth.quantile("weight", age, sex, 0.0) for age in (2.0 - 1e-9, 2.0))
        assert 1.04 < heavy / light < 1.055


@pytest.fixture(scope="module")
def calculators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Calculators of pedgrowth, reading copies of our tables; it refuses a checksum that is not the CDC's."""
    import pedgrowth
    from pedgrowth.data.cdc.tables.height_for_age import CdcHeightForAge
    from pedgrowth.data.cdc.tables.weight_for_age import CdcWeightForAge

    folder: Path = tmp_path_factory.mktemp("cdc")
    for measure, name in FILES.items():
        shutil.copy(_shipped(measure), folder / f"{name}.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEDGROWTH_REFERENCE_DIR", str(folder))
        tables = {"weight": CdcWeightForAge(), "height": CdcHeightForAge()}
        yield {
            m: pedgrowth.GrowthChartsCalculator(table=t, interpolation="linear") for m, t in tables.items()
        }


def _shipped(measure: str) -> Path:
    return Path(str(files("quotidian.patients"))) / f"cdc2000_{measure}_for_age.csv"


@pytest.mark.parametrize("measure", sorted(FILES))
def test_the_tables_are_the_official_ones_by_checksum(measure: str) -> None:
    from pedgrowth import bundled_references

    official = bundled_references()[FILES[measure]].data_sha256
    assert hashlib.sha256(_shipped(measure).read_bytes()).hexdigest() == official


@pytest.mark.parametrize("measure", sorted(FILES))
def test_scores_agree_with_an_independent_calculator(calculators: dict[str, Any], measure: str) -> None:
    import pedgrowth

    months = pedgrowth.AgeDefinition(pedgrowth.AgeType.CHRONOLOGICAL, pedgrowth.AgeUnit.MONTHS)
    indicator = {"weight": "wfa", "height": "hfa"}[measure]
    draws = np.random.default_rng(7)
    for age, z in zip(draws.uniform(2, 20, 60), draws.uniform(-1.99, 1.99, 60), strict=True):
        for sex in growth.SEXES:
            value = growth.quantile(measure, age, sex, z)
            theirs = calculators[measure].calculate(
                indicator=indicator, measurement=value, sex=sex, age=age * 12, age_definition=months
            )
            assert growth.sd_score(measure, age, sex, value) == pytest.approx(theirs.zscore, abs=1e-9)


@given(measures, sexes, ages, scores)
def test_a_score_survives_the_way_to_a_value_and_back(measure: str, sex: str, age: float, z: float) -> None:
    value = growth.quantile(measure, age, sex, z)
    assert value > 0
    assert growth.sd_score(measure, age, sex, value) == pytest.approx(z, abs=1e-8)


@given(measures, sexes, ages, scores, scores)
def test_a_higher_score_is_a_larger_child(measure: str, sex: str, age: float, a: float, b: float) -> None:
    low, high = sorted((a, b))
    if high - low > 1e-9:
        assert growth.quantile(measure, age, sex, low) < growth.quantile(measure, age, sex, high)


@pytest.mark.parametrize("sex", growth.SEXES)
@pytest.mark.parametrize("measure", sorted(growth.MEASURES))
def test_the_median_grows_every_week_from_2_to_18(measure: str, sex: str) -> None:
    median = growth.quantile(measure, np.arange(2, 18, 7 / 365.25), sex, 0.0)
    assert np.all(np.diff(median) > 0)


def test_the_tails_are_straight_and_meet_the_formula_at_2_sd() -> None:
    sizes = growth.quantile("weight", 17.5, "female", np.array([0.0, 2.0, 4.0, -2.0, -4.0]))
    median, high, higher, low, lower = sizes
    assert higher - high == pytest.approx(high - median)
    assert low - lower == pytest.approx(median - low)
    L, M, S = growth.lms("weight", 17.5, "female")
    assert high == pytest.approx(float(M * (1 + L * S * 2) ** (1 / L)))
    assert higher < 140 < float(M * (1 + L * S * 3) ** (1 / L))  # the formula would have 190 kg at 3 SD


def test_where_skewness_passes_through_zero_the_scores_stay_exact() -> None:
    years = np.arange(24.5, 240) / 12
    L = growth.lms("height", years, "female").L
    row = int(np.flatnonzero(L[:-1] * L[1:] < 0)[0])
    root = years[row] + (years[row + 1] - years[row]) * L[row] / (L[row] - L[row + 1])
    near = root + np.array([-1e-3, -1e-6, -1e-9, 0, 1e-9, 1e-6, 1e-3])
    _, M, S = growth.lms("height", near, "female")
    value = growth.quantile("height", near, "female", 1.5)
    np.testing.assert_allclose(value[1:-1], (M * np.exp(1.5 * S))[1:-1], rtol=1e-6)
    np.testing.assert_allclose(growth.sd_score("height", near, "female", value), 1.5, atol=1e-8)


def test_many_children_at_once_are_the_same_as_one_by_one() -> None:
    draws = np.random.default_rng(3)
    age, z = draws.uniform(2, 20, 200), draws.uniform(-5, 5, 200)
    sex = draws.choice(growth.SEXES, 200)
    for measure in growth.MEASURES:
        together = growth.quantile(measure, age, sex, z)
        alone = [growth.quantile(measure, a, str(s), x) for a, s, x in zip(age, sex, z, strict=True)]
        assert together.tolist() == alone
        shares = growth.centile(measure, age, sex, together)
        assert shares.tolist() == [
            growth.centile(measure, a, str(s), v) for a, s, v in zip(age, sex, alone, strict=True)
        ]


def test_shapes_broadcast_and_a_scalar_stays_a_number() -> None:
    table = growth.quantile("weight", np.array([[6.0], [12.0]]), "male", np.array([-1.0, 0.0, 1.0]))
    assert table.shape == (2, 3)
    pairs = growth.sd_score("weight", 6.0, np.array(["female", "male"]), 20.0)
    assert pairs.shape == (2,) and pairs[0] > pairs[1]
    assert type(growth.quantile("weight", 6, "male", 0)) is float
    assert type(growth.sd_score("weight", 6, "male", 20)) is float
    assert type(growth.centile("weight", 6, "male", 20)) is float


def test_a_hundred_thousand_children_take_less_than_a_second() -> None:
    draws = np.random.default_rng(11)
    age, z = draws.uniform(2, 18, 100_000), draws.uniform(-3, 3, 100_000)
    sex = np.where(draws.random(100_000) < 0.5, "female", "male")
    start = time.process_time()
    weight = growth.quantile("weight", age, sex, z)
    height = growth.quantile("height", age, sex, z)
    assert time.process_time() - start < 1.0
    assert np.isfinite(weight).all() and np.isfinite(height).all()


@pytest.mark.parametrize("age", [-0.01, 20.01, float("nan"), float("inf")])
def test_an_age_outside_the_reference_is_refused(age: float) -> None:
    with pytest.raises(ImplausibleChild) as refusal:
        growth.quantile("weight", np.array([6.0, age]), "male", 0.0)
    assert str(refusal.value) == (
        f"There is no growth reference at {age:g} years.\n"
        "  WHO 2006 and CDC 2000 cover 0 to 20 years.\n"
        "  Give an age from 0 to 20 years."
    )


def test_another_sex_or_measure_is_refused() -> None:
    with pytest.raises(
        ImplausibleChild, match=r"no growth reference for the sex 'femal'(?s:.*)Did you mean 'female'"
    ):
        growth.sd_score("weight", 6.0, np.array(["male", "femal"]), 20.0)
    with pytest.raises(UnknownName, match=r"no growth reference for 'wieght'(?s:.*)Did you mean 'weight'"):
        growth.quantile("wieght", 6.0, "male", 0.0)


@pytest.mark.parametrize("z", [5.001, -6.0, float("nan")])
def test_a_score_without_a_value_is_refused(z: float) -> None:
    with pytest.raises(ImplausibleChild, match=r"no value at an SD score of (?s:.*)from -5 to 5"):
        growth.quantile("weight", 6.0, "male", z)
