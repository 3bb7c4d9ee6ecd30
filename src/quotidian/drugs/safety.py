"""Safety rules as declarations: at which count or level a drug is held, reduced, stopped or taken up again.

Pure data, with thresholds from the ledger beside; whoever follows children through visits carries it out.
A limit that is graver stands before a milder one of the same reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from quotidian.evidence import Ledger, read_ledger

Act = Literal["stop", "hold", "reduce", "restart"]
_LEDGER: Ledger = read_ledger(Path(__file__).with_suffix(".yaml"))
UNITS: Mapping[str, str] = {"neutrophils": "1e9/L", "platelets": "1e9/L", "alt": "U/L"}
"""Observables that limits read, and the unit they are read in."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``act`` on ``drug`` when the observable is ``below`` or ``above`` a threshold, in its unit.

    A restart asks for every reading to be on the safe side of ``hold``; ``share`` is what a reduction
    leaves of the dose.
    """

    drug: str
    reads: str
    side: Literal["below", "above"]
    threshold: float
    act: Act
    share: float = 1.0

    def met(self, value: float) -> bool:
        """Whether the reading is beyond the threshold; a reading that is no number meets nothing."""
        return value < self.threshold if self.side == "below" else value > self.threshold


def _value(name: str, unit: str) -> float:
    return _LEDGER[name].value_in(unit)


def _low(drug: str, reads: str, act: Act) -> Limit:
    return Limit(drug, reads, "below", _value(f"{reads}_{act}", UNITS[reads]), act)


def _high(drug: str, act: Act, share: float = 1.0) -> Limit:
    upper = _value("alt_upper_limit", "U/L")
    return Limit(drug, "alt", "above", _value(f"alt_{act}", "1") * upper, act, share)


def _blood(drug: str) -> tuple[Limit, ...]:
    return tuple(_low(drug, reads, act) for reads in ("neutrophils", "platelets") for act in ("stop", "hold"))


def _receptor(drug: str) -> tuple[Limit, ...]:
    return (*_blood(drug), _high(drug, "stop"), _high(drug, "hold"))


LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "tocilizumab": _receptor("tocilizumab"),
    "sarilumab": _receptor("sarilumab"),
    "satralizumab": _receptor("satralizumab"),
    "tofacitinib": (
        _low("tofacitinib", "neutrophils", "stop"),
        _low("tofacitinib", "neutrophils", "hold"),
    ),
    "anakinra": (_low("anakinra", "neutrophils", "hold"),),
    "methotrexate": (
        *_blood("methotrexate"),
        _high("methotrexate", "hold"),
        _high("methotrexate", "reduce", _value("methotrexate_share", "1")),
    ),
}
"""By drug; a drug that is not here has no rule of this kind."""


def decided(limits: Iterable[Limit], observed: Mapping[str, float], held: bool) -> Limit | None:
    """The gravest limit that the readings meet; of a held drug a restart if they meet none that holds.

    Parameters
    ----------
    limits : of one drug. observed : by name, in the units of ``UNITS``. held : whether the drug is on hold.
    """
    rules = tuple(limits)
    for act in ("stop", "hold", "reduce"):
        for limit in rules:
            if limit.act == act and limit.met(observed[limit.reads]):
                return None if held and act != "stop" else limit
    if held and rules:
        return Limit(rules[0].drug, "", "below", 0.0, "restart")
    return None
