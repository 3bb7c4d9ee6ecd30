"""Courses of years: lengths and rates come out as the ledger states; chance stays with the child."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.errors import UnknownName
from quotidian.patients import chance_events
from quotidian.patients.disease_activity import ledger
from quotidian.patients.natural_history import OUTCOMES, History, histories
from quotidian.statistics.streams import Streams

STREAMS, YEARS = Streams(11), 12
MANY = histories(STREAMS, 0, range(1500), YEARS * 365.25)
V = {name: entry.value for name, entry in ledger().items()} | chance_events.values()


def test_a_history_depends_on_the_child_alone_and_a_longer_one_begins_with_the_shorter() -> None:
    alone = histories(STREAMS, 0, [41], YEARS * 365.25)[0]
    assert alone == MANY[41]
    short = histories(STREAMS, 0, [41], 365.0)[0]
    assert alone.drive[: len(short.drive)] == short.drive
    assert alone.infections[: len(short.infections)] == short.infections
    assert histories(STREAMS, 1, [41], 365.0)[0] != short


def test_a_course_asked_for_by_its_outcome_is_drawn() -> None:
    for outcome in OUTCOMES:
        assert histories(STREAMS, 0, [41], 365.0, outcome) == histories(STREAMS, 0, [41], 365.0)


def test_infections_come_at_their_rate_and_some_are_large() -> None:
    found = [x for h in MANY for _, _, x in h.infections]
    assert len(found) / (len(MANY) * YEARS) == pytest.approx(
        V["infections"], rel=0.07
    )  # one a period at most
    assert np.median(found) == pytest.approx(V["infection_size"], rel=0.05)


def test_flares_come_at_their_rate_and_raise_the_drive() -> None:
    calm = {"course_sd": 0.0}
    flaring = np.mean(
        [[x > 1.0 for x in h.drive] for h in histories(STREAMS, 0, range(500), 4000.0, values=calm)]
    )
    assert flaring == pytest.approx(V["flares"] * V["flare_days"] / 365.25, rel=0.15)


def test_changes_are_in_order_and_infections_that_overlap_add_up() -> None:
    h = History("drawn", (1.0, 1.0, 2.0), {"infection": ((3.0, 9.0, 0.5), (5.0, 11.0, 0.25))})
    listed = [(c.day, c.input, c.value) for c in h.changes]
    assert listed == [
        (0.0, "course", 1.0), (3.0, "infection", 0.5), (5.0, "infection", 0.75), (9.0, "infection", 0.25),
        (11.0, "infection", 0.0), (28.0, "course", 2.0),
    ]  # fmt: skip


def test_a_steady_course_holds_no_chance_and_an_unknown_one_is_refused() -> None:
    assert histories(STREAMS, 0, [1], 365.0, "steady")[0].changes[0].value == 1.0
    with pytest.raises(UnknownName, match="no course 'cyclic'"):
        histories(STREAMS, 0, [1], 10.0, "cyclic")
