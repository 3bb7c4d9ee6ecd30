"""Learning eight values from two trials: what is read, what is found, and that it can go on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotidian.application.learning import ensemble_runs, learning_checks, learnt_files
from quotidian.application.learning.ensemble_runs import EnsembleRuns
from quotidian.application.learning.knowledge import read_knowledge
from quotidian.application.learning.learning_checks import (
    agreement,
    confirmed_k,
    left_out,
    row_summary,
    surrogate_error,
)
from quotidian.application.learning.learning_run import Learnt, learn
from quotidian.application.learning.learnt_files import checks_of, keep_learnt, members_frame
from quotidian.application.learning.learnt_rows import learnt_rows, statistics
from quotidian.application.learning.learnt_values import learnt_prior, overlay_of
from quotidian.cli.support.exit_codes import run
from quotidian.errors import ComputationFailed, InvalidInput
from quotidian.evidence import Entry, Ledger, all_ledgers
from quotidian.evidence.overlay import entries
from quotidian.inference.ensemble.prior import Prior
from quotidian.inference.ensemble.sampling import LogLikelihood, Sampled
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

from .linear_world import SMALL, TRUTH, TWO, VALUES, simulated


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("learn")


@pytest.fixture(scope="module")
def learnt(folder: Path) -> Learnt:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensemble_runs, "statistics", simulated)
        return learn(SMALL, folder)


def test_the_truth_is_found(learnt: Learnt) -> None:
    assert learnt.misfit[-1] < 0.2 * learnt.misfit[0]
    mean, sd = learnt.scores.mean(axis=0), learnt.scores.std(axis=0)
    assert (np.abs(mean - TRUTH) < 3.0 * sd)[:7].all()
    assert sd[:7].max() < 0.6
    assert 0.85 < sd[7] < 1.15
    assert 0.8 <= learnt.coverage.inside[learnt.coverage.informed].mean() <= 1.0
    assert 7 not in learnt.coverage.informed
    assert agreement(learnt) < 1.0
    assert agreement(replace(learnt, scores=learnt.scores[:1])) is None  # one draw has no SD
    assert learnt.members.shape == (200, len(VALUES))
    for i, name in enumerate(VALUES):
        low, high = entries()[name].plausible
        assert low <= learnt.members[:, i].min() <= learnt.members[:, i].max() <= high, name


def test_real_trials_have_statistics() -> None:
    rows = learnt_rows(["canakinumab-febrile"])
    prior = learnt_prior(VALUES)
    overlay = overlay_of(prior, prior.at(np.zeros((1, len(VALUES))))[0])
    runs = EnsembleRuns(rows, prior, 1, "", repeats=2)
    found = runs.run("centre", 0, np.zeros((2, len(VALUES))))
    assert found.shape == (2, 2, len(rows))
    assert np.isfinite(found).all()
    assert not np.array_equal(found[0], found[1])  # of another seed
    assert not np.array_equal(found[0, 0], found[0, 1])
    seed = ensemble_runs._seed(1, 0, 0)
    assert found[0].tolist() == statistics(rows, overlay, seed, 2).tolist()
    assert found[0, :1].tolist() == statistics(rows, overlay, seed).tolist()  # however many repeats
    plan = design("canakinumab-febrile")
    table = endpoint_rows(plan, follow(plan, 1, seed, threads=1, overlay=overlay).records)
    shown = {(one.endpoint, float(one.week)): one.virtual for one in table}
    for i, row in enumerate(rows):
        expected = row.summary.on_scale(np.array([shown[row.claim.endpoint, row.claim.week]]))
        assert found[0, 0, i] == expected[0], row.claim.id


def test_a_run_that_is_continued_gives_the_same_bytes_and_runs_nothing_again(
    learnt: Learnt, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keep_learnt(learnt, tmp_path / "a", "quotidian learn")

    def never(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(ensemble_runs, "statistics", never)
    second = keep_learnt(learn(SMALL, folder), tmp_path / "b", "quotidian learn")
    assert first == second
    for name in first["files"]:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert set(first["rows_read"]) == {row.claim.id for row in learnt.rows}
    one = next((folder / "parts").glob("step0-*.json"))
    one.write_text(one.read_text()[:40])
    with pytest.raises(AssertionError):
        learn(SMALL, folder)


def test_a_small_run_needs_no_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensemble_runs, "statistics", simulated)
    found = learn(replace(SMALL, members=80, steps=0, refined=0, confirmed=0))
    assert len(found.misfit) == 1
    assert 0.8 <= found.coverage.inside.mean() <= 1.0
    away = np.abs(found.scores.mean(axis=0) - TRUTH)
    assert (away < 3.5 * found.scores.std(axis=0))[:7].all()
    assert checks_of(found)["pareto_k"] is None


def test_what_was_learnt_can_be_read_again(learnt: Learnt, tmp_path: Path) -> None:
    manifest = keep_learnt(learnt, tmp_path, "quotidian learn")
    known = read_knowledge(tmp_path)
    assert known.names == learnt.prior.names
    assert np.array_equal(known.values, learnt.members)
    assert known.rows["claim"].to_list() == list(known.rows_read) == manifest["rows_read"]
    assert known.stale == ()
    one = known.overlays(2)[1]
    assert one.by_name[VALUES[0]] == learnt.members[1, 0]
    with pytest.raises(InvalidInput, match="The ensemble has 200"):
        known.overlays(201)
    manifest["ledgers"]["biology.joints"] = "another"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert read_knowledge(tmp_path).stale == ("biology.joints",)
    with pytest.raises(InvalidInput, match="no completed run"):
        read_knowledge(tmp_path / "nowhere")
    frame = members_frame(learnt)
    frame.with_columns(frame[VALUES[0]] * 1e9).write_parquet(tmp_path / "members.parquet")
    with pytest.raises(InvalidInput, match="outside their present plausible ranges"):
        read_knowledge(tmp_path)


def test_checks_of_a_run_are_printed_again(
    learnt: Learnt, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    checks = keep_learnt(learnt, tmp_path, "quotidian learn")["checks"]
    assert checks["pareto_k"] < 0.7
    assert [(one["trial"], one["rows"]) for one in checks["left_out"]] == [
        (trial, sum(row.summary.trial == trial for row in learnt.rows)) for trial in TWO
    ]
    assert run(["learn", "--check", str(tmp_path)]) == 0
    said = capfd.readouterr().out
    assert said.startswith(f"{checks['sets']} runs, {learnt.request.at_centre} of them at the centre")
    assert f"Pareto k: {checks['pareto_k']}." in said
    assert "Left out tender: " in said and "Left out canakinumab-single: " in said
    assert f"{checks['informative_rows']} informative rows" in said


def test_real_runs_that_disagree_with_the_surrogate_have_a_large_pareto_k(learnt: Learnt) -> None:
    sd = np.sqrt(np.diag(learnt.summaries.chance))
    rng = np.random.default_rng(1)
    far = learnt.surrogate(learnt.scores[:100]) + 6.0 * sd * rng.normal(size=(100, len(sd)))
    assert confirmed_k(replace(learnt, confirmed=far[:, None])) > 0.7 > confirmed_k(learnt)


def test_the_error_of_the_surrogate_is_that_at_final_members_without_their_sampling_variation(
    learnt: Learnt,
) -> None:
    sd, rng = np.sqrt(np.diag(learnt.summaries.chance)), np.random.default_rng(3)
    expected = learnt.surrogate(learnt.scores[:100])
    noise = sd * rng.normal(size=(100, 20, len(sd)))
    wrong = 0.4 * sd * rng.normal(size=(100, len(sd)))
    exact = replace(learnt, confirmed=expected[:, None] + noise)
    off = replace(learnt, confirmed=(expected + wrong)[:, None] + noise)
    assert np.median(surrogate_error(exact)) < 0.15
    assert np.median(surrogate_error(off)) == pytest.approx(0.4, abs=0.05)
    few = replace(learnt, confirmed=exact.confirmed[:10])
    assert surrogate_error(few) == pytest.approx(np.sqrt(learnt.surrogate.error) / sd)


def test_final_members_are_run_as_often_as_asked(learnt: Learnt) -> None:
    assert learnt.confirmed.shape[:2] == (SMALL.confirmed, SMALL.confirmed_repeats)
    assert SMALL.trials_of_a_design == (20 + 80 * 3 + 80) * 2 + 100 * 20


def test_intervals_are_nested(learnt: Learnt) -> None:
    s = row_summary(learnt)
    for inner, outer in ((s.chance, s.known), (s.known, s.discrepancy)):
        assert (outer[0] <= inner[0] + 1e-9).all()
        assert (outer[1] >= inner[1] - 1e-9).all()
    for one in left_out(learnt):
        assert one.by_chance <= one.known <= one.with_discrepancy <= one.rows


def test_the_checksum_of_a_ledger_is_that_of_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    (own,) = (one for one in all_ledgers() if one.module == "biology.joints")
    name, entry = next(iter(own.items()))

    def checksum(changed: Entry) -> str:
        monkeypatch.setattr(learnt_files, "all_ledgers", lambda: [Ledger(own.module, {**own, name: changed})])
        return learnt_files.ledger_checksums()[own.module]

    now = checksum(entry)
    assert checksum(replace(entry, meaning="another wording", note="more")) == now
    assert checksum(replace(entry, value=1.01 * entry.value)) != now
    assert checksum(replace(entry, plausible=(0.0, 1e9))) != now


def test_a_trial_that_is_left_out_says_nothing(learnt: Learnt, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[float]] = []

    def sample(likelihood: LogLikelihood, prior: Prior, *_: object) -> Sampled:
        read.append(likelihood(learnt.scores[:5]).tolist())
        return Sampled(learnt.scores, np.zeros(len(learnt.scores)))

    monkeypatch.setattr(learning_checks, "sample", sample)
    trials = [one.trial for one in left_out(learnt)]
    assert len(trials) == 2
    s = learnt.summaries
    other = tuple(replace(r, published=0.5 * r.published) if r.trial == trials[0] else r for r in s.rows)
    left_out(replace(learnt, summaries=replace(s, rows=other)))
    assert read[0] == read[2] and read[1] != read[3]


def test_an_ensemble_without_results_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ensemble_runs, "statistics", lambda rows, *_: np.full((2, len(rows)), np.nan))
    with pytest.raises(ComputationFailed, match="0 of 20 runs"):
        learn(SMALL, tmp_path)


def test_parts_are_plain_json(learnt: Learnt, folder: Path) -> None:
    held = json.loads(next((folder / "parts").glob("centre-*.json")).read_text())
    assert len(held["statistics"]) == ensemble_runs.PART_MEMBERS


@pytest.mark.parametrize("small", [{"members": 7}, {"replicates": 14}, {"replicates": 7, "repeats": 1}])
def test_an_ensemble_too_small_is_refused_before_any_run(tmp_path: Path, small: dict[str, int]) -> None:
    request = replace(SMALL, **small)
    with pytest.raises(InvalidInput, match="at least 8"):
        learn(request, tmp_path / "out")
    assert not (tmp_path / "out").exists()
