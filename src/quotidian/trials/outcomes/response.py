"""Clinical response: ACR levels with and without fever, JADAS, inactive disease, systemic signs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.endpoints import (
    clinical_remission,
    inactive,
    jadas,
    jadas_state,
    jia_acr,
    no_fever,
    wallace_2004,
)
from quotidian.trials.outcomes.base import TWO_WEEKS, AnalysisView, Bools, EndpointResult

LEVELS = (30, 50, 70, 90)
RASH_SEEN, SEROSITIS_SEEN = 0.01, 1.0
"""Share of body surface; scale of the model: as biology/skin_and_serosa says of its observables."""
HALF = 0.5
Truths = dict[int, NDArray[np.bool_]]


def responses(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """ACR responses of a visit, plain, adapted and at any visit so far."""
    record = reading.record
    acr = {level: jia_acr(reading.judged(0), reading.judged(week), level) for level in LEVELS}
    calm = reading.calm(week)
    yield reading.success("primary", week, acr[30] & calm)
    for level in LEVELS:
        yield reading.success(f"acr{level}", week, acr[level])
    for level in LEVELS:
        yield reading.success(f"adapted_acr{level}", week, acr[level] & calm)
    for level in LEVELS[:3]:
        yield reading.share(f"acr{level}_ever", week, _ever(reading, week, level))
    fallen = record.crp[week] <= HALF * record.crp[0]
    fallen &= reading.core(week)["esr"] <= HALF * record.core[0]["esr"]
    yield reading.success("anajis_response", week, acr[30] & fallen & ~systemic(reading, week))


def _ever(reading: AnalysisView, week: int, level: int) -> Bools:
    """A response at any visit so far at which the child was still in the trial."""
    record = reading.record

    def look() -> Bools:
        now = jia_acr(reading.judged(0), reading.seen(week), level) & ~reading.out(week)
        earlier = [w for w in record.weeks if 0 < w < week]
        return np.asarray(now | _ever(reading, earlier[-1], level)) if earlier else now

    return reading.once("ever", week, level, look)


def signs(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """Fever and rash gone, of those who had them at entry."""
    record = reading.record
    fever = reading.trial.fever_from
    febrile = ~no_fever(record.chart, record.chart_days, 8 / 24, TWO_WEEKS, fever)
    yield reading.success("fever_free", week, reading.calm(week, TWO_WEEKS), febrile)
    if reading.has("rash", week):
        rash = record.observed[0]["rash"] >= RASH_SEEN
        yield reading.success("rash_free", week, record.observed[week]["rash"] < RASH_SEEN, rash)


def activity(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """JADAS and inactive disease of a visit."""
    core = reading.core(week)
    joints = (core["physician_global"], core["parent_global"], core["active_joints"])
    score = jadas(*joints, esr=core["esr"])
    here = ~reading.out(week) if not reading.carries else reading.everyone
    yield reading.mean("jadas71", week, "1", score, here)
    yield reading.mean("jadas27", week, "1", jadas(*joints, esr=core["esr"], version=27), here)
    state = jadas_state(score)
    yield reading.success("no_active_joints", week, core["active_joints"] < 1.0)
    yield reading.success("inactive_jadas", week, inactive(score))
    yield reading.success("minimal_jadas", week, state <= 1)
    yield reading.share("high_jadas", week, state == 3, here)
    yield reading.success("inactive_2004", week, calm_disease(reading, week))


def remission(reading: AnalysisView, truths: Truths, week: int) -> Iterator[EndpointResult]:
    """Six months of inactive disease; ``truths`` holds inactive disease of every visit up to this."""
    weeks = sorted(w for w in truths if w <= week)
    lasting = clinical_remission(weeks, np.stack([truths[w] for w in weeks]))
    if weeks[-1] - weeks[0] >= 26:
        yield reading.success("remission", week, lasting[-1])


def calm_disease(reading: AnalysisView, week: int) -> Bools:
    """Inactive disease by the criteria of 2004, of each child at a visit."""
    core = reading.core(week)
    return wallace_2004(
        core["active_joints"], core["physician_global"], core["esr"], reading.crp(week),
        systemic(reading, week),
    )  # fmt: skip


def systemic(reading: AnalysisView, week: int) -> Bools:
    """Fever in the last 7 days, or rash or serositis at the visit where they were recorded."""
    found = ~reading.calm(week)
    for name, seen in (("rash", RASH_SEEN), ("serositis", SEROSITIS_SEEN)):
        if reading.has(name, week):
            found = found | (reading.record.observed[week][name] >= seen)
    return np.asarray(found)
