"""The engine and the network know reactions, not medicine: no word of the domain stands in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WORDS = re.compile(
    r"(?<![a-z])il[-_ ]?\d|interleukin|cytokine|gp130|tocilizumab|antibod(?:y|ies)|crp|fever|arthritis",
    re.IGNORECASE,
)


def found(*folders: Path) -> list[str]:
    """Every line with a word of the domain, as ``file:line: text``."""
    files = sorted(file for folder in folders for file in folder.rglob("*.py"))
    assert files, f"nothing to read in {folders}"
    return [
        f"{file}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if WORDS.search(line)
    ]


@pytest.mark.parametrize("package", ["engine", "network"])
def test_no_word_of_the_domain(root: Path, package: str) -> None:
    assert found(root / "src/quotidian" / package) == []


@pytest.mark.parametrize(
    "line",
    ["il6 = 1", "# IL-6", "sil_6r = IL_6", "Interleukin", "a cytokine", "CRP", "fever_days", "tocilizumab"],
)
def test_a_planted_word_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "planted.py").write_text(f"x = 0\n{line}\n")
    assert found(tmp_path) == [f"{tmp_path / 'planted.py'}:2: {line}"]


@pytest.mark.parametrize("line", ["until 6 h", "nil_1", "description"])
def test_an_innocent_word_is_not(tmp_path: Path, line: str) -> None:
    (tmp_path / "innocent.py").write_text(line)
    assert found(tmp_path) == []
