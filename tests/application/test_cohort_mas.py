"""Cohorts with chance events: who had MAS, when, and how it ended."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import polars
import pytest

from quotidian.application import cohort_part
from quotidian.application.cohort_part import build, follow, simulated, simulated_hours
from quotidian.application.cohort_request import CohortRequest, identity
from quotidian.errors import UnknownName
from quotidian.patients import mas_episodes

YEAR = {"children": 90, "regimen": "none", "days": 364.0, "every_hours": 168.0, "part": 90, "seed": 6}
Ask = Callable[..., CohortRequest]


def tables(request: CohortRequest) -> tuple[polars.DataFrame, polars.DataFrame]:
    files = build(request, 0).files
    children, courses = (polars.read_parquet(io.BytesIO(files[name])) for name in ("children", "part"))
    return children, courses


def test_the_children_of_an_eventful_course_say_who_had_mas(asked: Ask) -> None:
    request = asked(**YEAR, course="drawn", observables={"crp": "mg/L"})
    children, courses = tables(request)
    assert courses.columns == ["child", "time_day", "crp [mg/L]"]
    struck = children.filter(polars.col("mas_episodes") > 0)
    rest = children.filter(polars.col("mas_episodes") == 0)
    assert 1 <= len(struck) <= 20 and set(rest["mas_ending"]) == {""}
    assert rest["mas_first_day"].null_count() == len(rest) and rest["mas_days"].sum() == 0.0
    assert set(struck["mas_ending"]) <= {"recovered", "ongoing", "died"}
    assert struck["mas_first_day"].is_between(0.0, 364.0).all()
    assert (struck["mas_last_day"] - struck["mas_first_day"] >= struck["mas_days"]).all()


def test_arms_share_chance_events(asked: Ask) -> None:
    """Infections raise CRP on the same days, treated or not."""
    short = {**YEAR, "children": 12, "days": 120.0, "every_hours": 24.0, "course": "drawn"}
    pair = [asked(**short | {"regimen": name}) for name in ("none", "anakinra")]
    events = [cohort_part._background(request, list(range(12))) for request in pair]
    assert events[0] == events[1] and any(e.target == "infection" for e in events[0][0])


def test_mas_between_two_outputs_does_not_pass_unseen(asked: Ask) -> None:
    request = asked(**YEAR | {"every_hours": 1000.0}, course="drawn", observables={"crp": "mg/L"})
    assert simulated(request) == ("crp", "macrophage_activation")
    assert np.diff(simulated_hours(request)).max() <= 24.0


def test_values_end_with_death(asked: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def soon(streams: Any, replicate: Any, numbers: Any, overlay: Any) -> np.ndarray:
        return np.full(len(numbers), 0.5)

    monkeypatch.setattr(mas_episodes, "fatal_toll", soon)
    request = asked(**YEAR, course="drawn", observables={"crp": "mg/L"})
    children, courses = tables(request)
    dead = children.filter(polars.col("mas_ending") == "died")
    assert len(dead) and dead["mas_intensive_care"].all() and dead["complete"].all()
    for child, day in dead.select("child", "mas_last_day").iter_rows():
        own = courses.filter(polars.col("child") == child)
        assert own["crp [mg/L]"].is_null().to_list() == (own["time_day"] > day).to_list()


def test_a_steady_course_has_no_events_and_no_such_columns(asked: Ask) -> None:
    request = asked(children=4, part=4)
    children, _ = tables(request)
    assert not [name for name in children.columns if name.startswith("mas")]
    assert follow(request, range(4)).mas == ()


def test_a_course_is_part_of_the_identity_and_an_unknown_one_is_refused(asked: Ask) -> None:
    assert identity(asked()) != identity(asked(course="drawn"))
    with pytest.raises(UnknownName, match="no course 'persistant'"):
        asked(course="persistant")
