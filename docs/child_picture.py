"""Draws the picture of the README: the chart of ``simulate --plot``, in few colours: ``make pictures``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from quotidian.cli.support.exit_codes import run

FILE = Path(__file__).with_name("images") / "child.png"
COMMAND = "simulate --age 6 --sex female --weight 20 --weeks 6 --regimen tocilizumab-iv --plot"
COLOURS = 64


def main() -> int:
    """Draw it and write it."""
    with TemporaryDirectory() as folder:
        drawn = Path(folder) / FILE.name
        code = run([*shlex.split(COMMAND), str(drawn)])
        if code == 0:
            few = Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(FILE, optimize=True)
            print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} kB")
    return code


if __name__ == "__main__":
    sys.exit(main())
