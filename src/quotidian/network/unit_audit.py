"""Audit the units: evaluate every law with quantities and compare it with the same law in plain numbers.

The engine computes with plain numbers. A law is correct if its result has the expected unit *and* the same
number: ``ug/L`` where ``mg/L`` is expected has the right dimension, but is wrong by a factor of 1000.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

from quotidian.errors import AuditError, InvalidQuantity
from quotidian.network.flux import Flux, Observable, Transfer, Use, call, label
from quotidian.network.model import Model
from quotidian.network.module import volumes
from quotidian.network.names import TIME, Covariate, Input, Named, Parameter, Species
from quotidian.units import as_quantity, check, same_dimension

PRECISION = 1e-9
"""Relative agreement of the two evaluations: far above rounding, far below any factor between units."""

_REFUSALS = (TypeError, ValueError, ArithmeticError, AttributeError, InvalidQuantity)


@dataclass(frozen=True)
class _Fault:
    """One use of a law, and what is wrong with its result."""

    module: str
    use: Use
    says: str


def check_units(model: Model) -> int:
    """Audit the unit of every law; return the number of laws.

    Raises
    ------
    AuditError
        A name has an unreadable unit, a ledger entry cannot be converted to the unit of its law, or the
        result of a law has another unit than expected. All faulty laws are named.
    """
    _check_names(model)
    values, nouns = usual_values(model), _nouns(model)
    quantities = {name: as_quantity(value, nouns[name].unit) for name, value in values.items()}
    uses = [(module.name, use) for module in model.modules for use in module.laws]
    found = [_Fault(module, use, _fault(use, values, quantities)) for module, use in uses]
    if any(fault.says for fault in found):
        raise _refusal(model, [fault for fault in found if fault.says])
    return len(uses)


def usual_values(model: Model) -> dict[str, float]:
    """A generic value near the usual one for every name; the same at every call.

    Signals follow from their definitions, so that the arguments of a law are consistent.
    """
    defined = {d.of.name for d in model.definitions}
    values = {name: _usual(noun) for name, noun in _nouns(model).items() if name not in defined}
    for d in model.definitions:
        try:
            values[d.of.name] = _real(call(d, values))
        except _REFUSALS as error:
            raise AuditError(
                f"{model.name}: the {label(d)} cannot be computed at usual values.",
                f"{error}; it reads {_arguments(d, values)}.",
                "Correct the law, or the values and usual ranges of what it reads.",
            ) from None
    return values


def _nouns(model: Model) -> dict[str, Named]:
    """Every quantity with a unit, by name."""
    nouns: tuple[Named, ...] = (TIME, *model.species, *(d.of for d in model.definitions))
    return {noun.name: noun for noun in nouns} | model.arguments


def _usual(noun: Named) -> float:
    """Pseudo-random by name: within a tenth of the known value, or inside the usual range; never 0."""
    uniform = random.Random(noun.name).random()
    match noun:
        case Parameter(entry=entry) if entry is not None:
            centre = noun.value or 0.1 * max(entry.plausible_in(noun.unit), key=abs)
        case Species():
            return noun.usual[0] + (0.3 + 0.4 * uniform) * (noun.usual[1] - noun.usual[0])
        case Covariate():
            centre = noun.typical or 1.0
        case Input():
            centre = noun.resting or 1.0
        case _:
            centre = 10.0
    return centre * (0.9 + 0.2 * uniform)


def _real(result: Any) -> float:
    if isinstance(result, complex) or not math.isfinite(result):
        raise ValueError(f"the result is {result}")
    return float(result)


def _check_names(model: Model) -> None:
    """Every unit can be read, and every ledger entry can be converted to the unit of its law."""
    settings = dict(model.settings or {})
    nouns: list[Named | Observable] = [*_nouns(model).values(), *model.observables.values()]
    for noun in nouns:
        stated = [noun.entry.unit] if isinstance(noun, Parameter) and noun.entry is not None else []
        stated += [settings[noun.name].unit] if noun.name in settings else []
        for unit in (noun.unit, *stated):
            try:
                check(unit)
            except InvalidQuantity as error:
                what = f"{model.name}: '{noun.name}' has no readable unit."
                raise AuditError(what, f"{error.what} {error.why}", error.remedy) from None
            if not same_dimension(unit, noun.unit):
                raise AuditError(
                    f"{model.name}: '{noun.name}' is in {unit} in the ledger, and in {noun.unit} in its law.",
                    "These units have different dimensions.",
                    "Correct the ledger, or the unit stated in the module.",
                )


def _places(use: Use) -> dict[str, str]:
    """Units that a result must have, with the quantity that requires each."""
    match use:
        case Transfer():
            net = {s: f"{s.unit}*{s.volume.unit}/h" if s.volume else f"{s.unit}/h" for s in use.arrow.net}
            return {unit: f" for '{s.name}'" for s, unit in net.items()}
        case Flux():
            return {f"{s.unit}/h": f" for '{s.name}'" for s in use.arrow.net}
        case Observable():
            return {use.unit: ""}
        case _:
            return {use.of.unit: ""}


def _fault(use: Use, values: dict[str, float], quantities: dict[str, Any]) -> str:
    """What is wrong with a use of a law, as the end of a sentence; empty if nothing."""
    try:
        number, amount = _real(call(use, values)), call(use, quantities)
    except _REFUSALS as error:
        return f"cannot be computed: {error}"
    if not hasattr(amount, "units"):
        if amount == 0:
            return ""  # 0 is 0 in every unit
        amount = as_quantity(amount, "1")
    for unit, place in _places(use).items():
        ratio = amount / as_quantity(1.0, unit)
        if not ratio.dimensionless:
            return f"gives {_spelled(amount)}, not {unit}{place}"
        right = ratio.to("dimensionless").magnitude
        if not math.isclose(right, number, rel_tol=PRECISION):
            factor = f"{number / right:.6g} times"
            return f"gives {_spelled(amount)}: its number is {factor} the one in {unit}{place}"
    return ""


def _spelled(amount: Any) -> str:
    text = str(amount.units).replace(" ", "")
    return "a pure number" if text == "dimensionless" else text


def _arguments(use: Use, values: dict[str, float]) -> str:
    nouns = (*use.arguments, *volumes(use))
    return ", ".join(f"{a.name} = {values[a.name]:.4g} {a.unit}" for a in nouns) or "nothing"


def _refusal(model: Model, faults: list[_Fault]) -> AuditError:
    first, *others = faults
    reads = ", ".join(f"{a.name} [{a.unit}]" for a in first.use.arguments) or "nothing"
    also = "".join(f"\n  Also in {f.module}: the {label(f.use)} {f.says}." for f in others)
    return AuditError(
        f"{model.name}, {first.module}: the {label(first.use)} {first.says}.",
        f"It reads {reads}.{also}",
        "Correct the unit of an argument, or the law.",
    )
