"""The memory of the explorer does not grow with the studies and children that visitors ask for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "explorer_memory.py"


def test_distinct_studies_leave_nothing_behind() -> None:
    command = [sys.executable, str(SCRIPT), "200", "15"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 wrong answers" in run.stdout
