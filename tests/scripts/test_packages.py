"""The tests of installed archives: which copy, which user, which home folder, and what counts as failed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

NOBODY = 65534
SCRIPTS = Path(__file__).parents[2] / "scripts"
TEST = """\
import os, pathlib, pytest

def test_of_the_archive():
    assert {expected}
"""


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return import_module("packages")


@pytest.fixture
def tree() -> Iterator[Path]:
    """A folder that other users can read."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


def test_another_user_has_no_home_folder_and_none_of_the_variables(packages: ModuleType) -> None:
    present = {"HOME": "/root", "PATH": "/bin", "LANG": "C", "PYTHONPATH": "src", "SECRET": "x"}
    own, bare, absent, wrong = (packages.variables_of(run, present, "/t") for run in packages.RUNS[:4])
    assert own["HOME"] == "/root" and own["SECRET"] == "x" and "PYTHONPATH" not in own
    assert "HOME" not in bare and "SECRET" not in bare and bare["TMPDIR"] == "/t"
    assert absent == own and wrong["HOME"] == "/nonexistent"


def test_a_failed_test_is_a_failed_run(packages: ModuleType, tree: Path) -> None:
    def code(expected: str) -> int:
        (tree / "test_it.py").write_text(TEST.format(expected=expected))
        return int(packages.tested(Path(sys.executable), tree, packages.RUNS[0], ["test_it.py"]))

    assert code("'PYTHONPATH' not in os.environ") == 0
    assert code("False") == 1


def nobody_can_run(python: str) -> bool:
    """Whether another user reaches this interpreter: not where it lies in the home folder of root."""
    try:
        return (
            subprocess.run([python, "-c", ""], user=NOBODY, check=False, capture_output=True).returncode == 0
        )
    except PermissionError:
        return False


@pytest.mark.skipif(
    os.geteuid() != 0 or not nobody_can_run(sys.executable),
    reason="only root can run tests as another user, with an interpreter that this user can reach",
)
def test_nobody_can_write_none_of_the_files(packages: ModuleType, tree: Path) -> None:
    home = "os.environ.get('HOME') is None and os.geteuid() == 65534 and not os.access('.', os.W_OK)"
    (tree / "test_it.py").write_text(TEST.format(expected=home))
    assert packages.tested(Path(sys.executable), tree, packages.RUNS[1], ["test_it.py"]) == 0


def test_an_interpreter_that_does_not_fit_is_passed_over(packages: ModuleType, tmp_path: Path) -> None:
    assert packages._fits(sys.executable, None)
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert not packages._fits(str(old), None) and not packages._fits(str(tmp_path / "none"), None)
