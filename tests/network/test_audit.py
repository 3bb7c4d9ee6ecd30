"""The audit as a whole: what it reports, and what it warns of."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from quotidian.errors import AuditError
from quotidian.evidence import Ledger
from quotidian.models import MODELS, model
from quotidian.network import Flux, InitialCondition, Observable
from quotidian.network.audit import audit
from quotidian.network.conservation import Total
from quotidian.network.flux import itself

from .conftest import ENTRIES, Tiny, entry, parameter, product

HIGH = "the typical 'il6"
"""IL-6 of the transgenic mouse lies above what is usual in children, and is meant to."""


@pytest.mark.parametrize("name", MODELS)
def test_the_models_pass_without_warning(name: str) -> None:
    report = audit(model(name))
    assert report.model == name
    assert [w for w in report.warnings if not (name == "transgenic_mouse" and w.startswith(HIGH))] == []
    assert len(report.species) == len(model(name).species)


def test_a_report_says_what_was_found(tiny: Tiny) -> None:
    report = audit(tiny.model)
    assert (report.model, report.laws, set(report.species)) == ("tiny", 10, {"a", "b", "ab", "p"})
    assert report.conserved == (Total((("a", 1.0), ("ab", 1.0), ("p", 3.0))),)
    assert [str(total) for total in report.moieties] == ["a + ab + 3 p", "b + ab"]
    assert report.warnings == ()
    with pytest.raises(FrozenInstanceError):
        report.laws = 0  # type: ignore[misc]


def test_an_audit_does_both_parts(tiny: Tiny) -> None:
    with pytest.raises(AuditError, match="has no initial value"):
        audit(tiny.with_(starts=()))
    with pytest.raises(AuditError, match="not kg"):
        audit(tiny.plus(observables=(Observable("x", "kg", "x", itself, tiny.amount),)))


def test_a_species_that_nothing_reads_is_warned_of(tiny: Tiny) -> None:
    kept = {name: e for name, e in ENTRIES.items() if name not in ("on", "off")}
    one_way = Flux(tiny.b >> tiny.ab, product, tiny.b, tiny.loss)
    unread = tiny.with_(
        fluxes=(one_way, tiny.module.fluxes[2]),
        observables=tiny.module.observables[:1],
        ledger=Ledger("tiny", kept),
    )
    assert audit(unread).warnings == ("nothing reads species 'ab'",)


def test_a_setting_that_changes_nothing_is_warned_of(tiny: Tiny) -> None:
    same = Ledger("settings", {"tiny.loss": entry("tiny.loss", 0.1, "1/h")})
    assert audit(replace(tiny.model, settings=same)).warnings == (
        "the setting of 'tiny.loss' repeats the value it replaces",
    )


def test_a_start_above_the_usual_is_warned_of(tiny: Tiny) -> None:
    base = entry("base", 30.0, "nM")
    starts = (InitialCondition(tiny.a, itself, parameter(base, "nM")), *tiny.module.starts[1:])
    high = tiny.with_(starts=starts, ledger=Ledger("tiny", {**ENTRIES, "base": base}))
    assert audit(high).warnings == ("the typical 'a' starts at 30 nM, above its usual 20",)
