"""Imports point down, every heavy dependency has one door, and the check that says so can go red."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()"]

PLANTS = {
    "upward": ("errors.py", "from quotidian import trials\n", "Imports point down BROKEN"),
    "unknown layer": ("zoo.py", '"""No layer of this name."""\n', "Imports point down BROKEN"),
    "siblings": ("dosing/spy.py", "import quotidian.network.laws\n", "Imports point down BROKEN"),
    "plot in the engine": ("engine/spy.py", "import matplotlib\n", "One door to figures BROKEN"),
    "units in the model": ("network/spy.py", "def f():\n    import pint\n", "One door to units BROKEN"),
    "machine code in a trial": ("trials/spy.py", "import llvmlite.ir\n", "One door to machine code BROKEN"),
    "growth in a trial": ("trials/spy.py", "import pedgrowth\n", "One door to growth references BROKEN"),
    "SBML in the engine": ("engine/spy.py", "import libsbml\n", "One door to SBML BROKEN"),
}


def lint(checkout: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the sources of a checkout, by the rules in its pyproject.toml."""
    # Wide and plain, so that no contract's name is wrapped away from its verdict.
    env = {**os.environ, "PYTHONPATH": str(checkout / "src"), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [*LINT, "--no-cache"], cwd=checkout, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A checkout to plant violations in: rules and sources."""
    shutil.copy(root / "pyproject.toml", tmp_path)
    shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_imports_keep_every_contract(root: Path) -> None:
    done = lint(root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_violation_is_found(copy: Path, plant: str) -> None:
    file, line, verdict = PLANTS[plant]
    with (copy / "src/quotidian" / file).open("a") as target:
        target.write(line)
    done = lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert verdict in done.stdout


def importers(package: Path, wanted: str) -> Iterator[str]:
    """Modules that import ``wanted``, something in it or the package around it, as paths without suffix."""
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{name}" for name in names]
            if any(f"{name}.".startswith(f"{wanted}.") or wanted.startswith(f"{name}.") for name in names):
                yield file.relative_to(package).with_suffix("").as_posix()
                break


def test_one_file_turns_code_into_machine_code(root: Path) -> None:
    assert list(importers(root / "src/quotidian", "llvmlite.binding")) == ["engine/runtime/jit"]


@pytest.mark.parametrize(
    "line", ["import llvmlite.binding as llvm", "from llvmlite import ir, binding", "import llvmlite"]
)
def test_a_second_door_to_machine_code_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "spy.py").write_text(line)
    (tmp_path / "printer.py").write_text("from llvmlite import ir")
    assert list(importers(tmp_path, "llvmlite.binding")) == ["spy"]
