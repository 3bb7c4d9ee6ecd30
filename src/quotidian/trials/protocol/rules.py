"""Rules of a trial as values: entry, escape from blinded treatment, and changes of doses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

FAILS = "Such a child is a non-responder."
Estimand: TypeAlias = Literal["composite", "while-on-treatment", "treatment-policy"]
"""What an endpoint makes of a rescue: a failure, the end of what is read, or nothing (ICH E9(R1))."""


@dataclass(frozen=True)
class Entry:
    """Entry: enough active joints, or fewer with fever on enough days of the last two weeks.

    A child with macrophage activation syndrome is not eligible.

    Parameters
    ----------
    fever : degC. febrile : only with such fever. afebrile : only without it. crp_above : mg/L.
    ill_for : least time since onset, years.
    """

    joints: int = 0
    joints_with_fever: int = 0
    fever: float = 38.0
    fever_days: int = 1
    febrile: bool = False
    afebrile: bool = False
    crp_above: float = 0.0
    ill_for: float = 0.0

    @property
    def text(self) -> str:
        text = (
            f"Entry: at least {self.joints} active joints, or at least {self.joints_with_fever} and "
            f"{self.fever:g} degC or more on at least {self.fever_days} of the last 14 days"
        )
        if self.febrile:
            text = (
                f"Entry: at least {self.joints_with_fever} active joints and {self.fever:g} degC or more "
                f"on at least {self.fever_days} of the last 14 days"
            )
        if self.afebrile:
            text = (
                f"Entry: at least {self.joints} active joints and {self.fever:g} degC or more on fewer than "
                f"{self.fever_days} of the last 14 days"
            )
        text += f"; CRP above {self.crp_above:g} mg/L" if self.crp_above else ""
        text += f"; disease for {self.ill_for:g} years or more" if self.ill_for else ""
        return f"{text}; no macrophage activation syndrome."


@dataclass(frozen=True)
class Escape:
    """End of blinded treatment at a visit: a JIA ACR flare, returning fever, or rising CRP.

    Parameters
    ----------
    from_week : first visit that can end it, within the randomised period.
    reference : visit with which the core set is compared: ``entry`` or ``randomisation``.
    fever, fever_days : degC, on so many days of the last week, but not at the reference; 0 for none.
    crp_above : mg/L; None for none.
    kind : its name: ``escape`` or ``flare``. give : treatment from then on; None for no change.
    """

    from_week: int
    fever: float = 38.0
    fever_days: int = 0
    reference: Literal["entry", "randomisation"] = "entry"
    flare: bool = True
    crp_above: float | None = None
    kind: Literal["escape", "flare"] = "escape"
    give: str | Mapping[str, str] | None = None

    @property
    def text(self) -> str:
        causes = []
        if self.flare:
            causes.append(f"JIA ACR flare against {self.reference} (3 of 6 worse by 30 %, at most 1 better)")
        if self.fever_days:
            causes.append(
                f"{self.fever:g} degC or more on at least {self.fever_days} days of the last week in a child "
                f"without such fever at {self.reference}"
            )
        if self.crp_above is not None:
            causes.append(f"CRP above {self.crp_above:g} mg/L")
        name = "Escape" if self.kind == "escape" else "Flare"
        if self.give is not None:
            name += " to open-label drug" if self.kind == "escape" else ", treated by open-label drug,"
        text = f"{name} from week {self.from_week}: {', or '.join(causes)}"
        return f"{text}; not within two weeks of an infection. {FAILS}"


@dataclass(frozen=True)
class Escalation:
    """Dose escalation step by step until the child responds, then ``doses`` at that level.

    At a visit before a dose a child moves one step up ``ladder`` if CRP (mg/L) lies above ``crp_above``.
    """

    ladder: tuple[str, ...]
    crp_above: float
    doses: int = 3

    @property
    def text(self) -> str:
        return (
            f"Dose: {' -> '.join(self.ladder)}; one step up before a dose while CRP is above "
            f"{self.crp_above:g} mg/L, settled after {self.doses} doses at one level."
        )


@dataclass(frozen=True)
class Taper:
    """Reduction of steroid by a share at visits at which the child is well; increase if disease returns.

    Parameters
    ----------
    weeks : visits at which it may be reduced; empty for all from ``from_week`` on.
    acr : JIA ACR response against entry. esr_below : mm/h. fever_free_days : before the visit.
    by_percent : of the present dose. stop_below : mg/kg/day under which the drug is stopped.
    every_weeks : smallest interval between reductions.
    """

    from_week: int
    weeks: tuple[int, ...] = ()
    acr: int = 70
    esr_below: float = 20.0
    fever_free_days: int = 7
    by_percent: float = 20.0
    stop_below: float = 0.05
    every_weeks: int = 2

    @property
    def text(self) -> str:
        when = f"at weeks {', '.join(map(str, self.weeks))}" if self.weeks else f"from week {self.from_week}"
        return (
            f"Steroid: cut by {self.by_percent:g} % {when} with JIA ACR{self.acr}, ESR below "
            f"{self.esr_below:g} mm/h and no fever for {self.fever_free_days} days, stopped below "
            f"{self.stop_below:g} mg/kg/day; back to the dose before the last cut when JIA ACR50 is lost "
            "or fever is back."
        )


@dataclass(frozen=True)
class IntervalExtension:
    """Another regimen for a child that has been well at every visit of ``quiet_weeks``.

    A child is well with JIA ACR70 against entry, no fever for a week and CRP below 10 mg/L.
    """

    give: str | Mapping[str, str]
    from_week: int
    quiet_weeks: int

    @property
    def text(self) -> str:
        return (
            f"Interval: from week {self.from_week} {self.give} after {self.quiet_weeks} weeks with ACR70, "
            "normal CRP and no fever."
        )


@dataclass(frozen=True)
class Stop:
    """End of an event-driven trial for all children: its N-th event, in calendar time.

    Children are randomised evenly over a period of calendar time, so that their follow-up differs. A child
    whose randomisation would be after the end is not randomised.

    Parameters
    ----------
    events : their number in all arms together. kind : the kind that is counted, named as in the escape
    rule. accrual_weeks : period in which all are randomised, if the trial lasts so long; 0 for all on one
    day. because : the origin of these numbers.
    """

    events: int
    accrual_weeks: float
    kind: Literal["escape", "flare"] = "flare"
    because: str = ""

    @property
    def text(self) -> str:
        return (
            f"End: for all children at event {self.events} ({self.kind}) in calendar time, or with the last "
            f"visit if fewer occur; randomisation is spread evenly over {self.accrual_weeks:g} weeks, and "
            "none comes after the end. Results of a child after the end are those of its last visit in the "
            f"trial. {self.because}"
        ).rstrip()
