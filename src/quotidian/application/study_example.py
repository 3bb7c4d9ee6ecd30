"""The study file that ``quotidian study new`` writes; a test runs it unchanged."""

from __future__ import annotations

import os
from pathlib import Path

from quotidian.errors import OutputError
from quotidian.reports.files import write_atomically

EXAMPLE = """\
# A study: virtual children, their treatment, the visits, and the endpoints.
# Run it:  quotidian study run FILE --replicates 20 --seed 1 --output out/study
# Its schema:  quotidian study schema.  Weeks count from the first dose; visits are at 08:00, doses at 09:00.

name: every-2-or-4-weeks
title: Tocilizumab every 2 or every 4 weeks
about: Does the longer interval control systemic JIA as well?

indication: sjia           # or sjia_infants, pjia, adult_ra, castleman
population:
  youngest: 2              # years
  oldest: 18               # not reached
  # match: {age: 9.8, joints: 19.8}     published means, matched by weighted sampling of candidates

entry:                     # at least 5 active joints, or 2 with fever on 5 of the last 14 days
  joints: 5
  joints_with_fever: 2
  fever: 38.0              # degC
  fever_days: 5
  crp_above: 10            # mg/L

steroid:                   # prednisolone that children take when they enter, mg/kg/day
  share: 0.9               # of the children
  median: 0.3
  spread: 0.5              # SD of the logarithm
  at_most: 1.0

arms:                      # 'quotidian drugs' lists the regimens; one for all, or one for each band
  every 2 weeks:
    give: {below 30 kg: "tocilizumab-iv:12mg/kg/2wk", 30 kg and above: "tocilizumab-iv:8mg/kg/2wk"}
    children: 40
  every 4 weeks:
    give: {below 30 kg: "tocilizumab-iv:12mg/kg/4wk", 30 kg and above: "tocilizumab-iv:8mg/kg/4wk"}
    children: 40
stratify: [weight, steroid]

periods:                   # in order; a period begins at a visit
  - {name: blinded, kind: randomised, weeks: 12}
  - {name: extension, kind: open, weeks: 12}       # without 'give' each arm continues its treatment
visits: [2, 4, 6, 8, 10, 12, 16, 20, 24]
missed: 0.03               # chance of missing a visit
fever_from: 37.5           # degC; limit of fever in endpoints that require its absence
primary_week: 12

escape:                    # from blinded to open-label treatment; such a child is a non-responder
  from_week: 4
  flare: true              # JIA ACR flare relative to entry
  fever: 38.0
  fever_days: 3
  give: tocilizumab-iv
# stop: {events: 20, kind: escape, accrual_weeks: 52}      an event-driven trial: ends for all children
#   at the 20th escape, of children randomised over a year; then the randomised period is the last one

taper:                     # steroid cut by 20 % at visits where the child is well
  from_week: 12
  acr: 70
  esr_below: 20            # mm/h
  by_percent: 20
  every_weeks: 4

kinetics:                  # exposure; each child is sampled over the longest interval without another dose
  - {drug: tocilizumab, days: 14, first: 0, steady: 8}
  - {drug: tocilizumab, days: 28, first: 0, steady: 8}
define:                    # endpoints of your own: conditions of each child at each visit, or numbers
  calm: acr50 & crp < 15
  ferritin_halved: ferritin < 0.5 * baseline       # observables used here are recorded
  crp_ratio: {value: crp / baseline, unit: "1", label: CRP over that at entry}
endpoints: [primary, acr30, acr70, fever_free, crp_normal, steroid_free, ctrough]   # leave out for all
"""


def write_example(file: Path) -> Path:
    """Write the example to a new file, and return its path. Raises OutputError for one that exists."""
    if os.path.lexists(file):
        raise OutputError(f"{file} exists already.", "It was not changed.", "Choose another name.")
    return write_atomically(file, EXAMPLE)
