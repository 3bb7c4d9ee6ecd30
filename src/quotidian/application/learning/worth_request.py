"""A question of worth as a value: the outcome, and how large the runs are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from quotidian.drugs.catalogue import regimen as prescribed
from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.models import DRUGS
from quotidian.models import model as model_named
from quotidian.trials.benchmarks.published_results import claims_of
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.library import design
from quotidian.trials.result import ALL

MODEL = "sjia"
WEEKS = (0, 2, 12)
"""Visits at which a biomarker is measured; 0 is before the first dose."""
FEWEST_MEMBERS = 20


@dataclass(frozen=True)
class TrialKey:
    """An endpoint of an arm of a trial at a week."""

    trial: str
    endpoint: str
    arm: str
    week: int

    def __str__(self) -> str:
        return f"{self.trial}.{self.endpoint}.{self.arm}, week {self.week}"


@dataclass(frozen=True)
class WorthRequest:
    """What is asked.

    Parameters
    ----------
    outcome : trial.endpoint.arm, or an observable of children. week : of the outcome; None for the primary
        week of the trial, or 12. regimen : of the children.
    members : of the ensemble. children : in whom a biomarker would be measured.

    Raises UnknownName for a trial, an endpoint, an arm or an observable that there is not, InvalidInput for
    too few members.
    """

    outcome: str
    week: int | None = None
    regimen: str = "tocilizumab-iv"
    members: int = 60
    children: int = 20
    seed: int = 1

    def __post_init__(self) -> None:
        if self.members < FEWEST_MEMBERS:
            raise InvalidInput(
                f"{self.members} members are too few.",
                "A share of variance cannot be distinguished from chance.",
                f"Ask for {FEWEST_MEMBERS} or more.",
            )
        prescribed(self.regimen)
        if self.key is None:
            known = model_named(MODEL, DRUGS).observables
            if self.outcome not in known:
                hint = "An endpoint is written trial.endpoint.arm."
                raise UnknownName(
                    f"There is no observable '{self.outcome}'.", hint, closest(self.outcome, known)
                )

    @cached_property
    def key(self) -> TrialKey | None:
        """The endpoint of a trial; None for an observable of children."""
        if "." not in self.outcome:
            return None
        trial, *_ = self.outcome.split(".")
        plan = design(trial)
        for claim in claims_of(plan.name):
            if claim.id == self.outcome and claim.endpoint in ENDPOINTS:
                return TrialKey(plan.name, claim.endpoint, claim.arm, self.week or int(claim.week))
        parts = self.outcome.split(".")
        if len(parts) != 3:
            raise UnknownName(f"'{self.outcome}' names no endpoint.", "Write trial.endpoint.arm.", "")
        _, endpoint, arm = parts
        if endpoint not in ENDPOINTS:
            raise UnknownName(f"There is no endpoint '{endpoint}'.", "", closest(endpoint, ENDPOINTS))
        if arm not in (*plan.arms, ALL):
            raise UnknownName(f"'{trial}' has no arm '{arm}'.", "", closest(arm, (*plan.arms, ALL)))
        return TrialKey(plan.name, endpoint, arm, plan.primary_week if self.week is None else self.week)

    @property
    def visit(self) -> int:
        """Week at which the observable of children is read."""
        return 12 if self.week is None else self.week
