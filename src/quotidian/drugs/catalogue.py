"""Regimens by name: the standard regimens of all drugs, and regimens in free form.

A dose scaled from adults is the adult dose per kg at 70 kg times (70/20)^0.25, because clearance scales with
weight to the power 0.75; it is rounded, and never above the adult dose. Doses of labels are recalled unless
a source is named. A dose that is not licensed for systemic JIA is marked wherever it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from quotidian.dosing import Regimen, describe, no_drug
from quotidian.dosing.notation import RouteOf, parse
from quotidian.drugs.drug import Basis, Port, Preparation
from quotidian.drugs.registry import DRUGS

MARKS: Mapping[Basis, str] = {
    "licensed": "licensed for children",
    "tried": "tried in children, not licensed for systemic JIA",
    "scaled": "not established in children: scaled from the adult dose",
}
"""The evidence for a standard regimen, in words."""

PREPARATIONS: Mapping[str, Preparation] = {p.name: p for drug in DRUGS.values() for p in drug.preparations}
PORTS: tuple[Port, ...] = tuple(port for drug in DRUGS.values() for port in drug.ports)
ROUTES: Mapping[str, RouteOf] = {
    p.name: (drug.name, p.route, p.over_h) for drug in DRUGS.values() for p in drug.preparations
}
REGIMENS: Mapping[str, Regimen] = {
    "none": no_drug(),
    **{p.name: p.standard for p in PREPARATIONS.values() if p.standard is not None},
}
_NAME = re.compile(r"\s*([\w-]+)\s*(:?)")


def regimen(text: str) -> Regimen:
    """Read a regimen: its name, or its free form such as ``tocilizumab-iv:8mg/kg/2wk``.

    Raises UnknownName for an unknown drug, RegimenError for what cannot be read.
    """
    return parse(text, REGIMENS, ROUTES)


def marks(text: str) -> tuple[str, ...]:
    """One line for each standard dose in the regimen that is not licensed.

    A dose of the user's own carries no mark.
    """
    heads = [found.groups() for part in text.split("+") if (found := _NAME.match(part))]
    named = dict.fromkeys(name for name, colon in heads if not colon)
    known = [PREPARATIONS[name] for name in named if name in PREPARATIONS]
    return tuple(f"{p.name}: dose {MARKS[p.basis]} ({p.source})" for p in known if p.basis != "licensed")


def standard_doses() -> list[dict[str, str]]:
    """Every preparation: ``name``, standard ``dose``, ``basis`` of that dose in words, and its ``source``."""
    return [
        {
            "name": p.name,
            "dose": "" if p.standard is None else describe(p.standard),
            "basis": "no standard dose" if p.standard is None else MARKS[p.basis],
            "source": p.source,
        }
        for p in PREPARATIONS.values()
    ]
