"""Disposition of every drug against the exact solution of its linear compartments, all in one machine."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import expm

from quotidian.drugs.catalogue import PORTS
from quotidian.engine import ADD, SWITCH, CompiledModel, Outcome, Tolerance
from quotidian.models import DRUGS
from quotidian.simulation import compiled_model

Floats = NDArray[np.float64]
MG, INFUSED_H, WEIGHT = 50.0, 2.0, 31.0
HOURS = np.array([0.5, 2.0, 3.0, 8.0, 24.0, 72.0, 240.0, 672.0])
BUILT = tuple(d.name for d in DRUGS.values() if {"V_c", "CL"} <= set(d.module.ledger or {}))
"""Drugs of the shared builder; steroids have builders of their own."""
ROUTES = sorted({(p.drug, p.route) for p in PORTS if p.drug in BUILT})


def machine() -> CompiledModel:
    return compiled_model("healthy_child", DRUGS)


def unbound() -> dict[str, float]:
    """Binding and saturable paths switched off: what is left is linear, and has a closed form."""
    names = machine().ode_system.parameters
    off = ("k_on", "k_on_membrane", "k_on_receptor", "V_m")
    return {n: 0.0 for n in names if n.split(".")[0] in DRUGS and n.split(".")[1] in off}


@cache
def run(wrong: str = "") -> Outcome:
    """One child for each drug and route, given that alone."""
    m = machine()
    table = m.parameters(len(ROUTES), {"body_weight": WEIGHT, **unbound()})
    if wrong:
        table[:, m.ode_system.parameters.index(wrong)] *= 1.02
    events = []
    for drug, route in ROUTES:
        if route == "infusion":
            port = f"{drug}_infusion"
            events.append([(0.0, SWITCH, port, MG / INFUSED_H), (INFUSED_H, SWITCH, port, 0.0)])
        else:
            events.append([(0.0, ADD, f"{drug}_depot", MG)])
    return m.run(
        table, HOURS, events=m.events(events), observables=BUILT, start=0.0,
        tolerance=Tolerance(rtol=1e-9, atol=1e-12),
    )  # fmt: skip


def exact(drug: str, route: str) -> Floats:
    """Amounts in depot, centre and periphery by the matrix exponential; concentration in ug/mL."""
    c = machine().model.constants

    def at(name: str, power: str) -> float:
        key = f"{drug}.{name}"
        size = (WEIGHT / c[f"{drug}.reference_weight"]) ** c[f"{drug}.{power}"]
        return c[key] * size if key in c else 0.0

    V, Vp = at("V_c", "volume_exponent"), at("V_p", "volume_exponent") or 1.0
    CL, Q = at("CL", "clearance_exponent"), at("Q", "clearance_exponent")
    k_a, F = c.get(f"{drug}.k_a", 0.0), c.get(f"{drug}.bioavailability", 1.0)
    A = np.array([[-k_a, 0, 0], [F * k_a, -(CL + Q) / V, Q / Vp], [0, Q / V, -Q / Vp]])
    if route != "infusion":
        return np.array([(expm(A * t) @ [MG, 0, 0])[1] / V for t in HOURS])
    wide = np.zeros((4, 4))
    wide[:3, :3], wide[1, 3] = A, 1.0
    found = []
    for t in HOURS:
        during = expm(wide * min(t, INFUSED_H)) @ [0, 0, 0, MG / INFUSED_H]
        found.append((expm(A * max(t - INFUSED_H, 0.0)) @ during[:3])[1] / V)
    return np.array(found)


@pytest.mark.parametrize(("drug", "route"), ROUTES)
def test_disposition_is_that_of_its_compartments(drug: str, route: str) -> None:
    got = run()[drug][ROUTES.index((drug, route))]
    wanted = exact(drug, route)
    visible = wanted > 1e-9 * wanted.max()
    assert visible.sum() >= 3
    assert got[visible] == pytest.approx(wanted[visible], rel=1e-6, abs=1e-9 * wanted.max())


@pytest.mark.parametrize(
    "wrong", ["canakinumab.CL", "siltuximab.Q", "olokizumab.bioavailability", "anakinra.k_a"]
)
def test_two_per_cent_in_one_constant_would_be_seen(wrong: str) -> None:
    drug = wrong.split(".")[0]
    place = max(i for i, (name, _) in enumerate(ROUTES) if name == drug)  # under the skin, if it can be
    assert run(wrong)[drug][place] != pytest.approx(exact(*ROUTES[place]), rel=1e-3)


def test_no_drug_appears_in_a_child_that_is_not_given_it() -> None:
    for i, (drug, _) in enumerate(ROUTES):
        others = [run()[name][i] for name in BUILT if name != drug]
        assert np.all(np.array(others) == 0.0), drug


def test_saturable_clearance_by_itself_follows_lambert() -> None:
    """Michaelis-Menten alone from a full compartment: K_m ln(D_0/D) + D_0 - D = V_m t / V."""
    m = machine()
    c = m.model.constants
    off = {f"sarilumab.{n}": 0.0 for n in ("CL", "Q", "k_on", "k_on_membrane")}
    weight = c["sarilumab.reference_weight"]
    states = m.begin(m.parameters(1, {"body_weight": weight, **off}))[1]
    D_0 = 40.0
    m.state(states, "sarilumab")[0] = D_0
    out = m.run(
        m.parameters(1, {"body_weight": weight, **off}), HOURS, observables=["sarilumab"], start=0.0,
        states=states, tolerance=Tolerance(rtol=1e-9, atol=1e-12),
    )  # fmt: skip
    D = out["sarilumab"][0] / c["sarilumab.molar_mass"]
    left = [c["sarilumab.K_m"] * math.log(D_0 / d) + D_0 - d for d in D[:6]]
    assert left == pytest.approx(c["sarilumab.V_m"] / c["sarilumab.V_c"] * HOURS[:6], rel=1e-5)
