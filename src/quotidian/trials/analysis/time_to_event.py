"""Time on the randomised treatment, until escape or flare, by arm."""

from __future__ import annotations

from operator import le, lt

import numpy as np

from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.protocol.design import Trial
from quotidian.trials.result import Stay

ENDING = ("escape", "flare")
"""Events that end the randomised treatment; a withdrawal for another reason ends the follow-up. A rescue
comes with one of them."""


def stays(trial: Trial, record: CaseRecord) -> tuple[Stay, ...]:
    """Each arm of the first replicate: weeks followed since randomisation, and whether such an event ended
    them.

    If any child had such an event, all arms are included, for comparison; otherwise none.
    """
    own = record.replicate == record.replicate.min()
    begins = np.zeros(record.children)
    ends = np.minimum(record.last_visit, float(max(record.weeks)))
    happened = np.zeros(record.children, dtype=bool)
    sooner = lt if record.ending is None else le  # an event may end the trial itself
    for event in sorted(record.events, key=lambda e: (e.week, e.child)):
        if event.kind == "randomised":
            begins[event.child] = event.week
        elif event.kind in (*ENDING, "withdrawal") and sooner(event.week, ends[event.child]):
            ends[event.child], happened[event.child] = event.week, event.kind in ENDING
    followed = own & (record.arm >= 0) & (ends > begins)
    if not happened[followed].any():
        return ()
    return tuple(
        Stay(arm, (ends - begins)[followed & (record.arm == i)], happened[followed & (record.arm == i)])
        for i, arm in enumerate(trial.arms)
        if (followed & (record.arm == i)).any()
    )
