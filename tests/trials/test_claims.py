"""Published claims: the file as it stands, and every way it could be wrong."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from scipy import stats

from quotidian.errors import LedgerError, UnknownName
from quotidian.evidence.bibliography import bibliography
from quotidian.statistics.intervals import inside
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of, load_claims, read_claims
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.library import design, names

TENDER = load_claims("tender")
BY_ID = {claim.id: claim for claim in TENDER}
TRIALS = {name: load_claims(name) for name in names()}
ALL = [(trial, claim) for trial, claims in TRIALS.items() for claim in claims]
IDS = [claim.id for _, claim in ALL]


@pytest.mark.parametrize(("trial", "claim"), ALL, ids=IDS)
def test_each_claim_is_whole(trial: str, claim: PublishedResult) -> None:
    assert claim.source in bibliography()
    assert claim.id.startswith(f"{trial}.{claim.endpoint}.{claim.arm}")
    assert (claim.low is None) == (claim.high is None) == claim.interval_basis.startswith("none")
    if claim.low is not None and claim.high is not None:
        assert inside(claim.value, (claim.low, claim.high)) and claim.low < claim.high


@pytest.mark.parametrize(("trial", "claim"), ALL, ids=IDS)
def test_each_claim_meets_an_arm_a_visit_and_an_endpoint_of_its_design(
    trial: str, claim: PublishedResult
) -> None:
    if claim.kind == "context":
        return
    plan = design(trial)
    assert claim.arm == "all" or claim.arm in plan.arms
    assert claim.endpoint in ENDPOINTS and ENDPOINTS[claim.endpoint].unit == claim.unit
    own_clock = plan.escalation is not None and claim.week == 2 * plan.escalation.doses
    steady = claim.week in {interval.week for interval in plan.dosing_intervals}
    assert claim.week == 0 or claim.week in plan.visits or own_clock or steady


def test_every_published_trial_has_its_claims() -> None:
    assert set(TRIALS) == set(names()) and len(TRIALS) == 20
    assert len({claim.id for _, claim in ALL}) == len(ALL)


@pytest.mark.parametrize("claim", [c for _, c in ALL if c.role == "calibration"], ids=lambda c: c.id)
def test_a_claim_that_was_used_says_for_what(claim: PublishedResult) -> None:
    explained = claim.note or claim.because or (claim.kind == "endpoint" and claim.id.startswith("tender."))
    assert explained, (
        "a calibration claim names what was tuned on it, or is a target of scripts/calibrate_children.py"
    )


@pytest.mark.parametrize("claim", [c for _, c in ALL if c.status == "derived"], ids=lambda c: c.id)
def test_a_derived_claim_says_from_what(claim: PublishedResult) -> None:
    assert claim.note


@pytest.mark.parametrize("claim", [c for _, c in ALL if c.count is not None], ids=lambda claim: claim.id)
def test_counts_agree_with_percentages_and_a_recovered_one_is_the_only_one(claim: PublishedResult) -> None:
    assert claim.unit == "%" and claim.count is not None and claim.n is not None
    digits = 0 if claim.value == int(claim.value) else 1
    fitting = [k for k in range(claim.n + 1) if abs(100 * k / claim.n - claim.value) <= 0.5001 * 10**-digits]
    assert claim.count in fitting
    if "recovered" in claim.interval_basis:  # a printed count needs no other to be impossible
        assert fitting == [claim.count]
    exact = stats.binomtest(claim.count, claim.n).proportion_ci(0.95, method="exact")
    assert (claim.low, claim.high) == pytest.approx((100 * exact.low, 100 * exact.high), abs=1e-8)
    assert f"Clopper-Pearson from {claim.count}/{claim.n}" in claim.interval_basis


def test_the_trial_endpoints_are_all_there_for_both_arms() -> None:
    for endpoint in ("primary", "acr30", "acr50", "acr70", "acr90", "fever_free"):
        for arm, n in (("tocilizumab", 75), ("placebo", 37)):
            claim = BY_ID[f"tender.{endpoint}.{arm}"]
            assert claim.week == 12 and (claim.n == n or endpoint == "fever_free")


def test_the_numbers_are_those_of_the_label() -> None:
    primary = BY_ID["tender.primary.tocilizumab"]
    assert (primary.value, primary.count, primary.n, primary.unit) == (85.0, 64, 75, "%")
    cmax = BY_ID["tender.cmax.tocilizumab"]
    assert (cmax.value, cmax.sd, cmax.n, cmax.unit) == (245.0, 57.2, 75, "ug/mL")
    half = 1.959963984540054 * 57.2 / 75**0.5
    assert (cmax.low, cmax.high) == pytest.approx((245 - half, 245 + half), rel=1e-12)
    assert BY_ID["tender.age.placebo"].status == "recalled"
    assert BY_ID["tender.active_joints.all"].low is None


def test_a_median_has_an_interval_by_its_quartiles() -> None:
    (age,) = [c for c in load_claims("canakinumab-withdrawal") if c.endpoint == "age_median"]
    half = 1.82 * (12.0 - 5.0) / 177**0.5
    assert (age.low, age.high) == pytest.approx((8.0 - half, 8.0 + half), abs=0.01)
    assert "quartiles 5 and 12, n 177" in age.interval_basis


def test_a_claim_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        TENDER[0].value = 100.0  # type: ignore[misc]


def test_an_unknown_trial_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'tender'"):
        load_claims("tendre")


GOOD = """
trial: tender
claims:
  - endpoint: primary
    kind: endpoint
    week: 12
    unit: "%"
    role: calibration
    source: us_label_actemra
    place: section 14
    status: seen
    counts: printed
    arms:
      placebo: {value: 24, count: 9, n: 37}
