"""What stands beside the lines of the Child page: each against the numbers that it is made of."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from xml.etree import ElementTree

import pytest

import quotidian as q
from quotidian.drugs.registry import DRUGS
from quotidian.errors import UnknownName
from quotidian.trials.benchmarks.published_results import load_claims
from quotidian.web.beside import band, uncertainty
from quotidian.web.beside.differences import differences
from quotidian.web.beside.exposure_table import exposure_table
from quotidian.web.beside.options import USUAL_BESIDE, USUAL_LOG
from quotidian.web.beside.published_points import published_points, table
from quotidian.web.chart_document import Beside, _mark_names, draw
from quotidian.web.chart_panels import Panel, chosen
from quotidian.web.child_answers import child_answer
from quotidian.web.pages.child import form
from quotidian.web.regimen_form import drug_groups
from quotidian.web.simulations import View, follow
from quotidian.web.state import ChildState
from quotidian.web.svg import Scale

PAIR = {"a_drug": "tocilizumab-iv", "b_drug": "none"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def view() -> View:
    return follow(ChildState.read(PAIR))


def cells(html: str) -> list[list[str]]:
    """The texts of a table, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [
        [unescape(re.sub("<[^>]*>", "", c)).strip() for c in re.findall(r"<t[dh].*?</t[dh]>", row)]
        for row in rows
    ]


def test_choices_are_kept_in_the_link_and_the_usual_ones_are_left_out() -> None:
    usual = ChildState.read(PAIR)
    assert (usual.beside, usual.log) == (USUAL_BESIDE, USUAL_LOG)
    assert "beside" not in usual.link and "log" not in usual.link
    for query in ({"beside": "none", "log": "none"}, {"beside": "none,band,exposure", "log": "crp,drug"}):
        state = ChildState.read({**PAIR, **query})
        assert ChildState.read(state.query) == state and state.numbers == usual.numbers
    assert state.beside == ("exposure", "band") and state.log == ("drug", "crp")
    with pytest.raises(UnknownName, match="no log 'crpp'"):
        ChildState.read({"log": "crpp"})


def test_published_points_are_those_of_the_same_regimen_and_weight() -> None:
    claims = {c.id: c for c in load_claims("tender")}
    light, heavy = (ChildState.read({**PAIR, "weight": w}) for w in ("20", "32"))
    own = {p.what + p.group: p for p in published_points(light)}
    trough = claims["tender.ctrough.tocilizumab"]
    found = next(p for p in own.values() if p.value == trough.value)
    assert (found.observable, found.day, found.letters) == ("tocilizumab", 84.0, "A")
    assert (found.low, found.high, found.unit) == (trough.low, trough.high, "ug/mL")
    assert claims["tender.ctrough_below_30_kg.tocilizumab"].value in {p.value for p in own.values()}
    values = {p.value for p in published_points(heavy)}
    assert claims["tender.ctrough_below_30_kg.tocilizumab"].value not in values
    assert claims["tender.ctrough_from_30_kg.tocilizumab"].value in values
    assert {p.letters for p in own.values() if "at entry" in p.group} == {""}
    other = ChildState.read({**PAIR, "a_dose": "4", "a_every": "28"})
    assert "A" not in {p.letters for p in published_points(other)}
    assert published_points(ChildState.read({"a_drug": "siltuximab"})) == ()
    assert table(()) == "" and "never of this child" in table(published_points(light))


def test_a_published_point_stands_at_its_day_and_value(view: View) -> None:
    state = ChildState.read(PAIR)
    drawn = draw(view, chosen(view), True, "t", Beside(published_points(state)))
    panel = next(g for g in ElementTree.fromstring(drawn).iter(f"{SVG}g") if g.get("data-title") == "CRP")
    left, top, right, bottom = map(float, panel.attrib["data-box"].split())
    point = next(p for p in panel.iter(f"{SVG}path") if "ANAJIS" in (p.get("data-words") or ""))
    day = -7.0 + (float(point.attrib["data-x"]) - left) / (right - left) * 91.0
    y = float(point.attrib["d"].split(",")[1].split("l")[0]) + 5.0
    assert day == pytest.approx(0.0, abs=0.02)
    assert float(panel.attrib["data-high"]) * (bottom - y) / (bottom - top) == pytest.approx(75.0, rel=0.01)
    assert "Quartier 2011" in (point[0].text or "")


def test_the_exposure_table_is_that_of_the_package() -> None:
    state = ChildState.read(PAIR)
    rows = [row for row in cells(exposure_table(state)) if row[0] == "A"]
    run = q.simulate(q.Child(6, "female", state.weight), "tocilizumab-iv", weeks=12, every="15min")
    own = q.exposure(run, "tocilizumab")
    assert [row[2] for row in rows] == [str(n) for n in own["dose"]]
    for row, theirs in zip(rows[:-1], own.iter_rows(named=True), strict=False):
        found = [float(cell) for cell in row[5:10]]
        expected = [theirs[n] for n in ("cmax", "ctrough", "cavg", "auc", "accumulation")]
        assert found == pytest.approx(expected, rel=0.01)
    assert "No regimen" in exposure_table(ChildState.read({"a_drug": "none"}))


