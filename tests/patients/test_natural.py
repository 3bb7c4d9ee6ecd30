"""A stated course: events where they were stated, by the ledger's sizes, and the same from every door."""

from __future__ import annotations

import numpy as np
import pytest

import quotidian as q
from quotidian.errors import InvalidQuantity, UnknownName
from quotidian.patients import chance_events
from quotidian.patients.child import child
from quotidian.patients.disease_activity import ledger
from quotidian.patients.disease_course import NaturalCourse
from quotidian.patients.natural_history import histories
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams

GIRL = child(6, "female")
V = {name: entry.value for name, entry in ledger().items()} | chance_events.values()


def test_a_steady_course_without_events_changes_nothing() -> None:
    assert NaturalCourse().changes(84.0) == ()
    plain = simulate(GIRL, q.regimen("none"), days=7, every_hours=6, observables=["crp"])
    same = simulate(
        GIRL, q.regimen("none"), days=7, every_hours=6, observables=["crp"], natural=NaturalCourse()
    )
    assert np.array_equal(plain.values, same.values)


def test_a_flare_lasts_as_long_and_is_as_large_as_the_ledger_says() -> None:
    up, down = NaturalCourse.parse(flares=[30]).changes(84.0)
    assert (up.day, up.input, up.value) == (30.0, "course", V["flare_size"])
    assert (down.day, down.value) == (30.0 + V["flare_days"], 1.0)
    assert NaturalCourse.parse(flares=[30]).changes(20.0) == ()


def test_infections_that_overlap_add_up() -> None:
    changes = NaturalCourse.parse(infections=[10, 12]).changes(84.0)
    assert max(c.value for c in changes) == pytest.approx(2 * V["infection_size"])
    assert [c.day for c in changes] == [10.0, 12.0, 10.0 + V["infection_days"], 12.0 + V["infection_days"]]


def test_a_flare_in_a_drawn_course_never_lowers_its_drive() -> None:
    days = 730.0
    drawn = histories(Streams(3), 0, [0], days, "drawn")[0]
    edges = np.arange(0.5, days, 7.0)

    def drive(course: NaturalCourse) -> list[float]:
        changes = [c for c in course.changes(days) if c.input == "course"]
        return [([1.0] + [c.value for c in changes if c.day <= day])[-1] for day in edges]

    plain, flaring = (drive(NaturalCourse.parse("drawn:3", f)) for f in ((), (50.0, 400.0)))
    assert plain == [drawn.drive[int(day // 14)] for day in edges]
    assert all(b >= a for a, b in zip(plain, flaring, strict=True)) and plain != flaring


def test_an_infection_raises_crp_and_passes() -> None:
    run = q.simulate(GIRL, "none", weeks=8, every="12h", observables=["crp"], infections=[14])
    plain = q.simulate(GIRL, "none", weeks=8, every="12h", observables=["crp"])
    gap = (run.crp - plain.crp).values
    assert gap[:28] == pytest.approx(0.0, abs=1e-6) and gap.max() > 5.0 and gap[-1] < 0.2 * gap.max()


@pytest.mark.parametrize(("text", "error"), [("stedy", UnknownName), ("drawn:x", InvalidQuantity)])
def test_what_cannot_be_read_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        NaturalCourse.parse(text)


def test_days_before_the_first_dose_are_refused() -> None:
    with pytest.raises(InvalidQuantity, match="day given for flare"):
        NaturalCourse.parse(flares=[-1.0])
