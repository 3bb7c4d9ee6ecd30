"""Safety rules of a drug: readings at which it is held, reduced, stopped or resumed.

A drug declares which observables are watched; the thresholds are entries of its ledger, named by observable
and action, such as ``neutrophils_hold``. The declarations are data: the engine of visits carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from quotidian.evidence import Ledger, read_ledger
from quotidian.network import Parameters

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Act = Literal["stop", "hold", "reduce", "restart"]
Side = Literal["below", "above"]
_GRAVEST_FIRST: tuple[Act, ...] = ("stop", "hold", "reduce")
_NORMAL: Ledger = read_ledger(Path(__file__).with_suffix(".yaml"))


@dataclass(frozen=True, slots=True)
class Limit:
    """``act`` on ``drug`` when the observable ``reads`` is ``below`` or ``above`` a threshold, in ``unit``.

    A restart requires every reading to be on the safe side of its hold. ``share`` is the part of the dose
    that remains after a reduction.
    """

    drug: str
    reads: str
    side: Side
    threshold: float
    act: Act
    share: float = 1.0
    unit: str = "1"

    @overload
    def met(self, value: float) -> bool: ...

    @overload
    def met(self, value: Floats) -> Bools: ...

    def met(self, value: float | Floats) -> bool | Bools:
        """Whether each reading is beyond the threshold; a missing reading (not a number) never is."""
        return value < self.threshold if self.side == "below" else value > self.threshold


def below(k: Parameters, reads: str, unit: str) -> tuple[Limit, ...]:
    """Act on low readings: a limit for each of the entries ``READS_stop``, ``_hold`` and ``_reduce``.

    Parameters
    ----------
    k : the drug's ledger. reads : the observable. unit : its unit.
    """
    return tuple(
        _limit(k, reads, "below", k(f"{reads}_{act}", unit).value, act, unit) for act in _acts(k, reads)
    )


def above_normal(k: Parameters, reads: str, unit: str) -> tuple[Limit, ...]:
    """Act on high readings: as :func:`below`, with entries in multiples of the upper limit of normal."""
    upper = _NORMAL[f"{reads}_upper_limit"].value_in(unit)
    return tuple(
        _limit(k, reads, "above", k(f"{reads}_{act}", "1").value * upper, act, unit)
        for act in _acts(k, reads)
    )


def upper_limit(reads: str) -> float:
    """The upper limit of normal of ``alt`` or ``ast``, U/L."""
    return _NORMAL[f"{reads}_upper_limit"].value_in("U/L")


def _acts(k: Parameters, reads: str) -> tuple[Act, ...]:
    return tuple(act for act in _GRAVEST_FIRST if f"{reads}_{act}" in k.ledger)


def _limit(k: Parameters, reads: str, side: Side, threshold: float, act: Act, unit: str) -> Limit:
    share = k(f"{reads}_reduced_share", "1").value if act == "reduce" else 1.0
    return Limit(k.owner, reads, side, threshold, act, share, unit)


def decided(limits: Iterable[Limit], observed: Mapping[str, float], held: bool) -> Limit | None:
    """The gravest limit that the readings meet; for a held drug a restart if they meet none that holds.

    Parameters
    ----------
    limits : of one drug. observed : readings by name, in the units of the limits.
    held : whether the drug is on hold.
    """
    rules = tuple(limits)
    for act in _GRAVEST_FIRST:
        for limit in rules:
            if limit.act == act and limit.met(observed[limit.reads]):
                return None if held and act != "stop" else limit
    if held and rules:
        return Limit(rules[0].drug, "", "below", 0.0, "restart")
    return None
