"""Influences between the mechanisms of a model, derived from its laws.

A mechanism influences another if a law of the second reads a quantity that the first owns, or if a reaction
of the first changes a species of the second. The sign is that of the law's slope at usual values; the basis
is the weakest among the parameters of the law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quotidian.network.flux import AssignmentRule, Flux, Use, call
from quotidian.network.model import Model
from quotidian.network.module import Module
from quotidian.network.names import TIME, Covariate, Input, Named, Parameter, Part, Species, Sum
from quotidian.network.unit_audit import usual_values

BASES = ("measured", "derived", "fitted", "assumed")
"""Evidence for a number, strongest first."""
OUTSIDE = "outside"
"""Owner of covariates and inputs."""
STEP = 1e-4  # relative, of the central difference
FLAT = 1e-9  # a relative slope below this has no sign


@dataclass(frozen=True)
class Influence:
    """One law through which one mechanism acts on another.

    Parameters
    ----------
    source, target : names of modules (``OUTSIDE`` for covariates and inputs).
    through : name of the quantity that links them. law : name of the law that reads or changes it.
    sign : +1 raises, -1 lowers, 0 neither at usual values.
    basis : weakest of ``BASES`` among the parameters of the law; "none" for a law without parameters.
    """

    source: str
    target: str
    through: str
    law: str
    sign: int
    basis: str


def influences(model: Model) -> tuple[Influence, ...]:
    """List the influences between different mechanisms, in the order of the modules, with sums resolved."""
    owners = _owners(model)
    values = usual_values(model)
    parts: dict[Sum, list[Named]] = {}
    for d in model.definitions:
        if isinstance(d.of, Part) and d.of.of is not None:
            parts.setdefault(d.of.of, []).append(d.of)
    sums = {owner for name, owner in owners.items() if name in {s.name for s in parts}}
    found: dict[Influence, None] = {}
    for module in model.modules:
        if module.name not in sums:
            for influence in _of(module, owners, parts, values):
                found[influence] = None
    return tuple(found)


def _owners(model: Model) -> dict[str, str]:
    """The module that owns each species (by its initial condition) and each signal (by its rule)."""
    signals: dict[str, str] = {d.of.name: m.name for m in model.modules for d in m.definitions}
    return signals | {s.of.name: m.name for m in model.modules for s in m.starts}


def _of(
    module: Module, owners: dict[str, str], parts: dict[Sum, list[Named]], values: dict[str, float]
) -> Iterator[Influence]:
    uses: tuple[Use, ...] = (*module.definitions, *module.fluxes)
    for use in uses:
        targets = _moved(use, module, owners)
        basis = _basis(use)
        for place, argument in enumerate(use.arguments):
            if isinstance(argument, Parameter) or argument == TIME:
                continue
            sources = parts.get(argument, []) if isinstance(argument, Sum) else [argument]
            slope = _slope(use, place, values)
            for source in sources:
                owner = _owner(source, owners)
                for target, way in targets:
                    if owner != target:
                        yield Influence(owner, target, source.name, use.law.__name__, slope * way, basis)
        for target, way in targets:
            if target != module.name:
                size = call(use, values)
                sign = way if size > 0 else -way if size < 0 else 0
                yield Influence(
                    module.name, target, _touched(use, target, owners), use.law.__name__, sign, basis
                )


def _moved(use: Use, module: Module, owners: dict[str, str]) -> list[tuple[str, int]]:
    """Modules whose quantities a law sets or changes, with the sign of its effect on them."""
    if isinstance(use, AssignmentRule):
        return [(module.name, 1)]
    assert isinstance(use, Flux)
    return list({(owners[s.name], 1 if n > 0 else -1): None for s, n in use.arrow.net.items()})


def _touched(use: Use, target: str, owners: dict[str, str]) -> str:
    assert isinstance(use, Flux)
    return next(s.name for s in use.arrow.net if owners[s.name] == target)


def _owner(noun: Named, owners: dict[str, str]) -> str:
    return OUTSIDE if isinstance(noun, Covariate | Input) else owners.get(noun.name, OUTSIDE)


def _slope(use: Use, place: int, values: dict[str, float]) -> int:
    """Sign of the law's slope by one argument at usual values."""
    numbers = [values[a.name] for a in use.arguments]
    at = numbers[place]
    step = STEP * (abs(at) or 1.0)
    up, down = ([*numbers[:place], at + way * step, *numbers[place + 1 :]] for way in (1, -1))
    rise, size = use.law(*up) - use.law(*down), abs(use.law(*numbers))
    if abs(rise) <= FLAT * size:
        return 0
    return 1 if rise > 0 else -1


def _basis(use: Use) -> str:
    known = [a.entry.basis.word for a in use.arguments if isinstance(a, Parameter) and a.entry is not None]
    return max(known, key=BASES.index) if known else "none"


def species_of(model: Model) -> dict[str, tuple[Species, ...]]:
    """The species that each module owns, in order."""
    return {m.name: tuple(s.of for s in m.starts) for m in model.modules}
