"""Endpoints of a design's own, by name, and errors in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from quotidian.errors import InvalidInput, QuotidianError, closest
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.expression import Kind, expression
from quotidian.trials.protocol.fault import Fault
from quotidian.trials.protocol.own_endpoint import AT_ENTRY, WEEK, OwnEndpoint
from quotidian.units import check


class Known(Protocol):
    """The part of a registered endpoint that the check needs."""

    @property
    def kind(self) -> str:
        """``response``, ``share``, ``mean`` or ``statistic``."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Observables that must be recorded."""


def own_endpoints(trial: Trial) -> dict[str, OwnEndpoint]:
    """The endpoints of a design by name; a text alone is a condition."""
    return {n: OwnEndpoint(when=own) if isinstance(own, str) else own for n, own in trial.define.items()}


def names_read(trial: Trial) -> tuple[str, ...]:
    """Every name in the expressions that can be read."""
    found: dict[str, None] = {}
    for own in own_endpoints(trial).values():
        try:
            found |= dict.fromkeys(expression(own.text).names)
        except InvalidInput:  # reported as a fault of its own
            continue
    return tuple(found)


def own_endpoint_faults(
    trial: Trial, endpoints: Mapping[str, Known], observables: Mapping[str, object]
) -> Iterator[Fault]:
    """Errors: a name in use, an unreadable expression, unknown names, a number for a condition."""
    earlier: dict[str, Kind] = {}
    for name, own in own_endpoints(trial).items():
        try:
            _check(trial, name, own, endpoints, observables, earlier)
        except QuotidianError as error:
            yield Fault(("define", name), error.what, error.why, error.remedy)
        earlier[name] = "condition" if own.when else "number"


def _check(
    trial: Trial, name: str, own: OwnEndpoint, endpoints: Mapping[str, Known],
    observables: Mapping[str, object], earlier: Mapping[str, Kind],
) -> None:  # fmt: skip
    if name in endpoints or name in observables or not name.isidentifier():
        why = (
            "The name has another meaning."
            if name.isidentifier()
            else "A name consists of letters, digits and _."
        )
        raise InvalidInput(f"An endpoint of a study cannot be called '{name}'.", why, "Choose another name.")
    if bool(own.when) == bool(own.value):
        raise InvalidInput(
            f"'{name}' needs one expression.", "'when' is a condition, 'value' a number.", "Give one of them."
        )
    check(own.unit)
    read, wanted = expression(own.text), "condition" if own.when else "number"

    def kind(of: str) -> Kind:
        return kind_of(of, endpoints, observables, earlier)

    if read.kind(kind) != wanted:
        remedy = "Write {value: ..., unit: ...} for a number, {when: ...} for a condition."
        raise InvalidInput(
            f"'{own.text}' is not a {wanted}.", "It is a {'number' if own.when else 'condition'}.", remedy
        )


def kind_of(
    name: str, endpoints: Mapping[str, Known], observables: Mapping[str, object], earlier: Mapping[str, Kind]
) -> Kind:
    """What a name stands for. Raises InvalidInput for one that stands for nothing, or for no single child."""
    if name in observables or name in AT_ENTRY or name == WEEK:
        return "number"
    if name in earlier:
        return earlier[name]
    if name in endpoints:
        if endpoints[name].kind in ("response", "share"):
            return "condition"
        raise InvalidInput(
            f"'{name}' is not a finding of one child.",
            "It is a statistic of a group of children.",
            "Leave it out.",
        )
    known = {*observables, *AT_ENTRY, WEEK, *earlier, *endpoints}
    raise InvalidInput(f"There is nothing called '{name}'.", closest(name, known), "")
