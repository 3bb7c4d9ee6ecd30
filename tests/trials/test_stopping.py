"""An end by events, worked out by hand on a small record, and a run of the design that has one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy import stats

from quotidian.api import trial_tables
from quotidian.trials.analysis.endpoints import endpoint_results
from quotidian.trials.analysis.sample_size import until
from quotidian.trials.analysis.time_to_event import stays
from quotidian.trials.conduct.case_record import CaseRecord, Exposure
from quotidian.trials.conduct.stopping import end, ending, summary
from quotidian.trials.criteria import CORE_SET
from quotidian.trials.endpoints.endpoint import EndpointResult
from quotidian.trials.protocol.design import Arm, Period, Trial
from quotidian.trials.protocol.library import design
from quotidian.trials.protocol.rules import Escape, Stop
from quotidian.trials.run import Followed, follow, result_of

CHILDREN, WEEKS, START = 7, (0, 4, 6, 8, 10), 4
ARRIVAL = np.array([0.0, 1.0, 2.0, 3.0, 4.5, 0.5, 9.0])
STOP = Stop(events=2, accrual_weeks=6)
TRIAL = Trial(
    name="mine", arms={"drug": Arm("canakinumab", 1), "placebo": Arm("none", 1)},
    periods=(Period("open", "open", 4, give="canakinumab"), Period("blinded", "randomised", 6)),
    visits=WEEKS[1:], primary_week=10, escape=Escape(from_week=6, kind="flare"), stop=STOP, children=7,
    endpoints=("acr50", "flare_free", "escaped", "withdrawn"),
)  # fmt: skip


def small() -> CaseRecord:
    """Two arms in turn; child 5 was not fit. Flares on own clocks: 0 at 8, 1 at 6, 2 at 6, 3 at 10.

    In calendar weeks from the first randomisation: 0 at 4, 1 at 3, 2 at 4, 3 at 9. So the second flare is
    in week 4, with two that tie, and child 3 (from 3) has been seen at 4 alone, child 4 and 6 not at all.
    """
    record = CaseRecord(
        arm=np.array([0, 1, 0, 1, 0, -1, 1]), replicate=np.zeros(7, dtype=int), number=np.arange(7)
    )
    for week in WEEKS:
        record.core[week] = dict.fromkeys(CORE_SET, np.full(CHILDREN, 2.0 if week == 4 else 8.0))
        record.core[week] |= {"chaq": np.full(CHILDREN, 0.5 if week == 4 else 2.0)}
        record.observed[week] = {"crp": np.full(CHILDREN, 50.0)}
        record.missed[week] = np.zeros(CHILDREN, dtype=bool)
        record.left[week] = np.arange(CHILDREN) == (3 if week >= 8 else -1)
        record.steroid[week] = np.zeros(CHILDREN)
    record.body = {
        "steroid": np.zeros(CHILDREN), "weight": np.full(CHILDREN, 25.0), "age": np.full(CHILDREN, 8.0),
        "female": np.ones(CHILDREN), "height": np.full(CHILDREN, 125.0),
        "severity": np.ones(CHILDREN),
    }  # fmt: skip
    record.days = [np.arange(-14.0, 70.5, 0.5) + 1 / 3]
    record.charts = [np.full((CHILDREN, len(record.days[0])), 36.8)]
    record.escaped = np.array([True, True, True, True, False, False, False])
    record.write(np.flatnonzero(record.arm >= 0), START, "randomised")
    for child, week in {0: 8, 1: 6, 2: 6, 3: 10}.items():
        record.write([child], week, "flare")
    record.write([3], 8, "withdrawal")
    return record


def ended(stop: Stop = STOP) -> CaseRecord:
    record = small()
    end(record, ending(record, stop, ARRIVAL, START))
    return record


def number(record: CaseRecord, endpoint: str, week: int, arm: int, trial: Trial = TRIAL) -> float | None:
    return next(m for m in endpoint_results(trial, record) if (m.endpoint, m.week) == (endpoint, week)).of(
        record.arm == arm
    )


def test_the_trial_ends_for_all_at_the_calendar_time_of_the_event() -> None:
    record = ended()
    assert record.ending is not None and dict(record.ending.at) == {0: 4.0}
    assert record.last_visit.tolist() == [8, 6, 6, 4, 4, np.inf, 4]  # child 1 would be seen at 8 in week 5
    assert record.had("flare").tolist() == [True, True, True, False, False, False, False]
    assert record.escaped.tolist() == record.had("flare").tolist()
    assert not record.left[10].any() and not record.had("withdrawal").any()


def test_whose_turn_comes_after_the_end_is_not_randomised() -> None:
    record = ended()
    assert record.arm.tolist() == [0, 1, 0, 1, -1, -1, -1]
    assert record.had("not admitted").tolist() == [False] * 4 + [True, False, True]
    assert record.had("randomised").tolist() == [True] * 4 + [False] * 3


def test_a_trial_of_too_few_events_goes_on_to_the_last_visit() -> None:
    record, whole = ended(replace(STOP, events=5)), small()
    assert record.ending is not None and record.ending.at[0] == np.inf
    assert record.events == whole.events and np.array_equal(record.arm, whole.arm)
    assert np.array_equal(record.left[10], whole.left[10]) and record.last_visit[0] == 10
    for mine, theirs in zip(endpoint_results(TRIAL, record), endpoint_results(TRIAL, whole), strict=True):
        assert mine.of(record.arm == 0) == theirs.of(whole.arm == 0), mine


def test_endpoints_are_those_of_the_last_visit_in_the_trial() -> None:
    record = ended()
    assert number(record, "acr50", 4, 1) == 100.0
    # child 3 keeps its response of week 4, child 1 flared
    assert [number(record, "acr50", week, 1) for week in (6, 8, 10)] == [50.0, 50.0, 50.0]
    assert [number(record, "acr50", week, 0) for week in (6, 10)] == [0.0, 0.0]
    assert number(record, "escaped", 10, 1) == 50.0 and number(record, "escaped", 6, 0) == 50.0
    assert number(record, "withdrawn", 10, 1) == 0.0
    assert number(small(), "withdrawn", 10, 1) == pytest.approx(100 / 3)


def test_a_child_is_read_up_to_its_flare_where_the_design_says_so() -> None:
    record = ended()
    to_the_flare = replace(TRIAL, imputation="last-on-treatment")
    assert number(record, "acr50", 10, 1, to_the_flare) == 50.0  # child 1 as it flared, not as randomised
    for child, week in ((1, 6), (2, 6)):  # ACR50 at the flare, and not what open drug made of it later
        record.core[week] = {
            n: np.where(np.arange(CHILDREN) == child, 2.0, x) for n, x in record.core[week].items()
        }
    assert [number(record, "acr50", week, 1, to_the_flare) for week in (6, 10)] == [100.0, 100.0]
    assert [number(record, "acr50", week, 0, to_the_flare) for week in (6, 8, 10)] == [50.0, 50.0, 50.0]
    record.missed[6] = np.arange(CHILDREN) == 1  # so that randomisation is the last that was seen of it
    assert number(record, "acr50", 10, 1, to_the_flare) == 100.0
    assert number(record, "escaped", 10, 1, to_the_flare) == 50.0


def test_free_of_flare_is_censored_at_the_end() -> None:
    record = ended()
    # placebo: child 3 followed for 0 weeks, child 1 flares in week 2; drug: flares in week 2 and 4
    assert number(record, "flare_free", 10, 1) == 0.0
    assert number(record, "flare_free", 6, 0) == 50.0 and number(record, "flare_free", 10, 0) == 0.0
    later = ended(replace(STOP, events=1))  # the flare of child 1, in week 3: child 0 has been seen at 6
    assert number(later, "flare_free", 10, 0) == 100.0  # nobody is followed for six weeks: as last known
    drug = next(stay for stay in stays(TRIAL, later) if stay.arm == "drug")
    assert drug.weeks.tolist() == [2.0] and drug.happened.tolist() == [False]


def test_rates_exposure_and_tables_know_where_the_trial_ended() -> None:
    record = small()
    for week in WEEKS[1:]:
        record.observed[week]["macrophage_activation"] = np.zeros(CHILDREN)
        ill = (np.arange(CHILDREN) == 0) & (week == 6) | (np.arange(CHILDREN) == 1) & (week == 10)
        record.highest[week] = np.where(ill, 1e3, 0.0)
    one = np.ones(CHILDREN)
    record.exposure = [Exposure("steady", "canakinumab", 8, 14.0, one, one, one, one > 0)]
    end(record, ending(record, STOP, ARRIVAL, START))
    trial = replace(TRIAL, endpoints=("mas_rate", "cmax"), imputation="locf", escape=None)
    assert number(record, "mas_rate", 10, 0, trial) == pytest.approx(100 / (12 * 7 / 365.25))  # 6 and 6 weeks
    assert number(record, "mas_rate", 10, 1, trial) == 0.0  # MAS after the end
    record.events = []  # all still on their dose: child 0 alone was in the trial at week 8
    cmax = next(m for m in endpoint_results(trial, record) if m.endpoint == "cmax")
    assert np.flatnonzero(cmax.counted).tolist() == [0]
    there = trial_tables.visits(TRIAL, [record]).filter(pl.col("week") == 8)["there"].to_list()
    assert there == [True, False, False, False, False, True, False]


TEST = replace(
    design("canakinumab-withdrawal"), children=40, stop=Stop(events=6, accrual_weeks=40),
)  # fmt: skip


@cache
def run() -> Followed:
    return follow(TEST, 2, seed=2, threads=1)


def test_a_run_ends_with_its_events_and_alike_in_any_company() -> None:
    record = run().records[0]
    assert record.ending is not None and np.isfinite(list(record.ending.at.values())).all()
    for r in (0, 1):
        own = (record.replicate == r) & record.had("flare")
        assert own.sum() == 6
        assert record.ending.at[r] <= 40 + 36
    flare = record.first("flare")
    assert (record.last_visit[np.isfinite(flare)] >= flare[np.isfinite(flare)]).all()
    alone = follow(TEST, 1, seed=2, threads=1).records[0]
    assert np.array_equal(alone.last_visit, record.last_visit[record.replicate == 0])
    assert "ended 2 of 2 replicates" in summary(TEST.stop, [record])[0]


def test_pictures_and_tables_end_with_the_trial() -> None:
    result = result_of(TEST, run(), 2, 2, "test")
    record = run().records[0]
    for number, arm in enumerate(TEST.arms):
        last = record.last_visit[record.arm == number].max()
        assert {b.days[-1] <= 7 * last for b in result.bands if b.arm == arm} == {True}
    assert any("ended 2 of 2 replicates" in note for note in result.notes)
    text = " ".join(result.rules)
    assert "at event 6 (flare)" in text and "non-responder" not in text and "last visit on the" in text


def test_free_of_flare_is_what_scipy_finds() -> None:
    record = run().records[0]
    own = (record.arm == 1) & (record.replicate == 0)
    flare = record.first("flare")[own]
    time = np.fmin(np.fmin(flare, record.first("withdrawal")[own]), record.last_visit[own]) - 24
    event = np.isfinite(flare)
    curve = stats.ecdf(stats.CensoredData(uncensored=time[event], right=time[~event])).sf
    found = next(m for m in endpoint_results(TEST, record) if (m.endpoint, m.week) == ("flare_free", 60))
    assert 0.0 < curve.evaluate(0.9 * time.max()) < 1.0 and (~event).any()
    assert found.of(own) == pytest.approx(100 * curve.evaluate(time.max()))


def test_who_is_followed_less_long_is_freer_of_flares_at_the_end() -> None:
    whole = follow(replace(TEST, stop=None), 2, seed=2, threads=1).records[0]
    cut, record = run().records[0], whole
    assert np.array_equal(cut.core[60]["esr"], whole.core[60]["esr"])  # the same march

    def share(of: CaseRecord, endpoint: str, trial: Trial) -> float:
        found: list[EndpointResult] = [
            m for m in endpoint_results(trial, of) if (m.endpoint, m.week) == (endpoint, 60)
        ]
        return found[0].of(of.arm == 1) or 0.0

    assert share(cut, "escaped", TEST) < share(record, "escaped", TEST) - 20


def test_a_plan_keeps_the_whole_of_it() -> None:
    kept = until(TEST, 40, "flare_free")
    assert (kept.periods, kept.visits, kept.stop) == (TEST.periods, TEST.visits, TEST.stop)
    assert kept.primary_week == 40
