"""Later facts held against the typical adult, the healthy child and a cohort; all are validation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.engine import ADD, SWITCH
from quotidian.evidence.roles import frozen_roles
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.analysis.mas_incidence import follow_mas

WEEK, LAST, WEIGHT = 168.0, 24, 70.0
FIRST_H = 9.0
REGIMENS = {  # mg under the skin, or mg/kg over an hour, every so many weeks
    "162 mg weekly": (162.0, 1, ADD),
    "8 mg/kg every 4 weeks": (8.0 * WEIGHT, 4, SWITCH),
    "162 mg every 2 weeks": (162.0, 2, ADD),
    "4 mg/kg every 4 weeks": (4.0 * WEIGHT, 4, SWITCH),
}
"""By occupancy of the receptor at the trough, the highest first (MF-F38): above 99, above 99, 84 and 60 %."""


def test_these_facts_are_validation() -> None:
    assert {frozen_roles().facts[f] for f in ("MF-F38", "MF-F29", "MF-E12", "NF-29")} == {"validation"}


@cache
def occupancy(regimen: str) -> float:
    """Share of the soluble receptor that is bound before a dose after half a year."""
    mg, weeks, kind = REGIMENS[regimen]
    events: list[tuple[float, int, str, float]] = []
    for dose in range(LAST // weeks):
        at = FIRST_H + dose * weeks * WEEK
        if kind == ADD:
            events.append((at, ADD, "tocilizumab_depot", mg))
        else:
            events += [
                (at, SWITCH, "tocilizumab_infusion", mg),
                (at + 1.0, SWITCH, "tocilizumab_infusion", 0.0),
            ]
    machine, end = compiled_model("adult_ra"), FIRST_H + LAST * WEEK - 1.0
    found = machine.run(
        machine.parameters(1), np.array([0.0, end]), events=machine.events([events]),
        observables=["sil6r_occupancy"], start=-4 * WEEK,
    )  # fmt: skip
    return float(found["sil6r_occupancy"][0][-1])


def test_occupancy_at_the_trough_has_the_published_order() -> None:
    shares = [occupancy(regimen) for regimen in REGIMENS]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("regimen", list(REGIMENS)[:2])
def test_what_saturates_the_receptor_does_so_at_the_trough(regimen: str) -> None:
    assert occupancy(regimen) > 0.97


def test_the_receptor_of_untreated_rheumatoid_arthritis_lies_at_the_published_medians() -> None:
    machine = compiled_model("adult_ra")
    found = machine.run(
        machine.parameters(1), np.arange(0.0, 24.0), observables=["sil6r_total"], start=-4 * WEEK
    )
    assert 36.0 <= float(found["sil6r_total"][0].mean()) <= 43.1  # ng/mL, two trials


def test_il6_of_health_is_lowest_in_the_morning() -> None:
    machine = compiled_model("healthy_child")
    found = machine.run(machine.parameters(1), np.arange(0.0, 24.0), observables=["il6"], start=-4 * WEEK)
    assert 5 <= int(np.argmin(found["il6"][0])) <= 12


TELLS_MAS = 20.0
"""Ferritin over ESR, ug/L over mm/h, that tells MAS (NF-29; 31 episodes in 27 of 149 children)."""


@cache
def ferritin_over_sedimentation() -> tuple[np.ndarray, np.ndarray]:
    """Three days after the onset of MAS, and on day 300 of those without it."""
    found = follow_mas(regimen("none"), 300, 728, Streams(11), signs=("ferritin", "esr"))
    ratio = found.signs["ferritin"] / np.maximum(found.signs["esr"], 1.0)
    who = np.flatnonzero(found.struck & (found.onset + 3 < 728))
    never = found.activation.max(axis=1) < 0.1
    return ratio[who, found.onset[who] + 3], ratio[never][:, 300]


def test_ferritin_over_sedimentation_tells_mas() -> None:
    struck, _ = ferritin_over_sedimentation()
    assert len(struck) > 15 and (struck > TELLS_MAS).mean() > 0.8


@pytest.mark.xfail(
    reason="22 % on day 300, when some are in remission; 16 % on day 0, in active disease", strict=False
)
def test_ferritin_over_sedimentation_is_lower_without_mas() -> None:
    _, never = ferritin_over_sedimentation()
    assert (never > TELLS_MAS).mean() < 0.2
