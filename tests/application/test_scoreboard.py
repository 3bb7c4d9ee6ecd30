"""Trials that are finished are kept, and read again only where nothing has changed."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from quotidian.application import scoreboard_archive, scoreboard_run
from quotidian.application.learning.learnt_values import learnt_prior
from quotidian.application.manifest import as_json, sealed, unsealed
from quotidian.application.scoreboard_archive import ScoreboardRequest, check_scoreboard_folder
from quotidian.errors import OutputError
from quotidian.trials.benchmarks.scores import Apart, ScoreRow, TrialScore
from quotidian.trials.protocol import library


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the trials that were run, with a run that costs nothing."""
    names: list[str] = []

    def run(name: str, replicates: int, seed: int, progress=None, threads=None, **other) -> TrialScore:
        names.append(name)
        if progress:
            progress(1.0)
        one = ScoreRow(
            "a", "acr30", 6, "%", 50.1, 1 / 3, 60, 55.0, None, None, "validation", "woo2005", "c", name
        )
        apart = Apart("d", name, 1.5, "hour", "validation", "woo2005", "hours are not counted")
        return TrialScore(name, "A title", replicates, seed, 10, (one,), (apart,), 20, {"stiff": 1})

    monkeypatch.setattr(scoreboard_run, "score", run)
    return names


def board(trials: list[str], replicates: int, seed: int, folder: Path | None = None, **options):
    """Run a scoreboard."""
    asked = ScoreboardRequest(tuple(trials), replicates, seed)
    return scoreboard_run.run_scoreboard(asked, folder, **options)


def test_trials_come_in_the_order_of_the_library() -> None:
    assert scoreboard_run.chosen(["tender", "woo-2005", "tender"]) == ("woo-2005", "tender")
    assert scoreboard_run.chosen([]) == library.names() and len(library.names()) >= 14


def test_what_is_finished_is_not_run_again(asked: list[str], tmp_path: Path) -> None:
    first = board(["woo-2005", "tender"], 3, 1, tmp_path, threads=1)
    kept = (tmp_path / "finished/tender.json").read_bytes()
    (tmp_path / "finished/tender.json").unlink()  # as if the run had been killed in the second trial
    assert board(["woo-2005", "tender"], 3, 1, tmp_path, threads=1) == first
    assert sorted(asked[:2]) == ["tender", "woo-2005"] and asked[2:] == ["tender"]
    assert (tmp_path / "finished/tender.json").read_bytes() == kept


def test_a_trial_that_cannot_be_stored_leaves_no_folder(
    asked: list[str], tmp_path: Path, monkeypatch
) -> None:
    def full(path: Path, content: str) -> None:
        raise OutputError(f"{path} cannot be written.")

    monkeypatch.setattr(scoreboard_archive, "write_atomically", full)
    with pytest.raises(OutputError):
        board(["woo-2005"], 3, 1, tmp_path / "board", threads=1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("change", ["replicates", "seed", "code", "half"])
def test_another_size_seed_program_or_half_a_file_is_run_again(
    asked: list[str], tmp_path: Path, change: str
) -> None:
    board(["tender"], 3, 1, tmp_path)
    file = tmp_path / "finished/tender.json"
    if change == "code":
        file.write_text(as_json(sealed(unsealed(file.read_bytes()) | {"code_sha256": "other"})))
    if change == "half":
        file.write_bytes(file.read_bytes()[:200])
    board(["tender"], 4 if change == "replicates" else 3, 2 if change == "seed" else 1, tmp_path)
    assert asked == ["tender", "tender"]


def test_without_a_folder_nothing_is_kept(asked: list[str], tmp_path: Path) -> None:
    board(["tender"], 3, 1)
    board(["tender"], 3, 1)
    assert asked == ["tender", "tender"] and not list(tmp_path.iterdir())


def test_progress_ends_at_one_and_never_falls(asked: list[str]) -> None:
    reported: list[float] = []
    board(["tender", "woo-2005"], 3, 1, progress=reported.append, threads=1)
    assert reported == sorted(reported) and reported[-1] == pytest.approx(1.0)


def test_a_place_that_cannot_be_made_is_refused(asked: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be created"):
        board(["tender"], 3, 1, tmp_path / "file")


def test_a_finished_trial_that_was_changed_is_run_again(asked: list[str], tmp_path: Path) -> None:
    board(["tender"], 20, 1, tmp_path)
    file = tmp_path / "finished/tender.json"
    good, random = file.read_bytes(), Random(18)
    for number in range(50):
        place = random.randrange(len(good) - 1)  # the last byte is the end of the last line
        bit = bytes([good[place] ^ (1 << random.randrange(5))])
        changed = random.choice((good[:place], good[:place] + bit + good[place + 1 :], good + good[place:]))
        file.write_bytes(changed)
        asked.clear()
        (again,) = board(["tender"], 20, 1, tmp_path)
        assert again.rows[0].virtual == 50.1, f"{number}: {changed!r}"
        assert asked == ["tender"] or changed.split() == good.split(), f"{number}: {changed!r}"


def test_a_damaged_part_does_not_close_the_folder(asked: list[str], tmp_path: Path) -> None:
    board(["tender"], 20, 1, tmp_path)
    (tmp_path / "finished/tender.json").write_bytes(b"")
    check_scoreboard_folder(tmp_path)
    (tmp_path / "finished/mine.json").write_bytes(b"")
    with pytest.raises(OutputError, match="something other"):
        check_scoreboard_folder(tmp_path)


def test_labels_rest_on_draws_of_the_prior_that_no_row_has_narrowed(monkeypatch: pytest.MonkeyPatch) -> None:
    ensembles = list[Any]()

    def run(name: str, replicates: int, seed: int, *_: object, members, prior, **other) -> TrialScore:
        ensembles.append((members, prior))
        return TrialScore(name, "A title", replicates, seed, 10, (), (), 20, {})

    monkeypatch.setattr(scoreboard_run, "score", run)
    for seed in (1, 2):
        scoreboard_run.run_scoreboard(ScoreboardRequest(("woo-2005",), 1, seed, members=200), threads=1)
    (members, prior), again = ensembles
    assert again == (members, prior) and len(members) == len(prior) == 200
    value = "biology.skin_and_serosa.rash_proneness"  # the rows narrow it most
    of_value = learnt_prior((value,))
    left, whole = (
        of_value.scores(np.array([[one.by_name[value]] for one in ensemble])).std()
        for ensemble in (members, prior)
    )
    assert whole == pytest.approx(1.0, abs=0.15) and left < 0.6
