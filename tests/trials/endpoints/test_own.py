"""Endpoints of one's own: expressions of study files, functions of Python, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import quotidian as q
from quotidian.application.study_example import EXAMPLE
from quotidian.application.study_file import faults_of
from quotidian.errors import InvalidInput
from quotidian.reports.report import render_report
from quotidian.trials.protocol.expression import expression
from quotidian.trials.protocol.library import design
from quotidian.trials.protocol.own_endpoint import OwnEndpoint

NOW = {"crp": np.array([4.0, 20.0, np.nan]), "ferritin": np.array([90.0, 300.0, 50.0])}
ENTRY = {"crp": np.array([40.0, 30.0, 10.0]), "ferritin": np.array([200.0, 500.0, 60.0])}
ACR = np.array([True, False, True])


def value(text: str) -> list[object]:
    def read(name: str, at_entry: bool) -> np.ndarray:
        return ACR if name == "acr50" else (ENTRY if at_entry else NOW)[name]

    return np.broadcast_to(expression(text).value(read), 3).tolist()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ferritin < 0.5 * baseline", [True, False, False]),
        ("acr50 & crp < 15", [True, False, False]),
        ("acr50 and not crp < 15", [False, False, True]),
        ("~acr50 | ferritin <= 90", [True, True, True]),
        ("!acr50 || crp != crp", [False, True, True]),
        ("5 <= crp < 25", [False, True, False]),
        ("crp < baseline(ferritin) / 10", [True, True, False]),
        ("max(crp, 10) <= 10 & ferritin > -1", [True, False, False]),
        ("(ferritin - baseline) / baseline", [-0.55, -0.4, pytest.approx(-1 / 6)]),
        ("log(exp(2)) + sqrt(4) - abs(-1) ** 2", [3.0, 3.0, 3.0]),
    ],
)
def test_an_expression_has_its_value(text: str, wanted: list[object]) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "crp <", "__import__('os')", "crp.real < 3", "[1]", "crp < 'a'", "lambda: 1", "f(crp)", "max(crp)",
     "crp if crp else 1", "baseline < 3", "crp + ferritin < baseline", "baseline(crp + 1) < 2", "crp = 3",
     "crp < 3" + " & crp < 3" * 99, "crp @ crp", "1j < crp", "abs(x=crp) < 1"],
)  # fmt: skip
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        expression(text)


@pytest.mark.parametrize(
    ("define", "why"),
    [
        ({"acr30": "crp < 3"}, "cannot be called"), ({"a b": "crp < 3"}, "letters"),
        ({"x": "crpp < 3"}, "'crp'"), ({"x": "crp + 3"}, "not a condition"),
        ({"x": "acr50 < 3"}, "not a number"), ({"x": "crp & acr50"}, "a condition"),
        ({"x": OwnEndpoint(value="crp < 3")}, "not a number"), ({"x": OwnEndpoint()}, "one expression"),
        ({"x": OwnEndpoint(value="crp", unit="zorg")}, "zorg"), ({"x": "ctrough"}, "of one child"),
        ({"x": "y", "y": "crp < 3"}, "nothing called 'y'"),
    ],
)  # fmt: skip
def test_a_design_with_a_wrong_definition_is_refused(define: dict[str, str | OwnEndpoint], why: str) -> None:
    (fault,) = faults_of(replace(design("tender"), define=define))
    assert fault.place[0] == "define" and why in f"{fault.what} {fault.why} {fault.remedy}"


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> q.api.virtual_trial.VirtualTrial:
    file = tmp_path_factory.mktemp("own") / "s.yaml"
    short = EXAMPLE.replace("children: 40", "children: 12").replace(
        "  crp_ratio", "  both: calm & ferritin_halved\n  crp_ratio"
    )
    file.write_text(short)
    return q.study(file, replicates=2, seed=3)


def test_the_endpoints_of_a_study_are_those_of_its_visits(done) -> None:
    seen = done.visits.filter(pl.col("arm").is_not_null())
    first = seen.filter(pl.col("week") == 0).select("replicate", "child", f0="ferritin", c0="crp")
    week = seen.filter(pl.col("week") == 12).join(first, on=["replicate", "child"])
    met = pl.col("there") & (pl.col("acr") >= 50) & (pl.col("crp") < 15)
    calm = week.select("arm", "replicate", x=100.0 * met).group_by("arm", "replicate").agg(pl.col("x").mean())
    halved = week.select(
        "arm", "replicate", x=100.0 * (pl.col("there") & (pl.col("ferritin") < 0.5 * pl.col("f0")))
    ).group_by("arm", "replicate").agg(pl.col("x").mean())  # fmt: skip
    for name, table in (("calm", calm), ("ferritin_halved", halved)):
        rows = done.endpoints.filter(pl.col("endpoint") == name, pl.col("week") == 12, pl.col("arm") != "all")
        assert rows.height == 2 and set(rows["unit"]) == {"%"}
        for arm, virtual in rows.select("arm", "virtual").iter_rows():
            own = table.filter(pl.col("arm") == arm)["x"].median()
            assert virtual == pytest.approx(own, abs=1e-9), name
    both = done.endpoints.filter(pl.col("endpoint") == "both")["virtual"]
    assert (
        both.to_numpy() <= done.endpoints.filter(pl.col("endpoint") == "calm")["virtual"].to_numpy()
    ).all()
    ratio = done.endpoints.filter(pl.col("endpoint") == "crp_ratio")
    assert (ratio["virtual"] < 1).all() and "ferritin_halved" in set(done.effects["endpoint"])
    assert "Own endpoint calm: acr50 & crp < 15." in done.result.rules


def test_the_label_of_an_endpoint_stands_in_tables(done) -> None:
    named = set(done.compare("crp_ratio", "calm")["endpoint"])
    assert named == {"CRP over that at entry", "calm, %"}
    assert any(row.named == "CRP over that at entry" for row in done.result.effects)
    assert "CRP over that at entry" in render_report(done.result, [])


def test_a_function_and_an_expression_give_the_same(done) -> None:
    text = done.measure("ferritin < 0.5 * baseline").endpoints
    own = done.measure(lambda v: v["ferritin"] < 0.5 * v.baseline("ferritin")).endpoints
    assert text.equals(own) and text.height > 0
    mean = done.measure(lambda v: v["crp"] / v.baseline("crp"), "ratio", unit="1")
    kept = done.endpoints.filter(pl.col("endpoint") == "crp_ratio")["virtual"].to_list()
    assert mean.endpoints["virtual"].to_list() == kept and set(mean.effects["measure"]) == {"difference"}
    for wrong in ("nothing < 3", lambda v: v["crp"], lambda v: np.ones(3, dtype=bool)):
        with pytest.raises(InvalidInput):
            done.measure(wrong)


def test_power_takes_an_endpoint_of_the_study(done) -> None:
    table = q.power(done.design, "ferritin_halved", week=12, sizes=[20], replicates=1)
    assert 0.0 <= table["power"][0] <= 1.0
