"""The page *what is firm, what is assumed*: counts, the ranking, and why each number was assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from quotidian.evidence import Entry, all_ledgers
from quotidian.network.parameter_table import cell, table
from quotidian.reports.assumption_sensitivity import OUTCOMES, Effect, Firmness, Outcome, assumed, entries
from quotidian.reports.evidence_view import BASES

HEADS = (
    "IL-6",
    "CRP",
    "temperature",
    "growth",
    "CRP¹²",
    "joints¹²",
    "haemoglobin¹²",
    "neutrophils¹²",
    "ferritin¹²",
)
"""Short heads of the outcomes; a raised 12 is week 12 of the drug."""

INTRODUCTION = """\
# What is firm, what is assumed

Made by `quotidian firm {model}`; do not edit. **Research use, not a medical device.**

Every number of the model says how it is known: *measured* (a source reports it), *derived* (arithmetic on
reported values), *fitted* (so that the model meets a reported result; see [what was tuned](calibration.md))
or *assumed*. This page counts them, and ranks the assumed ones by how much the main outcomes would differ if
the truth lay at an end of their range. A small effect here is no proof that a number is right; a large one
says where a measurement would help most.
"""

HOW = """\
## How the ranking is made

The typical {label}. One assumed number at a time goes to the lower and to the upper end of its stated
spread, or of its plausible range where no spread is known (marked *p*); all others stay. Nothing is fitted
anew: an effect is larger than what would remain after a new calibration. Where one child differs from another
in a number (its proneness to a rash, the share of its arthritis that IL-6 drives), the range is that of
children, and the effect is what sets them apart. The disease settles first and a day of it is read; then
tocilizumab (12 mg/kg every two weeks) is given, and week 12 is read before the dose of that day. Growth is
that of a year without drug. A number at the end of the list may still decide what is not looked at here:
the rash, the liver, SAA.

| outcome | typical | a change is told as a share of |
|---|---|---|
{outcomes}
"""


def page(found: Firmness) -> str:
    """The page as Markdown; the same for the same model and version."""
    name = found.model.name
    parts = [
        INTRODUCTION.format(model=name),
        _counts(found),
        HOW.format(label=found.child.label, outcomes="\n".join(_outcomes(found))),
        _ranking(found),
        _reasons(found),
    ]
    return "\n".join(parts)


def _counts(found: Firmness) -> str:
    known = entries(found.model)
    owners = dict.fromkeys(name.partition(".")[0] for name in known)
    rows = [
        (f"`{owner}`", *_counted(e for name, e in known.items() if name.partition(".")[0] == owner))
        for owner in sorted(owners)
    ]
    rows.append((f"**all of `{found.model.name}`**", *_counted(known.values())))
    every = [entry for ledger in all_ledgers() for entry in ledger.values()]
    rows.append(("**all ledgers**, every drug, variant, trial and spread", *_counted(every)))
    return f"## How many\n\n{table(('mechanism', *BASES), iter(rows))}\n"


def _counted(some: Iterable[Entry]) -> tuple[str, ...]:
    count = Counter(entry.basis.word for entry in some)
    return tuple(str(count[word]) for word in BASES)


def _outcomes(found: Firmness) -> list[str]:
    lines = []
    for o, typical, whole in zip(OUTCOMES, found.typical, found.wholes, strict=True):
        unit = "" if o.unit == "1" else f" {o.unit}"
        when = "week 12 of tocilizumab" if o.treated else "untreated"
        share = _share_of(o, whole, unit)
        lines.append(f"| {o.title}, {when} | {typical:.3g}{unit} | {share} |")
    return lines


def _share_of(outcome: Outcome, whole: float, unit: str) -> str:
    if outcome.whole:
        return f"the untreated value, {whole:.3g}{unit}"
    return (
        f"the fever above 37 degC, {whole:.2g} degC" if outcome.name == "temperature" else "the typical value"
    )


def _ranking(found: Firmness) -> str:
    rows = (
        (str(place), f"`{e.name}`", _range(e), _percent(e.largest, sign=False), *map(_pair, e.shares))
        for place, e in enumerate(found.effects, start=1)
    )
    head = ("", "assumed number", "value, range", "largest", *HEADS)
    text = (
        "Changes in % with the number at its lower / at its upper end; `·` is less than 0.5 %. A raised 12\n"
        "is week 12 of tocilizumab, the rest is untreated."
    )
    return f"## The assumed numbers, by their largest effect\n\n{text}\n\n{table(head, rows)}\n"


def _pair(shares: tuple[float, float]) -> str:
    low, high = (_percent(share) for share in shares)
    return "·" if low == high == "0" else f"{low} / {high}"


def _percent(share: float, sign: bool = True) -> str:
    """Whole per cent with a true minus; 0 without a sign."""
    n = round(100 * share)
    return f"{n:+d}".replace("-", "−") if sign and n else f"{abs(n)}"


def _range(e: Effect) -> str:
    unit = "" if e.entry.unit == "1" else f" {e.entry.unit}"
    mark = " *p*" if e.entry.spread.word == "unknown" else ""
    return f"{e.entry.value:g} ({e.low:.3g} to {e.high:.3g}){unit}{mark}"


def _reasons(found: Firmness) -> str:
    rows = (
        (str(place), f"`{e.name}`", cell(e.entry.meaning), cell(e.entry.basis.detail), _sources(e.entry))
        for place, e in enumerate(found.effects, start=1)
    )
    head = ("", "assumed number", "meaning", "why this value", "source")
    fixed = [name for name, e in entries(found.model).items() if e.basis.word == "assumed"]
    left_out = ", ".join(f"`{name}`" for name in fixed if name not in assumed(found.model))
    tail = f"Definitions, which could not be otherwise, are left out: {left_out}.\n" if left_out else ""
    return f"## Why they were assumed\n\n{table(head, rows)}\n\n{tail}"


def _sources(entry: Entry) -> str:
    return cell("; ".join(f"{s.key}: {s.place}" for s in entry.sources)) or "none"