def test_differences_are_of_the_last_day(view: View) -> None:
    rows = {row[0]: row[1:] for row in cells(differences(view, chosen(view)))}
    day = view.days > view.days[-1] - 1.0
    a, b = (float(arm.values["crp"][day].mean()) for arm in view.arms)
    assert [float(x) for x in rows["CRP mg/L"]] == pytest.approx([a, b, b - a], rel=0.01)
    hot = [float(arm.values["temperature"][day].max()) for arm in view.arms]
    assert float(rows["Body temperature °C"][2]) == pytest.approx(hot[1] - hot[0], rel=0.01)
    assert differences(follow(ChildState.read({"a_drug": "none", "weeks": "2"})), ()) == ""


def test_the_band_holds_the_share_of_children_that_it_names() -> None:
    state = ChildState.read({"a_drug": "none", "weeks": "2", "weight": "18"})
    children = band.alike(state.child)
    assert len(children) == band.CHILDREN
    for child in (children[0], children[39]):
        assert (child.age_years, child.sex, child.weight_kg) == (6.0, "female", 18.0)
        assert child.duration_years <= 6.0 and child.severity != 1.0
    courses = band.band_of(state)["A"]["crp"]
    low, high = band.limits(courses)
    inside = ((courses >= low) & (courses <= high)).mean()
    assert inside == pytest.approx(band.CENTRAL, abs=0.03)
    assert band.band_of(ChildState.read({"weeks": "104"})) == {}


def test_a_band_is_one_area_a_line_and_said_in_words() -> None:
    query = {"a_drug": "none", "weeks": "2", "weight": "18", "beside": "band"}
    answer = child_answer(ChildState.read(query), True)
    panels = list(ElementTree.fromstring(answer["svg"]).iter(f"{SVG}g"))
    crp = next(g for g in panels if g.get("data-title") == "CRP")
    assert len(list(crp.iter(f"{SVG}polygon"))) == 1
    assert "central 80 %" in answer["legend"] and answer["beside"] == "" and not answer["differences"]
    long = child_answer(ChildState.read({**query, "weeks": "104"}), True)
    assert "no band for more than 52 weeks" in long["legend"]


def test_the_uncertainty_band_is_that_of_the_members_of_the_ensemble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertainty, "MEMBERS", 4)
    state = ChildState.read({**PAIR, "weeks": "2", "beside": "uncertainty,band"})
    courses = uncertainty.uncertainty_of(state)["A"]["crp"]
    child = q.Child(age=6, sex="female", weight=state.weight)
    alone = q.simulate(child, "tocilizumab-iv", weeks=2, from_day=-7.0, members=4, observables=["crp"])
    assert courses == pytest.approx(alone.crp.values, rel=2e-3)
    answer = child_answer(state, True)
    assert "each of 40 members" in answer["legend"] and "40 virtual children" in answer["legend"]
    panels = list(ElementTree.fromstring(answer["svg"]).iter(f"{SVG}g"))
    esr = next(g for g in panels if g.get("data-title") == "ESR")  # the members differ visibly in it
    edged = [p.get("stroke") is not None for p in esr.iter(f"{SVG}polygon")]
    assert sorted(edged) == [False, False, True, True]
    assert uncertainty.uncertainty_of(ChildState.read({"weeks": "104"})) == {}


def test_an_axis_is_logarithmic_where_it_is_asked_for(view: View) -> None:
    for log in ((), ("crp", "drug")):
        root = ElementTree.fromstring(draw(view, chosen(view, log), True, "t"))
        found = {g.get("data-title"): g.get("data-log") for g in root.iter(f"{SVG}g") if g.get("data-title")}
        assert {title for title, is_log in found.items() if is_log == "1"} == (
            {"CRP", "Tocilizumab"} if log else set()
        )


def test_normal_limits_are_those_of_the_endpoints_for_age_and_sex(view: View) -> None:
    for age, sex, limit in (("6", "female", 11.5), ("16", "male", 13.0)):
        child = ChildState.read({"age": age, "sex": sex}).child
        marks = {p.title: p.marks for p in chosen(replace(view, child=child))}
        assert marks["Haemoglobin"] == ((limit, f"anaemia below {limit:g}"),)
        assert marks["ESR"] == ((20.0, "normal up to 20"),) and marks["CRP"] == ((10.0, "normal below 10"),)
    svg = draw(view, chosen(view), True, "t")
    assert "anaemia below 11.5" in svg and "normal up to 20" in svg


def test_every_drug_is_in_a_named_group_with_what_its_dose_rests_on() -> None:
    groups = drug_groups()
    listed = {name: said for own in groups.values() for name, said in own.items()}
    assert set(listed) == {p.name for drug in DRUGS.values() for p in drug.preparations}
    assert "Other drugs" not in groups and "tocilizumab-sc" in groups["Antibodies to the IL-6 receptor"]
    assert listed["siltuximab"] == "siltuximab (scaled from adults)" and "(licensed)" in listed["canakinumab"]
    shown = str(form(ChildState.read(PAIR)))
    assert '<optgroup label="Blockers of IL-1">' in shown and 'value="prednisolone"' not in shown
    assert str(form(ChildState.read({"a_drug": "prednisolone"}))).count('value="prednisolone"') == 1


def test_the_name_of_a_level_at_the_top_of_a_chart_stays_in_it() -> None:
    panel = Panel("Ferritin", "µg/L", (("ferritin", "ferritin"),), marks=((684.0, "MAS criterion"),))
    x = Scale(0.0, 84.0, 44.0, 500.0)
    for high, below in ((690.0, True), (2000.0, False)):
        y = Scale(0.0, high, 200.0, 96.0)
        name = float(re.findall(r'<text x="[\d.]+" y="([\d.]+)"', _mark_names(panel, x, y))[0])
        assert (name > y.at(684.0)) == below and name - 9 > 96.0 - 1.0
