"""A small record by hand: six children of one replicate, three visits, and a second replicate of two."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.trials.conduct.case_record import CaseRecord, Exposure
from quotidian.trials.criteria import CORE_SET
from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.protocol.sampling import Occasion

CHILDREN, WEEKS = 8, (0, 2, 6, 8)


def everyone(*values: float) -> np.ndarray:
    """One value a child; the last one repeated."""
    return np.array([*values, *[values[-1]] * (CHILDREN - len(values))], dtype=float)


def make_record() -> CaseRecord:
    """Children 0 to 5 are replicate 0, the others replicate 1; even ones are on the drug, odd ones not."""
    record = CaseRecord(
        arm=np.arange(CHILDREN) % 2, replicate=np.array([0] * 6 + [1] * 2), number=np.arange(CHILDREN)
    )
    record.body = {
        "age": everyone(8.0), "weight": everyone(25.0, 40.0, 25.0), "height": everyone(120.0),
        "female": everyone(1.0), "duration": everyone(4.0), "steroid": everyone(0.4, 0.4, 0.0, 0.2),
        "methotrexate": everyone(1.0, 0.0), "severity": everyone(1.0),
    }  # fmt: skip
    for week in WEEKS:
        # the drug halves everything every two weeks until week 6; placebo stays
        factor = np.where(record.arm == 0, 0.5 ** min(week / 2, 4), 1.0)
        record.core[week] = dict.fromkeys(CORE_SET, 8.0 * factor)
        record.core[week]["chaq"] = 2.0 * factor
        record.core[week]["esr"] = 60.0 * factor
        none = np.zeros(CHILDREN, dtype=bool)
        record.missed[week] = record.left[week] = none
        record.observed[week] = {
            "crp": 80.0 * factor, "rash": 0.1 * factor, "neutrophils": everyone(6.0),
            "haemoglobin": np.where(record.arm == 0, 9.0 + week / 2, 9.0), "saa": 300.0 * factor,
            "macrophage_activation": np.zeros(CHILDREN), "ferritin": everyone(100.0),
            "tocilizumab": np.where(record.arm == 0, 20.0 + week, 0.0),
        }  # fmt: skip
        record.neutrophils[week] = everyone(6.0)
        record.steroid[week] = record.body["steroid"] * (1.0 if week < 8 else 0.75)
    days = np.arange(-13.5, 56.5, 0.5) + 1 / 3
    hot = np.where((days[None, :] < 10) | (record.arm[:, None] == 1), 38.6, 36.8)
    record.charts, record.days = [hot], [days]
    record.exposure = [exposure("first", 0, 100.0, 20.0), exposure("steady", 8, 150.0, 30.0)]
    return record


def exposure(occasion: Occasion, week: int, peak: float, trough: float) -> Exposure:
    """Of the children on the drug."""
    on = np.arange(CHILDREN) % 2 == 0
    values = [np.where(on, x, 0.0) for x in (peak, trough, 10 * peak)]
    return Exposure(occasion, "tocilizumab", week, 14.0, *[*values, on])


@pytest.fixture
def record() -> CaseRecord:
    """The record of this file."""
    return make_record()


@pytest.fixture
def reading(record: CaseRecord) -> AnalysisView:
    """It, as a trial with two arms and 8 blinded weeks reads it."""
    from quotidian.trials.protocol.design import Arm, Period, Trial
    from quotidian.trials.protocol.sampling import Kinetics

    trial = Trial(
        name="mine", title="Mine", about="", citation="",
        arms={"drug": Arm("tocilizumab-iv", 4), "placebo": Arm("none", 4)},
        periods=(Period("blinded", "randomised", 8),), visits=WEEKS[1:], primary_week=8,
        kinetics=Kinetics(steady=8),
    )  # fmt: skip
    return AnalysisView(trial, record)
