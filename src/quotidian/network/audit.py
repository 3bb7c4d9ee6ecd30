"""Audit a model: structure, units, conserved totals.

:func:`structure` needs no units and takes a millisecond, so it runs whenever a model is built, also for a
command that only lists or prints. :func:`audit` adds the units of every law and the conserved totals, some
50 ms beside the import of pint. It runs before every solution, also where cached machine code is used: the
cache is keyed by the equations, and these do not change when a unit does.
"""

from __future__ import annotations

from dataclasses import dataclass

from quotidian.network.conservation import Total, totals
from quotidian.network.model import Model
from quotidian.network.structural_checks import check_structure, unread_species
from quotidian.network.unit_audit import check_units

UNAUDITED = "units and totals were not audited"


@dataclass(frozen=True)
class AuditReport:
    """The result of an audit without a fault.

    ``conserved`` are totals that no flux changes; ``moieties`` are totals that change only by synthesis
    and elimination.
    """

    model: str
    laws: int
    species: tuple[str, ...]
    conserved: tuple[Total, ...]
    moieties: tuple[Total, ...]
    warnings: tuple[str, ...]


def structure(model: Model) -> Model:
    """Check the structure of a model and return it.

    Each name has one meaning and one owner. Each signal that is read is defined, without circular
    definitions, and each one defined is read. Each species has fluxes and an initial value. Initial values
    and volumes are constants. Each ledger entry is read and plausible. Only transfers join compartments of
    different volume.

    Raises AuditError for the first of these that does not hold.
    """
    check_structure(model)
    return model


def audit(model: Model) -> AuditReport:
    """Check structure, the units of every law, and conserved totals.

    Of a model with ``audited=False`` only the structure is checked.

    Raises AuditError for a fault of structure, or for a law whose result has the wrong unit or scale.
    """
    check_structure(model)
    if not model.audited:
        return AuditReport(model.name, 0, tuple(s.name for s in model.species), (), (), (UNAUDITED,))
    laws = check_units(model)
    return AuditReport(
        model=model.name,
        laws=laws,
        species=tuple(s.name for s in model.species),
        conserved=totals(model),
        moieties=totals(model, exchange=False),
        warnings=(*_unread(model), *_redundant_settings(model), *_unusual_initial_values(model)),
    )


def _unread(model: Model) -> list[str]:
    return [f"nothing reads species '{name}'" for name in unread_species(model)]


def _redundant_settings(model: Model) -> list[str]:
    before = {name: p.value for name, p in model.parameters.items()}
    before |= {name: c.typical for name, c in model.covariates.items()}
    same = [name for name in model.settings or {} if model.constants[name] == before[name]]
    return [f"the setting of '{name}' repeats the value it replaces" for name in same]


def _unusual_initial_values(model: Model) -> list[str]:
    resting = {name: i.resting for name, i in model.inputs.items()}
    unused = {"time": 0.0, **{s.name: s.usual[1] for s in model.species}}
    initial = model.evaluate({**model.constants, **resting, **unused}).initial_values
    return [
        f"the typical '{s.name}' starts at {initial[s.name]:.3g} {s.unit}, above its usual {s.usual[1]:g}"
        for s in model.species
        if initial[s.name] > s.usual[1]
    ]
