"""A model read with plain numbers: rates by stoichiometry and volume, starts, signals, observables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quotidian.errors import AuditError
from quotidian.evidence import Ledger
from quotidian.network import Flux, InitialCondition

from .conftest import Tiny, entry, nothing, product

STATE = {"a": 4.0, "b": 1.0, "ab": 0.5, "p": 1.0, "time": 0.0}


def test_rates_follow_from_arrows_laws_and_volumes(tiny: Tiny) -> None:
    reading = tiny.model.evaluate(tiny.model.constants | STATE)
    bound, lost, moved_ = 2 * 4 * 1 - 0.5 * 0.5, 0.1 * 1, 0.02 * (4 - 1)
    assert reading.rates == pytest.approx(
        {"a": -bound - moved_ / 3, "b": -bound - lost, "ab": bound, "p": moved_ / 9}
    )
    assert reading.signals == {"amount": pytest.approx(200)}
    assert reading.observables == {"ligand": pytest.approx(200), "complex": 0.5}
    assert reading.initial_values == dict.fromkeys(("a", "b", "ab", "p"), 0.0)


def test_one_event_may_take_and_make_several(tiny: Tiny) -> None:
    arrow = 3 * tiny.a + tiny.b >> 2 * tiny.ab
    pairs = tiny.with_(fluxes=(Flux(arrow, product, tiny.b, tiny.loss),))
    rates = pairs.evaluate(pairs.constants | STATE).rates
    assert rates == pytest.approx({"a": -0.3, "b": -0.1, "ab": 0.2})


def test_a_setting_replaces_a_value_in_its_own_unit(tiny: Tiny) -> None:
    settings = Ledger("settings", {"tiny.loss": entry("tiny.loss", 12.0, "1/day")})
    changed = replace(tiny.model, settings=settings)
    assert changed.constants["tiny.loss"] == pytest.approx(0.5)
    assert {**changed.constants, "tiny.loss": 0.1} == tiny.model.constants
    stray = replace(tiny.model, settings=Ledger("settings", {"loss": entry("loss", 1.0, "1/h")}))
    with pytest.raises(AuditError, match="tiny sets 'loss', which no law of it reads"):
        _ = stray.constants


def test_what_is_constant_is_what_nothing_that_moves_enters(tiny: Tiny) -> None:
    assert tiny.model.constant_names == tiny.model.parameters.keys() | tiny.model.covariates.keys()
    assert tiny.model.typical == tiny.model.constants
    assert "amount" not in tiny.model.constant_names


def test_two_starts_of_one_species_are_refused(tiny: Tiny) -> None:
    with pytest.raises(AuditError, match="Two modules define a start of 'a'"):
        _ = tiny.plus(starts=(InitialCondition(tiny.a, nothing),)).starts
