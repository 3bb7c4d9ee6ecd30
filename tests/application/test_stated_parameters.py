"""Values of the ledger for one run: named in full or in short, possible, read by the run, and reported."""

from __future__ import annotations

import json

import polars as pl
import pytest

import quotidian as q
from quotidian.application.cohort_request import identity, stated_for_cohort
from quotidian.application.stated_parameters import (
    assignments,
    entry_named,
    physical_range,
    reads_of_trial,
    stated_parameters,
)
from quotidian.errors import InvalidInput, InvalidQuantity
from quotidian.evidence.overlay import entries
from quotidian.trials.protocol.library import design

GIRL = q.Child(age=6, sex="female", weight=20)


def everything(_: str) -> str:
    return ""


def test_a_value_has_its_unit_or_that_of_the_ledger() -> None:
    plain = stated_parameters({"tocilizumab.CL": "6"}, everything)
    assert plain.values == (("drugs.tocilizumab.CL", 6.0),)
    assert stated_parameters({"drugs.tocilizumab.CL": "0.144 L/day"}, everything).values[0][
        1
    ] == pytest.approx(6.0)
    assert plain.overlay.by_name["drugs.tocilizumab.CL"] == 6.0
    assert plain.options == " --set drugs.tocilizumab.CL=6.0"
    assert plain.remarks == ("Set: drugs.tocilizumab.CL = 6 mL/h (ledger: 4.18)",)
    odd = stated_parameters({"tocilizumab.CL": 60}, everything)
    assert "outside the plausible range, 3 to 12" in odd.remarks[0]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"tocilizumab.CLL": 1}, "Did you mean 'tocilizumab.CL'"),
        ({"CL": 1}, "entries of the ledger"),
        ({"tocilizumab.CL": 4, "drugs.tocilizumab.CL": 5}, "stated twice"),
        ({"tocilizumab.CL": -1}, "above zero"),
        ({"tocilizumab.CL": "nan"}, "cannot be nan"),
        ({"tocilizumab.CL": "1 kg"}, "mass"),
        ({"joints.il6_share": 1.2}, "from 0 to 1"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, float | str], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        stated_parameters(given, everything)


def test_every_value_of_the_ledger_is_possible() -> None:
    for name, entry in entries().items():
        low, high = physical_range(entry)
        assert low <= entry.value <= high and entry_named(name) is entry


@pytest.mark.parametrize("text", ["", "a", "=3", "a="])
def test_an_option_is_a_name_and_a_value(text: str) -> None:
    with pytest.raises(InvalidInput, match="--set"):
        assignments([text])


def test_a_run_reads_its_model_and_nothing_else() -> None:
    fast = q.simulate(GIRL, "tocilizumab-iv", weeks=2, every="1d", observables=["tocilizumab"],
                      parameters={"tocilizumab.CL": 12.0})  # fmt: skip
    usual = q.simulate(GIRL, "tocilizumab-iv", weeks=2, every="1d", observables=["tocilizumab"])
    assert float(fast.tocilizumab[-1]) < 0.5 * float(usual.tocilizumab[-1])
    assert fast.attrs["parameters"] == "drugs.tocilizumab.CL=12.0"
    for name in ("anakinra.CL", "variability.girls", "laboratory.crp", "mouse_size.adult_weight"):
        with pytest.raises(InvalidInput, match="does not read"):
            q.simulate(GIRL, "tocilizumab-iv", weeks=1, parameters={name: 1.0})
    drawn = q.children(2, seed=1)
    with pytest.raises(InvalidInput, match="Each child has a value of its own"):
        q.simulate(drawn, weeks=1, parameters={"joints.il6_share": 0.5})


def test_a_cohort_has_the_population_that_is_set(tmp_path) -> None:
    young = q.cohort(40, tmp_path / "c", weeks=1, every="1d", observables=["crp"],
                     parameters={"variability.age_mean": 3, "variability.age_sd": 1})  # fmt: skip
    assert young.children["age [year]"].max() < 8
    manifest = json.loads((tmp_path / "c" / "manifest.json").read_text())
    assert manifest["identity"]["request"]["parameters"] == {
        "patients.variability.age_mean": 3.0, "patients.variability.age_sd": 1.0,
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="another"):
        q.cohort(40, tmp_path / "c", weeks=1, every="1d", observables=["crp"])
    assert "parameters" not in identity(q.cohort(2, tmp_path / "d", weeks=1).summary.request)["request"]
    with pytest.raises(InvalidInput, match="steady course"):
        stated_for_cohort({"mas_episodes.death_hazard": 0.1}, 1, "sjia", frozenset(), "steady")
    assert stated_for_cohort({"mas_episodes.death_hazard": 0.1}, 1, "sjia", frozenset(), "drawn").values


def test_a_trial_has_the_values_that_are_set() -> None:
    usual = q.trial("yokota-2005", replicates=1)
    fast = q.trial("yokota-2005", replicates=1, parameters={"tocilizumab.CL": "12 mL/h"})
    here = pl.col("tocilizumab").filter(pl.col("there"), pl.col("week") > 0).mean()
    assert fast.visits.select(here).item() < 0.8 * usual.visits.select(here).item()
    assert fast.result.notes[0].startswith("Set: drugs.tocilizumab.CL = 12 mL/h")
    assert fast.result.provenance["command"].endswith("--set drugs.tocilizumab.CL=12.0")
    reads = reads_of_trial(design("yokota-2005"))
    assert "not a drug of" in reads("drugs.anakinra.CL") and "mice" in reads("biology.mouse_size.x")


def test_parameters_lists_what_can_be_set() -> None:
    table = q.parameters("tocilizumab", "linear clearance")
    assert "drugs.tocilizumab.CL" in table["name"].to_list()
    assert table.columns == ["name", "value", "unit", "low", "high", "meaning"]
    assert issubclass(InvalidQuantity, InvalidInput) and q.parameters().height == len(entries())
