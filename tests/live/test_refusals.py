"""The page refuses what the command line refuses, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.errors import InvalidInput
from quotidian.patients.child import child
from quotidian.patients.guards import check_window, refuse_untreated
from quotidian.simulation import planned_doses

GIRL = {"age": 6, "sex": "female", "weight": 20}
IV = "tocilizumab-iv"
REGIMENS = (
    "", IV + " +", f"{IV}:8mg/kg",
    f"{IV}:8mq/kg/2wk", f"{IV}:8mg/kg/2mo", f"{IV}:0mg/kg/2wk", f"{IV}:-8mg/kg/2wk",
    f"{IV}:200mg/kg/2wk", f"{IV}:0.5ug/kg/2h x0",
    f"{IV}:8mg/kg/30s", f"{IV}:8mg/kg/0.1h", f"{IV}:8mg/kg/100wk",
    f"{IV} x0", f"{IV} x6 x7", f"{IV} x3 missing=4", f"{IV} missing=0", f"{IV} missing=a", f"{IV} @7",
    f"{IV} @-1d", f"{IV} ..0h", f"{IV} often", f"{IV}:8mg/kg/2wk,taper=20%", f"{IV},taper=200%/2wk",
    f"{IV},taper=20/2wk", f"{IV},taper=20%/1h",
    f"{IV},taper=20%/2wk,floor=10mg", f"{IV},taper=20%/2wk,floor=x",
    f"{IV},taper=20%/2wk,cap=3mg", "none:3mg/1d", f"{IV}:8mg/kg/once x2", f"{IV} @90d", f"{IV} 8mg/kg",
    "prednisolone:5mg/kg/6h", "prednisolone:100mg/kg/1h", f"{IV}:80mg/kg/2wk", f"{IV}:12mg/kg/1h",
    f"{IV}:12mg/kg/1d", f"{IV}:30mg/kg/2wk + {IV}:30.1mg/kg/2wk",
)  # fmt: skip
CHILDREN = (
    {"age": 1.9, "sex": "female"},
    {"age": 18, "sex": "female"},
    {"age": 6, "sex": "other"},
    {"age": 6, "sex": "female", "weight": -1},
    {"age": 6, "sex": "female", "weight": 120},
    {"age": 6.5, "sex": "male", "height": 60},
    {**GIRL, "severity": 0},
    {**GIRL, "severity": 51},
)
WINDOWS = ((0, 1, 0), (84, 0, 0), (84, 1, -29), (84, 1, 85))


def refusal(action: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(InvalidInput) as caught:
        action()
    return caught.value.what, caught.value.why, caught.value.remedy


def said(opened: Any, asked: dict[str, Any]) -> tuple[str, str, str] | None:
    code = """asked => { try { quotidian.model.course(asked); return null }
      catch (e) { return e.what === undefined ? [String(e), "", ""] : [e.what, e.why, e.remedy] } }"""
    found = opened.evaluate(code, asked)
    return None if found is None else tuple(found)


@pytest.mark.parametrize("text", REGIMENS)
def test_a_regimen(opened: Any, text: str) -> None:
    def planned() -> None:
        plan = regimen(text)
        refuse_untreated([plan], 84.0)
        planned_doses(child(6, "female", 20).person, plan, 84 * 24.0)

    assert said(opened, {"child": GIRL, "regimens": [text], "days": 84}) == refusal(planned)


@pytest.mark.parametrize("who", CHILDREN, ids=str)
def test_a_child(opened: Any, who: dict[str, Any]) -> None:
    mine = refusal(
        lambda: child(
            who["age"], who["sex"], who.get("weight"), who.get("height"), severity=who.get("severity", 1.0)
        )
    )
    assert said(opened, {"child": who, "regimens": ["none"], "days": 7}) == mine


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_window(opened: Any, window: tuple[float, float, float]) -> None:
    days, every, first = window
    asked = {"child": GIRL, "regimens": ["none"], "days": days, "everyHours": every, "fromDay": first}
    assert said(opened, asked) == refusal(lambda: check_window(days, every, first))


def test_names_that_the_page_lacks(opened: Any) -> None:
    found = said(opened, {"child": GIRL, "regimens": ["anakinra"], "days": 7})
    assert found is not None and found[0] == "there is no regimen 'anakinra'." and IV in found[1]
    found = said(opened, {"child": GIRL, "regimens": ["none"], "days": 7, "observables": ["CRP"]})
    assert found is not None and found[0] == "sjia has no observable 'CRP'."
