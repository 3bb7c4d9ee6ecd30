"""Safety rules of a design: those of the drugs' labels, none, or limits of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from quotidian.drugs.safety import Limit
from quotidian.errors import closest
from quotidian.models import DRUGS
from quotidian.trials.protocol.fault import Fault
from quotidian.units import quantity_text


@dataclass(frozen=True)
class SafetyLimit:
    """A limit declared by a design: the action on a drug when a reading is beyond a threshold.

    Parameters
    ----------
    drug : its name. reads : observable. act : hold until all readings are safe again, reduce, or stop
        permanently.
    below, above : threshold in the observable's unit; one of the two. share : of the dose that is given
        after a reduction.
    """

    drug: str
    reads: str
    act: Literal["hold", "reduce", "stop"]
    below: float | None = None
    above: float | None = None
    share: float = 0.5

    @property
    def limit(self) -> Limit:
        """The limit in the form in which drugs declare it."""
        share = self.share if self.act == "reduce" else 1.0
        if self.below is not None:
            return Limit(self.drug, self.reads, "below", self.below, self.act, share)
        return Limit(self.drug, self.reads, "above", self.above or 0.0, self.act, share)


Safety: TypeAlias = Literal["label", "none"] | tuple[SafetyLimit, ...]
"""``label``: the limits of each drug's label; ``none``: no reading changes a dose; or a list of limits."""


def limits_of(safety: Safety, drugs: Iterable[str]) -> Mapping[str, tuple[Limit, ...]]:
    """The limits of these drugs under a design's safety rules, by drug; drugs without limits are left out."""
    if safety == "none":
        return {}
    if safety == "label":
        found = {drug: DRUGS[drug].safety for drug in sorted(drugs) if drug in DRUGS}
    else:
        own = [one.limit for one in safety]
        found = {drug: tuple(x for x in own if x.drug == drug) for drug in sorted(drugs)}
    return {drug: limits for drug, limits in found.items() if limits}


def limit_text(limit: Limit) -> str:
    """``neutrophils below 1.0·10⁹/L``."""
    return f"{limit.reads} {limit.side} {quantity_text(f'{limit.threshold:g}', limit.unit)}"


def safety_text(limits: Mapping[str, tuple[Limit, ...]]) -> str:
    """The safety rules in words."""
    named = {"hold": "held", "reduce": "reduced", "stop": "stopped", "restart": "restarted"}
    rules = "; ".join(
        f"{drug} is " + ", ".join(f"{named[x.act]} at {limit_text(x)}" for x in own)
        for drug, own in limits.items()
    )
    return (
        f"Safety: at a visit {rules}. A held drug is restarted at the first visit where every reading is "
        "safe. A stopped drug is not restarted; a child whose drugs are all stopped discontinues."
    )


def safety_faults(safety: Safety, drugs: Iterable[str], observables: Mapping[str, object]) -> Iterator[Fault]:
    """Errors in the limits of a design: drugs, observables and thresholds."""
    if isinstance(safety, str):
        return
    for i, limit in enumerate(safety):
        if limit.drug not in (given := set(drugs)):
            yield Fault(
                ("safety", i, "drug"), f"'{limit.drug}' is not given in this trial.",
                f"Its drugs are: {', '.join(sorted(given))}.", closest(limit.drug, given),
            )  # fmt: skip
        if limit.reads not in observables:
            yield Fault(
                ("safety", i, "reads"), f"there is no observable '{limit.reads}'.", "",
                closest(limit.reads, observables),
            )  # fmt: skip
        if (limit.below is None) == (limit.above is None):
            yield Fault(
                ("safety", i), "a limit has one threshold.", "It applies to readings below it or above it.",
                "Write either 'below:' or 'above:'.",
            )  # fmt: skip
        if not 0 < limit.share < 1:
            yield Fault(
                ("safety", i, "share"), f"a share of {limit.share:g} is refused.",
                "It lies above 0 and below 1.", "Write for example 0.5.",
            )  # fmt: skip
