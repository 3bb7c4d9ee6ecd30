"""The models by name: one set of mechanisms, with settings for each variant."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from quotidian.biology import (
    acute_phase,
    clinical_scores,
    fever,
    gp130_signal,
    il6_homeostasis,
    il6_receptor,
    innate_loop,
    joints,
)
from quotidian.drugs import tocilizumab
from quotidian.errors import UnknownName, closest
from quotidian.evidence import read_ledger
from quotidian.network import Model
from quotidian.network.audit import structure

MODULES = tuple(
    m.module
    for m in (
        tocilizumab,
        il6_homeostasis,
        il6_receptor,
        gp130_signal,
        innate_loop,
        joints,
        acute_phase,
        fever,
        clinical_scores,
    )
)
MODELS = {
    "sjia": "Active systemic juvenile idiopathic arthritis",
    "healthy_child": "A healthy child",
    "adult_ra": "Adult rheumatoid arthritis, for comparison with the antibody's first human data",
}


@cache
def model(name: str) -> Model:
    """The model of that name, free of loose ends; the units of its laws are audited before it is solved.

    Raises UnknownName for a name not in ``MODELS``, AuditError for a model with loose ends.
    """
    if name not in MODELS:
        raise UnknownName(f"There is no model '{name}'.", closest(name, MODELS))
    settings = Path(__file__).with_name(f"{name}.yaml")
    ledger = read_ledger(settings) if settings.is_file() else None
    return structure(Model(name, MODELS[name], MODULES, ledger))
