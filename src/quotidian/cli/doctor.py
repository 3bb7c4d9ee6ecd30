"""``quotidian doctor``: check the installation, with a remedy for each fault."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from quotidian.cli.support.console import print_json
from quotidian.version import RESEARCH_USE


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check this installation: versions, processor, cache, and a run against a stored result.

    The typical child is simulated for two weeks and compared with values that are part of the package.
    The exit code is 1 if something must be corrected.

    Examples:
      quotidian doctor
      quotidian doctor --json > doctor.json
    """
    from dataclasses import asdict

    from quotidian.application.installation_check import findings

    found = findings()
    if json:
        print_json([asdict(f) for f in found])
    else:
        for f in found:
            print(f"{'ok' if f.good else 'FAIL':<5}{f.subject:<18} {f.says}")
            if f.remedy:
                print(f"     {'':<18} {f.remedy}")
        print(RESEARCH_USE)
    if not all(f.good for f in found):
        sys.exit(1)
