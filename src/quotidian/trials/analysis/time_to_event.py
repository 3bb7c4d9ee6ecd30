"""How long children stay as they were randomised: until escape, flare or rescue, arm by arm."""

from __future__ import annotations

from operator import le, lt

import numpy as np

from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.protocol.design import Trial
from quotidian.trials.result import Stay

ENDING = ("escape", "flare", "rescue")
"""What ends the treatment as randomised; a withdrawal for another reason ends the follow-up."""


def stays(trial: Trial, record: CaseRecord) -> tuple[Stay, ...]:
    """One arm each of the first replicate: weeks followed since randomisation, and whether it ended so.

    Arms in which nothing of the kind can happen are there too, so that arms can be compared; none at all
    where no child of any arm had such an event.
    """
    own = record.replicate == record.replicate.min()
    begins = np.zeros(record.children)
    ends = np.minimum(record.last_visit, float(max(record.weeks)))
    happened = np.zeros(record.children, dtype=bool)
    sooner = lt if record.ending is None else le  # an event may be what a trial ends with
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
