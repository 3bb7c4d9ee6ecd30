"""What a browser computes is what the native engine computes in portable arithmetic, to the last bit."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from quotidian.dosing import Administration
from quotidian.drugs.catalogue import regimen
from quotidian.engine import arithmetic
from quotidian.live.bundle import Bundle
from quotidian.patients.child import child
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import dosing_events, planned_doses

CHILDREN = [
    {"age": 6, "sex": "female", "weight": 20},
    {"age": 2.25, "sex": "male"},
    {"age": 17.75, "sex": "female", "weight": 88.5, "severity": 2.4},
    {"age": 11, "sex": "male", "height": 133.0, "severity": 0.35},
]
REGIMENS = (
    "tocilizumab-iv",
    "tocilizumab-sc",
    "tocilizumab-iv:8mg/kg/2wk x4 missing=2 @3d",
    "tocilizumab-sc:162mg/7d ..35d + prednisolone:0.6mg/kg/1d,taper=20%/2wk,floor=0.1mg/kg",
    "tocilizumab-iv:300mg/10d + prednisolone:20mg/m2/12h,taper=25%/1wk",
    "tocilizumab-iv:8mg/kg/1h x3 + tocilizumab-sc:0.1g/1.5d missing=1,4 + prednisolone",
)


def digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def native(bundle: Bundle, found: dict[str, Any], days: float) -> np.ndarray:
    """The same courses [regimen, observable, time], from the parameters and doses that the page used."""
    given = [
        [Administration(d["time"], d["drug"], d["route"], d["amount"], d["duration"]) for d in own]
        for own in found["doses"]
    ]
    events = bundle.model.events([dosing_events(own) for own in given])
    table = np.tile(found["parameters"], (len(given), 1))
    with arithmetic(portable=True):
        done = bundle.model.run(table, found["times"], events=events, start=-672.0, end=24.0 * days)
    return done.values.transpose(0, 2, 1)


@pytest.mark.parametrize("who", CHILDREN, ids=lambda who: f"{who['age']}-{who['sex']}")
def test_every_number_has_the_bits_of_the_native_engine(course: Any, bundle: Bundle, who: Any) -> None:
    found = course({"child": who, "regimens": ["none", *REGIMENS], "days": 28, "fromDay": -7})
    assert digest(found["values"]) == digest(native(bundle, found, 28.0))
    assert found["values"].shape == (1 + len(REGIMENS), 16, 841)


def test_another_arithmetic_gives_other_bits(course: Any, bundle: Bundle) -> None:
    found = course({"child": CHILDREN[0], "regimens": [REGIMENS[0]], "days": 14})
    given = planned_doses(child(6, "female", 20).person, regimen(REGIMENS[0]), 336.0)
    fused = bundle.model.run(
        found["parameters"][None], found["times"], start=-672.0, end=336.0,
        events=bundle.model.events([dosing_events(given)]),
    )  # fmt: skip
    assert digest(found["values"][0].T) != digest(fused.values[0])
    np.testing.assert_allclose(found["values"][0].T, fused.values[0], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("who", CHILDREN, ids=lambda who: f"{who['age']}-{who['sex']}")
def test_a_child_is_the_child_of_the_command_line(course: Any, bundle: Bundle, who: Any) -> None:
    severity = who.get("severity", 1.0)
    known = child(who["age"], who["sex"], who.get("weight"), who.get("height"), severity=severity)
    table = subjects_of([known]).table(bundle.model)[0]
    found = course({"child": who, "regimens": ["none", *REGIMENS], "days": 84})
    np.testing.assert_allclose(found["parameters"], table, rtol=4e-15, atol=1e-14)
    for text, own, said in zip(("none", *REGIMENS), found["doses"], found["described"], strict=True):
        plan = regimen(text)
        given = planned_doses(known.person, plan, 84 * 24.0)
        assert [(d["time"], d["drug"], d["route"], d["duration"]) for d in own] == [
            (d.time_h, d.drug, d.route, d.duration_h) for d in given
        ]
        np.testing.assert_allclose([d["amount"] for d in own], [d.amount_mg for d in given], rtol=1e-15)
        from quotidian.dosing import describe

        assert said == describe(plan)


def test_the_whole_way_agrees_with_the_native_engine(course: Any, bundle: Bundle) -> None:
    plans = tuple(regimen(text) for text in ("none", "tocilizumab-iv"))
    found = course({"child": CHILDREN[0], "regimens": ["none", "tocilizumab-iv"], "days": 84, "fromDay": -7})
    whole = bundle.course(child(6, "female", 20), plans, 84.0)
    np.testing.assert_array_equal(found["times"], whole["times"])
    np.testing.assert_allclose(found["values"].transpose(0, 2, 1), whole["values"], rtol=1e-9, atol=1e-12)
