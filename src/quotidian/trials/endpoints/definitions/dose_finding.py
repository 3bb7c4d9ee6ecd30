"""Dose escalation: the level at which children remained, and the response at each level."""

from __future__ import annotations

from functools import partial

import numpy as np

from quotidian.trials.criteria import jia_acr
from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding
from quotidian.trials.endpoints.family import EndpointFamily
from quotidian.trials.protocol.design import Trial

LEVELS = (30, 50, 70)
DOSE = r"(?:acr70|settled)_at_([0-9]+(?:\.[0-9]+)?(?:_mg)?)"
"""Names of endpoints of a dose: ``2.5`` for 2.5 mg/kg, ``162_mg`` for 162 mg per patient."""


def _own_week(view: AnalysisView) -> int | None:
    """Weeks from the first dose of a level to two weeks after its last; None without dose escalation."""
    rule = view.trial.escalation
    return None if rule is None else 2 * rule.doses


def _settled(level: int, view: AnalysisView) -> tuple[Finding, ...]:
    own = _own_week(view)
    if own is None:
        return ()
    when = view.record.first("settled")
    settled = np.isfinite(when)
    return (Finding(_acr_at(view, np.where(settled, when, np.nan), settled, level), week=own),)


def _acr_at(view: AnalysisView, weeks: Floats, group: Bools, level: int) -> Bools:
    """JIA ACR of ``group``, each child at its own week, [child]; false for the others."""
    record, met = view.record, ~view.everyone
    met[group] = jia_acr(_of(record.core[0], group), _of(record.at_own(weeks), group), level)
    return met


def _of(core: dict[str, Floats], group: Bools) -> dict[str, Floats]:
    return {name: values[group] for name, values in core.items()}


def _ladder(trial: Trial) -> tuple[str, ...]:
    """The doses of the ladder as written in names, each once; none without dose escalation."""
    ladder = () if trial.escalation is None else trial.escalation.ladder
    return tuple(dict.fromkeys(_dose(text) for text in ladder))


def _step(view: AnalysisView, dose: str) -> int | None:
    """Index of a dose in the ladder; None if it is not in it."""
    rule = view.trial.escalation
    steps = [] if rule is None else [_dose(text) for text in rule.ladder]
    return steps.index(dose) if dose in steps else None


def _dose(give: str) -> str:
    """The dose of a regimen as written in names: ``tocilizumab-iv:4mg/kg/2wk`` is ``4``."""
    amount, _, rest = give.rsplit(":", 1)[-1].partition("mg")
    return amount.strip() if not rest or rest.startswith("/kg") else f"{amount.strip()}_mg"


def _spoken(dose: str) -> str:
    return dose.replace("_", " ") if dose.endswith("_mg") else f"{dose} mg/kg"


def _levels(view: AnalysisView) -> tuple[list[int], Floats]:
    """Visits at which a level was recorded, and the steps, [visit, child]."""
    record = view.record
    weeks = [w for w in record.weeks if w in record.level]
    return weeks, np.stack([record.level[w] for w in weeks])


def _acr70_at(dose: str, view: AnalysisView) -> tuple[Finding, ...]:
    """ACR70 at the visit that ended a level, of children who received it."""
    step, own = _step(view, dose), _own_week(view)
    if step is None or own is None:
        return ()
    record, (weeks, levels) = view.record, _levels(view)
    there = levels == step
    given = np.asarray(there.any(axis=0))
    last = np.array(weeks)[len(weeks) - 1 - there[::-1].argmax(axis=0)]
    after = np.array([next((w for w in record.weeks if w > x), x) for x in last], dtype=float)
    stop = np.where(np.isfinite(record.first("settled")), record.first("settled"), np.inf)
    after = np.minimum(after, stop)  # the record repeats the level after the last dose
    return (Finding(_acr_at(view, after, given, 70), given, week=own),)


def _settled_at(dose: str, view: AnalysisView) -> tuple[Finding, ...]:
    step, own = _step(view, dose), _own_week(view)
    return () if step is None or own is None else (Finding(_levels(view)[1][-1] == step, week=own),)


def _settled_endpoint(level: int) -> Endpoint:
    return Endpoint(
        f"acr{level}_settled", f"ACR{level}, settled", "%",
        f"JIA ACR{level} after the last dose at the dose level at which escalation ended", "share",
        once=partial(_settled, level), estimand="treatment-policy",
    )  # fmt: skip


def _dose_endpoints(dose: str) -> tuple[Endpoint, ...]:
    spoken = _spoken(dose)
    return (
        Endpoint(
            f"acr70_at_{dose}", f"ACR70 at {spoken}", "%",
            f"JIA ACR70 of those given {spoken}, at the end of this dose", "share",
            once=partial(_acr70_at, dose), estimand="treatment-policy",
        ),
        Endpoint(
            f"settled_at_{dose}", f"Settled at {spoken}", "%", "of all children", "share",
            once=partial(_settled_at, dose), estimand="treatment-policy",
        ),
    )  # fmt: skip


ENDPOINTS = (
    *(_settled_endpoint(level) for level in LEVELS),
    EndpointFamily(DOSE, _dose_endpoints, _ladder),
)
