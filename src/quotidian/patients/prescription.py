"""One child's prescription: the doses planned, what the rules have done to them, and what was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from quotidian.dosing import Administration, Person, Regimen, schedule
from quotidian.drugs.limits import refuse_excess
from quotidian.patients.rules import Action, ChangeTo, Hold, Reduce, Restart, State, Stop


@dataclass(frozen=True, slots=True)
class Standing:
    """How one drug stands: ``skip`` planned doses are still to be left out while held, None all of them."""

    state: State = "given"
    share: float = 1.0
    skip: int | None = 0


USUAL = Standing()


@dataclass(frozen=True)
class Prescription:
    """Doses to come as the regimen says (``planned``), those ``given``, those held or stopped (``left_out``).

    Times in h. A regimen is written out up to ``until_h``.
    """

    person: Person
    until_h: float
    planned: tuple[Administration, ...]
    given: tuple[Administration, ...] = ()
    left_out: tuple[Administration, ...] = ()
    standing: Mapping[str, Standing] = field(default_factory=dict)

    @staticmethod
    def of(person: Person, regimen: Regimen, until_h: float, first_h: float) -> Prescription:
        """A regimen that begins at ``first_h``.

        Raises what :func:`quotidian.dosing.schedule` raises, RegimenError for more than is ever given.
        """
        planned = schedule(regimen, person, until_h, start_h=first_h).administrations
        refuse_excess(planned, person)
        return Prescription(person, until_h, planned)

    def of_drug(self, drug: str) -> Standing:
        """How a drug stands."""
        return self.standing.get(drug, USUAL)

    def after(self, action: Action, drug: str, now_h: float) -> Prescription:
        """After an action on a drug at ``now_h``; nothing but a change moves a stopped drug."""
        if isinstance(action, ChangeTo):
            return self._changed(action.regimen, now_h + action.after_h)
        old = self.of_drug(drug)
        if old.state == "stopped":
            return self
        match action:
            case Hold(doses):
                new = replace(old, state="held", skip=doses)
            case Reduce(factor):
                new = replace(old, share=factor)
            case Restart():
                new = replace(old, state="given", skip=0)
            case Stop():
                new = replace(old, state="stopped", skip=None)
        return self if new == old else replace(self, standing={**self.standing, drug: new})

    def _changed(self, regimen: Regimen, from_h: float) -> Prescription:
        kept = tuple(dose for dose in self.planned if dose.time_h < from_h)
        new = schedule(regimen, self.person, self.until_h, start_h=from_h).administrations
        refuse_excess(kept + new, self.person)
        return replace(self, planned=kept + new, standing={})

    def proceed(self, until_h: float) -> Prescription:
        """Doses planned before ``until_h`` are given at the share in force, or left out."""
        standing = dict(self.standing)
        given, left_out = list(self.given), list(self.left_out)
        due = [dose for dose in self.planned if dose.time_h < until_h]
        for dose in due:
            now = standing.get(dose.drug, USUAL)
            if now.state == "given":
                given.append(replace(dose, amount_mg=dose.amount_mg * now.share))
                continue
            left_out.append(dose)
            if now.skip is not None:
                left = now.skip - 1
                standing[dose.drug] = replace(now, skip=left, state="held" if left else "given")
        return replace(
            self,
            planned=self.planned[len(due) :],
            given=tuple(given),
            left_out=tuple(left_out),
            standing=standing,
        )
