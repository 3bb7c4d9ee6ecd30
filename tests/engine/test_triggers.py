"""Triggers on the whole model: bits, company, an escape, and what is refused or fails."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import ADD, SET, SWITCH, Action, CompiledModel, Events, Outcome, Trigger
from quotidian.engine.runtime import threads
from quotidian.errors import InvalidCall, UnknownName
from quotidian.models import model

from .conftest import bits

Floats = NDArray[np.float64]
CHILDREN = 40
TIMES = np.arange(0.0, 73.0, 6.0)
ALL = np.arange(CHILDREN)
NAMES = ("temperature", "crp", "tocilizumab")


@pytest.fixture(scope="module")
def machine() -> CompiledModel:
    return CompiledModel(model("sjia"))


@pytest.fixture(scope="module")
def table(machine: CompiledModel) -> Floats:
    typical = machine.parameters(CHILDREN)
    return typical * np.random.default_rng(8).uniform(0.9, 1.1, typical.shape)


def infusions(machine: CompiledModel, chosen: NDArray[np.int64]) -> Events:
    drug = machine.ode_system.inputs.index("tocilizumab_infusion")
    plan = [
        [(3.0 + 0.1 * c, SWITCH, drug, 300.0), (4.0 + 0.1 * c, SWITCH, drug, 0.0)] * int(c % 2) for c in ALL
    ]
    return Events.of([plan[c] for c in chosen])


def run(
    machine: CompiledModel,
    table: Floats,
    triggers: list[Trigger],
    chosen: NDArray[np.int64] = ALL,
    **options: Any,
) -> Outcome:
    return machine.run(
        table[chosen],
        TIMES,
        events=infusions(machine, chosen),
        observables=NAMES,
        triggers=triggers,
        **options,
    )


FEVER = Trigger("temperature", 38.5, (Action(ADD, "tocilizumab_depot", 162.0, after_h=1.0),), rearm=37.5)
PARTS = ("values", "states", "inputs", "reached", "status", "accepted", "rejected")


def assert_same(found: Outcome, other: Outcome, chosen: NDArray[np.int64] = ALL) -> None:
    for name in PARTS:
        np.testing.assert_array_equal(bits(getattr(found, name)), bits(getattr(other, name)[chosen]))


def test_a_trigger_that_never_fires_changes_no_bit(machine: CompiledModel, table: Floats) -> None:
    plain = run(machine, table, [])
    watched = run(machine, table, [Trigger("temperature", 99.0, FEVER.actions), Trigger("crp", np.nan)])
    assert_same(watched, plain)
    assert watched.crossings == ((),) * 0 or all(
        len(t) == 0 for subject in watched.crossings for t in subject
    )
    assert plain.watched is None
    assert plain.crossings == ()


def test_bits_do_not_depend_on_company(
    machine: CompiledModel, table: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = run(machine, table, [FEVER])
    fired = [len(subject[0]) for subject in together.crossings]
    assert min(fired) < max(fired)
    for chosen in (ALL[:1], ALL[13:14], ALL[::-1], ALL[7:31:3]):
        found = run(machine, table, [FEVER], chosen)
        assert_same(found, together, chosen)
        for subject, row in zip(chosen, found.crossings, strict=True):
            np.testing.assert_array_equal(row[0], together.crossings[subject][0])
    monkeypatch.setattr(threads, "BLOCK", 7)
    assert_same(run(machine, table, [FEVER], threads=3), together)


def test_children_who_ramp_are_watched_in_any_company(machine: CompiledModel, table: Floats) -> None:
    """Some subjects of a run move by a ramp, others not: both are watched, each as when alone."""
    course = machine.ode_system.inputs.index("course")
    plans = [[(2.0, 4, course, 0.01)] if c % 2 else [] for c in range(6)]
    options: dict[str, Any] = {"observables": NAMES, "triggers": [FEVER]}
    together = machine.run(table[:6], TIMES, events=Events.of(plans), **options)
    for c in range(6):
        alone = machine.run(table[c : c + 1], TIMES, events=Events.of([plans[c]]), **options)
        np.testing.assert_array_equal(bits(alone.values[0]), bits(together.values[c]))
        np.testing.assert_array_equal(alone.crossings[0][0], together.crossings[c][0])


def test_an_escape_to_the_drug_at_the_first_fever(machine: CompiledModel) -> None:
    """The crossing lies where an hourly chart brackets it; the drug comes an hour later, and not before."""
    hours = np.arange(0.0, 49.0)
    first = Trigger("temperature", 38.0, FEVER.actions, once=True)
    options: dict[str, Any] = {"observables": NAMES}
    plain = machine.run(machine.parameters(1), hours, **options)
    found = machine.run(machine.parameters(1), hours, triggers=[first], **options)
    (at,) = found.crossings[0][0]
    chart = plain["temperature"][0]
    hot = int(np.flatnonzero((chart[1:] >= 38.0) & (chart[:-1] < 38.0))[0])
    assert hours[hot] < at <= hours[hot + 1]
    drug = found["tocilizumab"][0]
    assert np.all(drug[hours <= at + 1.0] == 0)
    assert np.all(drug[hours > at + 1.0] > 0)
    np.testing.assert_array_equal(chart[hours < at], found["temperature"][0][hours < at])


def test_a_subject_with_more_crossings_than_room_fails_and_changes_nobody(decay: CompiledModel) -> None:
    again = Trigger("x", np.array([0.5, 1e-9]), (Action(SET, "x", 1.0),), rising=False)
    options: dict[str, Any] = {"triggers": [again], "most_crossings": 3}
    found = decay.run(decay.parameters(2), [0.0, 20.0], **options)
    (lost,) = found.failures
    assert lost.subject == 0
    assert lost.reason == "triggers fired more often than there was room to record"
    assert lost.reached == pytest.approx(4 * np.log(2) / 0.3, rel=1e-4)
    np.testing.assert_array_equal(found.values[1], decay.run(decay.parameters(1), [0.0, 20.0]).values[0])


def refused(decay: CompiledModel, trigger: Trigger, **options: Any) -> InvalidCall:
    with pytest.raises(InvalidCall) as refusal:
        decay.run(decay.parameters(2), [0.0, 2.0], triggers=[trigger], **options)
    return refusal.value


def test_what_does_not_fit_is_refused(decay: CompiledModel) -> None:
    with pytest.raises(UnknownName, match="no observable or state 'q' to watch"):
        decay.run(decay.parameters(1), [0.0, 2.0], triggers=[Trigger("q", 1.0)])
    with pytest.raises(UnknownName, match="cannot act on 'x'"):
        decay.run(decay.parameters(1), [0.0, 2.0], triggers=[Trigger("x", 1.0, (Action(SWITCH, "x", 1.0),))])
    assert "the shape (3,)" in refused(decay, Trigger("x", [1.0, 2.0, 3.0])).what
    assert "armed beyond its level" in refused(decay, Trigger("x", 1.0, rearm=2.0)).what
    assert "armed beyond its level" in refused(decay, Trigger("x", 1.0, rising=False, rearm=0.5)).what
    for act in (Action(9, "x", 1.0), Action(ADD, "x", np.nan), Action(ADD, "x", 1.0, after_h=-1.0)):
        assert "A trigger cannot carry out kind" in refused(decay, Trigger("x", 1.0, (act,))).what
    seen = decay.run(decay.parameters(1), [0.0, 2.0], triggers=[Trigger("x", 0.5)]).watched
    assert "does not fit the triggers" in refused(decay, Trigger("x", 1.0), watched=seen).what
