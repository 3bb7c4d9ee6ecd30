"""Two drives with memory: children of short and of long disease on IL-1 blockade, and without a drug.

Sources: singhgrewal2006 (course), nigrovic2011 and terhaar2019 (first-line anakinra), quartier2021
(stopping), vilaiyuk2019 (IL-6 by activity). Cohorts here are small, so that tolerances are wide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from quotidian.biology import innate_loop, joints
from quotidian.drugs.catalogue import regimen
from quotidian.engine import SWITCH, Outcome
from quotidian.patients.child import Child, child
from quotidian.patients.disease_activity import ACTIVE_PERIODS, course
from quotidian.patients.past import FLOOR, SETTLED, SYSTEMIC, Disease, course_of, next_period, onset
from quotidian.patients.population import TYPICAL, PatientPopulation, draw
from quotidian.patients.treatment import simulate, subjects_of, treatment_events
from quotidian.simulation import DosingEvent, compiled_model
from quotidian.statistics.streams import Streams

STREAMS, WEEK = Streams(7), 168.0
NAMES = ("il6", "crp", "temperature", "active_joints", "innate_activity", "il18")
EARLY = TYPICAL.with_values({"duration_logit": -4.3, "duration_spread": 0.3})
LATE = TYPICAL.with_values({"duration_logit": 0.3, "duration_spread": 0.6})
Plant = Callable[[Child], Child]


def as_drawn(one: Child) -> Child:
    return one


def unsettled(one: Child) -> Child:
    """The child if arthritis never settled in a joint (k_on = 0)."""
    never = {"joints.memory_gain": 1e-9}
    return replace(one, values={**one.values, SETTLED: 0.0}, random_effects={**one.random_effects, **never})


@cache
def followed(
    population: PatientPopulation, drug: str, children: int, weeks: int, plant: Plant = as_drawn
) -> Outcome:
    """At 10 and 18 h of a day each week; the natural course of each child goes on as drawn."""
    numbers = range(children)
    drawn = [plant(one) for one in draw(STREAMS, 0, numbers, population)]
    drive = course(STREAMS, 0, numbers, weeks // 2 + ACTIVE_PERIODS + 2, population.values)
    machine = compiled_model("sjia", [drug] if drug != "none" else [])
    events = []
    for one, own in zip(drawn, drive, strict=True):
        doses = treatment_events(one, regimen(drug), weeks * WEEK)
        turns = [DosingEvent((i - 2) * 2 * WEEK, SWITCH, "course", float(x)) for i, x in enumerate(own)]
        events.append(sorted([*doses, *turns]))
    days = np.arange(0, weeks + 1) * WEEK
    times = np.sort(np.concatenate([days + 10.0, days + 18.0]))
    return machine.run(
        subjects_of(drawn).table(machine), times, events=machine.events(events), observables=NAMES,
        start=-4 * WEEK, end=float(times[-1]),
    )  # fmt: skip


def at(run: Outcome, name: str, week: int) -> NDArray[np.float64]:
    """[child] at 10 h; temperature at 18 h."""
    return np.asarray(run[name][:, 2 * week + (name == "temperature")])


def share(of: NDArray[np.bool_]) -> float:
    return 100.0 * float(of.mean())


def well_but_for_joints(population: PatientPopulation, plant: Plant = as_drawn) -> float:
    """Per cent with arthritis, normal CRP and no fever after half a year of IL-1 blockade."""
    run = followed(population, "canakinumab", 150, 26, plant)
    ill = (at(run, "active_joints", 0) >= 2) & (at(run, "innate_activity", 0) > 0.2)
    calm = (at(run, "crp", 26) < 10) & (at(run, "temperature", 26) < 38)
    return share((calm & (at(run, "active_joints", 26) >= 1))[ill])


def test_the_natural_course_has_the_published_shares_though_nothing_draws_them() -> None:
    """42, 7 and 51 % of 45 children after five years (singhgrewal2006)."""
    n, periods = 800, 130
    drawn = draw(STREAMS, 0, range(n))
    gain = joints.k.ledger["articular_gain"].value
    own = Disease(
        np.array([c.severity for c in drawn]),
        gain * np.array([c.random_effects["joints.articular_gain"] for c in drawn]),
        np.array([c.il6_share for c in drawn], dtype=float),
        np.array([innate_loop.k.ledger["memory_floor"].value * c.random_effects[FLOOR] for c in drawn]),
    )
    drive, now, active = course(STREAMS, 0, range(n), periods, TYPICAL.values), onset(n), []
    for k in range(periods):
        now = next_period(now, own, drive[:, k])
        active.append(now.active)
    found = [course_of(a, 13) for a in np.array(active).T]
    assert abs(100 * found.count("monophasic") / n - 42) < 12
    assert 3 < 100 * found.count("polycyclic") / n < 15
    assert abs(100 * found.count("persistent") / n - 51) < 12


def test_arthritis_outlives_fever_and_crp_where_it_had_time_to_settle() -> None:
    """The window of opportunity; expected in 30 to 65 % after years, with the error of forty children."""
    assert 20 < well_but_for_joints(LATE) < 70
    assert well_but_for_joints(EARLY) < 0.6 * well_but_for_joints(LATE)


def test_without_settled_arthritis_nobody_is_well_but_for_the_joints() -> None:
    assert well_but_for_joints(LATE, unsettled) < 0.4 * well_but_for_joints(LATE)


def test_early_il1_blockade_calms_most_children() -> None:
    """Arthritis left in 39, 27 and 11 % at 1, 3 and over 6 months (nigrovic2011), within 25."""
    run = followed(EARLY, "canakinumab", 60, 26)
    ill = at(run, "innate_activity", 0) > 0.3
    for week, left in ((4, 39), (13, 27), (26, 11)):
        assert abs(share(at(run, "active_joints", week)[ill] >= 1) - left) < 25
    assert share(at(run, "temperature", 4)[ill] < 38) > 90
    assert share(at(run, "crp", 4)[ill] < 10) > 65  # published: over 80


def test_a_disease_returns_after_a_year_of_il1_blockade_if_its_drive_needs_no_memory() -> None:
    """Of 75 who stopped 25 stayed well (quartier2021); with one floor for all, nearly everyone would."""
    floor = innate_loop.k.ledger["memory_floor"].value
    activity = {
        own: simulate(
            child(6, "female", random_effects={FLOOR: own / floor}), regimen("anakinra:2mg/kg/1d ..364d"),
            days=7 * 80, every_hours=24.0, observables=("innate_activity",),
        )["innate_activity"][0]
        for own in (0.5 * floor, 0.3)
    }  # fmt: skip
    assert all(x[364] < SYSTEMIC for x in activity.values())
    assert activity[0.5 * floor][-1] < 0.1 and activity[0.3][-1] > 0.6


def test_il6_at_the_clinic_hour_tells_systemic_from_articular_and_inactive_disease() -> None:
    """102, 4.5, 1.5 pg/mL (vilaiyuk2019) within a factor of 1.6; no link with IL-18 (shimizu2013)."""
    run = followed(LATE, "none", 150, 26)
    il6, count, activity, il18 = (
        np.concatenate([at(run, n, w) for w in (8, 14, 20, 26)])
        for n in ("il6", "active_joints", "innate_activity", "il18")
    )
    systemic, calm = activity > 0.4, activity < 0.15
    groups = ((systemic, 102.0), (calm & (count >= 1), 4.5), (calm & (count < 1), 1.5))
    for who, published in groups:
        assert 1 / 1.6 < np.median(il6[who]) / published < 1.6
    assert -0.3 < np.corrcoef(np.log(il6[systemic]), np.log(il18[systemic]))[0, 1] < 0.2


def test_joints_limited_by_ten_untreated_years_stay_so() -> None:
    girl = child(6, "female", duration="1 month")
    names = ("limited_joints", "active_joints", "joint_damage")
    ill = simulate(girl, regimen("none"), days=3652, every_hours=24.0 * 90, observables=names)
    assert (np.diff(ill["joint_damage"][0]) > 0).all()
    machine, end = compiled_model("sjia"), 3652 * 24.0
    events = [DosingEvent(end, SWITCH, "course", 0.0)]
    run = machine.run(
        subjects_of([girl]).table(machine), [end + 3 * 8766.0], events=machine.events([events]),
        observables=names, start=-672.0,
    )  # fmt: skip
    assert run["active_joints"][0, -1] < 0.5
    assert run["limited_joints"][0, -1] > 3


def test_new_disease_has_few_joints_and_long_disease_many() -> None:
    """2 to 4 against 20 active joints; the typical child is the long one."""

    def count(duration: str | None) -> float:
        girl = child(6, "female", duration=duration)
        return float(
            simulate(girl, regimen("none"), days=2, observables=("active_joints",))["active_joints"].mean()
        )

    assert count("6 weeks") < 4 < 15 < count(None)
