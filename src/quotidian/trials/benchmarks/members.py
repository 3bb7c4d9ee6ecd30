"""Intervals with parameter uncertainty: each replicate has the values of another member of an ensemble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from quotidian.errors import InvalidInput, SolverFailed
from quotidian.evidence import Overlay
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.protocol.design import Trial
from quotidian.trials.rows import EndpointRow
from quotidian.trials.run import conductor_of

Row = TypeVar("Row", bound=EndpointRow)


@dataclass(frozen=True)
class MemberRuns:
    """One replicate for each member that could be run; ``lost`` counts the others by reason."""

    records: tuple[CaseRecord, ...]
    lost: Counter[str]


def follow_members(
    trial: Trial, members: Sequence[Overlay], seed: int,
    progress: Callable[[float], None] | None = None, threads: int | None = None,
) -> MemberRuns:  # fmt: skip
    """Replicate r of the trial with the values of member r, for every member.

    Replicate r has the random numbers of replicate r without members. Raises InvalidInput where fewer than
    half of the members have a result.
    """
    records, lost = list[CaseRecord](), Counter[str]()
    for r, overlay in enumerate(members):
        try:
            records.append(conductor_of(trial, seed, threads, overlay=overlay).run(range(r, r + 1)))
        except (SolverFailed, InvalidInput) as error:
            lost[error.what] += 1
        if progress is not None:
            progress((r + 1) / len(members))
    if 2 * len(records) < len(members) or not records:
        raise InvalidInput(
            f"Only {len(records)} of {len(members)} members of the ensemble have a result in {trial.name}.",
            "; ".join(lost),
            "Run the trial without members.",
        )
    return MemberRuns(tuple(records), lost)


def with_known(rows: Sequence[Row], known: Sequence[EndpointRow]) -> tuple[Row, ...]:
    """Rows with the intervals of the same rows over members, with parameter uncertainty."""
    found = {(row.arm, row.endpoint, row.week): row for row in known}
    return tuple(
        replace(
            row, low_known=other.low, high_known=other.high, rank_known=other.rank,
            virtual_known=other.virtual,
        )
        if (other := found.get((row.arm, row.endpoint, row.week)))
        else row
        for row in rows
    )  # fmt: skip
