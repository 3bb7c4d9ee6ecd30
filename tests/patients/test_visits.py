"""Children followed from visit to visit: seams, rules that act, company, and a child that is lost."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.drugs.catalogue import REGIMENS
from quotidian.engine import ADD
from quotidian.errors import InvalidInput
from quotidian.patients.child import child
from quotidian.patients.rules import Action, ChangeTo, Hold, Reduce, Rule, Stop, Visit, where
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.patients.visits import VISIT_HOUR, Followed, follow
from quotidian.simulation import compiled_model, settled_states

A = "tocilizumab"
IV = REGIMENS["tocilizumab-iv"]
GIRLS = [child(age=6, sex="female", weight=20, severity=s) for s in (0.6, 1.0, 1.8)]
VISITS = [14.0, 28.0]


def never(visit: Visit) -> list[Action | None]:
    """Reads, and leaves everything as it is."""
    return where(visit.observed["crp"] > 1e9, Stop())


def feverish(visit: Visit) -> list[Action | None]:
    """Holds one dose where the last fortnight's CRP was ever above 20."""
    return where(visit.chart["crp"].max(axis=1) > 20, Hold(1))


def followed(rule: Rule, children: list[object] = GIRLS, **options: object) -> Followed:  # type: ignore[assignment]
    return follow(children, IV, [rule], visits=VISITS, days=42, **options)  # type: ignore[arg-type]


def starts(found: Followed) -> list[list[float]]:
    """Days of the doses given."""
    return [[(d.time_h - 9) / 24 for d in p.given] for p in found.prescriptions]


def test_where_no_rule_acts_it_is_one_run_with_a_fresh_step_at_each_visit() -> None:
    found = followed(Rule("never", A, ("crp",), never))
    machine = compiled_model("sjia")
    seams = [(day * 24 + VISIT_HOUR, ADD, "il6", 0.0) for day in VISITS]
    events = machine.events([treatment_events(girl, IV, 42 * 24.0) + seams for girl in GIRLS])
    table = subjects_of(GIRLS).table(machine)
    whole = machine.run(
        table, found.times, events=events, observables=("crp",), start=-28 * 24.0, end=42 * 24.0
    )
    np.testing.assert_array_equal(found["crp"], whole["crp"])
    assert found.decisions == ()
    assert starts(found) == [[0, 14, 28]] * 3


def test_a_rule_reads_the_chart_and_acts_on_the_next_dose_only() -> None:
    found = followed(Rule("fever", A, ("crp",), feverish))
    crp = found["crp"]
    before = [
        (found.times > 0) & (found.times <= 14 * 24 + 8),
        (found.times > 14 * 24 + 8) & (found.times <= 28 * 24 + 8),
    ]
    held = [[bool(crp[i, stage].max() > 20) for stage in before] for i in range(3)]
    held = [
        [bool(crp[i, found.times <= 14 * 24 + 8].max() > 20), second] for i, (_, second) in enumerate(held)
    ]
    assert [any(h) for h in held] != [False] * 3
    expected = [[0.0] + [day for day, h in zip((14.0, 28.0), own, strict=True) if not h] for own in held]
    assert starts(found) == expected
    assert {(d.child, d.visit) for d in found.decisions} == {
        (i, v) for i, own in enumerate(held) for v, h in enumerate(own) if h
    }


def test_rules_of_one_visit_act_in_turn_and_see_what_the_one_before_has_left() -> None:
    seen: list[tuple[object, float]] = []

    def reduce(visit: Visit) -> list[Action | None]:
        return [Reduce(0.5)] * len(visit.children)

    def look(visit: Visit) -> list[Action | None]:
        seen.append((visit.state, float(visit.share[0])))
        return [Stop() if visit.number == 1 else None]

    rules = [Rule("halve", A, (), reduce), Rule("look", A, ("crp",), look)]
    found = follow(GIRLS[:1], IV, rules, visits=VISITS, days=42)
    assert seen == [(("given",), 0.5), (("given",), 0.5)]
    assert [d.amount_mg for d in found.prescriptions[0].given] == [240.0, 120.0]
    assert [d.time_h for d in found.prescriptions[0].left_out] == [28 * 24 + 9.0]
    assert [(d.rule, d.visit) for d in found.decisions] == [("halve", 0), ("look", 1)]


def test_an_escape_to_another_regimen() -> None:
    rescue = REGIMENS["tocilizumab-sc"]

    def escape(visit: Visit) -> list[Action | None]:
        return [ChangeTo(rescue, after_h=1.0) if visit.number == 0 else None for _ in visit.children]

    found = follow(GIRLS[1:2], REGIMENS["none"], [Rule("escape", A, (), escape)], visits=[14], days=30,
                   observables=("tocilizumab", "crp"))  # fmt: skip
    assert [(d.time_h - 9) / 24 for d in found.prescriptions[0].given] == [14, 28]
    drug = found["tocilizumab"][0]
    assert np.all(drug[found.times <= 14 * 24 + 9] == 0)
    assert drug[-1] > 10


def test_a_child_is_the_same_alone_and_in_company() -> None:
    rule = Rule("fever", A, ("crp", "il6"), feverish)
    together, alone = followed(rule), followed(rule, [GIRLS[2]], threads=2)
    np.testing.assert_array_equal(alone.values[0], together.values[2])
    assert alone.prescriptions[0] == together.prescriptions[2]


def test_a_lost_child_is_named_and_changes_nobody() -> None:
    lost = child(age=6, sex="female", weight=20, traits={"tocilizumab.V_c": 1e-30})
    rule = Rule("fever", A, ("crp",), feverish)
    with_lost = followed(rule, [GIRLS[0], lost, GIRLS[2]])
    (failure,) = with_lost.failures
    assert failure.subject == 1
    assert np.isnan(with_lost.values[1, -1]).all()
    np.testing.assert_array_equal(with_lost.values[[0, 2]], followed(rule, [GIRLS[0], GIRLS[2]]).values)
    assert {d.child for d in with_lost.decisions} <= {0, 2}


def test_it_may_begin_where_untreated_disease_has_settled() -> None:
    found = followed(Rule("never", A, ("crp",), never), start="periodic")
    machine = compiled_model("sjia")
    states = settled_states(machine, subjects_of(GIRLS).table(machine), 0.0)
    first = machine.run(subjects_of(GIRLS).table(machine), [0.0], observables=("crp",), states=states)
    np.testing.assert_array_equal(found["crp"][:, 0], first["crp"][:, 0])


def test_visits_out_of_order_are_refused() -> None:
    for visits in ([28.0, 14.0], [14.0, 14.0], [60.0]):
        with pytest.raises(InvalidInput, match="cannot be kept in 42 days"):
            follow(GIRLS, IV, [], visits=visits, days=42)


def test_children_on_other_drugs_change_nobody() -> None:
    """Each child's model holds its own drugs; an observable of a drug that it does not hold reads 0."""
    rule = Rule("fever", A, ("crp", "anakinra"), feverish)
    both = follow(GIRLS[:2], [REGIMENS["anakinra"], IV], [rule], visits=VISITS, days=30)
    alone = follow(GIRLS[1:2], IV, [rule], visits=VISITS, days=30)
    np.testing.assert_array_equal(both.values[1], alone.values[0])
    assert both["anakinra"][0].max() > 0
    assert both["anakinra"][1].max() == 0
