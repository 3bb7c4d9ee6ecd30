"""What every verb says, and how: plain text for machines, Rich tables for people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

RESEARCH_USE = "Research use, not a medical device."
"""Stands at the foot of everything a person reads."""


def console() -> Console:
    """Standard output for people: as wide as the terminal, 120 columns in a file or pipe."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def note(line: str) -> None:
    """A word to the person at the terminal, kept out of the data on standard output."""
    print(line, file=sys.stderr)
