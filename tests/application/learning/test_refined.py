"""Members drawn from a first posterior refine the surrogate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotidian.application.learning import ensemble_runs, ensemble_walk
from quotidian.application.learning.learning_checks import surrogate_error
from quotidian.application.learning.learning_run import learn
from quotidian.application.learning.learnt_rows import LearntRow
from quotidian.application.learning.learnt_values import learnt_prior
from quotidian.cli.knowledge.learn import MOST
from quotidian.evidence import Overlay
from quotidian.inference.ensemble import sampling
from quotidian.inference.ensemble.sampling import Sampled
from quotidian.inference.ensemble.summaries import SummaryRow, summaries_from

from .linear_world import SMALL, TRUTH, VALUES, Floats, score, simulated


def curved(rows: Sequence[LearntRow], overlay: Overlay, seed: int, repeats: int) -> Floats:
    """The world of `simulated`, bent by a cubic law of one value, which squares cannot follow."""
    value = learnt_prior(VALUES).values[4]
    bent = 0.5 * (score(value, overlay.by_name[value.name]) - TRUTH[4]) ** 3
    return simulated(rows, overlay, seed, repeats) + bent


def test_refined_members_make_the_surrogate_better_where_the_posterior_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ensemble_runs, "statistics", curved)
    small = replace(SMALL, steps=1, confirmed=60)
    plain, refined = (
        np.median(surrogate_error(learn(replace(small, members=members, refined=refined))))
        for members, refined in ((120, 0), (60, 120))  # as many runs
    )
    assert refined < 0.75 * plain


def test_no_final_member_is_one_that_refined_the_surrogate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ensemble_runs, "statistics", simulated)
    firsts = list[int]()

    def sample(*args: Any, first: int = 0) -> Sampled:
        firsts.append(first)
        return sampling.sample(*args, first=first)

    monkeypatch.setattr(ensemble_walk, "sample", sample)
    learn(replace(SMALL, steps=0, members=40, refined=16, draws=50, confirmed=0))
    assert firsts == [ensemble_walk.FIRST_REFINED, 0]
    assert MOST["--draws"] < ensemble_walk.FIRST_REFINED


def test_the_error_of_the_surrogate_is_that_at_the_members_of_the_last_step() -> None:
    rng = np.random.default_rng(3)
    wide, narrow = rng.normal(0.0, 1.0, (120, 2)), rng.normal(0.0, 0.2, (120, 2))
    steps = [(z, (z[:, 0] + 0.5 * z[:, 0] ** 3)[:, None, None] + rng.normal(0.0, 0.02, (120, 2, 1)))
             for z in (wide, narrow)]  # fmt: skip
    row = SummaryRow("a", "tender", "linear", 1.0, 20)
    summaries = summaries_from([row], rng.normal(0.0, 0.02, (40, 1)))

    def error(first: int, last: int) -> float:
        (z, y), (later_z, later_y) = steps[first], steps[last]
        walk = ensemble_walk.Walk(summaries, [z, later_z], [y, later_y], (), 0)
        return float(ensemble_walk.surrogate_at(walk)[1].error[0])

    assert error(0, 1) < 0.5 * error(1, 0)  # squares follow the cubic law near its middle alone
