"""One regimen of the form: a drug, and the changes from its standard dose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quotidian.drugs.catalogue import PREPARATIONS
from quotidian.drugs.registry import DRUGS
from quotidian.web import form_input

LETTERS = "ABCD"
UNITS = ("mg/kg", "mg", "mg/m2")
NAMES = ("none", *PREPARATIONS)
RESTS_ON = {"licensed": "licensed", "tried": "tried in children", "scaled": "scaled from adults"}
"""What a standard dose rests on, in a few words."""
MOST_MISSED, LAST_DAY = 400, 3650.0


@dataclass(frozen=True)
class Plan:
    """A drug with its standard or another dose, missed doses, and the day on which it is stopped.

    ``dose`` None is the standard dose; ``every`` is in days; ``stop`` None means that it is continued.
    """

    drug: str = "none"
    dose: float | None = None
    unit: str = "mg/kg"
    every: float = 14.0
    missed: tuple[int, ...] = ()
    stop: float | None = None

    @staticmethod
    def read(query: Mapping[str, str], letter: str, default: str) -> Plan:
        """The plan of one letter from fields such as ``a_drug`` and ``a_dose``.

        Raises UnknownName or InvalidQuantity for invalid fields.
        """
        own = {name.removeprefix(f"{letter.lower()}_"): value for name, value in query.items()
               if name.startswith(f"{letter.lower()}_")}  # fmt: skip
        missed = form_input.days(own, "missed", MOST_MISSED)
        return Plan(
            drug=form_input.choice(own, "drug", default, NAMES),
            dose=form_input.maybe(own, "dose", 0.01, 5000.0),
            unit=form_input.choice(own, "unit", "mg/kg", UNITS),
            every=form_input.number(own, "every", 14.0, 0.25, 365.0),
            missed=tuple(sorted({int(n) for n in missed if n >= 1})),
            stop=form_input.maybe(own, "stop", 1.0, LAST_DAY),
        )

    @property
    def text(self) -> str:
        """The plan in the notation of the command line."""
        if self.drug == "none":
            return "none"
        parts = [self.drug]
        if self.dose is not None:
            hours = self.every * 24.0
            interval = f"{self.every:g}d" if hours % 24 == 0 else f"{hours:g}h"
            parts[0] += f":{self.dose:g}{self.unit}/{interval}"
        if self.missed:
            parts.append(f"missing={','.join(map(str, self.missed))}")
        if self.stop is not None:
            parts.append(f"..{self.stop:g}d")
        return " ".join(parts)

    def query(self, letter: str) -> dict[str, str]:
        """The fields that restore this plan; standard values are left out."""
        found = {"drug": self.drug}
        if self.dose is not None:
            found |= {"dose": f"{self.dose:g}", "unit": self.unit, "every": f"{self.every:g}"}
        if self.missed:
            found["missed"] = ",".join(map(str, self.missed))
        if self.stop is not None:
            found["stop"] = f"{self.stop:g}"
        return {f"{letter.lower()}_{name}": value for name, value in found.items()}


def drug_groups(hidden: str = "") -> dict[str, dict[str, str]]:
    """Preparations by class of drug, each with what its standard dose rests on; without the hidden one."""
    found: dict[str, dict[str, str]] = {}
    for drug in DRUGS.values():
        for p in drug.preparations:
            if p.name != hidden:
                rests_on = RESTS_ON[p.basis] if p.standard else "no standard dose"
                found.setdefault(drug.group, {})[p.name] = f"{p.name} ({rests_on})"
    return found
