"""Where an event-driven trial ends: at the calendar time of its N-th event, for every child at once.

Nothing that a child does depends on the others before that, so the end is found after all have been followed
to their last visit, and what lies beyond it is left unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quotidian.trials.conduct.case_record import CaseRecord, Ending, Event, Floats
from quotidian.trials.conduct.setting import TrialSetting
from quotidian.trials.protocol.rules import Stop


def close(setting: TrialSetting, record: CaseRecord) -> None:
    """End each replicate where its design says so; nothing for a design without an end by events."""
    stop, span = setting.trial.stop, setting.trial.randomised
    if stop is None or span is None:
        return
    arrival = stop.accrual_weeks * setting.uniform("accrual", record.replicate, record.number)
    end(record, ending(record, stop, arrival, span[0]))


def summary(stop: Stop | None, records: Sequence[CaseRecord]) -> tuple[str, ...]:
    """When the replicates ended, in words; nothing for a design without an end by events."""
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
    """Where the trial of each replicate ends, and each child's last visit before it.

    A child that would be randomised after the end never is: its last visit is that which found it fit.

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
    """Take out of the record what happened to children after their last visit in the trial."""
    record.ending = found
    record.events = [_as_it_was(e, found) for e in record.events if e.week <= found.last[e.child]]
    record.arm = np.where(found.late, -1, record.arm)
    record.escaped = record.escaped & (record.had("escape") | record.had("flare"))
    withdrawn = record.first("withdrawal")
    record.left = {week: left & (withdrawn <= week) for week, left in record.left.items()}


def _as_it_was(event: Event, found: Ending) -> Event:
    late = event.kind == "randomised" and found.late[event.child]
    return replace(event, kind="not admitted", detail="the trial had ended") if late else event
