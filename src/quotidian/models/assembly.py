"""The models by name: one set of mechanisms, with settings for each variant."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from quotidian.biology import (
    acute_phase,
    clinical_scores,
    fever,
    glucocorticoid,
    gp130_signal,
    il6_homeostasis,
    il6_receptor,
    innate_loop,
    joints,
)
from quotidian.drugs import (
    anakinra,
    canakinumab,
    clazakizumab,
    emapalumab,
    ibuprofen,
    methotrexate,
    olamkicept,
    olokizumab,
    sarilumab,
    satralizumab,
    siltuximab,
    sirukumab,
    tocilizumab,
    tofacitinib,
)
from quotidian.errors import UnknownName, closest
from quotidian.evidence import read_ledger
from quotidian.network import Model, Observable, gathered
from quotidian.network.audit import structure

MODULES = tuple(
    m.module
    for m in (
        il6_homeostasis,
        il6_receptor,
        gp130_signal,
        innate_loop,
        glucocorticoid,
        joints,
        acute_phase,
        fever,
        clinical_scores,
    )
)
DRUGS = {
    m.module.name: m.module
    for m in (
        tocilizumab,
        sarilumab,
        satralizumab,
        siltuximab,
        sirukumab,
        olokizumab,
        clazakizumab,
        olamkicept,
        anakinra,
        canakinumab,
        emapalumab,
        tofacitinib,
        methotrexate,
        ibuprofen,
    )
}
"""Every drug by name. A model holds those it is asked for, always in this order."""
USUAL = ("tocilizumab",)
"""Drugs that a model holds unless told otherwise."""
MODELS = {
    "sjia": "Active systemic juvenile idiopathic arthritis",
    "healthy_child": "A healthy child",
    "adult_ra": "Adult rheumatoid arthritis, for comparison with the antibody's first human data",
}


def model(name: str, drugs: Iterable[str] = USUAL) -> Model:
    """The model of that name with those drugs in it, free of loose ends.

    The units of its laws are audited before it is solved. A drug that is not in it costs nothing: its
    part of every sum is missing, which is to say 0.

    Raises UnknownName for a name not in ``MODELS`` or a drug not in ``DRUGS``, AuditError for a model with
    loose ends.
    """
    wanted = set(drugs)
    for drug in wanted - DRUGS.keys():
        raise UnknownName(f"There is no drug '{drug}'.", closest(drug, DRUGS))
    return _model(name, tuple(drug for drug in DRUGS if drug in wanted))


def observables(name: str) -> dict[str, Observable]:
    """All that can be told of that model: its own and the usual drugs', then those of every other drug.

    Raises UnknownName for a name not in ``MODELS``.
    """
    return {**model(name).observables, **model(name, DRUGS).observables}


@cache
def _model(name: str, drugs: tuple[str, ...]) -> Model:
    if name not in MODELS:
        raise UnknownName(f"There is no model '{name}'.", closest(name, MODELS))
    settings = Path(__file__).with_name(f"{name}.yaml")
    ledger = read_ledger(settings) if settings.is_file() else None
    modules = (*(DRUGS[drug] for drug in drugs), *MODULES)
    return structure(Model(name, MODELS[name], (*modules, gathered(modules)), ledger))
