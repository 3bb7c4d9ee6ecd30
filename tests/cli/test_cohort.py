"""``quotidian cohort``: killed and taken up again, cancelled, refused, and the commands of its page."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quotidian.application import cohort_run as study

from .conftest import commands

PAGE = Path(__file__).resolve().parents[2] / "docs/cohorts.md"
SMALL = "cohort --children 40 --part 8 --seed 3 --weeks 1 --observables crp --output"
MANY = "cohort --children 400 --part 8 --seed 3 --weeks 1 --observables crp,tocilizumab --output"


def held(folder: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in sorted(folder.iterdir())}


def until_finished(folder: Path, part: str, process: subprocess.Popen[str]) -> None:
    """Until the part is there; a minute at most."""
    until = time.monotonic() + 60.0
    while not (folder / f"{part}.json").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.fixture(scope="module")
def undisturbed(process, tmp_path_factory) -> dict[str, bytes]:
    """What the many leave when nothing ends the run, on one thread."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert process(f"{MANY} whole --threads 1", folder).code == 0
    return held(folder / "whole")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_goes_on_to_the_same_bytes(
    ending, environment, process, undisturbed, tmp_path
) -> None:
    start = [sys.executable, "-c", "from quotidian.cli import main; main()", *shlex.split(f"{MANY} ended")]
    running = subprocess.Popen(
        start, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until_finished(tmp_path / "ended", "part-00001", running)
    running.send_signal(ending)
    err = running.communicate(timeout=60)[1]
    parts = len(list((tmp_path / "ended").glob("part-*.json")))
    assert 2 <= parts < 50
    assert json.loads((tmp_path / "ended/manifest.json").read_bytes())["status"] == {"complete": False}
    if ending == signal.SIGINT:
        assert running.returncode == 130
        assert err == (
            f"quotidian: cancelled; {parts} of 50 parts are finished in 'ended'.\n"
            "  The same command continues after them.\n"
        )
    else:
        assert running.returncode == -signal.SIGKILL
    ran = process(f"{MANY} ended", tmp_path)
    assert ran.code == 0, ran.err
    assert f"Completed earlier and kept: {parts} parts.\n" in ran.out
    assert held(tmp_path / "ended") == undisturbed


def test_it_says_what_it_did(quotidian, tmp_path) -> None:
    ran = quotidian(f"{SMALL} {tmp_path}/c --regimen tocilizumab-iv --check")
    assert ran.code == 0, ran.err
    assert re.search(r"^crp +\d\.\de-0[5-8]$", ran.out, flags=re.MULTILINE)
    assert "Against 100 times tighter tolerance, in 16 children.\n" in ran.out
    assert "40 children; sjia; tocilizumab 12 mg/kg below 30 kg" in ran.out
    assert ran.out.endswith(
        f"Research use, not a medical device.\n5 parts and manifest.json in {tmp_path}/c\n"
    )
    again = quotidian(f"{SMALL} {tmp_path}/c --regimen tocilizumab-iv")
    assert "Completed earlier and kept: 5 parts.\n" in again.out


def test_damage_and_loss_are_said(quotidian, tmp_path, monkeypatch) -> None:
    assert quotidian(f"{SMALL} {tmp_path}/c").code == 0
    (tmp_path / "c/part-00002.parquet").write_bytes(b"gone")
    monkeypatch.setattr(study, "_finish", lambda folder, found: {"a value was not finite": 3})
    ran = quotidian(f"{SMALL} {tmp_path}/c")
    assert "Damaged, therefore computed again: 1 part.\n" in ran.out
    assert "Not simulated to the end: 3 children, because a value was not finite.\n" in ran.out
    assert f"They are listed in {tmp_path}/c/failures.csv.\n" in ran.out


@pytest.mark.parametrize(
    ("options", "what", "remedy"),
    [
        ("--children 0", "--children cannot be '0'.", "--children 1000"),
        ("--children many", "--children cannot be 'many'.", "--children 1000"),
        ("--children 9 --part 0", "--part cannot be '0'.", "--part 2000"),
        ("--children 9 --seed x", "--seed cannot be 'x'.", "--seed 1"),
        ("--children 9 --weeks 0", "--weeks cannot be '0'.", "--weeks 12"),
        ("--children 9 --every 0h", "--every cannot be '0h'.", "--every 1d"),
        ("--children 9 --weeks 1 --every 2weeks", "every 14 days", "Shorten --every"),
        ("--children 9 --observables crb", "no observable 'crb' in sjia", "Did you mean 'crp'"),
        (
            "--children 9 --model adult_ra",
            "No child can be simulated with the model 'adult_ra'.",
            "models of children are sjia",
        ),
        ("--children 9 --weeks 5200", "No child can be simulated for 5200 weeks.", "at most 1200 weeks"),
        ("--children 9 --regimen aspirin", "there is no regimen 'aspirin'", "tocilizumab-iv"),
        ("--children 9 --threads 0", "--threads cannot be '0'.", "--threads 2"),
        ("--seed 1", "Missing option '--children'", "quotidian cohort --help"),
        (
            "--children 1000000 --part 1000000 --every 6min",
            "A part of 1,000,000 children, 20,161 times and 7 observables would need about ",
            "Ask for a smaller --part",
        ),
    ],
)
def test_mistakes_end_with_two_and_make_no_folder(quotidian, tmp_path, options, what, remedy) -> None:
    ran = quotidian(f"cohort {options} --output {tmp_path}/c")
    assert (ran.code, ran.out) == (2, "")
    assert what in ran.err
    assert remedy in ran.err
    assert list(tmp_path.iterdir()) == []


def test_another_request_in_the_same_folder_is_a_mistake(quotidian, tmp_path) -> None:
    assert quotidian(f"{SMALL} {tmp_path}/c").code == 0
    ran = quotidian(f"{SMALL} {tmp_path}/c --every 12h".replace("--seed 3", "--seed 4"))
    assert ran.code == 2
    assert "It differs in seed (3 there, 4 asked); every_hours (24.0 there, 12.0 asked)." in ran.err
    assert "Choose another folder with --output, or remove this one." in ran.err


def test_ctrl_c_ends_a_local_dask_in_as_few_words(environment, tmp_path) -> None:
    pytest.importorskip("distributed")
    start = [sys.executable, "-c", "from quotidian.cli import main; main()"]
    running = subprocess.Popen(
        [*start, *shlex.split(f"{MANY} c --dask local --threads 1")], cwd=tmp_path, env=environment,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until_finished(tmp_path / "c", "part-00001", running)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    err = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert re.fullmatch(r"quotidian: cancelled; \d+ of 50 parts .*\n  The same command continues .*\n", err)


def test_dask_that_is_not_there_is_a_mistake(quotidian, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = quotidian(f"{SMALL} {tmp_path}/c --dask local")
    assert (ran.code, list(tmp_path.iterdir())) == (2, [])
    assert "pip install '.[scale]'" in ran.err


def test_the_page_is_true(quotidian, tmp_path, monkeypatch) -> None:
    """Every command of the page runs in a folder of its own, and its Python afterwards."""
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    assert commands(PAGE)
    for line in commands(PAGE):
        ran = quotidian(line.removeprefix("quotidian "))
        assert ran.code == 0, f"{line}\n{ran.err}"
    (example,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    told_there: dict[str, object] = {}
    exec(example, told_there)
    assert told_there["medians"]["day"].to_list() == [0, 7, 14]  # type: ignore[index]
