"""The check tells the error that is there: small at the usual tolerance, larger at a loose one."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from quotidian.application.accuracy.cohort_check import check, largest_errors, sample
from quotidian.application.cohort_run import run_cohort
from quotidian.engine import Tolerance


def test_errors_are_small_and_tell_a_loose_run_from_a_tight_one(asked) -> None:
    usual = check(asked())
    loose = check(asked(tolerance=Tolerance(rtol=1e-2, atol=1e-3)))
    assert usual.tolerance == Tolerance(rtol=1e-7, atol=1e-9)
    for name in ("crp", "tocilizumab"):
        assert 0 < usual.errors[name] < 5e-5
        assert loose.errors[name] > 10 * usual.errors[name]


def test_the_sample_is_of_the_seed_and_from_all_over(asked) -> None:
    numbers = sample(asked(children=100_000))
    assert numbers == sample(asked(children=100_000)) != sample(asked(children=100_000, seed=4))
    assert [number * 16 // 100_000 for number in numbers] == list(range(16))
    assert sample(asked(children=5)) == (0, 1, 2, 3, 4)


def test_an_error_is_relative_and_zero_is_compared_with_the_peak() -> None:
    exact = np.array([[[100.0, 0.0], [1.0, 0.0], [0.0, 0.0]]])
    wrong = exact + np.array([[[0.0, 0.0], [0.01, 0.0], [0.003, 0.0]]])
    np.testing.assert_allclose(largest_errors(wrong, exact), [0.03, 0.0])
    np.testing.assert_allclose(largest_errors(wrong[:, :2], exact[:, :2]), [0.01, 0.0])


def test_the_check_stands_in_the_manifest_and_stays(asked, whole, held, tmp_path) -> None:
    for name, content in held(whole).items():
        (tmp_path / name).write_bytes(content)
    run_cohort(asked(), tmp_path, checked=True)
    kept = json.loads((tmp_path / "manifest.json").read_bytes())["check"]
    assert kept["children"] == list(sample(asked()))
    assert kept["largest_relative_error"].keys() == {"crp", "tocilizumab"}
    changed = held(tmp_path)
    assert {n for n, content in changed.items() if content != held(whole)[n]} == {"manifest.json"}
    assert run_cohort(asked(), tmp_path).check == kept
    assert held(tmp_path) == changed


def test_a_check_of_nobody_says_that_it_knows_nothing(asked) -> None:
    stuck = check(replace(asked(), tolerance=Tolerance(max_steps=1)))
    assert (stuck.unfollowed, set(stuck.errors.values())) == (16, {None})


@pytest.mark.parametrize("children", [1, 2])
def test_a_small_cohort_is_checked_whole(asked, children) -> None:
    assert check(asked(children=children)).children == tuple(range(children))
