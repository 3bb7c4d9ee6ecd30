"""The ledger and the population agree on which parameters vary between subjects."""

from __future__ import annotations

import pytest

from quotidian.evidence import Entry, RandomEffectOf, all_ledgers
from quotidian.patients.population import TYPICAL, typical_values

STATED = {
    f"{ledger.module.rpartition('.')[2]}.{entry.name}": entry
    for ledger in all_ledgers()
    if ledger.module.startswith(("biology.", "drugs."))
    for entry in ledger.values()
    if isinstance(entry.variability, RandomEffectOf)
}
SIZES = {name.rpartition(".")[2] for name in typical_values()}
BESIDE = {"joints.il6_share", "joints.il1_need"}  # the patient carries the first; the second is il1_share
OF_THE_PATIENT = {"severity", "disease.share_of_life"}  # no parameter of a biology module


def test_every_parameter_with_a_random_effect_says_so_in_its_ledger_and_no_other_does() -> None:
    assert set(STATED) == set(TYPICAL.random_effects.parameters) - OF_THE_PATIENT | BESIDE


@pytest.mark.parametrize("name", sorted(STATED))
def test_a_random_effect_is_described_in_the_ledger_of_the_population_or_of_the_drug(name: str) -> None:
    entry: Entry = STATED[name]
    assert isinstance(entry.variability, RandomEffectOf)
    assert entry.variability.entry in SIZES


def test_an_effect_named_in_a_variant_is_one_of_the_population() -> None:
    named = {
        e.variability.entry
        for ledger in all_ledgers()
        for e in ledger.values()
        if isinstance(e.variability, RandomEffectOf)
    }
    assert named <= SIZES
