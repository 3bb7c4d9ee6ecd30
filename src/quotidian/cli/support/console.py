"""Output of the commands: plain text for machines, Rich tables for people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def console() -> Console:
    """Standard output for people: as wide as the terminal, 120 columns in a file or pipe."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def note(line: str) -> None:
    """Print a line for the person at the terminal, apart from the data on standard output."""
    print(line, file=sys.stderr)
