"""A trial as a value: participants, treatments and their times, assessments, and rules at visits.

One declaration serves published designs (``published/designs/*.yaml``) and study files alike. Weeks are whole
and counted from the first dose, which is given at 09:00 of the visit of week 0; visits are at 08:00.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from quotidian.dosing import Regimen
from quotidian.indications.indication import Indication
from quotidian.indications.registry import indication
from quotidian.models import DRUGS
from quotidian.patients.population import PatientPopulation
from quotidian.trials.criteria.fever import FEVER
from quotidian.trials.protocol.own_endpoint import OwnEndpoint
from quotidian.trials.protocol.rules import (
    Entry,
    Escalation,
    Escape,
    Estimand,
    IntervalExtension,
    Stop,
    Taper,
)
from quotidian.trials.protocol.safety import Safety
from quotidian.trials.protocol.sampling import DosingInterval, Kinetics
from quotidian.trials.protocol.treatment import Give, regimens

BACKGROUND = "background_steroid"


@dataclass(frozen=True)
class Arm:
    """One arm: its treatment, and the number of children randomised to it (a weight if ``children`` of the
    trial gives the total)."""

    give: Give
    children: int

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """Every regimen that a child of the arm may receive."""
        return regimens(self.give)

    @property
    def regimen(self) -> Regimen:
        """The regimen of the arm; that of the first band if bands differ."""
        return self.regimens[0]


@dataclass(frozen=True)
class Period:
    """A period of the trial. In an ``open`` one all children receive the same, in a ``randomised`` one
    that of their arm.

    Parameters
    ----------
    weeks : its length. give : treatment of an open period; if it is empty, that of the arm.
    admit_acr, admit_crp_below : condition of randomisation after an open lead-in: JIA ACR response of that
        level without fever (0: neither is asked), and CRP (mg/L) below that value.
    """

    name: str
    kind: Literal["open", "randomised"]
    weeks: int
    give: Give | None = None
    admit_acr: int = 30
    admit_crp_below: float | None = None


@dataclass(frozen=True)
class Population:
    """The patients of the indication who take part.

    Parameters
    ----------
    youngest, oldest : range of completed ages, years, without the upper one; None for all of the
        indication.
    lightest : kg.
    values : replaces medians and variability between patients, by their name in patients/variability.yaml.
    match : means that selection among the eligible must give: age, weight, height_sds, duration, steroid,
    joints, crp, esr, febrile (per cent). because : the origin of these numbers.
    """

    youngest: float | None = None
    oldest: float | None = None
    lightest: float = 0.0
    values: Mapping[str, float] = field(default_factory=dict, hash=False)
    match: Mapping[str, float] = field(default_factory=dict, hash=False)
    because: str = ""


@dataclass(frozen=True)
class Steroid:
    """Prednisolone that children take when they enter, mg/kg/day: log-normal within bounds, or none.

    ``share`` of the children take any; ``spread`` is the SD of the logarithm.
    """

    share: float
    median: float
    spread: float
    at_least: float = 0.0
    at_most: float = 1.5
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The declaration of a trial.

    Parameters
    ----------
    arms : by name; one for an open trial.
    periods : in order, the first at week 0.
    visits : weeks after week 0, ascending, with the start of each period among them.
    primary_week : of the primary endpoint. endpoints : names of the endpoints; empty means all.
    children : number enrolled; the sum of the arms if it is 0.
    indication : the disease and its patients, by name. entry, population, steroid : participants. escape,
    escalation, taper, interval_extension : rules at visits. stop : ends an event-driven trial.
    safety : readings at which a drug is held, reduced or stopped at visits: those of the ``label``, ``none``,
        or a list of limits.
    stratify : ``weight`` (30 kg), ``steroid`` (0.3 mg/kg/day), ``methotrexate``, ``joints`` (20).
    missed : probability that a child misses a visit. window : days by which a visit may be early.
    imputation : of a visit that a child missed, or that comes after it left: as non-response, or by its last
        observation (``locf``; ``last-on-treatment`` only in the randomised period).
    estimand : what a rescue does to responses: ``composite`` (a rescued child is a non-responder),
        ``while-on-treatment`` (the visit of the rescue, which precedes it, stands for all later ones) or
        ``treatment-policy`` (it is read as if there had been none); None for the first with the imputation
        ``non-responder``, else the second. estimand_because : the source of it, or why it is assumed.
    marker : of inflammation in the core set, for responses and flares.
    fever_from : degC; a reading at or above it is fever in criteria that require its absence (TENDER:
        37.5).
    define : endpoints of the design's own, by name: a condition such as ``ferritin < 0.5 * baseline``, or an
        :class:`OwnEndpoint`. They are always reported, and what they read is recorded.
    observables : recorded at visits besides the core set, CRP and the drug.
    kinetics : intervals over which exposure is measured, in one plan or several.
    """

    name: str
    title: str = ""
    about: str = ""
    citation: str = ""
    arms: Mapping[str, Arm] = field(hash=False)
    periods: tuple[Period, ...]
    visits: tuple[int, ...]
    primary_week: int
    entry: Entry = field(default_factory=Entry)
    children: int = 0
    indication: str = "sjia"
    population: Population = field(default_factory=Population)
    steroid: Steroid | None = None
    escape: Escape | None = None
    escalation: Escalation | None = None
    taper: Taper | None = None
    interval_extension: IntervalExtension | None = None
    stop: Stop | None = None
    safety: Safety = "label"
    stratify: tuple[Literal["weight", "steroid", "methotrexate", "joints"], ...] = ()
    missed: float = 0.0
    window: int = 0
    imputation: Literal["non-responder", "locf", "last-on-treatment"] = "non-responder"
    estimand: Estimand | None = None
    estimand_because: str = ""
    marker: Literal["esr", "crp"] = "esr"
    fever_from: float = FEVER
    endpoints: tuple[str, ...] = ()
    define: Mapping[str, str | OwnEndpoint] = field(default_factory=dict, hash=False)
    observables: tuple[str, ...] = ()
    kinetics: Kinetics | tuple[Kinetics, ...] | None = None
    notes: tuple[str, ...] = ()

    @property
    def disease(self) -> Indication:
        """The indication as a value. Raises UnknownName for a name that is none."""
        return indication(self.indication)

    @property
    def model(self) -> str:
        """Name of the model of the disease."""
        return self.disease.model

    @property
    def ages(self) -> tuple[float, float]:
        """Range of completed ages at entry, years, without the upper one."""
        own, disease = self.population, self.disease
        return (
            disease.youngest if own.youngest is None else own.youngest,
            disease.oldest if own.oldest is None else own.oldest,
        )

    @property
    def patient_population(self) -> PatientPopulation:
        """The population from which candidates are drawn: that of the indication, with the design's
        values."""
        return self.disease.population.with_values(self.population.values)

    @property
    def strategy(self) -> Estimand:
        """The estimand of responses, also where the design leaves it to its imputation."""
        if self.estimand is not None:
            return self.estimand
        return "composite" if self.imputation == "non-responder" else "while-on-treatment"

    @property
    def size(self) -> int:
        """Children enrolled in a replicate."""
        return self.children or sum(arm.children for arm in self.arms.values())

    @property
    def weeks(self) -> int:
        """Length, weeks."""
        return sum(period.weeks for period in self.periods)

    @property
    def timeline(self) -> tuple[tuple[int, Period], ...]:
        """Every period with its first week."""
        starts = [sum(p.weeks for p in self.periods[:i]) for i in range(len(self.periods))]
        return tuple(zip(starts, self.periods, strict=True))

    @property
    def randomised(self) -> tuple[int, int] | None:
        """First and last week of the randomised period; None for a trial without one."""
        for start, period in self.timeline:
            if period.kind == "randomised":
                return start, start + period.weeks
        return None

    @property
    def end_h(self) -> float:
        """End of dosing, h: two intervals after the last visit, for exposure."""
        return (self.weeks + 8) * 168.0

    @property
    def dosing_intervals(self) -> tuple[DosingInterval, ...]:
        """Every interval over which exposure is measured, in the order of the design."""
        plans = () if self.kinetics is None else self.kinetics
        plans = (plans,) if isinstance(plans, Kinetics) else plans
        return tuple(interval for plan in plans for interval in plan.intervals)

    @property
    def gives(self) -> tuple[Give, ...]:
        """Every treatment that a child may receive."""
        given: list[Give] = [arm.give for arm in self.arms.values()]
        given += [p.give for p in self.periods if p.give is not None]
        given += [self.escape.give] if self.escape and self.escape.give is not None else []
        given += list(self.escalation.ladder) if self.escalation else []
        given += [self.interval_extension.give] if self.interval_extension else []
        return tuple(given)

    @property
    def drugs(self) -> frozenset[str]:
        """Every drug that the model must contain."""
        named = frozenset[str]().union(*(r.drugs for give in self.gives for r in regimens(give)))
        sampled = {interval.drug for interval in self.dosing_intervals} & DRUGS.keys()
        return named | sampled | ({BACKGROUND} if self.steroid else frozenset())
