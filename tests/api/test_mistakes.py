"""Mistakes of a caller: each says what was given, why it cannot be, and what to write."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import quotidian as q
from quotidian.api.arguments.kinds import ANY
from quotidian.api.virtual_trial import VirtualTrial
from quotidian.errors import InvalidInput

GIRL = q.Child(age=6, sex="female", weight="20 kg")
NAN = float("nan")
IV = q.regimens.tocilizumab_iv
GRID, TARGET = "8-12 mg/kg, every 1-4 weeks", "trough >= 20 ug/mL"
TABLE = pl.DataFrame({"age": [6]})
call: Any = q  # the mistakes are wrong on purpose: no type checker stops them

MISTAKES: dict[str, tuple[Callable[[], object], str, str]] = {
    "an age of nothing": (lambda: call.Child(None, "female"), "age=None", "age='6 years'"),
    "two ages": (lambda: call.Child([6, 7], "female"), "age=[6, 7]", "age='6 years'"),
    "a sex of nothing": (lambda: call.Child(6, None), "sex=None", "sex='female'"),
    "age and sex swapped": (lambda: call.Child("female", "6 years"), "'female' is not a", "age as a"),
    "a severity in words": (lambda: call.Child(6, "male", severity="high"), "severity='high'", "=1.5"),
    "a weight in pounds": (lambda: call.Child(6, "male", "44 lb"), "'lb' is unknown", "(kg)"),
    "a misspelt argument": (lambda: call.Child(6, "male", wieght=20), "no argument 'wieght'", "'weight'"),
    "no argument at all": (lambda: call.Child(), "missing a required argument: 'age'", "name=value"),
    "nobody": (lambda: call.simulate(None), "children=None", "q.Child("),
    "an empty list of children": (lambda: call.simulate([]), "children=[]", "q.Child("),
    "a mapping for a child": (lambda: call.simulate({"age": 6}), "children={'age': 6}", "q.Child("),
    "a table for a child": (lambda: call.simulate(TABLE), "children=a DataFrame", "q.Child("),
    "child and regimen swapped": (lambda: call.simulate("none", GIRL), "children='none'", "q.Child("),
    "no regimen": (lambda: call.simulate(GIRL, None), "regimen=None", "'tocilizumab-iv'"),
    "a dose for a regimen": (lambda: call.simulate(GIRL, 8), "regimen=8", "'tocilizumab-iv'"),
    "a label that is a number": (lambda: call.simulate(GIRL, {1: "none"}), "{1: 'none'}", "'untreated'"),
    "weeks of nothing": (lambda: call.simulate(GIRL, weeks=None), "weeks=None", "weeks='12 weeks'"),
    "weeks in a list": (lambda: call.simulate(GIRL, weeks=[12]), "weeks=[12]", "weeks='12 weeks'"),
    "weeks that are no number": (lambda: call.simulate(GIRL, weeks=NAN), "weeks=nan", "weeks='12 weeks'"),
    "weeks in kilograms": (lambda: call.simulate(GIRL, weeks="12 kg"), "'12 kg' cannot", "'12 hour'"),
    "weeks as a truth": (lambda: call.simulate(GIRL, weeks=True), "weeks=True", "weeks='12 weeks'"),
    "an interval of the library": (
        lambda: call.simulate(GIRL, every=datetime.timedelta(1)), "timedelta(days=1)", "every='1 day'",
    ),
    "an interval in words": (lambda: call.simulate(GIRL, every="hourly"), "'hourly' is not", "'12 hour'"),
    "one name for a list": (lambda: call.simulate(GIRL, observables="crp"), "observables='crp'", "['crp'"),
    "a number for a name": (lambda: call.simulate(GIRL, observables=[1]), "observables=[1]", "['crp'"),
    "names without order": (lambda: call.simulate(GIRL, observables={"crp"}), "{'crp'}", "['crp'"),
    "no names": (lambda: call.simulate(GIRL, observables=[]), "observables=[]", "['crp'"),
    "capitals": (lambda: call.simulate(GIRL, observables=["CRP"]), "no observable 'CRP'", "'crp'"),
    "a day in words": (lambda: call.simulate(GIRL, from_day="-7 days"), "from_day='-7 days'", "=-7"),
    "a course as a number": (lambda: call.simulate(GIRL, course=7), "course=7", "'drawn:7'"),
    "a day without its list": (lambda: call.simulate(GIRL, flares=20), "flares=20", "[30, 90]"),
    "half a member": (lambda: call.simulate(GIRL, members=2.5), "members=2.5", "members=1"),
    "a summary in a list": (lambda: call.simulate(GIRL, daily=["mean"]), "daily=['mean']", "'mean,max'"),
    "values in a text": (lambda: call.simulate(GIRL, parameters="CL=6"), "parameters='CL=6'", "mL/h"),
    "a value of nothing": (lambda: call.simulate(GIRL, parameters={"CL": None}), "{'CL': None}", "mL/h"),
    "no threads": (lambda: call.simulate(GIRL, threads=0), "threads=0", "threads=2"),
    "a word for a truth": (lambda: call.simulate(GIRL, narrow="yes"), "narrow='yes'", "narrow=True"),
    "an unknown argument": (lambda: call.simulate(GIRL, dose="8 mg/kg"), "no argument 'dose'", "regimen"),
    "a regimen of a number": (lambda: call.regimen(8), "text=8", "tocilizumab-iv:8mg/kg/2wk"),
    "a regimen by position": (lambda: call.regimens[0], "name=0", "'tocilizumab-iv'"),
    "a dose to omit without list": (lambda: IV.without(3), "cannot be 3", ".without([3])"),  # type: ignore[arg-type]
    "a dose to omit in words": (lambda: IV.without("3"), "cannot be '3'", ".without([3])"),  # type: ignore[arg-type]
    "an interval as a number": (lambda: IV.starting(7), "'7' is not a quantity", "'12 hour'"),  # type: ignore[arg-type]
    "a count in words": (lambda: IV.times("6"), "'6' doses", ".times(6)"),  # type: ignore[arg-type]
    "a text to describe": (lambda: call.describe("none"), "regimen='none'", "q.regimens."),
    "children in words": (lambda: call.children("5"), "n='5'", "n=50"),
    "exposure of a child": (lambda: call.exposure(GIRL), "run=a Child", "q.simulate"),
    "exposure of a table": (lambda: call.exposure(TABLE), "run=a DataFrame", "q.simulate"),
    "a search for nothing": (lambda: call.ledger(None), "q.ledger(None)", "'tocilizumab'"),
    "an unknown model": (lambda: call.equations("SJIA"), "no model 'SJIA'", "'sjia'"),
    "children for their number": (lambda: call.cohort([GIRL], "out"), "children=a list", "children=1000"),
    "a cohort nowhere": (lambda: call.cohort(5, None), "output=None", "'out/run'"),
    "a trial in a list": (lambda: call.trial(["tender"]), "name=['tender']", "name='tender'"),
    "replicates in words": (lambda: call.trial("tender", replicates="20"), "replicates='20'", "replicates=1"),
    "a seed below 0": (lambda: call.trial("tender", seed=-1), "seed=-1", "seed=1"),
    "members of nothing": (lambda: call.trial("tender", members=None), "members=None", "members=1"),
    "a study in a mapping": (lambda: call.study({"name": "x"}), "of={'name': 'x'}", "my-study.yaml"),
    "a study file that is not there": (lambda: call.study("no.yaml"), "no.yaml cannot be read", "study new"),
    "sizes without a list": (lambda: call.power("tender", sizes=20), "sizes=20", "[20, 40, 80]"),
    "no sizes": (lambda: call.power("tender", sizes=[]), "sizes=[]", "[20, 40, 80]"),
    "a level in per cent": (lambda: call.power("tender", alpha=5), "alpha=5", "alpha=0.05"),
    "a week in words": (lambda: call.power("tender", week="12"), "week='12'", "week=12"),
    "trials in a list": (lambda: call.scoreboard(["tender"]), "q.scoreboard(['tender'])", "'tender'"),
    "sensitivity of many": (lambda: call.sensitivity([GIRL]), "child=a list", "q.Child("),
    "a method in capitals": (lambda: call.sensitivity(GIRL, method="Sobol"), "method 'Sobol'", "'sobol'"),
    "one beginning for a list": (lambda: call.sensitivity(GIRL, of="biology"), "of='biology'", "['toc"),
    "curves in a list": (
        lambda: call.draw("x.svg", [1], across="a", up="b", alt="c"), "series=[1]", "{'treated':",
    ),
    "curves of words": (
        lambda: call.draw("x.svg", {"a": (["x"], [1])}, across="a", up="b", alt="c"), "series=", "'treated'",
    ),
    "curves in a picture": (
        lambda: call.draw("x.png", {"a": ([1, 2], [1, 2])}, across="a", up="b", alt="c"), "x.png", ".svg",
    ),
    "curves in no folder": (
        lambda: call.draw("no/x.svg", {"a": ([1, 2], [1, 2])}, across="a", up="b", alt="c"), "no", "mkdir",
    ),
    "text of nothing": (lambda: call.as_text(None), "table=None", "q.preparations()"),
    "pandas of nothing": (lambda: call.as_pandas("x"), "table='x'", "q.preparations()"),
    "child and file swapped": (lambda: call.page(GIRL, "a.html"), "file=a Child", "'child.html'"),
    "a page of years": (lambda: call.page("a.html", GIRL, weeks=1000), "1000 weeks", "weeks=12"),
    "data of nothing": (lambda: call.read_events(None), "path=None", "'data.csv'"),
    "clearance in a text": (
        lambda: call.predict_events("d.csv", "pk-1cmt", "CL=2"), "parameters='CL=2'", "{'CL': 2.0",
    ),
    "clearance in words": (
        lambda: call.predict_events("d.csv", "pk-1cmt", {"CL": "two"}), "{'CL': 'two'}", "{'CL': 2.0",
    ),
    "effects in a mapping": (
        lambda: call.fit_population("d.csv", "pk-1cmt", {"CL": 1}), "effects={'CL': 1}", "'effects.yaml'",
    ),
    "a fit of a mapping": (
        lambda: call.fit_child("anna.csv", {"age": 6}, IV), "child={'age': 6}", "q.Child("
    ),
    "a check of nothing": (lambda: call.check_fit(None), "fit=None", "'out/fit'"),
    "a search without a fit": (lambda: call.search_regimens(None, TARGET, GRID), "fit=None", "q.fit_child("),
    "a strategy of a value": (lambda: call.dosing_strategy(IV, TARGET, GRID), "fixed=", "tocilizumab-iv:"),
    "confidence in per cent": (
        lambda: call.dosing_strategy("none", TARGET, GRID, confidence=80), "confidence=80", "=0.8",
    ),
    "an ensemble by number": (lambda: call.knowledge(3), "folder=3", "'out/learn'"),
    "learning nowhere": (lambda: call.learn(None), "output=None", "'out/run'"),
    "worth of nothing": (lambda: call.worth(None), "outcome=None", "tender.acr70.tocilizumab"),
    "an error as a number": (
        lambda: call.write_petab("d.csv", "pk-1cmt", {"CL": 2.0}, 0.1, "out"), "error=0.1", "ErrorModel(",
    ),
    "an archive of nothing": (lambda: call.run_archive(None), "source=None", "'run.omex'"),
    "a condition as a number": (lambda: VirtualTrial.measure(None, 3), "what=3", "acr50"),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_explained(mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wrong, what, remedy = MISTAKES[mistake]
    with pytest.raises(InvalidInput) as caught:
        wrong()
    said = caught.value
    assert what in said.what and said.why and remedy in f"{said.why} {said.remedy}"
    assert list(tmp_path.iterdir()) == []


def test_every_public_call_has_a_door() -> None:
    calls = {name: getattr(q, name) for name in q.__all__ if inspect.isroutine(getattr(q, name))}
    assert len(calls) > 35
    assert [name for name, one in calls.items() if not hasattr(one, "__kinds__")] == []
    open_ = [f"{name}.{p}" for name, one in calls.items() for p, kind in one.__kinds__.items() if kind is ANY]
    assert open_ == [], "arguments without a kind"


def test_numbers_of_numpy_are_numbers() -> None:
    assert q.children(np.int64(2), seed=np.int32(3)) == q.children(2, seed=3)
    run = q.simulate(GIRL, weeks=np.float64(1.0), every=np.float32(24.0), observables=np.array(["crp"]))
    assert run.sizes == {"time": 8} and q.time_to(run, "crp", above=np.float64(1.0))["day"][0] == 0.0


def test_a_run_names_only_its_courses() -> None:
    run = q.simulate(GIRL, weeks=1, every="1 day", observables=["crp"])
    for name in ("status", "time"):
        with pytest.raises(InvalidInput, match=f"no observable '{name}'"):
            q.time_to(run, name, below=1.0)


def test_a_misspelt_name_is_corrected() -> None:
    with pytest.raises(AttributeError, match="Did you mean 'simulate'"):
        call.simulte  # noqa: B018
    with pytest.raises(AttributeError, match="Did you mean 'tocilizumab-iv'"):
        call.regimens.tocilizumabiv  # noqa: B018
