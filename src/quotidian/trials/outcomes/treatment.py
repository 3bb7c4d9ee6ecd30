"""What became of treatment: escape, flare, withdrawal, steroid, and the level at which doses settled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from quotidian.statistics.survival import kaplan_meier
from quotidian.trials.endpoints import jia_acr, jia_acr_flare, steroid_free, taper_success
from quotidian.trials.outcomes.base import AnalysisView, Bools, EndpointResult, Floats

TAPER_VISITS = (6, 8)
"""Weeks at which TENDER's taper could begin (US label of Actemra, section 14)."""


def leaving(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """Escapes, withdrawals, and freedom from flare since randomisation."""
    record, span = reading.record, reading.trial.randomised
    yield reading.share("withdrawn", week, record.left[week])
    if span is None or not span[0] < week <= span[1]:
        return
    yield reading.share("escaped", week, reading.gone(week))
    yield _flare_free(reading, week, span[0])


def _flare_free(reading: AnalysisView, week: int, start: int) -> EndpointResult:
    """Kaplan-Meier share at a visit; who leaves for another reason, or when the trial ends, is censored then.

    In an event-driven trial the share stays what it was when the last child was followed.
    """
    record = reading.record
    event = np.fmin(reading.first("flare"), reading.first("escape"))
    left = reading.first("withdrawal")
    end = np.fmin(np.fmin(event, left), np.minimum(record.last_visit, float(week))) - start
    happened = (event <= week) & ~(left < event)

    def share(own: Bools) -> float:
        curve = kaplan_meier(np.maximum(end[own], 0.0), happened[own])
        followed = np.inf if record.ending is None else curve.ends[-1]
        return 100.0 * curve.at(min(week - start, followed))

    return EndpointResult("flare_free", week, "%", np.where(happened, 0.0, 100.0), record.arm >= 0, share)


def steroid(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """Dose and freedom of those who had steroid at entry, and a taper that held."""
    record = reading.record
    if 0 not in record.steroid or week not in record.steroid:
        return
    before = _dose(reading, 0)
    had, now = before > 0.0, _dose(reading, week)
    if not had.any():
        return
    yield reading.mean("steroid", week, "mg/(kg*day)", now, had & ~reading.out(week))
    yield reading.success("steroid_free", week, steroid_free(now), had)
    yield reading.success("taper_success", week, _held(reading, week, had), had)
    if week == TAPER_VISITS[-1] and all(w in record.core for w in TAPER_VISITS):
        yield reading.share("acr70_taper", week, _may_taper(reading), had)


def _dose(reading: AnalysisView, week: int) -> Floats:
    """Steroid of a visit, before the change that it brings about at entry."""
    return reading.record.body["steroid"] if week == 0 else reading.record.steroid[week]


def _may_taper(reading: AnalysisView) -> Bools:
    """Seen well enough at a visit, on whatever drug by then: a taper is decided by what the visit finds."""
    record, found = reading.record, ~reading.everyone
    for week in TAPER_VISITS:
        there = ~(record.left[week] | record.missed[week])
        found = found | (jia_acr(reading.seen(0), reading.seen(week), 70) & there)
    return found


def _held(reading: AnalysisView, week: int, had: Bools) -> Bools:
    """Taper success of those who had steroid; false for the others."""
    visits = [w for w in reading.record.weeks if w <= week]
    dose = np.stack([_dose(reading, w) for w in visits])
    # a flare is worse than the visit before it: against entry hardly any treated child could flare
    earlier = [visits[max(i - 1, 0)] for i in range(len(visits))]
    flare = np.stack(
        [jia_acr_flare(reading.seen(a), reading.seen(b)) for a, b in zip(earlier, visits, strict=True)]
    )
    fever = np.stack([~reading.calm(w) for w in visits])
    found = ~reading.everyone
    found[had] = taper_success(dose[:, had], flare[:, had], fever[:, had])
    return found


def settled(reading: AnalysisView) -> Iterator[EndpointResult]:
    """Doses that rise by response: where children settled and how they did there, each on its own clock."""
    record, rule = reading.record, reading.trial.escalation
    if rule is None:
        return
    own = 2 * rule.doses  # weeks from the first dose of a level to two weeks after its last
    when = record.first("settled")
    who = np.isfinite(when)
    final = record.at_own(np.where(who, when, np.nan))
    for level in (30, 50, 70):
        met = ~reading.everyone
        met[who] = jia_acr(_of(record.core[0], who), _of(final, who), level)
        yield reading.share(f"acr{level}_settled", own, met)
    for step, text in enumerate(rule.ladder):
        yield from _at_level(reading, own, step, _mg(text))


def _at_level(reading: AnalysisView, own: int, step: int, dose: str) -> Iterator[EndpointResult]:
    """Those who were given a level: ACR70 at the visit that ended it, and whether it was their last."""
    record = reading.record
    weeks = [w for w in record.weeks if w in record.level]
    there = np.stack([record.level[w] == step for w in weeks])
    who = np.asarray(there.any(axis=0))
    last = np.array(weeks)[len(weeks) - 1 - there[::-1].argmax(axis=0)]
    after = np.array([next((w for w in record.weeks if w > x), x) for x in last], dtype=float)
    stop = np.where(np.isfinite(record.first("settled")), record.first("settled"), np.inf)
    after = np.minimum(after, stop)  # the level stands on paper after the last dose, too
    met = ~reading.everyone
    met[who] = jia_acr(_of(record.core[0], who), _of(record.at_own(after), who), 70)
    yield reading.share(f"acr70_at_{dose}", own, met, who)
    final = record.level[weeks[-1]] == step
    yield reading.share(f"settled_at_{dose}", own, final)


def _of(core: dict[str, Floats], who: Bools) -> dict[str, Floats]:
    return {name: values[who] for name, values in core.items()}


def _mg(give: str) -> str:
    """The amount a kg in what is given: ``tocilizumab-iv:4mg/kg/2wk`` is ``4``."""
    return give.rsplit(":", 1)[-1].split("mg", 1)[0].strip()
