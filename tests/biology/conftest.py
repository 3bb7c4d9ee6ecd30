"""Models with switches in place of drugs: what a block does, without anybody's pharmacokinetics."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.engine import SWITCH, CompiledModel, Outcome
from quotidian.models import DRUGS
from quotidian.models.assembly import MODULES
from quotidian.network import AssignmentRule, Input, Model, Module, Part, Sum, sum_module
from quotidian.network.flux import itself
from quotidian.patients.child import child
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.vocabulary import glucocorticoid_dose, ifn_block, il1_block


def switch(of: Sum) -> Module:
    """A module that adds whatever its input is set to."""
    lever = Input(f"switch.{of.name}", of.unit, f"switch of {of.meaning}", of.symbol + "^s")
    part = Part(f"switch.{of.name}_part", of.unit, of.meaning, of.symbol, of)
    return Module(f"switch_{of.name}", "Switch", definitions=(AssignmentRule(part, itself, lever),))


@cache
def machine() -> CompiledModel:
    """Active systemic disease with tocilizumab and three switches."""
    modules = (
        DRUGS["tocilizumab"].module, *MODULES,
        *(switch(s) for s in (il1_block, ifn_block, glucocorticoid_dose)),
    )  # fmt: skip
    return CompiledModel(Model("sjia", "With switches", (*modules, sum_module(modules))))


class Ward:
    """Typical children who differ in IL-18 production, and in what is done to them.

    Their innate cells do not forget: the disease stays as strong as it is.
    """

    machine = staticmethod(machine)

    @staticmethod
    def follow(
        proneness: float | list[float],
        days: float,
        changes: list[tuple[float, str, float]] | None = None,
        drug: str = "none",
        drug_day: int = 0,
        **overrides: float,
    ) -> Outcome:
        """Daily at 18:00 from day 0; ``changes`` are (day, input, value) for all of them."""
        m = machine()
        factors = np.atleast_1d(np.asarray(proneness, dtype=float))
        who = child(age=6, sex="female", weight=20)
        table = subjects_of([who] * len(factors)).table(m)
        m.parameter(table, "macrophage_activation.il18_proneness")[:] *= factors
        m.parameter(table, "innate_loop.memory_floor")[:] = 1.0
        for name, value in overrides.items():
            m.parameter(table, name.replace("__", "."))[:] = value
        end = days * 24.0
        doses = treatment_events(who, regimen(drug), end, first_h=24.0 * drug_day + 9.0)
        moves = [(24.0 * d, SWITCH, i, x) for d, i, x in changes or []]
        times = np.arange(18.0, end, 24.0)
        return m.run(table, times, events=m.events([doses + moves] * len(factors)), start=-28 * 24.0, end=end)


@pytest.fixture(scope="session")
def ward() -> type[Ward]:
    return Ward
