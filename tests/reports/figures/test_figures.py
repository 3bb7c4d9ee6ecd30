from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from quotidian.reports import figures
from quotidian.reports.figures import Picture, style
from quotidian.reports.figures.chart import doses_text
from quotidian.reports.figures.responsive_figure import to_svg
from quotidian.trials.result import Band, TrialResult
from quotidian.trials.rows import EndpointRow

PUBLISHED = {"published": None, "published_low": None, "published_high": None}


@pytest.fixture(scope="module")
def pictures(drawn: dict[str, list[Picture]]) -> dict[str, Picture]:
    """Every figure of the synthetic result by name."""
    return {one.name: one for ones in drawn.values() for one in ones}


def labels(svg: str) -> list[str]:
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


LABELS = {
    "comparison": [
        "Response, week 12",
        "Exposure, week 12",
        "JIA ACR90",
        "Trough level, µg/mL",
        "children, %",
    ],
    "temperature-max": [
        "tocilizumab",
        "placebo",
        "fever from 37.5 °C",
        "weeks from the first dose",
        "median",
    ],
    "crp": ["tocilizumab", "placebo", "10 mg/L", "CRP (mg/L)", "0.1", "100", "90 % of children"],
    "responders": ["JIA ACR30", "JIA ACR50", "JIA ACR70", "JIA ACR90", "children, %", "week", "placebo"],
    "chart": ["Body temperature, °C", "Tocilizumab, µg/mL", "Free IL-6, pg/mL", "Total soluble IL-6R, ng/mL"],
    "first-week": ["Body temperature, °C", "37.5 °C", "39 °C", "dose, 240 mg", "day of the trial", "7"],
}


def test_no_panel_of_a_chart_has_a_machine_name() -> None:
    from quotidian.reports.figures.chart import CHARTED
    from quotidian.reports.wording import spoken

    assert [name for name in CHARTED if spoken(name)[0].islower()] == []


@pytest.mark.parametrize("name", LABELS)
def test_key_labels_are_there_as_text_in_both_drawings(pictures: dict[str, Picture], name: str) -> None:
    for svg in (pictures[name].wide, pictures[name].narrow):
        assert [label for label in LABELS[name] if label not in labels(svg)] == []


@pytest.mark.parametrize("name", LABELS)
def test_a_drawing_scales_and_speaks_for_itself(pictures: dict[str, Picture], name: str) -> None:
    one = pictures[name]
    for svg in (one.wide, one.narrow):
        tag = svg[: svg.index(">")]
        assert 'viewBox="0 0 ' in tag
        assert not re.search(r"\s(width|height)=", tag)
        assert 'role="img"' in tag
        assert "<style" not in svg
        assert "<metadata" not in svg
        assert "DejaVu" not in svg
    assert one.wide != one.narrow
    assert all((one.title, one.shows, one.source, one.certainty, one.alt))


def test_an_arm_has_one_colour_in_every_figure(pictures: dict[str, Picture]) -> None:
    for name in ("comparison", "temperature-max", "crp", "responders"):
        assert style.BLUE.lower() in pictures[name].wide
        assert style.VERMILLION.lower() in pictures[name].wide


def test_other_arms_get_other_colours() -> None:
    found = style.palette(("high dose", "placebo", "low dose"))
    assert found["placebo"] == style.VERMILLION
    assert len({found[arm] for arm in ("high dose", "placebo", "low dose")}) == 3


def test_verdicts_are_words_and_signs_not_colours_alone(
    pictures: dict[str, Picture], result: TrialResult
) -> None:
    for svg in (pictures["comparison"].wide, pictures["comparison"].narrow):
        said = labels(svg)
        assert said.count("✕ outside") == 2
        assert said.count("✓ inside") == sum(row.inside is True for row in result.rows)


def test_the_numbers_stand_beside_the_dots(pictures: dict[str, Picture]) -> None:
    said = labels(pictures["comparison"].wide)
    assert "50.7 (40.0–61.3)" in said
    assert "37 (26.4–49.3)" in said


def test_no_dot_without_a_published_number(result: TrialResult) -> None:
    bare = tuple(replace(row, **PUBLISHED) for row in result.rows)
    assert figures.comparison(replace(result, rows=bare)) is None


