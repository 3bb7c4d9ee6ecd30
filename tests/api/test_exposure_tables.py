"""Exposure and time to an effect, read from runs."""

from __future__ import annotations

import numpy as np
import pytest

import quotidian as q
from quotidian.errors import InvalidInput, UnknownName

GIRL = q.Child(age="6 years", sex="female", weight="20 kg")


@pytest.fixture(scope="module")
def run():
    arms = {"12": "tocilizumab-iv", "8": "tocilizumab-iv:8mg/kg/2wk"}
    return q.simulate(GIRL, arms, weeks=8, observables=["tocilizumab", "crp", "temperature"])


def test_less_drug_gives_less_exposure_by_regimen(run) -> None:
    table = q.exposure(run, above=1.0)
    assert table.columns[:3] == ["regimen", "drug", "unit"] and set(table["unit"]) == {"ug/mL"}
    more, less = (table.filter(table["regimen"] == arm) for arm in ("12", "8"))
    assert more["amount_mg"].to_list() == [240.0] * 4 and less["amount_mg"].to_list() == [160.0] * 4
    assert all(a > b for a, b in zip(more["cmax"], less["cmax"], strict=True))
    assert more["ctrough"].to_list()[-1] is None and more["accumulation"][2] > 1.2
    assert more["hours_above"][0] == pytest.approx(336.0, abs=1.0)


def test_the_area_is_that_of_the_curve(run) -> None:
    curve = run.tocilizumab.sel(regimen="12")
    piece = curve.where((curve.time >= 0.375) & (curve.time <= 14.375), drop=True)
    trapezoid = np.trapezoid(piece.values, piece.time.values)
    first = q.exposure(run, "tocilizumab")["auc"][0]
    assert first == pytest.approx(trapezoid, rel=2e-3) and first < trapezoid


def test_time_to_an_effect_counts_what_lasts(run) -> None:
    once = q.time_to(run, "crp", below=10.0)
    assert once["regimen"].to_list() == ["12", "8"]
    assert once["day"][0] == float(run.time[(run.crp.sel(regimen="12") < 10.0).values.argmax()])
    assert q.time_to(run, "crp", below=0.0)["day"].to_list() == [None, None]
    febrile = q.simulate(GIRL, weeks=1, observables=["temperature"])
    assert q.time_to(febrile, "temperature", below=37.5)["day"][0] is not None
    assert q.time_to(febrile, "temperature", below=37.5, lasting="2 days")["day"].to_list() == [None]


def test_what_cannot_be_read_is_refused(run) -> None:
    with pytest.raises(UnknownName, match="No dose of 'anakinra'"):
        q.exposure(run, "anakinra")
    with pytest.raises(InvalidInput, match="no exposure in this run"):
        q.exposure(q.simulate(GIRL, weeks=1, observables=["crp"]))
    with pytest.raises(InvalidInput, match="contains no doses"):
        q.exposure(run.crp.to_dataset())
    with pytest.raises(InvalidInput, match="no output lies there"):
        q.exposure(q.simulate(GIRL, "tocilizumab-iv", weeks=1, every="1 day"))
    with pytest.raises(InvalidInput, match="one limit"):
        q.time_to(run, "crp")
    with pytest.raises(UnknownName, match="'crpp'"):
        q.time_to(run, "crpp", below=1.0)
