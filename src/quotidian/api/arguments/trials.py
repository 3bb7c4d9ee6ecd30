"""Trials, designs, endpoints and learning as arguments."""

from __future__ import annotations

from typing import Any

from quotidian.api.arguments.kinds import Kind, Unfit, either, instance, path, sequence, text, texts, whole
from quotidian.trials.protocol.design import Trial

TRIAL_NAME = text("the name of a published trial; q.published_trials() has them", "tender")
TRIAL_NAMES = texts("a list of names of published trials", "['tender']")
VALUE_NAMES = texts(
    "a list of names of the ledger, or of their beginnings", "['tocilizumab', 'biology.fever']"
)
STUDY_FILE = path("the path of a study file", "my-study.yaml")
STUDY = either(
    "the path of a study file, or a design from q.plan", "'my-study.yaml'",
    instance("a design", "plan", Trial), STUDY_FILE,
)  # fmt: skip
DESIGN = either(
    "the name of a published trial, the path of a study file, or a design from q.plan", "'yokota-2008'",
    instance("a design", "plan", Trial), STUDY_FILE,
)  # fmt: skip
ENDPOINT = text("the name of an endpoint", "acr70")
SIZES = sequence(whole(2, example=20), "a list of whole numbers from 2", "[20, 40, 80]", 1)
OUTCOME = text("trial.endpoint.arm, or an observable", "tender.acr70.tocilizumab")


def _measure(value: Any) -> Any:
    if not (isinstance(value, str) or callable(value)):
        raise Unfit
    return value


MEASURE = Kind("an expression, or a function of a visit", "'acr50 & crp < 15'", _measure)
