"""What `make check` runs: format, lint, types, layers and the fast tests. All are part of the test suite."""

from __future__ import annotations

import os
import shlex
import subprocess
import sysconfig
from pathlib import Path

import pytest

STEPS = {"format": "ruff format --check .", "lint": "ruff check .", "types": "mypy", "layers": "lint-imports"}
FAST = 'python -m pytest -n 2 --dist loadfile -q -m "not slow"'


def make(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """make, deaf to the make that may have called us."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


def recipe(root: Path, *arguments: str) -> str:
    """What make would do, without doing it, as if nothing were up to date."""
    return make(root, "--dry-run", "--always-make", *arguments).stdout


def test_make_check_runs_these_steps_and_no_other(root: Path) -> None:
    printed = recipe(root, "check").splitlines()
    steps = [line.removeprefix(".venv/bin/") for line in printed if line.startswith(".venv/bin/")]
    assert [step for step in steps if not step.startswith("python -m pip")] == [*STEPS.values(), FAST]


@pytest.mark.parametrize("step", [name for name in STEPS if name != "layers"])  # test_layers has that one
def test_the_sources_pass(root: Path, step: str) -> None:
    command, *arguments = shlex.split(STEPS[step])
    program = Path(sysconfig.get_path("scripts")) / command
    done = subprocess.run([program, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


PLANTS = {
    "format": ("x = {  }\n", "would be reformatted"),
    "lint": ('"""A module."""\n\nimport os\n', "F401"),
    "types": ('"""A module."""\n\n\ndef f(x):\n    return x\n', "no-untyped-def"),
}


@pytest.mark.parametrize("step", PLANTS)
def test_a_planted_fault_is_found(root: Path, tmp_path: Path, step: str) -> None:
    text, complaint = PLANTS[step]
    (tmp_path / "pyproject.toml").write_text((root / "pyproject.toml").read_text())
    for folder in ("src", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tests/innocent.py").write_text('"""A module."""\n')
    (tmp_path / "src/planted.py").write_text(text)
    command, *arguments = shlex.split(STEPS[step])
    program = Path(sysconfig.get_path("scripts")) / command
    done = subprocess.run([program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert complaint in done.stdout + done.stderr


def test_make_demo_needs_the_lock_and_nothing_else(root: Path) -> None:
    printed = recipe(root, "demo", "VENV=/nowhere")
    assert "--require-hashes -r requirements.lock" in printed
    assert "--no-build-isolation -e ." in printed
    assert "/nowhere/bin/quotidian trial tender --replicates 20 --seed 1 --output out/tender" in printed
    assert "uv " not in printed


def test_make_says_what_python_it_wants(root: Path, tmp_path: Path) -> None:
    done = make(root, "demo", f"VENV={tmp_path}/venv", "PYTHON=/no/python")
    assert done.returncode != 0
    assert "Python 3.11 or newer with its venv module" in done.stderr
    assert not (tmp_path / "venv").exists()
