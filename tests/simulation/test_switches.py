"""Switches of many subjects as columns: the same events as one list for each subject."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.engine import SWITCH
from quotidian.errors import InvalidCall
from quotidian.simulation import DosingEvent, Switches, compiled_model

MODEL = compiled_model("sjia")
ILL = [DosingEvent(100.0, SWITCH, "infection", 0.4), DosingEvent(244.0, SWITCH, "infection", 0.0)]
TRIGGER = [DosingEvent(100.0, SWITCH, "macrophage_trigger", 2.0)]
CHANCE = [ILL, [], sorted(ILL + TRIGGER), TRIGGER]
HOURS = np.array([-48.0, 100.0])
COURSE = np.array([[1.0, 2.0], [1.1, 2.1], [1.2, 2.2], [1.3, 2.3]])
DOSES = [[DosingEvent(100.0, SWITCH, "course", 9.0)], ILL[:1], [], []]


def by_hand(i: int) -> list[DosingEvent]:
    course = [DosingEvent(t, SWITCH, "course", x) for t, x in zip(HOURS, COURSE[i], strict=True)]
    return [*DOSES[i], *course, *CHANCE[i]]


@pytest.mark.parametrize("chosen", [[0, 1, 2, 3], [2, 0], [1], [3, 1, 2]])
def test_events_of_chosen_subjects_are_those_of_lists_in_their_order(chosen: list[int]) -> None:
    """At one time a dose comes first, then the course, then chance: sorting by time keeps that order."""
    columns = Switches.of_input("course", HOURS, COURSE) + Switches.of(CHANCE)
    doses = MODEL.events([DOSES[i] for i in chosen])
    found, expected = (
        columns.after(doses, MODEL, np.array(chosen)),
        MODEL.events([by_hand(i) for i in chosen]),
    )
    for name in ("offset", "time", "kind", "index", "value"):
        one, other = getattr(found.sorted(), name), getattr(expected.sorted(), name)
        assert one.dtype == other.dtype and one.tolist() == other.tolist(), name


def test_events_of_a_stage_are_those_from_its_beginning_to_before_its_end() -> None:
    columns = Switches.of(CHANCE)
    assert columns.between(0.0, 100.0).listed(0) == ()
    assert columns.between(100.0, 244.0).listed(0) == tuple(ILL[:1])
    assert columns.between(244.0, 300.0).listed(0) == tuple(ILL[1:])
    assert columns.listed(2) == tuple(CHANCE[2]) and columns.listed(1) == ()


def test_an_input_that_the_model_has_not_is_refused() -> None:
    columns = Switches.of([[DosingEvent(1.0, SWITCH, "no such", 1.0)]])
    with pytest.raises(InvalidCall, match="cannot be carried out"):
        columns.after(MODEL.events([[]]), MODEL, np.array([0]))
    none = Switches.of([[], []]).after(MODEL.events([[], ILL]), MODEL, np.array([0, 1]))
    assert none.offset.tolist() == [0, 0, 2]
