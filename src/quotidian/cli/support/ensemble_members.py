"""The option ``--members``: how many sets of values give the second interval."""

from __future__ import annotations

from quotidian.cli.support import option_types
from quotidian.cli.support.console import note

MOST_NAMED = 4
"""Ledgers that a note names."""


def member_count(text: str) -> int:
    """The option as a number, with a note where ledgers have changed since the ensemble was learnt.

    Raises InvalidQuantity for what is no number, InvalidInput for more members than there are and for an
    ensemble that is absent or stale beyond use.
    """
    from quotidian.application.learning.knowledge import read_knowledge

    count = option_types.whole_from_zero("--members", text, "50")
    if count:
        known = read_knowledge()
        known.overlays(count)
        if stale := known.stale:
            named = ", ".join(stale[:MOST_NAMED])
            more = f" and {len(stale) - MOST_NAMED} more" if len(stale) > MOST_NAMED else ""
            note(f"The ensemble was learnt before these ledgers changed: {named}{more}.")
    return count
