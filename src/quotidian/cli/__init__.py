"""The command line, one file per verb. Research use, not a medical device."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code; ``argv`` is without the program's name."""
    try:
        from quotidian.cli.support.exit_codes import run

        sys.exit(run(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:  # while it was still importing
        print("quotidian: cancelled, nothing written.", file=sys.stderr)
        sys.exit(130)


__all__ = ["main"]
