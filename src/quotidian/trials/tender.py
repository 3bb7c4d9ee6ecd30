"""TENDER part 1 as a declaration: tocilizumab every two weeks against placebo, twelve weeks, 112 children."""

from __future__ import annotations

from quotidian.dosing import no_drug
from quotidian.drugs.catalogue import REGIMENS
from quotidian.trials.design import Arm, Entry, Escape, Trial

TENDER = Trial(
    name="tender",
    title="A virtual TENDER, part 1",
    about=(
        "Children of 2 to 17 years with active systemic JIA, randomised 2:1 to tocilizumab (12 mg/kg below "
        "30 kg, 8 mg/kg from 30 kg, every two weeks) or placebo for twelve weeks."
    ),
    citation="debenedetti2012",
    arms={
        "tocilizumab": Arm(REGIMENS["tocilizumab-iv"], children=75),
        "placebo": Arm(no_drug(), children=37),
    },
    visits=(2, 4, 6, 8, 10, 12),
    primary_week=12,
    entry=Entry(joints=5, joints_with_fever=2, fever=38.0, fever_days=5),
    escape=Escape(from_week=2, fever=38.0, fever_days=3),
    rescue="tocilizumab-iv",
    notes=(
        "The entry rule is the protocol's as recalled; an abstract words it as 5 active joints and fever.",
        "Public sources say that escape counted as non-response, not what triggered it; the rule is assumed.",
        "Background steroid, methotrexate and withdrawals for other reasons are not modelled here.",
    ),
)
