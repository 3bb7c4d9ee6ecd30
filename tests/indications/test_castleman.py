"""Castleman's disease: broad facts of the trial of 2005, none of which the model was fitted to."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from quotidian.application.study_file import read_study
from quotidian.errors import InvalidInput
from quotidian.models import DRUGS, model
from quotidian.network.audit import audit
from quotidian.network.structural_checks import idle_parts
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.run import Followed, follow

STUDY = Path(__file__).with_name("castleman.yaml")


@cache
def followed() -> Followed:
    """One replicate of the study."""
    return follow(read_study(STUDY), 1, seed=2, threads=1)


@cache
def virtual() -> dict[tuple[str, int], float]:
    """Every number of the study by endpoint and week."""
    trial = read_study(STUDY)
    return {(row.endpoint, row.week): row.virtual for row in endpoint_rows(trial, followed().records)}


def test_the_model_is_audited_with_every_drug() -> None:
    audit(model("castleman", DRUGS))


@pytest.mark.parametrize("name", ["sjia", "healthy_child", "adult_ra", "sjia_detailed"])
def test_in_models_with_all_mechanisms_no_drug_adds_to_a_sum_in_vain(name: str) -> None:
    assert idle_parts(model(name, DRUGS)) == ()


def test_joints_are_idle_where_there_are_none() -> None:
    assert "tocilizumab.joint_block" in idle_parts(model("castleman"))


def test_blockade_normalises_crp_and_raises_haemoglobin_and_albumin() -> None:
    assert virtual()["crp_normal", 16] > 80.0
    assert virtual()["haemoglobin_change", 16] > virtual()["haemoglobin_change", 4] > 0.3
    assert virtual()["albumin_change", 16] > 3.0


def test_il6_rises_under_blockade_of_its_receptor() -> None:
    record = followed().records[0]
    assert np.median(record.observed[2]["il6"] / record.observed[0]["il6"]) > 1.5


def test_only_endpoints_that_apply_are_reported_and_no_joint_is_recorded() -> None:
    assert {name for name, _ in virtual()} >= {
        "crp_normal",
        "haemoglobin_change",
        "albumin_change",
        "ctrough",
    }
    record = followed().records[0]
    assert set(record.core[16]) == {"esr", "crp"} and "active_joints" not in record.observed[16]
    assert record.body["age"].min() >= 18.0


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("endpoints: [crp_normal,", "endpoints: [acr30, crp_normal,", "'acr30' does not apply"),
        ("entry: {crp_above: 10}", "entry: {joints: 5}", "needs the joint count"),
        ("entry:", "steroid: {share: 0.5, median: 0.3, spread: 0.5}\nentry:", "have no background steroid"),
        ("weeks: 16}", "weeks: 8}\n  - {name: after, kind: randomised, weeks: 8}", "admit_acr: 0"),
    ],
)
def test_what_the_indication_lacks_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.read_text().replace(old, new))
    with pytest.raises(InvalidInput, match=what):
        read_study(path)
