"""Safety limits carried out at visits: a child whose neutrophils fall is held, and taken up again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quotidian.drugs.catalogue import REGIMENS
from quotidian.patients.child import child
from quotidian.patients.rules import Hold, Reduce, Restart, Stop, Visit
from quotidian.patients.safety import safety_rules
from quotidian.patients.visits import follow

GIRL = child(6, "female", 20.0)


def visit(state: str, **readings: float) -> Visit:
    well = {"neutrophils": 4.0, "platelets": 300.0, "alt": 20.0} | readings
    observed = {name: np.array([value]) for name, value in well.items()}
    return Visit(0, 0.0, (GIRL,), observed, {}, np.zeros(1), (state,), np.ones(1))  # type: ignore[arg-type]


def test_limits_become_actions() -> None:
    (rule,) = safety_rules({"tocilizumab", "canakinumab"})
    assert rule.reads == ("neutrophils", "platelets", "alt")
    assert rule.decide(visit("given")) == [None]
    assert rule.decide(visit("given", neutrophils=0.9)) == [Hold()]
    assert rule.decide(visit("held", neutrophils=0.9)) == [None]
    assert rule.decide(visit("held")) == [Restart()]
    assert rule.decide(visit("held", alt=300.0)) == [Stop()]
    assert rule.decide(visit("stopped", alt=300.0)) == [None]
    (mtx,) = safety_rules({"methotrexate"})
    assert mtx.decide(visit("given", alt=90.0)) == [Reduce(0.5)]


def test_a_child_with_few_neutrophils_is_held_and_taken_up_again() -> None:
    few = replace(GIRL, traits={"blood_cells.neutrophil_floor": 0.15})
    rules = safety_rules({"tocilizumab"})
    run = follow(
        [GIRL, few], REGIMENS["tocilizumab-iv"], rules, visits=[14.0 * k for k in range(1, 9)], days=120,
        observables=("tocilizumab", "neutrophils"),
    )  # fmt: skip
    acts = {i: [type(d.action) for d in run.decisions if d.child == i] for i in (0, 1)}
    assert acts[0] == []
    assert acts[1][:2] == [Hold, Restart]
    assert run["tocilizumab"][1].min() < 0.2 * run["tocilizumab"][0][-50:].min()
