"""The package as it is used from Python: names, units, dimensions, refusals, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import quotidian as q
from quotidian.errors import ImplausibleChild, InvalidInput, UnknownName
from quotidian.patients.treatment import simulate as followed

GIRL = q.Child(age="6 years", sex="female", weight="20 kg")


def test_one_child_on_one_regimen_is_a_data_set_over_time() -> None:
    run = q.simulate(GIRL, q.regimens.tocilizumab_iv, weeks=2, observables=["crp", "temperature"])
    assert run.crp.dims == ("time",)
    assert run.crp.attrs["units"] == "mg/L" and run.time.attrs["units"] == "day"
    assert run.sizes["time"] == 14 * 24 + 1
    assert float(run.crp[0]) > 50 and float(run.crp[-1]) < 10
    assert "medical device" in run.attrs["note"]


def test_the_numbers_are_those_of_the_engine() -> None:
    run = q.simulate(GIRL, "tocilizumab-iv", weeks=1, every="6h", observables=["il6"])
    plain = followed(GIRL, q.regimen("tocilizumab-iv"), days=7, every_hours=6, observables=["il6"])
    assert run.il6.values.tolist() == plain["il6"][0].tolist()


def test_children_and_regimens_become_dimensions() -> None:
    arms = {"none": "none", "every 2 weeks": "tocilizumab-iv", "every 4 weeks": "tocilizumab-iv:8mg/kg/4wk"}
    children = [GIRL, q.Child(age=12, sex="male")]
    run = q.simulate(children, arms, weeks=6, every=24.0, observables=["crp"])
    assert run.crp.dims == ("child", "regimen", "time") and run.crp.shape == (2, 3, 43)
    last = run.crp.sel(regimen="none").isel(time=-1)
    assert np.all(last > run.crp.sel(regimen="every 2 weeks").isel(time=-1))


def test_a_list_of_regimens_is_compared_under_their_own_texts() -> None:
    texts = ["none", "tocilizumab-iv:8mg/kg/4wk"]
    run = q.simulate(GIRL, texts, weeks=1, every=24.0, observables=["crp"])
    assert run.crp.dims == ("regimen", "time") and run.regimen.values.tolist() == texts
    alone = q.simulate(GIRL, texts[1], weeks=1, every=24.0, observables=["crp"])
    assert run.crp.sel(regimen=texts[1]).values.tolist() == alone.crp.values.tolist()


@pytest.mark.parametrize("regimens", [[], 3, None, ["none", "none"], [3], {"a": 3}, [q.regimen("none")] * 2])
def test_regimens_that_cannot_be_compared_are_refused_in_words(regimens: Any) -> None:
    with pytest.raises(InvalidInput, match="regimen"):
        q.simulate(GIRL, regimens, weeks=1)


def test_it_plots(tmp_path) -> None:
    run = q.simulate(GIRL, "tocilizumab-iv", weeks=1, observables=["crp"])
    (line,) = run.crp.plot()
    assert line.axes.get_ylabel() == "C-reactive protein [mg/L]"


def test_names_can_be_listed_and_a_wrong_one_is_told() -> None:
    assert "tocilizumab_iv" in dir(q.regimens) and "tocilizumab-iv" in list(q.regimens)
    assert "12 mg/kg" in repr(q.regimens)
    with pytest.raises(AttributeError, match="no regimen 'tocilizumab-vi'"):
        _ = q.regimens.tocilizumab_vi
    with pytest.raises(AttributeError, match="quotidian has no 'childern'"):
        _ = q.childern
    with pytest.raises(UnknownName, match="no observable 'crpp'"):
        q.simulate(GIRL, weeks=1, observables=["crpp"])
    with pytest.raises(ImplausibleChild):
        q.Child(age=6, sex="female", weight="80 kg")


def test_tables_of_observables_and_evidence() -> None:
    assert {"crp", "il6"} <= set(q.observables()["name"])
    found = q.ledger("sgp130", "baseline")
    assert found["value"].to_list() == [3.9, 0.43] and "Narazaki" in found["source"][0]


def test_a_study_from_python(tmp_path) -> None:
    from quotidian.application.study_example import EXAMPLE

    path = tmp_path / "mine.yaml"
    path.write_text(EXAMPLE.replace("    children: 40\n", "    children: 4\n"))
    found = q.study(path, replicates=1, seed=3).endpoints
    assert set(found["arm"]) >= {"every 2 weeks", "every 4 weeks"} and "acr70" in set(found["endpoint"])


def test_a_trial_from_python() -> None:
    done = q.trial("tender", replicates=1, seed=3)
    assert "1 replicate of 112 children" in repr(done)
    assert {"endpoint", "virtual", "published", "inside"} <= set(done.endpoints.columns)
    assert done._repr_html_().startswith("<p>A virtual TENDER")


def test_importing_the_package_brings_nothing_heavy() -> None:
    code = "import sys, quotidian; print([m for m in ('numpy', 'xarray', 'llvmlite') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
