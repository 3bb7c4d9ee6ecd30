"""Counts of a scoreboard: rows inside by role, separately for earlier and later ones, and facts by role."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from quotidian.evidence.facts import facts
from quotidian.evidence.roles import ROLES, frozen_roles
from quotidian.trials.benchmarks.published_results import claims_of
from quotidian.trials.benchmarks.scores import ScoreRow
from quotidian.trials.protocol.library import names

CALIBRATION, EARLIER, LATER = "calibration", "validation, rows of version 0.1", "validation, later rows"
IN_VIEW = "validation, rows of version 0.1 that a later design quotes"


@dataclass(frozen=True)
class FactCount:
    """Facts of one role: their number, and the number with a counterpart in the program."""

    role: str
    all: int
    with_counterpart: int


def group_of(row: ScoreRow) -> str:
    """`CALIBRATION`, `EARLIER` or `LATER`."""
    if row.role == "calibration":
        return CALIBRATION
    return LATER if row.fact else EARLIER


def tally(rows: Sequence[ScoreRow]) -> dict[str, tuple[int, int]]:
    """Rows inside, and rows in all, by group."""
    own = {group: [r.inside for r in rows if group_of(r) == group] for group in (CALIBRATION, EARLIER, LATER)}
    return {group: (sum(hits), len(hits)) for group, hits in own.items()}


def last_line(rows: Sequence[ScoreRow]) -> str:
    """``calibration: 14 of 16 inside; validation, rows of version 0.1: 20 of 31 inside; ...``."""
    return "; ".join(f"{group}: {hits} of {all_} inside" for group, (hits, all_) in tally(rows).items())


def in_view(rows: Sequence[ScoreRow]) -> tuple[int, int]:
    """Validation rows of version 0.1 that a later design quotes: number inside, and number in all."""
    quoted = frozen_roles().in_view
    own = [row.inside for row in rows if row.claim in quoted and row.role == "validation"]
    return sum(own), len(own)


@cache
def cited_facts() -> frozenset[str]:
    """Facts that a row of the scoreboard compares with a simulated number."""
    claims = (claim for name in names() for claim in claims_of(name))
    return frozenset(claim.fact for claim in claims if claim.fact and claim.kind != "context")


def fact_counts(cited: Collection[str]) -> tuple[FactCount, ...]:
    """Counts of facts by role; a fact has a counterpart if it is ``cited`` or names one itself."""
    roles = frozen_roles().facts
    own = {role: [fact for fact in facts().values() if roles[fact.id] == role] for role in ROLES}
    return tuple(
        FactCount(role, len(some), sum(bool(fact.counterpart) or fact.id in cited for fact in some))
        for role, some in own.items()
    )


def role_lines(rows: Sequence[ScoreRow]) -> list[str]:
    """The frozen files with date and hash, the facts by role, and the rows that were seen before they were
    compared."""
    lines = [f"Roles: {file}." for file in frozen_roles().files]
    counts = [
        f"{c.all} {c.role} ({c.with_counterpart} with a counterpart)" for c in fact_counts(cited_facts())
    ]
    lines.append(f"{len(facts())} later facts: {', '.join(counts)}.")
    hits, all_ = in_view(rows)
    if all_:
        lines.append(f"{IN_VIEW}: {hits} of {all_} inside.")
    return lines
