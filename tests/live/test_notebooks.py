"""The notebooks run from their first cell to their last, and are kept without output."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "docs/notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def notebooks() -> ModuleType:
    """docs/site/notebooks.py."""
    spec = spec_from_file_location("notebooks", ROOT / "docs/site/notebooks.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebooks: ModuleType, notebook: Path, tmp_path: Path) -> None:
    text = notebooks.page(notebook, tmp_path)
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert text.count("```python\n") == len(code) >= 3
    assert text.count("```text\n") + text.count("![Drawn") >= len(code) - 1
    assert "Research use, not a medical device" in text
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_there_are_three() -> None:
    assert len(NOTEBOOKS) == 3


def test_what_a_cell_prints_returns_and_draws_is_shown(notebooks: ModuleType, tmp_path: Path) -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('said')\n40 + 2"
    cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)}]
    (tmp_path / "small.ipynb").write_text(json.dumps({"cells": cells}))
    text = notebooks.page(tmp_path / "small.ipynb", tmp_path)
    assert "```text\nsaid\n```" in text and "```text\n42\n```" in text
    assert (tmp_path / "small-0.svg").read_text().count("<svg") == 1 and "(small-0.svg)" in text


def test_a_cell_that_fails_stops_the_page(notebooks: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "bad.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": ["1 / 0"]}]}))
    with pytest.raises(ZeroDivisionError):
        notebooks.page(tmp_path / "bad.ipynb", tmp_path)
