"""What one administration gives: how much of which drug, by which route."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Self

from quotidian.dosing.amount import Amount, amount
from quotidian.dosing.bands import Bands
from quotidian.dosing.durations import MINUTE, YEAR, between
from quotidian.dosing.person import Person
from quotidian.errors import RegimenError

Route = Literal["bolus", "infusion", "subcutaneous", "oral"]
"""How a dose is given."""


@dataclass(frozen=True, slots=True)
class SingleDose:
    """One dose, without a time.

    Parameters
    ----------
    amount : how much, the same for all or by bands of weight or age.
    drug : name of the drug.
    route : how it enters the body.
    duration_h : length of the infusion, h; zero by every other route.
    cap_mg : largest amount whatever the child's size, mg; ``None`` for no cap.

    Raises
    ------
    RegimenError : a drug without name, a duration that does not suit the route, or a cap not above zero.
    """

    amount: Amount | Bands
    drug: str
    route: Route
    duration_h: float = 0.0
    cap_mg: float | None = None

    def __post_init__(self) -> None:
        if not self.drug.strip():
            raise RegimenError(
                "a dose without a drug.", "The drug has no name.", "Write for example of='tocilizumab'."
            )
        if self.route == "infusion":
            between(self.duration_h, MINUTE, YEAR, "an infusion time", "over='1 hour'")
        elif self.duration_h != 0.0:
            what = f"a duration of {self.duration_h:g} h does not suit the route '{self.route}'."
            raise RegimenError(what, "Only an infusion has a duration.", "Use infusion(..., over='1 hour').")
        if self.cap_mg is not None and not self.cap_mg > 0:
            what, why = f"a cap of {self.cap_mg:g} mg is refused.", "It would leave no dose."
            raise RegimenError(what, why, "Write for example .at_most('800 mg').")

    def at_most(self, cap: str) -> Self:
        """The same dose, never above ``cap`` (a mass, such as ``"800 mg"``); of two caps the lower holds."""
        new = amount(cap)
        if new.per != "child":
            what, why = f"a cap of {new} is refused.", "A cap is the same for every child."
            raise RegimenError(what, why, "Write for example .at_most('800 mg').")
        return replace(self, cap_mg=new.value_mg if self.cap_mg is None else min(self.cap_mg, new.value_mg))

    def mg(self, person: Person) -> float:
        """The amount for this child, mg.

        Raises
        ------
        DoseOutsideBand : the child is in no band.
        RegimenError : a dose per square metre for a child of unknown height.
        """
        plain = self.amount.amount_for(person, self.drug) if isinstance(self.amount, Bands) else self.amount
        uncapped = plain.mg(person)
        return uncapped if self.cap_mg is None else min(uncapped, self.cap_mg)
