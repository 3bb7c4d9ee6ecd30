"""The unit audit: what is right passes, and each kind of planted error is named."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from quotidian.evidence import Ledger
from quotidian.models import MODELS, model
from quotidian.network import (
    NOTHING,
    TIME,
    AssignmentRule,
    Flux,
    InitialCondition,
    Observable,
    Signal,
    Species,
    Transfer,
)
from quotidian.network.flux import itself
from quotidian.network.unit_audit import check_units, usual_values

from .conftest import ENTRIES, Tiny, binding, entry, nothing, parameter, product, refused_by

refusal = partial(refused_by, check_units)


def test_every_law_of_a_sound_network_is_read(tiny: Tiny) -> None:
    assert check_units(tiny.model) == 10


@pytest.mark.parametrize("name", MODELS)
def test_the_models_pass(name: str) -> None:
    assert check_units(model(name)) == sum(len(m.laws) for m in model(name).modules)


def test_a_wrong_dimension_is_named_with_its_place(tiny: Tiny) -> None:
    second_order = parameter(entry("loss", 0.1, "1/nM/h"), "1/nM/h")
    assert refusal(tiny.with_(fluxes=(Flux(tiny.a >> tiny.b, product, tiny.a, second_order),))) == (
        "tiny, tiny: the flux 'product' (a >> b) gives 1/h, not nM/h for 'a'.\n"
        "  It reads a [nM], tiny.loss [1/nM/h].\n"
        "  Correct the unit of an argument, or the law."
    )


def test_a_wrong_scale_of_the_right_dimension_is_named(tiny: Tiny) -> None:
    """ng/mL where ug/mL is meant: dimensions agree, numbers are a thousand apart."""
    wrong = tiny.with_(observables=(Observable("ligand", "ug/mL", "ligand by mass", itself, tiny.amount),))
    assert refusal(wrong) == (
        "tiny, tiny: the observable 'ligand' by 'itself' gives ug/L: "
        "its number is 1000 times the one in ug/mL.\n"
        "  It reads amount [ug/L].\n"
        "  Correct the unit of an argument, or the law."
    )


def test_a_day_is_not_an_hour(tiny: Tiny) -> None:
    daily = parameter(ENTRIES["off"], "1/day")
    wrong = tiny.with_(fluxes=(Flux(tiny.b >> tiny.ab, product, tiny.b, daily),))
    assert "gives nM/day: its number is 24 times the one in nM/h for 'b'." in refusal(wrong)


def test_scales_mixed_within_a_sum_are_found(tiny: Tiny) -> None:
    daily = parameter(ENTRIES["off"], "1/day")
    sides = (tiny.a, tiny.b, tiny.ab, tiny.on, daily)
    assert "its number is" in refusal(tiny.with_(fluxes=(Flux(tiny.a + tiny.b >> tiny.ab, binding, *sides),)))


def test_a_sum_of_unlike_things_is_refused_as_it_is_computed(tiny: Tiny) -> None:
    sides = (tiny.a, tiny.b, tiny.ab, tiny.on, tiny.on)
    message = refusal(tiny.with_(fluxes=(Flux(tiny.a + tiny.b >> tiny.ab, binding, *sides),)))
    assert "the flux 'binding' (a + b >> ab) cannot be computed: Cannot convert from 'nM / h'" in message


def test_a_transfer_carries_an_amount_and_a_flux_does_not(tiny: Tiny) -> None:
    move = tiny.module.fluxes[2]
    as_flux = Flux(move.arrow, move.law, *move.arguments)
    assert "gives L*nM/h, not nM/h for 'a'" in refusal(tiny.with_(fluxes=(as_flux,)))
    as_transfer = Transfer(tiny.a >> tiny.p, product, tiny.a, tiny.loss)
    assert "gives nM/h, not nM*L/h for 'a'" in refusal(tiny.with_(fluxes=(as_transfer,)))


def test_each_side_of_an_arrow_wants_its_own_unit(tiny: Tiny) -> None:
    grams = Species("grams", "g", "deposit", "Z")
    wrong = tiny.with_(fluxes=(Flux(tiny.a >> grams, product, tiny.a, tiny.loss),))
    assert "gives nM/h, not g/h for 'grams'" in refusal(wrong)


def test_only_nothing_is_at_home_in_every_unit(tiny: Tiny) -> None:
    def one() -> Any:
        """Starts at 1"""
        return 1.0

    check_units(tiny.with_(starts=(InitialCondition(tiny.a, nothing),)))
    message = refusal(tiny.with_(starts=(InitialCondition(tiny.a, one),)))
    assert "the initial condition of 'a' by 'one' gives a pure number, not nM" in message


def test_a_definition_must_meet_its_signal(tiny: Tiny) -> None:
    signal = Signal("share", "1", "share", "x")
    wrong = tiny.with_(definitions=(*tiny.module.definitions, AssignmentRule(signal, itself, tiny.a)))
    assert "the assignment rule of 'share' by 'itself' gives nM, not 1." in refusal(wrong)


def test_time_is_in_hours(tiny: Tiny) -> None:
    check_units(tiny.with_(observables=(Observable("age", "h", "age", itself, TIME),)))
    wrong = tiny.with_(observables=(Observable("age", "day", "age", itself, TIME),))
    assert "gives h: its number is 24 times the one in day" in refusal(wrong)


def test_all_faulty_laws_are_named(tiny: Tiny) -> None:
    both = tuple(Observable(unit, unit, "wrong", itself, tiny.amount) for unit in ("kg", "h"))
    message = refusal(tiny.with_(observables=both))
    assert "the observable 'kg' by 'itself' gives ug/L, not kg." in message
    assert "Also in tiny: the observable 'h' by 'itself' gives ug/L, not h." in message


def test_a_ledger_in_another_unit_is_converted_and_in_another_dimension_refused(tiny: Tiny) -> None:
    assert tiny.model.constants["tiny.off"] == pytest.approx(0.5)  # 12/day
    crossed = parameter(ENTRIES["loss"], "1/nM/h")
    message = refusal(tiny.with_(fluxes=(Flux(tiny.a >> tiny.b, product, tiny.a, crossed),)))
    assert message.startswith("tiny: 'tiny.loss' is in 1/h in the ledger, and in 1/nM/h in its law.")


def test_a_setting_of_another_dimension_is_refused(tiny: Tiny) -> None:
    settings = Ledger("settings", {"tiny.loss": entry("tiny.loss", 3.0, "nM", module="settings")})
    message = refusal(replace(tiny.model, settings=settings))
    assert message.startswith("tiny: 'tiny.loss' is in nM in the ledger, and in 1/h in its law.")


@pytest.mark.parametrize("place", ["species", "observable"])
def test_a_unit_that_nobody_knows_is_refused(tiny: Tiny, place: str) -> None:
    odd = Species("odd", "mq/L", "misspelt", "O")
    if place == "species":
        wrong = tiny.with_(fluxes=(Flux(NOTHING >> odd, product, tiny.b, tiny.loss),))
    else:
        wrong = tiny.with_(observables=(Observable("ab", "mq/L", "misspelt", itself, tiny.ab),))
    name = "odd" if place == "species" else "ab"
    message = refusal(wrong)
    assert message.startswith(f"tiny: '{name}' has no readable unit.\n  Unit 'mq/L' is unknown.")


def test_a_law_that_has_no_value_is_refused(tiny: Tiny) -> None:
    def impossible(a: Any) -> Any:
        """Ends badly"""
        return a / (a - a)

    signal = Signal("share", "1", "share", "x")
    wrong = tiny.with_(definitions=(*tiny.module.definitions, AssignmentRule(signal, impossible, tiny.a)))
    message = refusal(wrong)
    assert "the assignment rule of 'share' by 'impossible' cannot be computed at usual values." in message
    assert "division by zero; it reads a = " in message


def test_usual_values_are_the_same_every_time_usual_and_distinct(tiny: Tiny) -> None:
    values = usual_values(tiny.model)
    assert values == usual_values(tiny.model)
    assert 0 < values["a"] < 20
    assert values["tiny.off"] == pytest.approx(0.5, rel=0.1)
    assert values["amount"] == values["a"] * values["tiny.mass"]
    sjia = model("sjia")
    idle = {d.of.name for d in sjia.definitions if not d.arguments}
    assert "il1_block" in idle, "a sum that no drug of the model adds to"
    numbers = [number for name, number in usual_values(sjia).items() if name not in idle]
    assert all(number != 0 for number in numbers)
