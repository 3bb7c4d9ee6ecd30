"""Conserved totals: exact, complete, and true of the rates themselves."""

from __future__ import annotations

from fractions import Fraction
from itertools import product as pairs
from math import lcm

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from quotidian.models import MODELS, model
from quotidian.network import NOTHING, Flux, Model, Module, Species
from quotidian.network.conservation import Total, stoichiometry, totals
from quotidian.network.flux import call, itself
from quotidian.network.names import Arrow, Side

from .conftest import Tiny, entry, make_tiny, parameter

positive = st.fractions(Fraction(1, 1000), 1000)


def names_of(found: tuple[Total, ...]) -> list[str]:
    return [str(total) for total in found]


def test_binding_conserves_either_partner() -> None:
    """A + B <-> AB: the textbook case."""
    a, b, ab = (Species(name, "nM") for name in ("a", "b", "ab"))
    found = totals(network(a + b >> ab))
    assert names_of(found) == ["a + ab", "b + ab"]
    assert found[0].species == ("a", "ab")


def test_stoichiometry_weighs() -> None:
    a, b, c = (Species(name, "nM") for name in "abc")
    assert names_of(totals(network(2 * a + b >> c))) == ["a + 2 c", "b + c"]
    assert names_of(totals(network(2 * a >> 3 * b))) == ["3 a + 2 b"]


def test_a_source_or_a_sink_ends_conservation_but_not_the_moiety() -> None:
    a, b = (Species(name, "nM") for name in "ab")
    opened = network(a >> b, b >> NOTHING)
    assert totals(opened) == ()
    assert names_of(totals(opened, exchange=False)) == ["a + b"]


def test_volumes_weigh_what_is_moved(tiny: Tiny) -> None:
    """3 L of blood beside 9 L of tissue: one nM there is worth three here."""
    found = totals(tiny.model, exchange=False)
    assert names_of(found) == ["a + ab + 3 p", "b + ab"]
    assert names_of(totals(tiny.model)) == ["a + ab + 3 p"]  # b is lost


def network(*arrows: Arrow) -> Model:
    """Arrows with one rate constant each; the rate law is the constant itself."""
    constants = [parameter(entry(f"v{i}", 1.0, "nM/h"), "nM/h") for i in range(len(arrows))]
    fluxes = tuple(Flux(arrow, itself, v) for arrow, v in zip(arrows, constants, strict=True))
    return Model("arrows", "", (Module("m", "M", fluxes=fluxes),))


