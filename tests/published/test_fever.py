"""The fever of systemic disease: in phase with IL-6, one spike an evening; IL-1 blockade takes both away."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quotidian.engine import SWITCH, CompiledModel, Outcome
from quotidian.models.assembly import MODULES
from quotidian.network import AssignmentRule, Input, Model, Module, Part, sum_module
from quotidian.network.flux import itself
from quotidian.vocabulary import il1_block

NAMES = ("temperature", "il6", "il1", "crp", "rash", "serositis", "active_joints")
DAY = 96  # quarters of an hour
BLOCK_DAY = 7


@cache
def machine() -> CompiledModel:
    """The untreated child with a switch for IL-1 blockade."""
    level = Input("blocker", "1", "blocker over its half-effective concentration", "B")
    part = Part("blocker.il1_block", "1", "what it blocks", "B_1", il1_block)
    blocker = Module("blocker", "A blocker of IL-1", definitions=(AssignmentRule(part, itself, level),))
    modules = (blocker, *MODULES)
    return CompiledModel(Model("blocked", "A child under IL-1 blockade", (*modules, sum_module(modules))))


@cache
def run(block: float = 0.0, **values: float) -> Outcome:
    m = machine()
    named = {name.replace("__", "."): value for name, value in values.items()}
    at = "blocker"
    events = m.events([[(24.0 * BLOCK_DAY, SWITCH, at, block)]])
    return m.run(m.parameters(1, named), np.arange(0.0, 21 * 24, 0.25), events=events, start=-672.0)


def by_day(name: str, block: float = 0.0) -> np.ndarray:
    return run(block)[name][0].reshape(-1, DAY)


def test_the_spike_follows_il6_within_two_hours_and_falls_in_the_evening() -> None:
    il6, fever = by_day("il6").argmax(axis=1) / 4, by_day("temperature").argmax(axis=1) / 4
    assert ((fever - il6 >= 0) & (fever - il6 <= 2)).all()
    assert ((fever >= 16) & (fever <= 21)).all()


def test_there_is_one_spike_a_day_and_it_lasts_some_hours() -> None:
    hot = by_day("temperature") >= 38.5
    hours = hot.sum(axis=1) / 4
    assert ((hours >= 2) & (hours <= 8)).all()
    rises = (hot.ravel()[1:] & ~hot.ravel()[:-1]).sum()
    assert rises == len(hot)


def test_il1_blockade_lowers_fever_and_il6_together() -> None:
    before, after = slice(0, BLOCK_DAY), slice(-3, None)
    il6, fever = by_day("il6", 20.0), by_day("temperature", 20.0)
    assert il6[after].mean() < 0.5 * il6[before].mean()
    assert fever[before].max() > 39.0 and fever[after].max() < 38.0
    first = fever[BLOCK_DAY].max()
    assert first < fever[before].max() - 1.0  # on the first evening already
    assert by_day("crp", 20.0)[after].mean() < 0.5 * by_day("crp", 20.0)[before].mean()


def test_a_stronger_block_leaves_less() -> None:
    left = [by_day("temperature", block)[-3:].max() for block in (0.0, 1.0, 5.0, 20.0)]
    assert left == sorted(left, reverse=True) and left[0] > left[-1] + 1.5


def test_without_il1_in_the_set_point_the_first_evening_would_stay_hot() -> None:
    """The fall comes through the set point and IL-6 both: IL-6 alone leaves more fever at first."""
    whole = run(20.0)["temperature"][0].reshape(-1, DAY)[BLOCK_DAY].max()
    alone = run(20.0, fever__il1_floor=1.0)["temperature"][0].reshape(-1, DAY)[BLOCK_DAY].max()
    assert alone > whole + 0.03  # since most of IL-6 needs IL-1, little is left for IL-6 alone


def test_rash_comes_with_the_fever_and_goes_between_spikes() -> None:
    rash, fever = by_day("rash"), by_day("temperature")
    assert (np.abs(rash.argmax(axis=1) - fever.argmax(axis=1)) <= 2 * 4).all()
    assert (rash.max(axis=1) > 0.01).all()
    cool = fever < 37.5
    assert (rash[cool] < 0.01).mean() > 0.9
    assert np.corrcoef(rash.ravel(), fever.ravel())[0, 1] > 0.7


def test_serositis_stays_through_the_day_and_goes_within_weeks_of_il1_blockade() -> None:
    days = by_day("serositis", 20.0)
    assert np.ptp(days[0]) < 0.2 * days[0].mean()
    assert days[BLOCK_DAY + 1].mean() > 0.7 * days[0].mean()
    assert days[-1].mean() < 0.5 * days[0].mean()


@pytest.mark.parametrize("name", ["rash", "serositis"])
def test_signs_need_a_drive(name: str) -> None:
    m = machine()
    healthy = m.run(m.parameters(1, {"innate_loop.drive": 0.0063}), np.arange(0, 48.0), start=-672.0)
    assert healthy[name].max() < 0.01 < by_day(name).max()