"""


def read(tmp_path: Path, text: str) -> tuple[PublishedResult, ...]:
    path = tmp_path / "tender.yaml"
    path.write_text(text, encoding="utf-8")
    return read_claims(path)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (claim,) = read(tmp_path, GOOD)
    assert (claim.id, claim.note, claim.sd) == ("tender.primary.placebo", "", None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value: 24", "value: 42", "9/37 is 24.3 %, not 42 %"),
        ("value: 24, ", "", "value must be a number"),
        ("value: 24", "value: yes", "value must be a number"),
        ("value: 24", "value: .nan", "value must be a number"),
        ("count: 9", "count: 38", "at least as large"),
        ("count: 9", "count: 9.5", "count must be a whole number from 0"),
        (", n: 37", "", "a count needs n"),
        ("n: 37", "n: 0", "n must be a whole number from 1"),
        ("count: 9", "sd: -1", "sd must be above 0"),
        ("n: 37", "n: 37, sd: 2", "without count"),
        ("n: 37", "n: 37, weight: 2", "unknown field weight"),
        ("count: 9, n: 37", "q1: 20, n: 37", "quartiles need q1 and q3"),
        ("count: 9, n: 37", "q1: 25, q3: 30, n: 37", "quartiles need q1 and q3"),
        ("count: 9, n: 37", "q1: 20, q3: 30", "quartiles need q1 and q3"),
        ('"%"', "fraction", 'the unit "%"'),
        ("kind: endpoint", "kind: context", "'because' must say of context"),
        ("counts: printed", "counts: printed\n    because: it is late", "'because' must say of context"),
        ('"%"', '""', "'unit' must be a text"),
        ("    counts: printed\n", "", "'counts' must say where the counts come from"),
        ("    source: us_label_actemra\n", "", "'source' must be a text"),
        ("role: calibration", "role: tuning", "role 'tuning' is not one of calibration, validation"),
        ("kind: endpoint", "kind: wish", "kind 'wish' is not one of"),
        ("status: seen", "status: heard", "status 'heard' is not one of"),
        ("week: 12", "week: -1", "'week' must be a number from 0"),
        ("week: 12", "wek: 12", "unknown field wek"),
        ("place: section 14", "place: 14", "'place' must be a text"),
        (
            "arms:\n      placebo: {value: 24, count: 9, n: 37}",
            "arms: {}",
            "'arms' must name at least one arm",
        ),
        ("trial: tender", "trial: other", "its top must hold 'trial: tender'"),
        ("trial: tender", "trial: tender\nyear: 2012", "its top must hold 'trial: tender'"),
        ("week: 12", "week: 12\n    week: 6", "occurs twice"),
        ("claims:", "claims: [", "tender.yaml, line"),
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(LedgerError, match=message):
        read(tmp_path, GOOD.replace(old, new, 1))


def test_no_claims_and_twice_the_same_claim_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="'claims' must be a list of blocks"):
        read(tmp_path, "trial: tender\nclaims: []\n")
    with pytest.raises(LedgerError, match=r"tender\.primary\.placebo is claimed twice"):
        read(tmp_path, GOOD + GOOD.split("claims:")[1])


def test_a_design_of_ones_own_has_no_claims() -> None:
    assert claims_of("mine") == claims_of("../published/tender") == claims_of("x" * 5000) == ()
    assert claims_of("tender") == TENDER


def test_a_printed_interval_stands_and_a_lone_percentage_gets_a_score_interval(tmp_path: Path) -> None:
    rate = GOOD.replace('"%"', '"1"').replace("count: 9, n: 37", "low: 20.5, high: 30, n: 37")
    (claim,) = read(tmp_path, rate)
    assert (claim.low, claim.high) == (20.5, 30.0) and claim.interval_basis.startswith("printed")
    (claim,) = read(tmp_path, GOOD.replace("value: 24, count: 9, n: 37", "value: 25, n: 50"))
    expected = stats.binomtest(25, 100).proportion_ci(
        0.95, method="wilson"
    )  # of 50, by its own formula below
    z2 = 1.959963984540054**2
    centre, half = (
        (0.25 + z2 / 100) / (1 + z2 / 50),
        (z2 * (0.25 * 0.75 / 50 + z2 / 10000)) ** 0.5 / (1 + z2 / 50),
    )
    assert (claim.low, claim.high) == pytest.approx((100 * (centre - half), 100 * (centre + half)))
    assert claim.low is not None and claim.low < 100 * expected.low  # fewer children, wider
    with pytest.raises(LedgerError, match="a printed interval needs low and high"):
        read(tmp_path, rate.replace("low: 20.5, ", ""))


def test_several_weeks_of_one_endpoint_are_told_apart(tmp_path: Path) -> None:
    both = read(tmp_path, GOOD + GOOD.split("claims:")[1].replace("week: 12", "week: 6"))
    assert [claim.id for claim in both] == ["tender.primary.placebo.week12", "tender.primary.placebo.week6"]
