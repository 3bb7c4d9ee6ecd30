"""Public values as Python and notebooks show them: a line and a table with units, every text escaped."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import polars as pl

import quotidian as q
from quotidian.api.child_fitting import StrategyTrial
from quotidian.api.exchange import PetabResult
from quotidian.api.learning import WorthTable
from quotidian.api.populations import Cohort
from quotidian.application.fitting.child_fit import ChildFit
from quotidian.application.fitting.dosing_strategy import StrategyOutcome
from quotidian.application.fitting.population_fit import PopulationFit
from quotidian.application.learning.knowledge import Knowledge
from quotidian.application.learning.worth_run import Share, Worth
from quotidian.notebook import html_table

EVIL = "<script>"


def rows(shown: Any) -> list[list[str]]:
    """The cells of a table; a table that is no XML, or an element that is none of a table, fails."""
    tree = ElementTree.fromstring(shown._repr_html_())
    assert {one.tag for one in tree.iter()} <= {"div", "table", "caption", "tr", "th", "td", "p"}
    assert tree.findtext("table/caption") == repr(shown)
    return [[cell.text or "" for cell in row] for row in tree.findall("table/tr")]


def without_work(kind: type, **fields: Any) -> Any:
    """A result with some of its fields, which the display alone needs."""
    made = object.__new__(kind)
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def test_a_table_escapes_and_rounds() -> None:
    table = html_table(EVIL, (EVIL,), [(EVIL,), (1.23456,), (None,), (3,)], EVIL)
    assert EVIL not in table and table.count("&lt;script&gt;") == 4
    assert "<td>1.235</td>" in table and "<td></td>" in table and "<td>3</td>" in table
    assert "<tr>" not in html_table("a", (), [])


def test_regimens_are_a_table_by_name() -> None:
    tree = ElementTree.fromstring(q.regimens._repr_html_())
    named = {row[0].text: row[1].text for row in tree.findall("table/tr")}
    assert named["tocilizumab-iv"].startswith("tocilizumab 12 mg/kg below 30 kg")  # type: ignore[union-attr]
    assert repr(q.regimen("tocilizumab-iv:8mg/kg/2wk x6")).endswith("every 14 days for 6 doses>")


def test_an_event_table_says_its_size(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("ID,TIME,AMT,DV\n1,0,100,.\n1,1,.,5\n2,0,100,.\n2,2,.,4\n")
    assert repr(q.read_events(path)) == (
        "<EventTable data.csv: 2 subjects, 4 records, 2 of them observations, 2 doses>"
    )


def test_knowledge_is_a_table_of_values_with_units() -> None:
    name = "biology.acute_phase.k_crp"
    known = Knowledge((name, EVIL), np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]), {}, Path("nowhere"))
    assert repr(known) == "<Knowledge: 3 members, sets of 2 values, in nowhere>"
    assert rows(known)[1] == [name, "2", "1.1", "2.9", "1/h"] and rows(known)[2][0] == EVIL


def test_worth_is_a_table_of_measurements() -> None:
    request: Any = SimpleNamespace(outcome="tender.acr30.placebo")
    found = WorthTable(
        Worth(request, "%", 50.0, 40.0, 60.0, (Share("crp", 0.25, 0.01), Share(EVIL, 0.1, None)), ())
    )
    assert repr(found) == ("<Worth of measurements for tender.acr30.placebo: 50 % (central 95 %: 40 to 60)>")
    assert rows(found)[1:] == [["crp", "25", "1"], [EVIL, "10", ""]]


def test_a_strategy_shows_both_arms() -> None:
    outcomes = (
        StrategyOutcome(0, 20.0, 1.0, False, 100.0, 2.0, True, 50.0, "none"),
        StrategyOutcome(1, 20.0, 1.0, True, 100.0, 2.0, True, 70.0, "none"),
    )
    found = StrategyTrial(outcomes)
    assert repr(found).endswith("target met by 100 % on the strategy, 50 % on the fixed regimen>")
    assert rows(found)[1:] == [["target met, %", "50", "100"], ["drug, mg/week", "100", "60"]]


def test_a_petab_result_shows_its_objective() -> None:
    found = PetabResult(-12.5, 3.0, {"k1": -1.0}, -13.5, pl.DataFrame({"a": [1, 2]}), {"k1": 0.25}, (EVIL,))
    assert repr(found) == "<PetabResult: log-likelihood -12.5, chi2 3, 2 measurements>"
    assert rows(found)[1] == ["k1", "-1", "0.25"] and EVIL not in found._repr_html_()


def test_a_cohort_lists_its_observables_with_units() -> None:
    request = SimpleNamespace(children=1200, regimen="none", days=84.0, seed=3, observables={"crp": "mg/L"})
    found = Cohort(Path("out"), SimpleNamespace(request=request))  # type: ignore[arg-type]
    assert repr(found) == "<Cohort: 1,200 children on none, 84 days, seed 3, in out>"
    assert rows(found)[1:] == [["crp", "mg/L"]]


def test_fits_show_their_estimates_with_errors() -> None:
    estimates = {
        "theta": {"CL": 2.0, EVIL: 1.0}, "omega": {"CL": 0.09}, "sigma": {"b": 0.1}, "method": "focei",
        "se": {"theta": {"CL": 0.2}, "omega": {}, "sigma": {}}, "subjects": 3, "observations": 9,
        "ofv": 12.5, "notes": [EVIL],
    }  # fmt: skip
    found = without_work(PopulationFit, estimates=estimates)
    assert repr(found) == "<PopulationFit by focei: 3 subjects, 9 observations, objective 12.5>"
    assert rows(found)[1] == ["theta", "CL", "2", "0.2"] and rows(found)[3] == ["omega", "CL", "0.09", ""]
    estimates["shares"] = {"1": 0.75, "2": 0.25}
    assert [row[:3] for row in rows(found)[-2:]] == [["shares", "1", "0.75"], ["shares", "2", "0.25"]]
    estimates["se"] = None
    assert rows(found)[1] == ["theta", "CL", "2", ""]
    child = without_work(
        ChildFit, names=("CL", "severity"), value=np.array([1.2, 0.9]), value_sd=np.array([0.1, 0.3]),
        score_sd=np.array([0.3, 0.95]), ofv=7.0, notes=(EVIL,),
        problem=SimpleNamespace(record=SimpleNamespace(value=np.zeros(5))),
    )  # fmt: skip
    assert repr(child) == "<ChildFit: 1 of 2 parameters narrowed by 5 measurements, objective 7>"
    assert rows(child)[1:] == [["CL", "1.2", "0.1", "yes"], ["severity", "0.9", "0.3", "no"]]