def test_a_published_number_without_interval_has_a_verdict(result: TrialResult) -> None:
    row = EndpointRow("placebo", "primary", 12, "%", 20.0, 10.0, 30.0, 24.0)
    one = figures.comparison(replace(result, rows=(row,)))
    assert one is not None
    assert "✓ inside" in labels(one.wide)


def test_figures_that_have_nothing_to_show_are_left_out(result: TrialResult) -> None:
    assert figures.bands(result, "ferritin") is None
    at_once = tuple(row for row in result.rows if row.week == 12)
    assert figures.responders(replace(result, rows=at_once)) is None
    silent = replace(result, child=replace(result.child, values={}))
    assert figures.chart(silent) is None
    assert figures.first_week(silent) is None


def test_a_quantity_nobody_foresaw_is_drawn_plainly(result: TrialResult) -> None:
    band = Band(
        "placebo", "procalcitonin", "ng/mL", np.arange(3.0), (0.25, 0.5, 0.75), np.ones((3, 3)) * 900.0
    )
    one = figures.bands(replace(result, bands=(band,)), "procalcitonin")
    assert one is not None
    assert "procalcitonin (ng/mL)" in labels(one.wide)
    assert "50 % of children" in labels(one.wide)


def test_crp_of_zero_does_not_break_the_logarithm(result: TrialResult) -> None:
    low = tuple(replace(b, quantiles=b.quantiles * 0.0) for b in result.bands if b.quantity == "crp")
    one = figures.bands(replace(result, bands=low), "crp")
    assert one is not None
    assert "nan" not in one.wide.lower().replace("-nan", "")


def test_a_child_without_doses_says_so(result: TrialResult) -> None:
    values = {"tocilizumab": result.child.values["tocilizumab"] * 0.0}
    one = figures.chart(replace(result, child=replace(result.child, doses=(), arm="placebo", values=values)))
    assert one is not None
    assert "No dose was given." in one.shows
    assert "▼" not in one.wide


def test_doses_in_words(result: TrialResult) -> None:
    assert doses_text(result.child) == "6 doses of 240 mg"
    assert doses_text(replace(result.child, doses=((0.0, 162.0),))) == "1 dose of 162 mg"
    assert (
        doses_text(replace(result.child, doses=((0.0, 240.0), (14.0, 250.0))))
        == "2 doses of 240 mg and 250 mg"
    )


def test_the_zoom_tells_the_peaks_to_those_who_cannot_see_it(pictures: dict[str, Picture]) -> None:
    assert "Highest of each day from day 0: 39.3, 38.3, 37.7" in pictures["first-week"].alt


def test_the_same_drawing_gives_the_same_bytes(result: TrialResult, pictures: dict[str, Picture]) -> None:
    again = figures.first_week(result)
    assert again == pictures["first-week"]


def test_another_result_gives_another_drawing(result: TrialResult, pictures: dict[str, Picture]) -> None:
    warmer = dict(result.child.values) | {"temperature": result.child.values["temperature"] + 0.1}
    other = figures.first_week(replace(result, child=replace(result.child, values=warmer)))
    assert other is not None
    assert other.wide != pictures["first-week"].wide


def test_settings_of_the_caller_are_kept() -> None:
    import matplotlib

    with matplotlib.rc_context({"font.size": 23.0}):
        with style.house_style():
            assert matplotlib.rcParams["font.size"] == 8.5
        assert matplotlib.rcParams["font.size"] == 23.0


def test_ids_carry_the_name_of_the_figure() -> None:
    with style.house_style():
        figure = style.sheet(2, 2)
        style.axes_at(figure, 0.5, 0.5, 1, 1).plot([0, 1], [0, 1], "o-")
        svg = to_svg(figure, "here", "A line & a dot")
    assert 'aria-label="A line &amp; a dot"' in svg
    found = re.findall(r' id="([^"]+)"', svg)
    assert found
    assert all(name.startswith("here-") for name in found)
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    assert used == set(found)


def test_children_who_are_in_no_arm_yet_have_their_curve_in_ink(result: TrialResult) -> None:
    before = (row for row in result.rows if row.arm == "placebo")
    rows = tuple(replace(row, arm="all", week=row.week - 1) for row in before)
    plain, drawn = (figures.responders(replace(result, rows=r)) for r in (result.rows, (*result.rows, *rows)))
    assert plain is not None and drawn is not None
    ink = f"stroke: {style.INK}"
    assert drawn.wide.count(ink) > plain.wide.count(ink)
