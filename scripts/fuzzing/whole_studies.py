"""Random studies that the reader accepts, each run to its end with one replicate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from fuzzing.inputs import Case
from fuzzing.judge import Verdict, judged

MODULE, WORK = "quotidian.application.trial_run", "run_trial"
LIMIT_S = 600.0
"""Seconds of processor time after which a study counts as one without end: the largest of them has 960
patients and 72 weeks, and takes a minute."""
SCREENED = "candidates"
"""What a refusal after screening names: too few are eligible, or none can be matched."""
RESULT = {"endpoints.csv", "effects.csv", "flow.csv", "baseline.csv", "report.html", "manifest.json"}


def judged_whole(case: Case, place: Path, work: Callable[..., Any]) -> Verdict:
    """Judge a study; if its request is accepted, run it to its end by ``work`` and judge that too.

    An accepted study ends with 0 and all files of a result. Only a lack of fitting candidates, which only
    screening can show, may be refused later.
    """
    accepted = judged(case, place)
    if accepted.wrong or accepted.code:
        return accepted
    module = import_module(MODULE)
    sign = getattr(module, WORK)
    setattr(module, WORK, work)
    try:
        found = replace(judged(case, place, LIMIT_S), began=True)
    finally:
        setattr(module, WORK, sign)
    folder = place / "case/out"
    files = {item.name for item in folder.iterdir()} if folder.is_dir() else set()
    if not found.wrong and found.code and SCREENED not in found.said:
        return replace(found, wrong=f"refused after its work began: {' '.join(found.said.split())}")
    if not found.wrong and not found.code and files != RESULT:
        return replace(found, wrong=f"the result has the files {sorted(files)}")
    return found
