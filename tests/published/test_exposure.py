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
from quotidian.patients.population import draw
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.protocol.library import design

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load(Path(__file__).with_name("exposure.yaml").read_text())
Floats = NDArray[np.float64]
CHILDREN = 3000
NAMES = ("V_c", "V_p", "CL", "Q", "V_m", "volume_exponent", "clearance_exponent")


@cache
def script() -> ModuleType:
    spec = spec_from_file_location("disposition", ROOT / "scripts/calibrate_disposition.py")
    assert spec is not None and spec.loader is not None
    found = module_from_spec(spec)
    sys.modules[spec.name] = found  # dataclasses look themselves up
    spec.loader.exec_module(found)
    return found


@cache
def values() -> dict[str, float]:
    constants = model("sjia").constants
    return {name: constants[f"tocilizumab.{name}"] for name in NAMES}


@cache
def children() -> list[Child]:
    return draw(Streams(7), 0, range(CHILDREN))


@cache
def printed(clearance: float = 1.0) -> tuple[dict[str, float], dict[str, Floats]]:
    weight = np.array([c.weight_kg for c in children()])
    changed = values() | {"CL": clearance * values()["CL"]}
    got, own = script().means(script().courses(changed, children()), weight)
    return got, own


@cache
def polyarticular_means() -> dict[str, float]:
    kids = draw(Streams(7), 0, range(CHILDREN), design("pjia-iv").patient_population)
    courses = script().courses(script().adult_periphery(values()), kids, script().CHERISH)
    got: dict[str, float] = script().poly_means(courses, np.array([c.weight_kg for c in kids]))[0]
    return got


@pytest.mark.parametrize("band", ["from_30_kg", "below_30_kg"])
@pytest.mark.parametrize("name", ["cmax", "trough", "auc"])
def test_polyarticular_means_lie_in_the_interval_of_the_label(name: str, band: str) -> None:
    mean, error = script().poly_targets(0.38)[f"{name}_{band}"]
    assert abs(polyarticular_means()[f"{name}_{band}"] - mean) < 1.96 * error


@pytest.mark.parametrize(
    ("name", "most"), [("auc_gain_below_30_kg", 0.06), ("trough_gain_below_30_kg", 0.25)]
)
def test_light_polyarticular_children_accumulate_too_much(name: str, most: float) -> None:
    """Known weakness: below 30 kg hardly anything stays from dose to dose; in virtual children some does."""
    mean, _ = script().POLY[name]
    assert 0.0 < polyarticular_means()[name] - mean < most


@pytest.mark.parametrize("name", ["cmax", "trough", "mean", "ratio"])
def test_the_mean_of_drawn_children_lies_in_the_interval_of_the_label(name: str) -> None:
    mean, sd = script().US[name]
    assert abs(printed()[0][name] - mean) < 1.96 * sd / np.sqrt(75)


@pytest.mark.parametrize("name", ["cmax", "trough", "mean", "ratio"])
def test_their_spread_is_that_of_the_label(name: str) -> None:
    """Nothing was fitted to it; an SD of 75 is known to 16 %, and two thirds more is left for the model."""
    assert np.std(printed()[1][name]) == pytest.approx(script().US[name][1], rel=0.27)


@pytest.mark.parametrize("name", list(CASES["eu_bands"]))
def test_the_later_edition_is_higher_by_less_than_six_tenths_of_an_sd(name: str) -> None:
    """Known weakness: two editions contradict one another; the fit lies nearer to the one that was seen."""
    mean, sd = CASES["eu_bands"][name]
    assert 0.0 < mean - printed()[0][name] < 0.6 * sd


def test_a_fifth_less_clearance_would_be_seen() -> None:
    got, (mean, sd) = printed(0.8)[0]["trough"], script().US["trough"]
    assert abs(got - mean) > 1.96 * sd / np.sqrt(75)


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
