"""``quotidian trials``: list the published trials that can be simulated."""

from __future__ import annotations

from quotidian.version import RESEARCH_USE


def trials() -> None:
    """List the published trials that can be simulated.

    Each line gives the name for 'quotidian trial' and the title of the trial.

    Examples:
      quotidian trials
    """

    from quotidian.trials.protocol.library import design, names

    width = max(map(len, names()))
    for name in names():
        print(f"{name:<{width}}  {design(name).title}")
    print(f"\n{RESEARCH_USE}")
