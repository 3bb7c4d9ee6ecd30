"""Which rows and priors an ensemble is learnt from, and which it never reads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.application.learning import learnt_rows as rows_module
from quotidian.application.learning.learnt_rows import learnt_rows
from quotidian.application.learning.learnt_values import learnt_names, learnt_prior, overlay_of
from quotidian.errors import InvalidInput, UnknownName
from quotidian.evidence.overlay import entries
from quotidian.trials.benchmarks.published_results import claims_of


def test_only_calibration_rows_are_read_and_none_of_a_trial_left_out() -> None:
    rows = learnt_rows(["tender", "canakinumab-single"])
    assert {row.claim.role for row in rows} == {"calibration"}
    roles = {claim.role for claim in claims_of("tender")}
    assert "validation" in roles
    without = learnt_rows(["tender", "canakinumab-single"], ["canakinumab-single"])
    assert {row.summary.trial for row in without} == {"tender"}
    with pytest.raises(InvalidInput, match="no row"):
        learnt_rows(["tender"], ["tender"])
    with pytest.raises(UnknownName):
        learnt_rows(["tendr"])


def test_poisoned_validation_rows_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clean = learnt_rows(["tender"])
    known = claims_of("tender")
    poisoned = tuple(replace(c, value=999.0) if c.role != "calibration" else c for c in known)
    assert poisoned != known
    monkeypatch.setattr(rows_module, "claims_of", lambda _: poisoned)
    assert learnt_rows(["tender"]) == clean


def test_a_change_is_compared_as_it_is_whatever_its_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    one = replace(learnt_rows(["tender"])[0].claim, unit="g/dL", value=1.5)
    claims = [replace(one, endpoint=name) for name in ("haemoglobin", "haemoglobin_change")]
    monkeypatch.setattr(rows_module, "claims_of", lambda _: claims)
    assert [row.summary.scale for row in learnt_rows(["tender"])] == ["positive", "linear"]


def test_tuned_values_have_the_prior_of_their_calibration() -> None:
    prior = learnt_prior()
    assert prior.names == learnt_names()
    k_joint = prior.values[prior.names.index("patients.variability.k_joint_median")]
    assert k_joint.median == 4.0  # not the fitted value
    np.linalg.cholesky(prior.correlation)
    assert overlay_of(prior, prior.at(np.zeros((1, len(prior.values))))[0]).replaced
    with pytest.raises(UnknownName, match="k_joint_median"):
        learnt_prior(["patients.variability.k_joint_medin"])
    with pytest.raises(InvalidInput, match="variant"):
        learnt_prior([next(name for name in entries() if name.startswith("models.adult_ra."))])
