"""The audit of a model: loose ends, units, conserved totals.

Two depths. :func:`structure` needs no units and takes a millisecond: it runs whenever a model is built,
also for a command that only lists or prints. :func:`audit` adds the units of every law and the conserved
totals, some 50 ms beside the import of pint: it belongs before every solution, not only where machine
code is compiled anew. Kept machine code is found by its equations, and those do not change when a unit does.
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
    """What an audit that found no fault found.

    ``conserved`` are totals that nothing changes; ``moieties`` are totals that change only by what
    enters from nothing or leaves to nothing.
    """

    model: str
    laws: int
    species: tuple[str, ...]
    conserved: tuple[Total, ...]
    moieties: tuple[Total, ...]
    warnings: tuple[str, ...]


def structure(model: Model) -> Model:
    """The same model, free of loose ends.

    Each name has one meaning and one owner; each signal read is defined, without circles, and each one
    defined is read; each species has fluxes and a start; starts and volumes are constants; each ledger
    entry is read and plausible; no plain flux joins spaces of different volume.

    Raises AuditError for the first of these that does not hold.
    """
    check_structure(model)
    return model


def audit(model: Model) -> AuditReport:
    """Everything: :func:`structure`, the units of every law, conserved totals.

    A model that is not to be audited has its structure checked and nothing else.

    Raises AuditError for a loose end, or for a law that comes out in the wrong unit or scale.
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
        warnings=(*_dead_ends(model), *_idle_settings(model), *_odd_starts(model)),
    )


def _dead_ends(model: Model) -> list[str]:
    return [f"nothing reads species '{name}'" for name in unread_species(model)]


def _idle_settings(model: Model) -> list[str]:
    before = {name: p.value for name, p in model.parameters.items()}
    before |= {name: c.typical for name, c in model.covariates.items()}
    same = [name for name in model.settings or {} if model.constants[name] == before[name]]
    return [f"the setting of '{name}' repeats the value it replaces" for name in same]


def _odd_starts(model: Model) -> list[str]:
    resting = {name: i.resting for name, i in model.inputs.items()}
    nowhere = {"time": 0.0, **{s.name: s.usual[1] for s in model.species}}
    starts = model.read({**model.constants, **resting, **nowhere}).starts
    return [
        f"the typical '{s.name}' starts at {starts[s.name]:.3g} {s.unit}, above its usual {s.usual[1]:g}"
        for s in model.species
        if starts[s.name] > s.usual[1]
    ]
