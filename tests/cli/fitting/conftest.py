"""The small problem of ``scripts/endurance``: data of a population, its effects, data of a child."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest


@pytest.fixture
def files(root: Path, tmp_path: Path) -> Path:
    """A folder with the files of the problem."""
    return copytree(root / "scripts/endurance/problem", tmp_path, dirs_exist_ok=True)
