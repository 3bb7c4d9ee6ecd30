"""The flow of children from screening to the end of a trial, by arm: the numbers of a CONSORT diagram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.conduct.case_record import CaseRecord, Happened
from quotidian.trials.conduct.eligibility import EnrolmentAccount
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.rules import Escape
from quotidian.trials.result import FlowRow

Bools = NDArray[np.bool_]
ALL = "all"
Stages = tuple[tuple[Happened, str], ...]


def flow_rows(trial: Trial, records: Sequence[CaseRecord], account: EnrolmentAccount) -> tuple[FlowRow, ...]:
    """Stages in order: proposed, excluded by reason, enrolled, allocated, escaped, left by reason, followed.

    Numbers before enrolment are means over replicates, without a range.
    """
    replicates = sum(len(np.unique(r.replicate)) for r in records)
    rows = [FlowRow("proposed", ALL, account.proposed / replicates)]
    rows += [FlowRow(f"excluded: {why}", ALL, n / replicates) for why, n in account.screened.items() if n]
    rows.append(_counted("enrolled", ALL, records, [np.ones(r.children, dtype=bool) for r in records]))
    if trial.randomised is not None and trial.randomised[0] > 0:
        rows.append(_counted("not admitted to randomisation", ALL, records, [r.arm < 0 for r in records]))
    for number, arm in enumerate(trial.arms):
        rows += _of_arm(arm, records, [r.arm == number for r in records], _ends(trial.escape))
    return tuple(rows)


def _ends(rule: Escape | None) -> Stages:
    """Stages in which the randomised treatment ends. An escape to open-label drug is its own rescue."""
    if rule is None:
        return ()
    if rule.kind == "escape":
        return (("escape", "escaped" if rule.give is None else "escaped to open-label drug"),)
    return ("flare", "flared"), ("rescue", "given open-label drug after the flare")


def _of_arm(arm: str, records: Sequence[CaseRecord], own: Sequence[Bools], ends: Stages) -> Iterator[FlowRow]:
    yield _counted("allocated", arm, records, own)
    for kind, stage in ends:
        had = [r.had(kind) & mine for r, mine in zip(records, own, strict=True)]
        if any(x.any() for x in had):
            yield _counted(stage, arm, records, had)
    reasons = dict.fromkeys(e.detail for r in records for e in r.events if e.kind == "withdrawal")
    for reason in sorted(reasons):
        left = [_left(r, reason) & mine for r, mine in zip(records, own, strict=True)]
        if any(x.any() for x in left):
            yield _counted(f"left: {reason or 'no reason recorded'}", arm, records, left)
    stayed = [~r.left[r.weeks[-1]] & mine for r, mine in zip(records, own, strict=True)]
    yield _counted("followed to the end", arm, records, stayed)


def _left(record: CaseRecord, reason: str) -> Bools:
    """Children whose first withdrawal has this reason, [child]."""
    first: dict[int, str] = {}
    for event in record.events:
        if event.kind == "withdrawal":
            first.setdefault(event.child, event.detail)
    found = np.zeros(record.children, dtype=bool)
    found[[child for child, why in first.items() if why == reason]] = True
    return found


def _counted(stage: str, arm: str, records: Sequence[CaseRecord], of: Sequence[Bools]) -> FlowRow:
    """Mean and range over replicates of the children of a stage."""
    counts = np.concatenate(
        [[int(own[r.replicate == k].sum()) for k in np.unique(r.replicate)]
         for r, own in zip(records, of, strict=True)]
    )  # fmt: skip
    return FlowRow(stage, arm, float(counts.mean()), int(counts.min()), int(counts.max()))
