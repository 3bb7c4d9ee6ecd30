"""Numbers, drawings, lights, tables and code of the Child page: each against what it stands for."""

from __future__ import annotations

import csv
import io
import re
import shlex
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import quotidian as q
from quotidian.cli.support.exit_codes import run as command
from quotidian.patients import mas_criteria
from quotidian.web import mas_criteria_panel, reproduce, svg
from quotidian.web.chart_background import time_ticks
from quotidian.web.chart_document import NARROW, WIDE, by_day, draw
from quotidian.web.chart_panels import COLOURS, PANELS, chosen
from quotidian.web.child_answers import child_answer, child_csv, child_svg, view_of
from quotidian.web.simulations import View, follow
from quotidian.web.state import ChildState

PAIR = {"a_drug": "tocilizumab-iv", "b_drug": "none", "weeks": "4", "flares": "10", "steroid": "0.2"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def view() -> View:
    return follow(ChildState.read(PAIR))


def test_the_numbers_are_those_of_the_package(view: View) -> None:
    state = ChildState.read(PAIR)
    child = q.Child(age=6, sex="female", weight=state.weight)
    run = q.simulate(child, state.regimens, weeks=4, from_day=-7.0, flares=[10])
    assert np.array_equal(view.days, run.time.values)
    for i, arm in enumerate(view.arms):
        for name in ("crp", "temperature", "il6_total", "prednisolone"):
            assert arm.values[name] == pytest.approx(run[name].values[i], rel=2e-4, abs=2e-4), name


def test_a_closer_view_shows_the_same_course_more_finely(view: View) -> None:
    close = follow(ChildState.read({**PAIR, "from": "1", "to": "3"}))
    assert np.diff(close.days).max() * 24 < 0.1
    hours = np.interp(
        view.days[(view.days >= 1) & (view.days <= 3)], close.days, close.arms[0].values["temperature"]
    )
    assert hours == pytest.approx(
        view.arms[0].values["temperature"][(view.days >= 1) & (view.days <= 3)], abs=5e-3
    )


def read_back(drawn: str, title: str, letter: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Days and values of one line, as the page's script reads them from the places of its points."""
    root = ElementTree.fromstring(drawn)
    first, last = float(root.attrib["data-first"]), float(root.attrib["data-last"])
    panel = next(g for g in root.iter(f"{SVG}g") if g.get("data-title") == title)
    left, top, right, bottom = map(float, panel.attrib["data-box"].split())
    line = next(p for p in panel.iter(f"{SVG}polyline") if p.get("data-letter") == letter)
    x, y = np.array([p.split(",") for p in line.attrib["points"].split()], dtype=float).T
    low, high, up = (
        float(panel.attrib["data-low"]),
        float(panel.attrib["data-high"]),
        (bottom - y) / (bottom - top),
    )
    values = low * (high / low) ** up if panel.get("data-log") == "1" else low + up * (high - low)
    return first + (x - left) / (right - left) * (last - first), values, line.attrib["stroke"]


@pytest.mark.parametrize(
    ("title", "name"), [("Body temperature", "temperature"), ("IL-6", "il6"), ("CRP", "crp")]
)
@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_drawing_holds_its_numbers_and_a_regimen_its_colour(
    view: View, title: str, name: str, letter: str
) -> None:
    days, values, colour = read_back(draw(view, chosen(view), True, "t"), title, letter)
    arm = next(a for a in view.arms if a.letter == letter)
    expected = np.interp(days, view.days, arm.values[name])
    assert values == pytest.approx(expected, rel=0.03, abs=0.05 * arm.values[name].max())
    assert colour == COLOURS["AB".index(letter)]


def test_a_drawing_is_one_document_without_script_or_address(view: View) -> None:
    for wide, width in ((True, WIDE), (False, NARROW)):
        root = ElementTree.fromstring(draw(view, chosen(view), wide, 'a "girl" & <b>'))
        assert root.attrib["viewBox"].split()[2] == str(width) and root.attrib["role"] == "img"
        tags = {e.tag.removeprefix(SVG) for e in root.iter()}
        assert tags <= {"svg", "title", "rect", "g", "clipPath", "path", "polyline", "polygon", "text"}
        ids = [e.get("id") for e in root.iter() if e.get("id")]
        assert len(ids) == len(set(ids)) == len(chosen(view))


def test_doses_stand_on_their_days(view: View) -> None:
    found = ElementTree.fromstring(draw(view, chosen(view), True, "t")).iter(f"{SVG}path")
    days = {p.get("data-letter"): p.get("data-days") for p in found if p.get("class") == "doses"}
    assert days == {"A": "0.3750 14.3750", "B": ""}


def test_height_has_a_chart_from_half_a_year_on_and_steroid_where_it_is_given(view: View) -> None:
    titles = [p.title for p in chosen(view)]
    assert titles[0] == "Body temperature" and "Steroid and cortisol" in titles
    assert len(titles) == 2 + len(PANELS)
    years = follow(ChildState.read({"weeks": "52", "a_drug": "none"}))
    assert "Height on the growth chart" in [p.title for p in chosen(years)]
    assert ElementTree.fromstring(draw(years, chosen(years), False, "t")) is not None


def test_thinning_keeps_every_peak() -> None:
    x = np.linspace(0, 1, 5000)
    y = np.zeros(5000)
    y[[7, 2500, 4999]] = 1.0, -2.0, 3.0
    kept_x, kept_y = svg.thinned(x, y, 100)
    assert len(kept_x) <= 202 and sorted(set(kept_y.tolist())) == [-2.0, 0.0, 1.0, 3.0]
    assert np.all(np.diff(kept_x) > 0)


def test_days_are_summed_up_by_their_own_hours() -> None:
    days = np.arange(0, 3 * 24 + 1) / 24.0
    values = np.tile(np.arange(24.0), 4)[: len(days)]
    (low, high), middle, mean = by_day(days, values, highest=False)
    assert low.tolist() == [0.0, 0.0, 0.0] and high.tolist() == [23.0, 23.0, 23.0]
    assert mean[:2] == pytest.approx([11.5, 11.5]) and middle[1] == 1.5
    assert by_day(days, values, highest=True)[2].tolist() == high.tolist()


@pytest.mark.parametrize(
    ("low", "high", "first"),
    [(0.0, 0.25, "day 0"), (-7.0, 14.0, "day"), (-7.0, 84.0, "week"), (-7.0, 1820.0, "year")],
)
def test_time_is_told_in_what_suits_it(low: float, high: float, first: str) -> None:
    for room in (5, 18):
        marked = time_ticks(low, high, room)
        assert 1 <= len(marked) <= room + 1 and marked[0][1].startswith(first)
        assert all(low - 1e-9 <= day <= high + 1e-9 for day, _ in marked)


def with_values(view: View, **values: float) -> View:
    arm = view.arms[0]
    flat = {name: np.full_like(view.days, value) for name, value in values.items()}
    return replace(view, arms=(replace(arm, values={**arm.values, **flat}),))


ILL = {"temperature": 39.0, "ferritin": 5000.0, "platelets": 100.0, "ast": 90.0, "triglycerides": 200.0,
       "fibrinogen": 1.5, "macrophage_activation": 0.9}  # fmt: skip


def test_lights_agree_with_the_criteria_and_show_what_is_masked(view: View) -> None:
    (found,) = mas_criteria_panel.read(with_values(view, **ILL))
    assert found.met and found.in_mas and {light.state for light in found.lights} == {"met"}
    (cool,) = mas_criteria_panel.read(with_values(view, **{**ILL, "temperature": 36.8}))
    assert not cool.met and cool.lights[0].state == "masked" and "missed by the criteria" in cool.verdict
    (well,) = mas_criteria_panel.read(
        with_values(view, **{**ILL, "temperature": 36.8, "macrophage_activation": 0.0})
    )
    assert well.lights[0].state == "clear" and not well.in_mas
    border = mas_criteria.FERRITIN
    (edge,) = mas_criteria_panel.read(with_values(view, **{**ILL, "ferritin": border}))
    assert edge.lights[1].state == "masked"


def test_the_temperature_of_a_light_is_the_highest_of_the_day_before(view: View) -> None:
    (one, _) = mas_criteria_panel.read(view, -1.0)
    day = (view.days > -2.0 + 1e-6) & (view.days <= -1.0)
    assert float(one.lights[0].reading) == pytest.approx(
        view.arms[0].values["temperature"][day].max(), abs=0.06
    )


def test_the_table_has_a_row_an_instant_and_units_in_its_head(view: View) -> None:
    rows = list(csv.DictReader(io.StringIO(child_csv(PAIR))))
    assert len(rows) == 2 * len(view.days)
    last = rows[len(view.days) - 1]
    assert last["regimen"].startswith("A: tocilizumab-iv") and float(last["time_day"]) == 28.0
    assert float(last["crp [mg/L]"]) == pytest.approx(view.arms[0].values["crp"][-1], rel=1e-5)
    assert rows[-1]["tocilizumab [ug/mL]"] == ""


def test_the_commands_give_the_numbers_of_the_view(
    view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = reproduce.commands(ChildState.read(PAIR)).splitlines()
    assert len(lines) == 2
    for line, arm in zip(lines, view.arms, strict=True):
        program, *words = shlex.split(line)
        assert program == "quotidian" and command(words) == 0
        rows = list(csv.DictReader((tmp_path / f"{arm.letter}.csv").open()))
        column = next(name for name in rows[0] if name.startswith("crp"))
        own = [float(row[column]) for row in rows]
        assert own == pytest.approx(arm.values["crp"][view.days >= 0].tolist(), rel=2e-3, abs=2e-3)
    capsys.readouterr()


def test_the_code_gives_the_numbers_of_the_view(view: View) -> None:
    names: dict[str, object] = {}
    text = reproduce.code(ChildState.read(PAIR))
    exec(compile(text.replace("run.crp.plot", "(lambda **_: 0)  # "), "page", "exec"), names)
    run = names["run"]
    assert run["crp"].values[0] == pytest.approx(view.arms[0].values["crp"], rel=2e-3, abs=2e-3)  # type: ignore[index]


def test_the_code_names_a_child_of_a_trial() -> None:
    state = ChildState.read({"drawn": "1-0-5", "a_drug": "none", "weeks": "2"})
    names: dict[str, object] = {}
    exec(compile(reproduce.code(state).split("run = ")[0], "page", "exec"), names)
    assert names["child"] == state.child
    assert reproduce.commands(state).startswith("#")


def test_an_answer_holds_the_whole_page_and_a_second_one_costs_no_run() -> None:
    state = ChildState.read(PAIR)
    answer = child_answer(state, wide=False)
    assert {"svg", "legend", "lights", "cli", "python", "link", "query", "weight"} <= answer.keys()
    assert re.search(r"kg \(50th centile\)", answer["weight"]["says"])
    assert view_of(replace(state, at=3.0)) is view_of(state)
    assert child_svg(answer["query"]).startswith("<svg")
