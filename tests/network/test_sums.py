"""Sums that modules add to: nothing, one part, several; and what is added to nothing."""

from __future__ import annotations

import pytest

from quotidian.errors import AuditError
from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Flux,
    InitialCondition,
    Model,
    Module,
    Part,
    Species,
    Sum,
    sum_module,
)
from quotidian.network.audit import structure
from quotidian.network.flux import itself
from quotidian.network.typeset import equations

x = Species("x", "1", "a quantity", "x", (0, 10))
push = Sum("push", "1/h", "what moves it", "P")


def zero() -> float:
    """Starts at 0"""
    return 0.0


def one() -> float:
    """Starts at 1"""
    return 1.0


body = Module(
    "body", "Body",
    fluxes=(Flux(NOTHING >> x, itself, push),),
    starts=(InitialCondition(x, zero),),
)  # fmt: skip


def giver(number: int, of: Sum = push) -> Module:
    """A module that adds its own species to a sum."""
    y = Species(f"y{number}", "1/h", "a source", f"y_{number}", (0, 10))
    return Module(
        f"giver{number}", "Giver",
        definitions=(AssignmentRule(Part(f"giver{number}.push", "1/h", "its part", "P", of), itself, y),),
        fluxes=(Flux(y >> NOTHING, itself, y),),
        starts=(InitialCondition(y, one),),
    )  # fmt: skip


def model(*givers: Module) -> Model:
    modules = (body, *givers)
    return Model("m", "M", (*modules, sum_module(modules)))


@pytest.mark.parametrize(("count", "rate"), [(0, 0.0), (1, 2.0), (2, 5.0), (3, 9.0)])
def test_a_sum_adds_up_whatever_is_there(count: int, rate: float) -> None:
    m = structure(model(*(giver(i) for i in range(count))))
    values = {"time": 0.0, "x": 0.0} | {f"y{i}": 2.0 + i for i in range(count)}
    assert m.evaluate(values).rates["x"] == rate


def test_a_part_of_a_sum_that_nobody_reads_is_refused() -> None:
    with pytest.raises(AuditError, match=r"giver1\.push"):
        structure(model(giver(1, Sum("pull", "1/h"))))


def test_the_page_of_equations_prints_the_sum() -> None:
    assert r"P = P' + P''" in equations(model(giver(1), giver(2)))
