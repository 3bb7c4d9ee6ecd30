"""Only the engine reads the numbering of the ODE system; all others use names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

NUMBERED = {"states", "inputs", "parameters", "observables"}


def readers(folder: Path) -> Iterator[str]:
    """Places outside the engine where a table is addressed through the numbering of an ODE system."""
    for file in sorted(folder.rglob("*.py")):
        if "engine" in file.relative_to(folder).parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(attr=name, value=ast.Attribute(attr="ode_system")) if name in NUMBERED:
                    yield f"{file.relative_to(folder)}:{node.lineno}"


def test_nobody_but_the_engine_reads_the_numbering(root: Path) -> None:
    assert list(readers(root / "src" / "quotidian")) == []


def test_a_reader_of_the_numbering_is_found(tmp_path: Path) -> None:
    for place in ("engine", "trials"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "planted.py").write_text('x = model.ode_system.inputs.index("course")\n')
    assert list(readers(tmp_path)) == ["trials/planted.py:1"]
