"""One participant's prescription: the treatment, planned and given doses, and drugs on hold or stopped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from quotidian.dosing import Administration
from quotidian.trials.protocol.treatment import Give

State: TypeAlias = Literal["given", "held", "stopped"]
Doses: TypeAlias = tuple[Administration, ...]


@dataclass(frozen=True, slots=True)
class DrugStatus:
    """Whether a drug is given, held or stopped, and the share of the regimen's dose that is given."""

    state: State = "given"
    share: float = 1.0


AS_PLANNED = DrugStatus()


@dataclass(frozen=True)
class Prescription:
    """The treatment of one participant.

    Attributes
    ----------
    give, first_h : the treatment, and the hour of its first dose.
    planned : future doses of the regimen. given, withheld : past doses, in order of time.
    written_h : hour up to which doses are planned; infinite if the regimen has no later dose.
    status : of each drug that is not given as planned. A change of treatment keeps it.
    """

    give: Give = "none"
    first_h: float = 0.0
    planned: Doses = ()
    given: Doses = ()
    withheld: Doses = ()
    written_h: float = math.inf
    status: Mapping[str, DrugStatus] = field(default_factory=dict)

    def of_drug(self, drug: str) -> DrugStatus:
        """Whether and how a drug is given."""
        return self.status.get(drug, AS_PLANNED)

    @property
    def doses(self) -> Doses:
        """Doses given, and those that will be given if nothing changes, in order of time."""
        return (*self.given, *self._administered(self.planned))

    def until(self, now_h: float) -> Prescription:
        """The prescription in which each dose planned before ``now_h`` was given or withheld."""
        due = tuple(dose for dose in self.planned if dose.time_h < now_h)
        if not due:
            return self
        withheld = tuple(dose for dose in due if self.of_drug(dose.drug).state != "given")
        return replace(
            self,
            planned=self.planned[len(due) :],
            given=self.given + self._administered(due),
            withheld=self.withheld + withheld,
        )

    def replanned(self, from_h: float, doses: Doses, written_h: float) -> Prescription:
        """The prescription with other doses from ``from_h`` on; earlier planned doses are kept."""
        kept = tuple(dose for dose in self.planned if dose.time_h < from_h)
        return replace(self, planned=kept + doses, written_h=written_h)

    def with_status(self, drug: str, status: DrugStatus) -> Prescription:
        """The prescription with a drug held, reduced, stopped or given again from now on."""
        return replace(self, status={**self.status, drug: status})

    def _administered(self, doses: Doses) -> Doses:
        """Doses, reduced where a drug is reduced, without those of drugs on hold or stopped."""
        if not self.status:
            return doses
        shares = [(dose, self.of_drug(dose.drug)) for dose in doses]
        return tuple(
            dose if status.share == 1.0 else replace(dose, amount_mg=dose.amount_mg * status.share)
            for dose, status in shares
            if status.state == "given"
        )
