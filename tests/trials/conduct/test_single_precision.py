"""Trials and cohorts in single precision: what they decide is what double precision decides."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.engine import Tolerance
from quotidian.statistics.streams import Streams
from quotidian.trials.analysis import mas_incidence
from quotidian.trials.analysis.mas_cohort import MasCohort
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.schedule import TrialConductor, conduct
from quotidian.trials.conduct.setting import TRIAL_TOLERANCE, Execution
from quotidian.trials.protocol.library import design
from quotidian.trials.run import conductor_of

SINGLE, DOUBLE = (replace(TRIAL_TOLERANCE, precision=p) for p in ("single", "double"))
Courses = dict[tuple[int, int], tuple[str, tuple[tuple[int, str], ...]]]


def conducted(conductor: TrialConductor, tolerance: Tolerance) -> list[CaseRecord]:
    """Two replicates."""
    setting = replace(conductor.setting, tolerance=tolerance)
    return [conduct(setting, Execution(1), conductor.selection, range(i, i + 1)).record for i in range(2)]


def courses(records: list[CaseRecord]) -> Courses:
    """Arm and events of each child, by replicate and number."""
    found: Courses = {}
    for replicate, record in enumerate(records):
        events: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for event in record.events:
            events[event.child].append((event.week, event.kind))
        for i, number in enumerate(record.number):
            found[replicate, int(number)] = (str(record.arm[i]), tuple(events[i]))
    return found


@pytest.mark.parametrize("name", ["yokota-2005", "tender", "anakinra"])
def test_every_child_takes_the_same_course_and_endpoints_agree(name: str) -> None:
    """Endpoints within a thousandth of their size, and all but one in fifty within 1e-4.

    The tolerance of trials causes errors of 5e-4; another one that differs by 1 % changes as many rows.
    """
    trial = design(name)
    conductor = conductor_of(trial, 7, 1)
    single, double = (conducted(conductor, t) for t in (SINGLE, DOUBLE))
    assert courses(single) == courses(double)
    pairs = [
        (row, x, y)
        for row, other in zip(endpoint_rows(trial, single), endpoint_rows(trial, double), strict=True)
        for x, y in ((getattr(row, k), getattr(other, k)) for k in ("virtual", "low", "high"))
        if not math.isnan(y)
    ]
    apart = np.array([abs(x - y) / max(abs(y), 100.0 * (row.unit == "%")) for row, x, y in pairs if x != y])
    assert 0 < len(apart) < len(pairs) / 2
    assert apart.max() < 1e-3
    assert np.sum(apart > 1e-4) < len(pairs) / 50


def test_the_same_children_have_macrophage_activation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cohort over two years: every episode begins and ends on the same day, with the same outcome."""

    def cohort(tolerance: Tolerance) -> MasCohort:
        monkeypatch.setattr(mas_incidence, "TRIAL_TOLERANCE", tolerance)
        return mas_incidence.follow_mas(regimen("none"), 400, 730, Streams(5), signs=())

    single, double = cohort(SINGLE), cohort(DOUBLE)
    np.testing.assert_array_equal(single.numbers, double.numbers)
    assert np.any(single.activation != double.activation)
    episodes = [
        [(h.ending, [(e.first_day, e.last_day, e.intensive_care) for e in h.episodes]) for h in c.histories]
        for c in (single, double)
    ]
    assert episodes[0] == episodes[1]
    assert sum(len(found) for _, found in episodes[0]) > 10
