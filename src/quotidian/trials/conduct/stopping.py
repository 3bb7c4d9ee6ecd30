"""End of an event-driven trial: the calendar time of its N-th event, common to all children.

Before the end, no child depends on another. The end is therefore determined after all children have been
followed to their last visit, and later data are not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quotidian.trials.conduct.case_record import CaseRecord, Ending, Event, Floats
from quotidian.trials.conduct.setting import TrialSetting
from quotidian.trials.protocol.rules import Stop


def close(setting: TrialSetting, record: CaseRecord) -> None:
    """The end of each replicate; None for a design that does not end by events."""
    stop, span = setting.trial.stop, setting.trial.randomised
    if stop is None or span is None:
        return
    arrival = stop.accrual_weeks * setting.uniform("accrual", record.replicate, record.number)
    end(record, ending(record, stop, arrival, span[0]))


def summary(stop: Stop | None, records: Sequence[CaseRecord]) -> tuple[str, ...]:
    """The end of the replicates in words; empty for a design that does not end by events."""
    ends = [week for record in records if record.ending for week in record.ending.at.values()]
    if stop is None or not ends:
        return ()
    came = np.array(ends)[np.isfinite(ends)]
    text = f"Event {stop.events} ({stop.kind}) ended {len(came)} of {len(ends)} replicates"
    if len(came):
        text += f", in the median {np.median(came):.0f} weeks after the first randomisation"
    if len(came) < len(ends):
        text += "; the others went on to their last visit"
    sizes = [int(((r.arm >= 0) & (r.replicate == k)).sum()) for r in records for k in np.unique(r.replicate)]
    return (f"{text}. Randomised by then: {np.median(sizes):.0f} children in the median.",)


def ending(record: CaseRecord, stop: Stop, arrival: Floats, start: int) -> Ending:
    """The end of each replicate, and each child's last visit before it.

    A child whose randomisation would be after the end is not randomised. Its last visit is the one that
    found it eligible.

    Parameters
    ----------
    arrival : calendar week of randomisation, [child]. start : week of randomisation on the child's clock.
    """
    visits = np.array([week for week in record.weeks if week >= start])
    calendar = arrival[:, None] + (visits - start)
    happened = visits == record.first(stop.kind)[:, None]
    last, late, at = np.full(record.children, np.inf), np.zeros(record.children, dtype=bool), {}
    for r in np.unique(record.replicate):
        own = (record.replicate == r) & (record.arm >= 0)
        events = np.sort(calendar[own][happened[own]])
        at[int(r)] = float(events[stop.events - 1]) if len(events) >= stop.events else np.inf
        seen = (calendar[own] <= at[int(r)]).sum(axis=1)
        last[own] = visits[np.maximum(seen, 1) - 1]
        late[own] = seen == 0
    return Ending(last, late, at)


def end(record: CaseRecord, found: Ending) -> None:
    """Remove events after a child's last visit in the trial from the record."""
    record.ending = found
    record.events = [_as_it_was(e, found) for e in record.events if e.week <= found.last[e.child]]
    record.arm = np.where(found.late, -1, record.arm)
    record.escaped = record.escaped & (record.had("escape") | record.had("flare"))
    withdrawn = record.first("withdrawal")
    record.left = {week: left & (withdrawn <= week) for week, left in record.left.items()}


def _as_it_was(event: Event, found: Ending) -> Event:
    late = event.kind == "randomised" and found.late[event.child]
    return replace(event, kind="not admitted", detail="the trial had ended") if late else event
