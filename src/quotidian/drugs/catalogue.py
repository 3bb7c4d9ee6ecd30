"""How drugs are given: standard regimens, on what their dose rests, and where each route enters the model.

A dose scaled from adults is the adult dose per kg at 70 kg times (70/20)^0.25, because clearance follows
weight to the power 0.75, rounded, and never above the adult's. Doses of labels are recalled unless
shared evidence is named; a dose that is not licensed for systemic JIA is marked wherever it is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from quotidian.dosing import Bands, Regimen, Route, by_band, infusion, no_drug, oral, subcutaneous
from quotidian.dosing.notation import RouteOf, parse

Basis = Literal["licensed", "tried", "scaled"]

MARKS: Mapping[Basis, str] = {
    "licensed": "licensed for children",
    "tried": "tried in children, not licensed for systemic JIA",
    "scaled": "not established in children: scaled from the adult dose",
}
"""What each basis says wherever the regimen is told."""


@dataclass(frozen=True)
class Port:
    """Where a dose enters: an input switched to mg/h for an infusion, a species that gains mg else.

    ``lag_h`` (h) passes between taking a dose and its first absorption.
    """

    drug: str
    route: str
    name: str
    is_input: bool
    lag_h: float = 0.0


@dataclass(frozen=True)
class Prescription:
    """A name that stands for a drug and a route, and alone for a standard regimen.

    ``standard`` is None where no dose is usual; ``basis`` and ``source`` say on what the dose rests.
    ``over_h`` is the usual infusion time, h (0 by other routes). ``enters`` and ``lag_h`` (h) say where a
    dose that is not infused lies, and what passes before its first absorption.
    """

    name: str
    drug: str
    route: Route
    standard: Regimen | None
    basis: Basis
    source: str
    over_h: float = 0.0
    enters: str = "depot"
    lag_h: float = 0.0

    @property
    def port(self) -> Port:
        """The port of the model that its doses lead to."""
        is_input = self.route == "infusion"
        place = f"{self.drug}_{'infusion' if is_input else self.enters}"
        return Port(self.drug, self.route, place, is_input, self.lag_h)


# us_label_actemra, systemic JIA: 12 mg/kg below 30 kg, 8 mg/kg from 30 kg, every 2 weeks over 1 hour
BY_WEIGHT = Bands({"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})
_TOCILIZUMAB = subcutaneous("162 mg", of="tocilizumab")
_SATRALIZUMAB = subcutaneous("2.4 mg/kg", of="satralizumab").at_most("120 mg")
_EMAPALUMAB = infusion("3 mg/kg", of="emapalumab", over="1 hour")

PRESCRIPTIONS: tuple[Prescription, ...] = (
    Prescription(
        "tocilizumab-iv", "tocilizumab", "infusion",
        infusion(BY_WEIGHT, of="tocilizumab", over="1 hour").every("14 day"),
        "licensed", "label, systemic JIA", over_h=1.0,
    ),
    Prescription(
        "tocilizumab-sc", "tocilizumab", "subcutaneous",
        by_band(
            {"below 30 kg": _TOCILIZUMAB.every("14 day"), "30 kg and above": _TOCILIZUMAB.every("7 day")}
        ),
        "licensed", "label, systemic JIA, from trial JIGSAW 118",
    ),
    Prescription(
        "sarilumab", "sarilumab", "subcutaneous",
        subcutaneous(Bands({"below 30 kg": "4 mg/kg", "30 kg and above": "3 mg/kg"}), of="sarilumab")
        .at_most("200 mg").every("14 day"),
        "tried", "dose-finding trials in JIA; adult dose 200 mg",
    ),
    Prescription(
        "satralizumab", "satralizumab", "subcutaneous",
        _SATRALIZUMAB.every("14 day").times(2).then(_SATRALIZUMAB.every("28 day"), after="14 day"),
        "scaled", "120 mg at weeks 0, 2, 4 and every 4 weeks",
    ),
    Prescription(
        "siltuximab", "siltuximab", "infusion",
        infusion("11 mg/kg", of="siltuximab", over="1 hour").every("21 day"),
        "scaled", "11 mg/kg every 3 weeks, kept per kg", over_h=1.0,
    ),
    Prescription(
        "sirukumab", "sirukumab", "subcutaneous",
        subcutaneous("2 mg/kg", of="sirukumab").at_most("100 mg").every("14 day"),
        "scaled", "100 mg every 2 weeks, as tried in rheumatoid arthritis",
    ),
    Prescription("sirukumab-iv", "sirukumab", "infusion", None, "scaled", "as in its trials", 0.5),
    Prescription(
        "olokizumab", "olokizumab", "subcutaneous",
        subcutaneous("1.25 mg/kg", of="olokizumab").at_most("64 mg").every("28 day"),
        "scaled", "64 mg every 4 weeks, as tried in rheumatoid arthritis",
    ),
    Prescription("olokizumab-iv", "olokizumab", "infusion", None, "scaled", "as in its trials", 0.5),
    Prescription(
        "clazakizumab", "clazakizumab", "infusion",
        infusion("0.2 mg/kg", of="clazakizumab", over="30 minute").at_most("10 mg").every("28 day"),
        "scaled", "10 mg every 4 weeks, as tried in dialysis", over_h=0.5,
    ),
    Prescription(
        "olamkicept", "olamkicept", "infusion",
        infusion("12 mg/kg", of="olamkicept", over="2 hour").at_most("600 mg").every("14 day"),
        "scaled", "600 mg every 2 weeks, as tried in ulcerative colitis", over_h=2.0,
    ),
    Prescription(
        "anakinra", "anakinra", "subcutaneous",
        subcutaneous("2 mg/kg", of="anakinra").at_most("100 mg").every("1 day"),
        "tried", "2 mg/kg a day, trial ANAJIS; licensed for Still's disease in Europe",
    ),
    Prescription(
        "canakinumab", "canakinumab", "subcutaneous",
        subcutaneous("4 mg/kg", of="canakinumab").at_most("300 mg").every("28 day"),
        "licensed", "label, systemic JIA",
    ),
    Prescription(
        "emapalumab", "emapalumab", "infusion",
        infusion("6 mg/kg", of="emapalumab", over="1 hour")
        .then(_EMAPALUMAB.every("3 day").times(5), after="3 day")
        .then(_EMAPALUMAB.every("84 hour"), after="84 hour").until("28 day"),
        "licensed", "label, macrophage activation syndrome in Still's disease; 28 days", over_h=1.0,
    ),
    Prescription(
        "tofacitinib", "tofacitinib", "oral",
        oral(
            Bands({"10 kg to 20 kg": "3.2 mg", "20 kg to 40 kg": "4 mg", "40 kg and above": "5 mg"}),
            of="tofacitinib",
        ).every("12 hour"),
        "tried", "label, polyarticular JIA; tried in systemic JIA",
    ),
    Prescription(
        "methotrexate", "methotrexate", "oral",
        oral("15 mg/m2", of="methotrexate").at_most("25 mg").every("7 day"),
        "tried", "usual dose in JIA, 10 to 15 mg/m2 a week; label for polyarticular JIA",
    ),
    Prescription(
        "prednisolone", "prednisolone", "oral",
        oral("1 mg/kg", of="prednisolone").at_most("60 mg").every("1 day"),
        "licensed", "customary, each morning", enters="gut", lag_h=0.17,  # bouazza2025
    ),
    Prescription(
        "methylprednisolone", "methylprednisolone", "infusion",
        infusion("30 mg/kg", of="methylprednisolone", over="1 hour").at_most("1 g").every("1 day").times(3),
        "licensed", "customary, pulses on three days", over_h=1.0,
    ),
    Prescription(
        "ibuprofen", "ibuprofen", "oral",
        oral("10 mg/kg", of="ibuprofen").at_most("400 mg").every("8 hour"),
        "licensed", "label, fever of children",
    ),
)  # fmt: skip
PORTS: tuple[Port, ...] = tuple(p.port for p in PRESCRIPTIONS)
ROUTES: Mapping[str, RouteOf] = {p.name: (p.drug, p.route, p.over_h) for p in PRESCRIPTIONS}
REGIMENS: Mapping[str, Regimen] = {
    "none": no_drug(),
    **{p.name: p.standard for p in PRESCRIPTIONS if p.standard is not None},
}
_NAME = re.compile(r"\s*([\w-]+)\s*(:?)")


def regimen(text: str) -> Regimen:
    """A regimen from its name or free form, such as ``tocilizumab-iv:8mg/kg/2wk``.

    Raises UnknownName for a drug that is not here, RegimenError for what cannot be read.
    """
    return parse(text, REGIMENS, ROUTES)


def marks(text: str) -> tuple[str, ...]:
    """What must be said of the standard doses in it that are not licensed: a line for each.

    A dose of the user's own carries no mark.
    """
    heads = [found.groups() for part in text.split("+") if (found := _NAME.match(part))]
    named = dict.fromkeys(name for name, colon in heads if not colon)
    known = {p.name: p for p in PRESCRIPTIONS}
    return tuple(
        f"{name}: dose {MARKS[known[name].basis]} ({known[name].source})"
        for name in named
        if name in known and known[name].basis != "licensed"
    )
