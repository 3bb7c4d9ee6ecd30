"""Events: order, seams between runs, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.engine import ADD, SET, SWITCH, CompiledModel, Events
from quotidian.errors import InvalidCall

Row = tuple[float, int, int, float]


def rows(events: Events) -> list[list[Row]]:
    """Each subject's events, as they were given to ``Events.of``."""
    columns = zip(events.time, events.kind, events.index, events.value, strict=True)
    flat = [(float(t), int(kind), int(i), float(v)) for t, kind, i, v in columns]
    return [flat[a:b] for a, b in zip(events.offset[:-1], events.offset[1:], strict=True)]


def test_events_come_in_order_of_time_and_keep_their_order_within_an_instant() -> None:
    first: list[Row] = [(5.0, ADD, 0, 1.0), (2.0, SWITCH, 0, 3.0), (2.0, ADD, 0, 4.0)]
    second: list[Row] = [(1.0, SET, 0, 0.0)]
    ordered = rows(Events.of([first, [], second]).sorted())
    assert ordered == [[first[1], first[2], first[0]], [], second]


def test_runs_that_follow_one_another_share_no_event() -> None:
    given: list[Row] = [(float(t), ADD, 0, 1.0) for t in range(5)]
    events = Events.of([given, given[:2]])
    parts = [rows(events.within(a, b)) for a, b in ((0, 2), (2, 4), (4, 9))]
    assert [[len(subject) for subject in part] for part in parts] == [[2, 2], [2, 0], [1, 0]]
    assert [event for part in parts for event in part[0]] == given


def test_no_events_are_events_too() -> None:
    assert rows(Events.none(3)) == [[], [], []]
    assert rows(Events.of([[], []]).sorted().within(0, 1)) == [[], []]
    assert rows(Events.none(0)) == []


@pytest.mark.parametrize(
    "event",
    [
        (1.0, ADD, 1, 1.0),
        (1.0, SET, -1, 1.0),
        (1.0, SWITCH, 1, 1.0),
        (1.0, 5, 0, 1.0),
        (np.nan, ADD, 0, 1.0),
        (np.inf, ADD, 0, 1.0),
        (1.0, SWITCH, 0, np.nan),
        (1.0, SET, 0, -np.inf),
    ],
)
def test_an_event_that_cannot_be_carried_out_is_refused(decay: CompiledModel, event: Row) -> None:
    events = Events.of([[], [(0.5, ADD, 0, 1.0), event]])
    with pytest.raises(InvalidCall) as refusal:
        decay.run(decay.parameters(2), [0.0, 2.0], events=events)
    what = f"time {event[0]:g} h, kind {event[1]}, index {event[2]}, value {event[3]:g}."
    assert refusal.value.what == f"Event 1 of subject 1 cannot be carried out: {what}"
    assert "one of 1 states" in refusal.value.why
    assert refusal.value.remedy


def test_the_events_of_other_children_are_refused(decay: CompiledModel) -> None:
    with pytest.raises(InvalidCall, match="not those of the 3 subjects of the run"):
        decay.run(decay.parameters(3), [0.0, 2.0], events=Events.none(2))


def test_a_torn_table_of_events_is_refused(decay: CompiledModel) -> None:
    whole = Events.of([[(0.5, ADD, 0, 1.0)]])
    torn = Events(np.array([0, 2]), whole.time, whole.kind, whole.index, whole.value)
    with pytest.raises(InvalidCall, match="Offsets name 1 subjects and 2 events; columns hold 1"):
        decay.run(decay.parameters(1), [0.0, 2.0], events=torn)
