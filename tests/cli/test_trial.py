"""``quotidian trial``: three files from which the same bytes can be made again, in a folder of its own."""

from __future__ import annotations

import csv
import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quotidian.application.trial_run import TrialOutcome, published_trial, run_trial

PATIENCE = 120.0  # s, so that a busy machine does not fail a test; nothing waits for it
FILES = ["baseline.csv", "effects.csv", "endpoints.csv", "flow.csv", "manifest.json", "report.html"]
COLUMNS = ["arm", "endpoint", "week", "virtual", "low", "high"]
COLUMNS += ["published", "published_low", "published_high", "role"]
TRIAL = "trial tender --replicates 2 --seed 1 --output {}"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {item.name: item.read_bytes() for item in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def run(process, tmp_path_factory) -> tuple[Path, str]:
    """A real trial, as a process: its folder, and what was printed."""
    folder = tmp_path_factory.mktemp("trial")
    done = process(TRIAL.format("out/tender"), folder)  # "out" is not there yet
    assert (done.code, done.err) == (0, "")
    return folder / "out/tender", done.out


@pytest.fixture(scope="module")
def outcome() -> TrialOutcome:
    """A trial of one replicate, for tests of what is done with it."""
    return run_trial(published_trial("tender", 1, 1))


@pytest.fixture
def plain_report(monkeypatch) -> None:
    """A report without figures: for tests of the folder, not of the report."""
    monkeypatch.setattr(
        "quotidian.reports.report.write_report", lambda result, path: path.write_text("report")
    )


def test_the_three_files_and_no_other_are_written(run) -> None:
    folder = run[0]
    assert list(contents(folder)) == FILES
    assert [item.name for item in folder.parent.iterdir()] == ["tender"]


def test_endpoints_have_the_columns_of_the_interface(run) -> None:
    with (run[0] / "endpoints.csv").open(newline="") as stream:
        heads, *rows = csv.reader(stream)
    assert heads[: len(COLUMNS)] == COLUMNS
    assert {row[0] for row in rows} == {"tocilizumab", "placebo", "all"}
    published = {(row[0], row[1]): row for row in rows if row[6] and row[2] == "12"}
    assert published["tocilizumab", "acr30"][6:10] == ["91.0", "81.7", "96.2", "calibration"]
    assert all(row[9] in ("calibration", "validation") for row in published.values())


def test_the_manifest_says_how_to_get_the_same_again(run) -> None:
    found = json.loads((run[0] / "manifest.json").read_text())
    assert found["command"] == "quotidian trial tender --replicates 2 --seed 1"
    assert found["program"] == "quotidian trial"
    identity = found["identity"]
    assert identity["request"] == {"trial": "tender", "replicates": 2, "seed": 1}
    assert found["children"]["an_arm"] == {"tocilizumab": 75, "placebo": 37}
    assert found["children"]["enrolled"] == 2 * 112
    assert len(identity["model"]["equations_sha256"]) == 64
    assert set(identity["platform"]) == {
        "system", "machine", "lanes", "python", "numpy", "llvmlite", "matplotlib",
    }  # fmt: skip
    for name, stated in found["files"].items():
        assert stated["sha256"] == hashlib.sha256((run[0] / name).read_bytes()).hexdigest()


def test_the_manifest_knows_the_evidence_by_what_the_command_prints(run, quotidian) -> None:
    found = json.loads((run[0] / "manifest.json").read_text())
    printed = quotidian("evidence --json").out
    assert found["identity"]["model"]["evidence_sha256"] == hashlib.sha256(printed.encode()).hexdigest()


def test_it_ends_with_the_table_and_the_place_of_the_report(run) -> None:
    lines = run[1].splitlines()
    assert lines[-1] == "Report: out/tender/report.html"
    assert lines[-2] == "Research use, not a medical device."
    assert lines[-3].startswith("2 replicates, 224 children, seed 1, ")
    assert "JIA ACR30" in run[1]


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(run, quotidian, tmp_path) -> None:
    ran = quotidian(f"{TRIAL.format(tmp_path / 'again')} --threads 1")
    assert ran.code == 0
    assert contents(tmp_path / "again") == contents(run[0])


def test_another_seed_gives_another_result_and_renews_an_earlier_one(
    quotidian, tmp_path, plain_report
) -> None:
    folder = tmp_path / "tender"
    assert quotidian(f"trial tender --replicates 1 --seed 1 --output {folder}").code == 0
    first = contents(folder)
    assert quotidian(f"trial tender --replicates 1 --seed 2 --output {folder}").code == 0
    assert list(contents(folder)) == FILES
    assert contents(folder)["endpoints.csv"] != first["endpoints.csv"]
    assert json.loads((folder / "manifest.json").read_text())["identity"]["request"]["seed"] == 2


FOREIGN = {
    "other files": {"thesis.tex": "years of work"},
    "a result and other files": {"manifest.json": '{"program": "quotidian"}', "thesis.tex": "years of work"},
    "another program's manifest": {"manifest.json": '{"program": "other"}'},
    "a manifest that is none": {"manifest.json": "[]"},
    "a result without manifest": {"report.html": "report"},
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_folder_that_is_not_ours_is_left_alone(quotidian, tmp_path, monkeypatch, case) -> None:
    monkeypatch.setattr(
        "quotidian.application.trial_run.run_trial", lambda *a, **k: pytest.fail("worked first")
    )
    for name, text in FOREIGN[case].items():
        (tmp_path / name).write_text(text)
    before = contents(tmp_path)
    ran = quotidian(TRIAL.format(tmp_path))
    assert ran.code == 2
    assert "It holds something other than an earlier result: " in ran.err
    assert "Name a new or an empty folder" in ran.err
    assert contents(tmp_path) == before


def test_a_file_in_the_way_is_left_alone(quotidian, tmp_path) -> None:
    (tmp_path / "tender").write_text("a file")
    ran = quotidian(TRIAL.format(tmp_path / "tender"))
    assert ran.code == 2
    assert "is a file" in ran.err
    assert (tmp_path / "tender").read_text() == "a file"


def test_without_an_output_nothing_is_written(quotidian, tmp_path, monkeypatch, outcome) -> None:
    monkeypatch.setattr("quotidian.application.trial_run.run_trial", lambda *a, **k: outcome)
    monkeypatch.chdir(tmp_path)
    ran = quotidian("trial tender --replicates 1")
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "Nothing was written; --output DIR keeps a report."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("fate", [KeyboardInterrupt(), ValueError("bug"), OSError(28, "No space left")])
def test_what_goes_wrong_while_writing_leaves_all_as_it_was(
    quotidian, tmp_path, monkeypatch, outcome, earlier, fate
) -> None:
    monkeypatch.setattr("quotidian.application.trial_run.run_trial", lambda *a, **k: outcome)
    folder = tmp_path / "new/tender"
    if earlier:
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text('{"program": "quotidian"}')
    before = sorted(str(item) for item in tmp_path.rglob("*"))

    def fail(result: object, path: Path) -> None:
        path.write_text("half a rep")
        raise fate

    monkeypatch.setattr("quotidian.reports.report.write_report", fail)
    ran = quotidian(f"trial tender --replicates 1 --output {folder}")
    assert ran.code == {KeyboardInterrupt: 130, ValueError: 1, OSError: 2}[type(fate)]
    assert sorted(str(item) for item in tmp_path.rglob("*")) == before


BEGUN = """
import signal
from quotidian.engine import CompiledModel
real = CompiledModel.run
def run(*args, **kwargs):
    outcome = real(*args, **kwargs)  # compiled by now, and hundreds of replicates still to come
    print("begun", flush=True)
    return outcome
CompiledModel.run = run
signal.signal(signal.SIGINT, signal.default_int_handler)
from quotidian.cli import main
main()
"""


def test_ctrl_c_stops_a_long_trial_and_leaves_nothing(environment, tmp_path) -> None:
    line = ["trial", "tender", "--replicates", "500", "--output", str(tmp_path / "out/tender")]
    started = [sys.executable, "-c", BEGUN, *line]
    with subprocess.Popen(
        started, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as trial:
        assert trial.stdout is not None
        assert trial.stdout.readline() == "begun\n"
        trial.send_signal(signal.SIGINT)
        _, err = trial.communicate(timeout=PATIENCE)
    assert trial.returncode == 130
    assert err == "quotidian: cancelled, nothing written.\n"
    assert list(tmp_path.iterdir()) == []


def test_trials_are_listed(quotidian) -> None:
    lines = quotidian("trials").out.splitlines()
    assert sum(line.startswith("tender  ") for line in lines) == 1
    assert lines[-1] == "Research use, not a medical device."
