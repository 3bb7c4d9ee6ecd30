"""``quotidian trials``: which trials can be run."""

from __future__ import annotations

from quotidian.cli.speech import RESEARCH_USE


def trials() -> None:
    """List the trials that can be run.

    Each line has the name that 'quotidian trial' takes, and what it stands for.

    Examples:
      quotidian trials
    """
    from quotidian.trials.conduct import TRIALS

    width = max(map(len, TRIALS))
    for name, title in TRIALS.items():
        print(f"{name:<{width}}  {title}")
    print(f"\n{RESEARCH_USE}")
