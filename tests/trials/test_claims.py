"""Published claims: the file as it stands, and every way it could be wrong."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from scipy import stats

from quotidian.errors import LedgerError, UnknownName
from quotidian.evidence.bibliography import bibliography
from quotidian.trials.claims import Claim, load_claims, read_claims
from quotidian.trials.statistics import inside

TENDER = load_claims("tender")
BY_ID = {claim.id: claim for claim in TENDER}


@pytest.mark.parametrize("claim", TENDER, ids=lambda claim: claim.id)
def test_each_claim_is_whole(claim: Claim) -> None:
    assert claim.source in bibliography()
    assert claim.id == f"tender.{claim.endpoint}.{claim.arm}"
    assert (claim.low is None) == (claim.high is None) == claim.interval_basis.startswith("none")
    if claim.low is not None and claim.high is not None:
        assert inside(claim.value, (claim.low, claim.high)) and claim.low < claim.high
    if claim.kind == "endpoint":
        assert claim.role == "calibration" and claim.count is not None


@pytest.mark.parametrize("claim", [c for c in TENDER if c.count is not None], ids=lambda claim: claim.id)
def test_counts_agree_with_percentages_and_no_other_count_would(claim: Claim) -> None:
    assert claim.unit == "%" and claim.count is not None and claim.n is not None
    fitting = [k for k in range(claim.n + 1) if round(100 * k / claim.n) == claim.value]
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


def read(tmp_path: Path, text: str) -> tuple[Claim, ...]:
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
        ('"%"', "fraction", 'the unit "%"'),
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
        ("week: 12", "week: 12\n    week: 6", "stands twice"),
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
