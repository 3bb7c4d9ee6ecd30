"""Rules of dosing at visits: what a clinician reads, and what it does to the doses to come.

::

    def hold_low_neutrophils(visit: Visit) -> list[Action | None]:
        low = visit.observed["neutrophils"] < 1.0
        return where(low, Hold(doses=1))

    rule = Rule("neutrophils below 1", "tocilizumab", ("neutrophils",), hold_low_neutrophils)

A rule is a pure function of a :class:`Visit`: it answers for every child at once and remembers nothing.
What it may want to remember (is the drug on hold, which share is given) stands in the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.dosing import Regimen
from quotidian.errors import RegimenError
from quotidian.patients.child import Child

Floats = NDArray[np.float64]
State: TypeAlias = Literal["given", "held", "stopped"]


@dataclass(frozen=True, slots=True)
class Hold:
    """Leave out the next ``doses`` planned doses; None leaves out all until a :class:`Restart`.

    A hold replaces an earlier one. Raises RegimenError for fewer than one dose.
    """

    doses: int | None = None

    def __post_init__(self) -> None:
        if self.doses is not None and self.doses < 1:
            raise RegimenError(
                f"a hold of {self.doses} doses is refused.", "It would hold nothing.", "Give 1 or more."
            )


@dataclass(frozen=True, slots=True)
class Reduce:
    """Give this share of the regimen's amount from the next dose on; 1 gives the whole again.

    The share is of what the regimen says, not of what was given last: twice ``Reduce(0.5)`` gives one half.
    Raises RegimenError for a share that is not above zero.
    """

    factor: float

    def __post_init__(self) -> None:
        if not (isfinite(self.factor) and self.factor > 0):
            raise RegimenError(
                f"a share of {self.factor} is refused.", "It would leave no dose.", "Use Hold() or Stop()."
            )


@dataclass(frozen=True, slots=True)
class Stop:
    """Give none from now on. For good: no restart undoes it; an infusion that runs ends as planned."""


@dataclass(frozen=True, slots=True)
class Restart:
    """End a hold: the next planned dose is given, at its planned time and at the share in force."""


@dataclass(frozen=True, slots=True)
class ChangeTo:
    """All of the child's drugs give way to another regimen, which begins ``after_h`` hours after the visit.

    Doses of the old regimen planned before that hour are given; holds, shares and stops end with it.
    """

    regimen: Regimen
    after_h: float = 0.0


Action: TypeAlias = Hold | Reduce | Stop | Restart | ChangeTo


@dataclass(frozen=True)
class Visit:
    """What can be read at a visit, of every child.

    Attributes
    ----------
    number : 0 for the first. time_h : on the simulation's clock; before any dose of that instant.
    children : whom.
    observed : by name of observable, [child] at the visit.
    chart : by name, [child, time] at ``times`` (h) since the visit before, the visit's own last.
    state : [child] whether the rule's drug is given, held or stopped.
    share : [child] of the regimen's amount that is given.
    """

    number: int
    time_h: float
    children: tuple[Child, ...]
    observed: Mapping[str, Floats]
    chart: Mapping[str, Floats]
    times: Floats
    state: tuple[State, ...]
    share: Floats


@dataclass(frozen=True)
class Rule:
    """One rule: ``decide`` reads the observables ``reads`` and answers with an action, or None, per child.

    ``drug`` is what is held, reduced, stopped or restarted. Rules of one visit act in the order in which they
    are given, each on what the one before has left; all of them read the same visit.
    """

    name: str
    drug: str
    reads: tuple[str, ...]
    decide: Callable[[Visit], Sequence[Action | None]]


def where(condition: ArrayLike, action: Action) -> list[Action | None]:
    """``action`` for children of whom ``condition`` [child] holds, None for the others."""
    return [action if holds else None for holds in np.asarray(condition, dtype=bool)]


def first_of(*answers: Sequence[Action | None]) -> list[Action | None]:
    """For each child the first answer that is not None: the gravest first."""
    return [next((a for a in own if a is not None), None) for own in zip(*answers, strict=True)]
