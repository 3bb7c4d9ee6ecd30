"""MAS as an episode: who can be struck, what triggers it, what ends it, and what treatments do to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from quotidian.engine import SWITCH, Outcome
from quotidian.patients.child import child
from quotidian.patients.mas_criteria import IN_MAS
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import compiled_model

TRIGGER = [(0.0, "macrophage_trigger", 0.5), (6.0, "macrophage_trigger", 0.0)]
DRUG_DAY = 10
BLOCKS: dict[str, dict[str, Any]] = {
    "none": {},
    "il6": {"drug": "tocilizumab-iv", "drug_day": DRUG_DAY},
    "il1": {"changes": [(DRUG_DAY, "switch.il1_block", 50.0)]},
    "steroid": {"changes": [(DRUG_DAY, "switch.glucocorticoid_dose", 300.0)]},
    "ifn": {"changes": [(DRUG_DAY, "switch.ifn_block", 1000.0)]},
}
PRONE = 4.0
"""IL-18 of about 66000 pg/mL: the published upper quartile of active disease."""


def struck(ward, how: str = "none", days: float = 100, **overrides: float) -> Outcome:  # type: ignore[no-untyped-def]
    """A typical and two prone children, triggered on day 0 and treated on day 10."""
    case = dict(BLOCKS[how])
    changes = TRIGGER + case.pop("changes", [])
    run: Outcome = ward.follow([1.0, PRONE, 10.0], days, changes, **case, **overrides)
    return run


def days_in_mas(run: Outcome) -> np.ndarray:
    return (run["macrophage_activation"] > IN_MAS).sum(axis=1)


def test_without_a_trigger_nobody_is_struck_however_high_il18_is(ward) -> None:  # type: ignore[no-untyped-def]
    run = ward.follow([1.0, 10.0, 40.0], 200)
    assert run["il18"][2].max() > 400_000 and run["macrophage_activation"].max() < 0.01


def test_a_trigger_strikes_the_prone_passes_by_the_others_and_the_episode_ends(ward) -> None:  # type: ignore[no-untyped-def]
    days = days_in_mas(struck(ward))
    assert days[0] == 0 and 7 <= days[1] <= 40 and days[1] <= days[2] <= 60
    assert (struck(ward)["macrophage_activation"][:, -1] < 0.01).all()


def test_without_regulation_the_episode_would_not_end(ward) -> None:  # type: ignore[no-untyped-def]
    for_ever = struck(ward, days=240, macrophage_activation__regulation_strength=0.0)
    assert (for_ever["macrophage_activation"][1:, -1] > 0.9).all()


def test_a_child_is_refractory_for_weeks_and_not_for_ever(ward) -> None:  # type: ignore[no-untyped-def]
    """By a trigger of median size; a large one can strike again sooner."""

    def again(gap: float) -> float:
        twice = [(day + g, name, 0.6 * x) for g in (0.0, gap) for day, name, x in TRIGGER]
        run = ward.follow(10.0, gap + 30, twice)["macrophage_activation"][0]
        assert run[: int(gap)].max() > IN_MAS > run[int(gap)]
        return float(run[int(gap) :].max())

    assert again(30.0) < IN_MAS < again(100.0)


def test_a_healthy_child_has_no_mas_after_the_greatest_infection() -> None:
    machine = compiled_model("healthy_child")
    table = subjects_of([child(age=6, sex="female", weight=20)]).table(machine)
    greatest = 0.25 * np.exp(0.8 * 4.0)  # 4 SD above the median of chance_events.yaml
    changes = [(0.0, "infection", greatest), (144.0, "infection", 0.0), *_hours(TRIGGER)]
    events = machine.events([[(t, SWITCH, name, x) for t, name, x in changes]])
    run = machine.run(table, np.arange(0.0, 1440.0, 12.0), events=events, start=-24.0, end=1440.0)
    assert run["macrophage_activation"].max() < 0.5 * IN_MAS


def _hours(changes: list[tuple[float, str, float]]) -> list[tuple[float, str, float]]:
    return [(24.0 * day, name, x) for day, name, x in changes]


def test_a_quiet_child_is_struck_less_than_an_active_one(ward) -> None:  # type: ignore[no-untyped-def]
    quiet = ward.follow(PRONE, 60, [(-28.0, "course", 0.05), *TRIGGER])
    assert quiet["macrophage_activation"].max() < 0.3 < struck(ward)["macrophage_activation"][1].max()


@pytest.mark.parametrize("how", ["il6", "il1", "steroid", "ifn"])
def test_every_treatment_shortens_the_episode(ward, how: str) -> None:  # type: ignore[no-untyped-def]
    assert (days_in_mas(struck(ward, how))[1:] < days_in_mas(struck(ward))[1:]).all()


def test_a_part_of_the_signal_needs_no_ifn_gamma(ward) -> None:  # type: ignore[no-untyped-def]
    whole, part = (
        days_in_mas(struck(ward, "ifn", macrophage_activation__ifn_free=share))[2] for share in (0.0, 0.6)
    )
    assert whole < part


def test_il6_blockade_hides_the_signs(ward) -> None:  # type: ignore[no-untyped-def]
    """Blocked before the trigger: CRP never rises (Shimizu 2012), fever and ferritin rise less."""
    open_, hidden = (ward.follow(10.0, 60, TRIGGER, d, -21) for d in ("none", "tocilizumab-iv"))
    at = int(hidden["macrophage_activation"][0].argmax())
    assert hidden["macrophage_activation"][0, at] > IN_MAS
    assert hidden["crp"][0].max() < 10 < 50 < open_["crp"][0, at]
    assert hidden["ferritin"][0].max() < 0.8 * open_["ferritin"][0].max()
    assert hidden["temperature"][0, at] < open_["temperature"][0, at] - 0.8


def test_the_signs_of_mas_come_and_go(ward) -> None:  # type: ignore[no-untyped-def]
    run, who = struck(ward, days=120), 1
    top = {name: run[name][who].max() for name in ("ast", "alt", "triglycerides", "ferritin", "cxcl9")}
    least = {name: run[name][who].min() for name in ("platelets", "fibrinogen", "neutrophils")}
    start = {name: run[name][who, 0] for name in (*top, *least)}
    for name, limit in (("ast", 48), ("alt", 40), ("triglycerides", 156), ("ferritin", 684), ("cxcl9", 2000)):
        assert start[name] < limit < top[name] and run[name][who, -1] < limit, name
    for name, share in (("platelets", 0.5), ("fibrinogen", 0.85), ("neutrophils", 0.75)):
        assert least[name] < share * start[name], name
        assert run[name][who, -1] > 0.85 * start[name], name


def test_neutrophils_and_platelets_fall_as_ifn_gamma_rises(ward) -> None:  # type: ignore[no-untyped-def]
    """Bracaglia 2017."""
    run = struck(ward)
    high = run["ifn_gamma"][1] > 15
    for name in ("neutrophils", "platelets"):
        assert np.median(run[name][1][high]) < 0.9 * run[name][1, 0], name


def test_cxcl9_without_mas_knows_nothing_of_il18_nor_of_activity(ward) -> None:  # type: ignore[no-untyped-def]
    active = ward.follow([0.1, 1.0, 10.0], 30)["cxcl9"][:, -1]
    quiet = ward.follow(1.0, 30, [(-28.0, "course", 0.05)])["cxcl9"][0, -1]
    assert active == pytest.approx(active[0], rel=0.02)
    assert quiet == pytest.approx(active[1], rel=0.5)


def test_il18_falls_for_months_once_the_disease_is_quiet(ward) -> None:  # type: ignore[no-untyped-def]
    """Shimizu 2014: several months to normalise."""
    il18 = ward.follow(1.0, 240, [(0.0, "course", 0.05)])["il18"][0]
    assert 0.4 < il18[35] / il18[0] < 0.75 and il18[-1] < 0.25 * il18[0]


def test_il18_of_active_and_of_inactive_disease_is_as_published() -> None:
    """Yasin 2019: medians 16499 and 1164 pg/mL. Calibration."""
    who = child(age=6, sex="female", weight=20)
    for name, published in (("sjia", 16499.0), ("healthy_child", 1164.0)):
        machine = compiled_model(name)
        run = machine.run(subjects_of([who]).table(machine), [24.0 * 300], observables=["il18"], start=0.0)
        assert run["il18"][0, -1] == pytest.approx(published, rel=0.06), name


def test_markers_fall_at_their_own_pace_under_ifn_neutralisation(ward) -> None:  # type: ignore[no-untyped-def]
    """Brossard 2025: CXCL9 falls with a half-life of 1.7 days by 98.3 %, sIL-2R with 6.2 days by 87.3 %."""
    run = ward.follow(10.0, 120, [*TRIGGER, (8.0, "switch.ifn_block", 1e6)])
    for name, rate, full, share in (("cxcl9", 0.414, 8400, 0.983), ("sil2r", 0.112, 6630, 0.873)):
        x, floor = run[name][0], full * (1 - share)
        assert x[-1] == pytest.approx(floor, rel=0.01), name
        slope = np.log((x[9] - floor) / (x[13] - floor)) / 4
        assert slope == pytest.approx(rate, rel=0.02), name
