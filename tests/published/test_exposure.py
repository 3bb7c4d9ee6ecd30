"""Exposure to tocilizumab of drawn children and of adults against the labels; its calibration."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from quotidian.engine import SWITCH
from quotidian.models import model
from quotidian.patients.child import Child
from quotidian.patients.population import TYPICAL, draw
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.protocol.library import design

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load(Path(__file__).with_name("exposure.yaml").read_text())
Floats = NDArray[np.float64]
CHILDREN = 3000
FORMER = {"V_p": 2.49, "Q": 0.0212}
"""The periphery that systemic disease once had of its own, L and L/h."""


@cache
def script() -> ModuleType:
    spec = spec_from_file_location("disposition", ROOT / "scripts/calibrate_disposition.py")
    assert spec is not None and spec.loader is not None
    found = module_from_spec(spec)
    sys.modules[spec.name] = found  # dataclasses look themselves up
    spec.loader.exec_module(found)
    return found


@cache
def children(indication: str = "sjia") -> list[Child]:
    population = design("pjia-iv").patient_population if indication == "pjia" else TYPICAL
    return draw(Streams(7), 0, range(CHILDREN), population)


def weights(kids: list[Child]) -> Floats:
    return np.array([c.weight_kg for c in kids])


@cache
def printed(clearance: float = 1.0) -> tuple[dict[str, float], dict[str, Floats]]:
    CL = clearance * model("sjia").constants["tocilizumab.CL"]
    kids = children()
    got, own = script().means(script().courses({"CL": CL}, kids), weights(kids))
    return got, own


@cache
def polyarticular_means() -> dict[str, float]:
    kids = children("pjia")
    got: dict[str, float] = script().poly_means(script().courses({}, kids, script().CHERISH), weights(kids))[
        0
    ]
    return got


@cache
def japanese_means(**other: float) -> dict[str, float]:
    kids = script().japanese(children()[:1500])
    got: dict[str, float] = script().japan_means(script().courses(other, kids, script().JAPAN), weights(kids))
    return got


@cache
def skin_means() -> dict[str, float]:
    bands = [[c for c in children("pjia") if (c.weight_kg < 30.0) == light] for light in (False, True)]
    regimens = (script().SKIN_HEAVY, script().SKIN_LIGHT)
    courses = [script().courses({}, kids, given) for kids, given in zip(bands, regimens, strict=True)]
    got: dict[str, float] = script().skin_means(*courses)
    return got


# ---- systemic disease into a vein
@pytest.mark.parametrize("name", ["cmax", "trough", "ratio"])
def test_the_mean_of_drawn_children_lies_in_the_interval_of_the_label(name: str) -> None:
    mean, sd = script().published()["tender"]["means"][name]
    assert abs(printed()[0][name] - mean) < 1.96 * sd / np.sqrt(75)


def test_the_mean_level_of_the_first_edition_is_missed() -> None:
    """Given up: with this peak and trough no small periphery has it; the later edition and Japan agree."""
    first, sd = script().published()["tender"]["means"]["mean"]
    later = script().published()["bands"]["means"]
    got = printed()[0]
    assert got["mean"] - first > 1.96 * sd / np.sqrt(75)
    for band in ("from_30_kg", "below_30_kg"):
        assert got[f"mean_{band}"] == pytest.approx(later[f"mean_{band}"][0], rel=0.05)


@pytest.mark.parametrize("name", ["cmax", "trough", "mean", "ratio"])
def test_their_spread_is_that_of_the_label(name: str) -> None:
    """An SD of 75 is known to 8 %, twice for its interval, and a tenth more is left for the model."""
    sd = script().published()["tender"]["means"][name][1]
    assert np.std(printed()[1][name]) == pytest.approx(sd, rel=0.19)


@pytest.mark.parametrize("name", ["cmax", "trough"])
@pytest.mark.parametrize("band", ["from_30_kg", "below_30_kg"])
def test_the_later_edition_is_higher_by_less_than_six_tenths_of_an_sd(name: str, band: str) -> None:
    """Known weakness: the editions contradict one another; each is trusted alike."""
    mean, sd = script().published()["bands"]["means"][f"{name}_{band}"]
    assert 0.0 < mean - printed()[0][f"{name}_{band}"] < 0.6 * sd


def test_a_fifth_less_clearance_would_be_seen() -> None:
    got, (mean, sd) = printed(0.8)[0]["trough"], script().published()["tender"]["means"]["trough"]
    assert abs(got - mean) > 1.96 * sd / np.sqrt(75)


# ---- Japanese children from 15 years on
JAPANESE = ["peak_1", "area_1", "peak_3", "area_3", "clearance_3", "volume_3"]


@pytest.mark.parametrize("name", JAPANESE)
def test_japanese_means_lie_within_two_standard_errors(name: str) -> None:
    mean, error = script().targets("japan")[name]
    assert abs(japanese_means()[name] - mean) < 2 * error


def test_the_japanese_half_life_is_too_long_and_the_volume_in_its_range() -> None:
    """Known weakness: 139 h were published; no periphery that serves the troughs of TENDER is as fast."""
    got = japanese_means()
    assert 139.0 < got["half_life_3"] < 190.0
    assert 40.0 < got["volume_3"] < 52.0


def test_the_former_periphery_fails_in_japan() -> None:
    """What the comparison would say of V_p 2.49 L: area too small, half-life and volume far too large."""
    got, source = japanese_means(**FORMER), script().targets("japan")
    off = {n: (got[n] - source[n][0]) / source[n][1] for n in ("area_1", "half_life_3", "volume_3")}
    assert off["area_1"] < -4.0 and off["half_life_3"] > 6.0 and off["volume_3"] > 4.0


# ---- polyarticular disease
@pytest.mark.parametrize("band", ["from_30_kg", "below_30_kg"])
@pytest.mark.parametrize("name", ["cmax", "trough", "auc"])
def test_polyarticular_means_lie_in_the_interval_of_the_label(name: str, band: str) -> None:
    mean, error = script().targets("cherish", 0.38)[f"{name}_{band}"]
    assert abs(polyarticular_means()[f"{name}_{band}"] - mean) < 1.96 * error


@pytest.mark.parametrize(
    ("name", "most"), [("auc_gain_below_30_kg", 0.08), ("trough_gain_below_30_kg", 0.25)]
)
def test_light_polyarticular_children_accumulate_too_much(name: str, most: float) -> None:
    """Known weakness: below 30 kg hardly anything stays from dose to dose; in virtual children some does."""
    mean, _ = script().published()["cherish"]["means"][name]
    assert 0.0 < polyarticular_means()[name] - mean < most


@pytest.mark.parametrize("band", ["from_30_kg", "below_30_kg"])
@pytest.mark.parametrize("name", ["cmax", "trough", "mean"])
def test_under_the_skin_levels_lie_within_an_sd(name: str, band: str) -> None:
    mean, sd = script().published()["under_the_skin"]["means"][f"{name}_{band}"]
    assert abs(skin_means()[f"{name}_{band}"] - mean) < 1.05 * sd


def test_light_children_have_too_little_three_weeks_after_an_injection() -> None:
    """Known weakness: 18 ug/mL are recalled; no power of weight repairs this and the doses into a vein."""
    assert skin_means()["trough_below_30_kg"] < 0.5 * 18.4


# ---- joint uncertainty
def test_what_is_left_of_the_fit_is_a_covariance_in_the_order_of_the_script() -> None:
    rows = (ROOT / "src/quotidian/drugs/tocilizumab_uncertainty.csv").read_text().splitlines()
    head, *body = (row.split(",") for row in rows)
    assert head[3:] == [row[0] for row in body] == list(script().PRIORS)
    correlation = np.array([[float(x) for x in row[3:]] for row in body])
    np.testing.assert_allclose(correlation, correlation.T)
    assert np.linalg.eigvalsh(correlation).min() > 0.0 and (np.diag(correlation) == 1.0).all()
    powers = head.index("clearance_exponent"), head.index("capacity_exponent")
    assert correlation[powers[0] - 3, powers[1] - 3] < -0.5


# ---- adults
def course(
    doses: list[tuple[float, float]], days: int, scenario: str = "adult_ra", **settings: float
) -> Floats:
    """Hourly drug, ug/mL, of doses (day, mg) into a vein over an hour."""
    machine = compiled_model(scenario)
    port = "tocilizumab_infusion"
    events = [(24 * day + h, SWITCH, port, rate) for day, mg in doses for h, rate in ((0, mg), (1, 0.0))]
    table = machine.parameters(1, {n.replace("__", "."): x for n, x in settings.items()})
    out = machine.run(
        table,
        np.arange(24.0 * days + 1),
        events=machine.events([events]),
        observables=["tocilizumab"],
        start=0.0,
    )
    return np.asarray(out["tocilizumab"][0])


def test_a_single_dose_in_adults_leaves_as_published() -> None:
    case, c = CASES["single_10_mg_per_kg"], course([(0.0, 700.0)], 60)
    clearance = 700.0 / np.trapezoid(c) * 1000 / 70
    half_life = 11 * 24 * np.log(2) / np.log(c[3 * 24] / c[14 * 24])
    for got, (mean, sd) in ((clearance, case["clearance"]), (half_life, case["half_life"])):
        assert abs(got - mean) < 0.5 * sd


def test_the_half_life_after_a_third_dose_lies_within_an_sd() -> None:
    mean, sd = CASES["third_8_mg_per_kg"]["half_life"]
    c = course([(0.0, 560.0), (14.0, 560.0), (28.0, 560.0)], 44)
    assert abs(11 * 24 * np.log(2) / np.log(c[31 * 24] / c[42 * 24]) - mean) < sd


@pytest.mark.parametrize("dose", CASES["volunteers"]["clearance"])
def test_small_doses_leave_faster(dose: float) -> None:
    """A prediction: healthy men, other trials, doses a tenth of the usual."""
    case = CASES["volunteers"]
    mg, CL = dose * case["weight"], case["men"]
    c = course([(0.0, mg)], 40, tocilizumab__CL=CL, body_weight=case["weight"])
    got = mg / np.trapezoid(c) * 1000 / case["weight"]
    mean, sd = case["clearance"][dose]
    assert abs(got - mean) < 2 * sd, (got, mean)


def test_heavy_adults_have_more_by_the_same_dose_per_kg() -> None:
    """From 100 kg the label has half more at the peak and twice as much in the trough than in all."""
    doses = {w: [(28.0 * k, 8.0 * w) for k in range(6)] for w in (70.0, 110.0)}
    usual, heavy = (course(d, 168, body_weight=w)[-673:] for w, d in doses.items())
    case = CASES["from_100_kg"]
    assert heavy.max() / usual.max() == pytest.approx(case["peak"][0] / case["peak"][1], rel=0.15)
    assert heavy[-1] / usual[-1] == pytest.approx(case["trough"][0] / case["trough"][1], rel=0.35)
