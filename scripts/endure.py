"""End long commands at random moments, and damage results: ``endure.py [--kills N] [--corruptions N]``.

Every kill and every corruption is made from the seed and its number. The run after it must end in the same
bytes as an undisturbed one, leave no other file, or (after a corruption of a manifest) refuse in words.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Run both, print the findings, and leave with code 1 if there are any."""
    from endurance.corruptions import run_corruptions
    from endurance.environments import run_environments
    from endurance.kills import run_kills

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--corruptions", type=int, default=0)
    parser.add_argument("--environments", default="", help="all, or names separated by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commands", default="", help="names of commands, separated by commas")
    asked = parser.parse_args()
    chosen = _listed(asked.commands)
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)  # another user must reach the folders in it
        findings = run_kills(Path(place) / "k", asked.kills, asked.seed, chosen) if asked.kills else 0
        if asked.corruptions:
            findings += run_corruptions(Path(place) / "c", asked.corruptions, asked.seed, chosen)
        if asked.environments:
            findings += run_environments(Path(place) / "e", chosen, _listed(asked.environments))
    sys.exit(bool(findings))


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip() and name != "all"]


if __name__ == "__main__":
    main()
