"""Chance events: at their rates and sizes, the same child by child whatever else is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.models import model
from quotidian.patients.chance_events import EVENTS, TRIGGER, changes, drawn, values
from quotidian.statistics.streams import Streams

YEARS = 10
V = values()
MANY = drawn(Streams(4), 0, range(800), YEARS * 365.25)


def test_every_kind_acts_on_an_input_of_the_model() -> None:
    assert set(EVENTS) <= set(model("sjia").inputs)


@pytest.mark.parametrize("name", list(EVENTS))
def test_events_come_at_their_rate_and_in_their_sizes(name: str) -> None:
    event, found = EVENTS[name], [x for own in MANY for x in own[name]]
    rate = len(found) / (len(MANY) * YEARS)
    caught = V["infections"] * V["infection_triggers"] if name == TRIGGER else 0.0
    assert rate == pytest.approx(V[event.rate] + caught, rel=0.08)  # at most one begins in a period
    logs = np.log([size for _, _, size in found])
    assert np.exp(np.median(logs)) == pytest.approx(event.size(V), rel=0.1)
    assert logs.std() == pytest.approx(V[f"{event.name}_spread"], rel=0.08)
    assert all(last - first == pytest.approx(event.days(V)) for first, last, _ in found)


def test_a_child_has_the_same_events_alone_in_several_replicates_and_over_longer_times() -> None:
    alone = drawn(Streams(4), 0, [41], YEARS * 365.25)[0]
    assert alone == MANY[41]
    mixed = drawn(Streams(4), np.array([1, 0]), np.array([41, 41]), YEARS * 365.25)
    assert mixed[1] == alone and mixed[0] != alone
    short = drawn(Streams(4), 0, [41], 700.0)[0]
    assert all(own == alone[name][: len(own)] for name, own in short.items())


def test_some_infections_are_triggers_on_the_same_days() -> None:
    only = drawn(Streams(4), 0, range(800), YEARS * 365.25, replaced={"triggers": 1e-12})
    caught = [x[:2] for own in only for x in own[TRIGGER]]
    assert len(caught) == pytest.approx(800 * YEARS * V["infections"] * V["infection_triggers"], rel=0.15)
    assert set(caught) <= {x[:2] for own in only for x in own["infection"]}
    neither = drawn(Streams(4), 0, range(50), 3650.0, replaced={"triggers": 1e-12, "infections": 1e-12})
    assert not any(own[TRIGGER] for own in neither)


def test_events_can_begin_before_day_0_and_be_made_rare() -> None:
    early = drawn(Streams(4), 0, [41], 700.0, from_day=-28.0)[0]["infection"]
    usual = drawn(Streams(4), 0, [41], 700.0)[0]["infection"]
    assert [x for _, _, x in early] == [x for _, _, x in usual]
    assert [a + 28.0 for a, _, _ in early] == pytest.approx([a for a, _, _ in usual])
    assert not any(drawn(Streams(4), 0, range(50), 700.0, replaced={"infections": 1e-9})[i]["infection"]
                   for i in range(50))  # fmt: skip


def test_changes_add_up_within_a_kind_and_not_across_kinds() -> None:
    found = changes(
        {"infection": [(3.0, 9.0, 0.5), (5.0, 11.0, 0.25)], "macrophage_trigger": [(4.0, 10.0, 0.1)]}
    )
    assert [(c.day, c.value) for c in found if c.input == "infection"] == [
        (3.0, 0.5), (5.0, 0.75), (9.0, 0.25), (11.0, 0.0),
    ]  # fmt: skip
    assert [(c.day, c.value) for c in found if c.input == "macrophage_trigger"] == [(4.0, 0.1), (10.0, 0.0)]
