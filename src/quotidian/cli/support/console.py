"""Output of the commands: plain text for machines, Rich tables for people."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def console(stderr: bool = False) -> Console:
    """Standard output or error for people: as wide as the terminal, 120 columns in a file or pipe."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(width=None if stream.isatty() else 120, highlight=False, stderr=stderr)


def print_json(content: Any) -> None:
    """Print JSON as text for people; letters that the console has not are escaped as JSON escapes them."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(content, indent=2)
    print(text)


def note(line: str) -> None:
    """Print a line for the person at the terminal, apart from the data on standard output."""
    print(line, file=sys.stderr)
