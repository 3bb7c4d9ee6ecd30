"""Loose ends: each kind is planted once, and the refusal says what is loose and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from quotidian.errors import AuditError
from quotidian.evidence import Ledger
from quotidian.models import MODELS, assembly, model
from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Compartment,
    Covariate,
    Flux,
    InitialCondition,
    Input,
    Model,
    Module,
    Observable,
    Parameter,
    Signal,
    Species,
    Transfer,
)
from quotidian.network.audit import structure
from quotidian.network.flux import itself

from .conftest import ENTRIES, Tiny, entry, moved, nothing, parameter, product, refused_by

refusal = partial(refused_by, structure)


def test_a_sound_network_comes_back_as_it_is(tiny: Tiny) -> None:
    sound = tiny.model
    assert structure(sound) is sound


@pytest.mark.parametrize("name", MODELS)
def test_the_models_have_no_loose_ends(name: str) -> None:
    structure(model(name))


def test_a_model_is_checked_when_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "MODULES", assembly.MODULES[1:])
    with pytest.raises(AuditError, match="sjia: "):
        assembly._model.__wrapped__("sjia", ())


def test_the_check_needs_neither_units_nor_algebra(root: Path) -> None:
    """Building a model stays quick: pint and SymPy are slow to import."""
    code = "import sys; from quotidian.models import model; model('sjia'); "
    code += "print({'pint', 'sympy'} & {*sys.modules})"
    env = os.environ | {"PYTHONPATH": str(root / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.stdout == "set()\n", done.stderr


# ---- species and starts
def test_a_species_that_nothing_moves(tiny: Tiny) -> None:
    still = Species("still", "nM", "stands still")
    assert refusal(tiny.plus(observables=(Observable("still", "nM", "still", itself, still),))) == (
        "tiny: no flux produces or consumes 'still'.\n"
        "  A species changes by fluxes; this one is only read or given an initial value.\n"
        "  Add its fluxes, or make it a covariate or a parameter."
    )
    assert "no flux produces or consumes 'still'" in refusal(
        tiny.plus(starts=(InitialCondition(still, nothing),))
    )


def test_a_catalyst_alone_is_not_moved(tiny: Tiny) -> None:
    enzyme = Species("enzyme", "nM", "works on others")
    catalysed = Flux(tiny.b + enzyme >> tiny.ab + enzyme, product, enzyme, tiny.loss)
    assert "no flux produces or consumes 'enzyme'" in refusal(tiny.plus(fluxes=(catalysed,)))


def test_a_species_without_start(tiny: Tiny) -> None:
    message = refusal(tiny.with_(starts=tiny.module.starts[1:]))
    assert message.startswith("tiny: 'a' has no initial value.")
    assert "Add InitialCondition(species, law, ...) to the module that owns it." in message


def test_a_start_that_depends_on_what_moves(tiny: Tiny) -> None:
    starts = (InitialCondition(tiny.a, itself, tiny.b), *tiny.module.starts[1:])
    message = refusal(tiny.with_(starts=starts))
    assert message.startswith(
        "tiny: the initial condition of 'a' by 'itself' depends on 'b', which changes in time."
    )
    port = Input("port", "nM", "from outside")
    starts = (InitialCondition(tiny.a, itself, port), *tiny.module.starts[1:])
    assert "depends on 'port', which changes in time" in refusal(tiny.with_(starts=starts))


def test_a_start_may_follow_from_signals_of_constants(tiny: Tiny) -> None:
    fixed = Signal("fixed", "nM", "from constants")
    base = parameter(entry("base", 3.0, "nM"), "nM")
    sound = tiny.with_(
        ledger=Ledger("tiny", {**ENTRIES, "base": base.entry}),
        definitions=(*tiny.module.definitions, AssignmentRule(fixed, itself, base)),
        starts=(InitialCondition(tiny.a, itself, fixed), *tiny.module.starts[1:]),
    )
    structure(sound)
    assert sound.typical["fixed"] == 3.0
    assert "amount" not in sound.typical


# ---- signals
def test_a_signal_that_nobody_defines(tiny: Tiny) -> None:
    ghost = Signal("ghost", "nM", "is nowhere")
    assert refusal(tiny.plus(observables=(Observable("ghost", "nM", "ghost", itself, ghost),))) == (
        "tiny: tiny reads 'ghost', which no module defines.\n"
        "  Defined are amount.\n"
        "  Add the module that defines it, or correct the name."
    )


def test_signals_that_define_one_another(tiny: Tiny) -> None:
    x, y, z = (Signal(name, "nM", name) for name in "xyz")
    circle = (AssignmentRule(x, itself, y), AssignmentRule(y, itself, x), AssignmentRule(z, itself, x))
    read = Observable("z", "nM", "z", itself, z)
    assert refusal(tiny.plus(definitions=circle, observables=(read,))) == (
        "tiny: signals have a circular definition.\n"
        "  x reads y reads x.\n"
        "  Make one of them a species, which has a state, or change one of the definitions."
    )


def test_the_order_of_definitions_needs_every_signal() -> None:
    x, y = Signal("x", "1"), Signal("y", "1")
    lonely = Model("lonely", "", (Module("m", "M", definitions=(AssignmentRule(x, itself, y),)),))
    with pytest.raises(AuditError, match=r"'x' cannot be computed\.\n.*\(y\) one has no definition"):
        _ = lonely.definitions


def test_a_definition_that_nothing_reads(tiny: Tiny) -> None:
    idle = AssignmentRule(Signal("idle", "nM", "idle"), itself, tiny.a)
    assert "tiny defines 'idle', which is not used." in refusal(tiny.plus(definitions=(idle,)))


def test_a_volume_is_read_by_the_transfers_it_divides(tiny: Tiny) -> None:
    volume = Signal("volume", "L", "volume of the gut")
    gut = Species("gut", "nM", "ligand in the gut", "G", (0, 1), Compartment("gut", volume))
    define = AssignmentRule(volume, itself, tiny.module.arguments["tiny.blood"])
    move = Transfer(tiny.a >> gut, moved, tiny.exchange, tiny.a, gut)
    structure(tiny.plus(definitions=(define,), fluxes=(move,), starts=(InitialCondition(gut, nothing),)))
    swells = AssignmentRule(volume, product, tiny.weight, tiny.a)
    message = refusal(
        tiny.plus(definitions=(swells,), fluxes=(move,), starts=(InitialCondition(gut, nothing),))
    )
    assert "a volume of the flux 'moved' (a >> gut) depends on 'volume', which changes in time." in message


# ---- owners and meanings
def test_two_owners_of_one_name(tiny: Tiny) -> None:
    for field in ("definitions", "starts", "observables"):
        message = refusal(tiny.plus(**{field: getattr(tiny.module, field)[:1]}))
        assert message.startswith(f"Two modules define a {field[:-1]} of '")
    twice = Model("twice", "", (tiny.module, tiny.module))
    assert refusal(twice).startswith("twice: two modules have the name 'tiny'.")


@pytest.mark.parametrize(
    "impostor",
    [
        Covariate("b", "nM", "no species"),
        Species("b", "mg/L", "receptor", "B", (0, 4)),
        Parameter("tiny.on", "1/h", "another unit"),
        Signal("time", "day", "another clock"),
    ],
)
def test_one_name_with_two_meanings(tiny: Tiny, impostor: Any) -> None:
    message = refusal(tiny.plus(observables=(Observable("x", "1", "x", itself, impostor),)))
    assert message.startswith(f"tiny: '{impostor.name}' has two meanings.")
    assert f"{type(impostor).__name__} [{impostor.unit}]" in message


def test_a_volume_is_a_name_like_any_other(tiny: Tiny) -> None:
    gut = Species("gut", "nM", "gut", "G", (0, 1), Compartment("gut", Covariate("tiny.loss", "L", "no loss")))
    move = Transfer(tiny.a >> gut, moved, tiny.exchange, tiny.a, gut)
    message = refusal(tiny.with_(fluxes=(move, *tiny.module.fluxes), starts=tiny.module.starts[:0]))
    assert message.startswith("tiny: 'tiny.loss' has two meanings.")


def test_a_flux_between_spaces_must_be_a_transfer(tiny: Tiny) -> None:
    message = refusal(tiny.plus(fluxes=(Flux(tiny.a >> tiny.p, product, tiny.a, tiny.loss),)))
    assert "flux 'product' (a >> p) joins compartments of different volume: 'blood', 'tissue'." in message


# ---- the ledger
def test_a_number_that_no_law_reads(tiny: Tiny) -> None:
    spare = Ledger("tiny", {**ENTRIES, "spare": entry("spare", 1.0, "1/h")})
    assert refusal(tiny.with_(ledger=spare)) == (
        "tiny: no law reads 'spare' of the ledger of tiny.\n"
        "  A parameter without effect misleads readers of the ledger.\n"
        "  Remove the entry, or use it."
    )


@pytest.mark.parametrize("entry_", [None, entry("other", 1.0, "1/h", module="elsewhere")])
def test_a_number_from_nowhere(tiny: Tiny, entry_: Any) -> None:
    stray = Parameter("tiny.stray", "1/h", "stray", entry=entry_)
    loss = Flux(tiny.ab >> NOTHING, product, tiny.ab, stray)
    assert "tiny reads 'tiny.stray', which its ledger does not contain." in refusal(tiny.plus(fluxes=(loss,)))


def test_a_setting_of_nothing(tiny: Tiny) -> None:
    settings = Ledger("settings", {"tiny.of": entry("tiny.of", 1.0, "1/h")})
    message = refusal(replace(tiny.model, settings=settings))
    assert message.startswith("tiny sets 'tiny.of', which no law of it reads.\n  Did you mean 'tiny.off'")


def test_a_value_beyond_the_plausible(tiny: Tiny) -> None:
    absurd = replace(entry("tiny.loss", 3.0, "1/h"), plausible=(0.0, 1.0))
    message = refusal(replace(tiny.model, settings=Ledger("settings", {"tiny.loss": absurd})))
    assert message.startswith("tiny: tiny.loss is 3 1/h.\n  Plausible is 0 to 1 1/h.")


def test_an_empty_usual_range(tiny: Tiny) -> None:
    flat = Species("flat", "nM", "flat", usual=(4, 4))
    arrow = Flux(tiny.ab >> flat, product, tiny.ab, tiny.loss)
    message = refusal(tiny.plus(fluxes=(arrow,), starts=(InitialCondition(flat, nothing),)))
    assert message.startswith("tiny: the usual range of 'flat' is empty.\n  It goes from 4 to 4 nM.")