@st.composite
def weighed(draw: st.DrawFn) -> tuple[list[int], Model]:
    """Species of whole-number masses, and arrows among them that keep the mass."""
    masses = draw(st.lists(st.integers(1, 4), min_size=2, max_size=6))
    species = [Species(f"s{i}", "nM") for i in range(len(masses))]
    changes = [
        tuple(Side({species[n]: lcm(masses[i], masses[j]) // masses[n]}) for n in (i, j))
        for i, j in pairs(range(len(masses)), repeat=2)
        if i < j
    ]  # fmt: skip
    changes += [
        (species[i] + species[j], Side({species[k]: 1}))
        for i, j, k in pairs(range(len(masses)), repeat=3)
        if i <= j and masses[i] + masses[j] == masses[k]
    ]
    changes += [
        (species[i] + species[j], species[k] + species[m])
        for i, j, k, m in pairs(range(len(masses)), repeat=4)
        if i <= j and k <= m and (i, j) < (k, m) and masses[i] + masses[j] == masses[k] + masses[m]
    ]
    chosen = draw(st.lists(st.sampled_from(changes), min_size=1, max_size=6))
    return masses, network(*(Arrow(takes, makes) for takes, makes in chosen))


@given(weighed())
def test_every_total_is_conserved_exactly(case: tuple[list[int], Model]) -> None:
    _, closed = case
    columns = stoichiometry(closed.fluxes, {})
    for total in totals(closed):
        assert all(weight > 0 for _, weight in total.weights)
        for column in columns:
            assert sum(Fraction(weight) * column.get(name, 0) for name, weight in total.weights) == 0


@given(weighed())
def test_the_mass_is_made_of_the_totals(case: tuple[list[int], Model]) -> None:
    """Completeness, by an outside method: a positive combination of totals gives each species its mass."""
    masses, closed = case
    touched = [s.name for s in closed.species]
    found = totals(closed)
    table = np.array([[dict(t.weights).get(name, 0.0) for t in found] for name in touched])
    mass = np.array([float(masses[int(name[1:])]) for name in touched])
    assert nnls(table, mass)[1] == pytest.approx(0, abs=1e-9)


@given(weighed())
def test_no_total_holds_another(case: tuple[list[int], Model]) -> None:
    found = [set(total.species) for total in totals(case[1])]
    assert not any(one < other for one in found for other in found)
    assert len({frozenset(one) for one in found}) == len(found)


@given(st.fixed_dictionaries(dict.fromkeys(("a", "b", "ab", "p", "on", "off", "exchange"), positive)))
def test_totals_of_the_tiny_network_do_not_move(drawn: dict[str, Fraction]) -> None:
    """Whatever the constants and the state, in exact arithmetic."""
    tiny = make_tiny()
    values = {name if name in ("a", "b", "ab", "p") else f"tiny.{name}": x for name, x in drawn.items()}
    values |= {"tiny.loss": Fraction(0), "tiny.mass": Fraction(50)}
    values |= {"tiny.blood": Fraction(3), "tiny.tissue": Fraction(9)}
    rates = tiny.model.evaluate(values, zero=Fraction(0)).rates
    assert rates["ab"] == values["tiny.on"] * values["a"] * values["b"] - values["tiny.off"] * values["ab"]
    for total in totals(tiny.model, exchange=False):
        assert sum(Fraction(weight) * rates[name] for name, weight in total.weights) == 0


# ---- the real thing
EXITS = (
    "il6_homeostasis.k_other",
    "il6_homeostasis.k_receptor",
    "il6_homeostasis.k_sil6r",
    "il6_homeostasis.k_sgp130",
    "il6_homeostasis.k_complex",
    "il6_homeostasis.k_ternary",
    "tocilizumab.k_bound",
)
"""With these at 0 nothing of the plasma network is lost; its productions follow by balance and vanish too."""

PLASMA = {
    "IL-6": {"il6", "il6_sil6r", "il6_sil6r_sgp130"},
    "sIL-6R": {"sil6r", "tocilizumab_sil6r", "il6_sil6r", "il6_sil6r_sgp130"},
    "sgp130": {"sgp130", "il6_sil6r_sgp130"},
}


def drift(total: Total, values: dict[str, float]) -> float:
    """Rate of change of a total of the sJIA model over the size of the fluxes that move it."""
    sjia = model("sjia")
    reading = sjia.evaluate(values)
    everything = values | reading.signals
    moving = [f for f in sjia.fluxes if {s.name for s in f.arrow.net} & {*total.species}]
    size = sum(abs(call(f, everything)) for f in moving)
    return abs(sum(w * reading.rates[name] for name, w in total.weights)) / size


def sjia_values(state: dict[str, float], **changed: float) -> dict[str, float]:
    sjia = model("sjia")
    inputs = {name: port.resting for name, port in sjia.inputs.items()}
    return {**sjia.constants, **inputs, "time": 5.0, **state, **changed}


TRANSCRIPT = [f"gp130_signal_detailed.stage_{i}" for i in range(1, 7)]
"""It is handed on from stage to stage."""

states = st.fixed_dictionaries(
    {
        s.name: st.floats(0.01, 1.0).map(lambda share, top=s.usual[1]: share * top)
        for s in model("sjia").species
    }
)


def test_the_moieties_of_the_mouse_are_those_of_its_antibody() -> None:
    found = {frozenset(total.species) for total in totals(model("transgenic_mouse"), exchange=False)}
    assert found == {
        frozenset(PLASMA["IL-6"]),
        frozenset(PLASMA["sIL-6R"] - {"tocilizumab_sil6r"} | {"anti_mouse_il6r_sil6r"}),
        frozenset(PLASMA["sgp130"]),
        frozenset({"anti_mouse_il6r", "anti_mouse_il6r_sil6r"}),
        frozenset({"mil6r", "anti_mouse_il6r_mil6r"}),
    }


@pytest.mark.parametrize("name", [name for name in MODELS if name != "transgenic_mouse"])
def test_the_moieties_of_the_models_are_those_of_the_biology(name: str) -> None:
    found = {frozenset(total.species) for total in totals(model(name), exchange=False)}
    assert found == {
        *map(frozenset, PLASMA.values()),
        frozenset({"tocilizumab", "tocilizumab_peripheral", "tocilizumab_sil6r"}),
        frozenset({"mil6r", "tocilizumab_mil6r"}),
        frozenset(f"red_cells.age_{i}" for i in range(1, 5)),
        frozenset(f"blood_cells.age_{i}" for i in range(1, 5)),
        *([frozenset(TRANSCRIPT)] if name == "sjia_detailed" else []),
    }
    assert totals(model(name)) == ()  # everything enters and leaves


@given(states)
def test_binding_in_plasma_neither_makes_nor_loses_anything(state: dict[str, float]) -> None:
    closed = sjia_values(state, **dict.fromkeys(EXITS, 0.0))
    plasma = [t for t in totals(model("sjia"), exchange=False) if set(t.species) in PLASMA.values()]
    assert len(plasma) == 3
    for total in plasma:
        assert drift(total, closed) < 1e-12


@given(states)
def test_the_drug_only_moves_and_binds(state: dict[str, float]) -> None:
    """Without clearance, dose and loss of bound receptor, both compartments and the complex hold the drug."""
    still = {
        "tocilizumab.CL": 0.0,
        "tocilizumab.V_m": 0.0,
        "tocilizumab.k_bound": 0.0,
        "tocilizumab.k_a": 0.0,
    }
    (drug,) = (t for t in totals(model("sjia"), exchange=False) if "tocilizumab" in t.species)
    assert drift(drug, sjia_values(state, **still)) < 1e-12


@pytest.mark.parametrize("exit_", EXITS)
def test_an_open_exit_is_noticed(exit_: str) -> None:
    """The check above can fail: with one exit open some total moves."""
    state = {s.name: 0.3 * s.usual[1] for s in model("sjia").species}
    leaking = sjia_values(state, **{name: 0.0 for name in EXITS if name != exit_})
    plasma = [t for t in totals(model("sjia"), exchange=False) if set(t.species) in PLASMA.values()]
    assert max(drift(total, leaking) for total in plasma) > 1e-9
