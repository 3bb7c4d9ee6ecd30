"""Memory layout of the buffers of a step, chosen to avoid false dependencies between loads and stores.

When the lowest twelve bits of two addresses agree, a processor treats a load as depending on an earlier store
and waits (4K aliasing). The loops of a step read a dozen buffers and write two or three, item by item; so
each buffer has its own offset within 4,096 bytes, none shortly after one that is written in the same loop.
"""

from __future__ import annotations

PAGE = 4096  # bytes after which addresses alias
# in 64ths of a page; an increment begins K_STEP after the one before, from 26 to 54
PHASES = {"argument": 12, "mid": 13, "past": 25, "k": 26, "new": 40, "y": 58, "atol": 62}
K_STEP = 4


def offset(name: str, lanes: int) -> int:
    """Items of a page before the first one of a buffer."""
    return PHASES[name] * period(lanes) // 64


def period(lanes: int) -> int:
    """Items in a page."""
    return PAGE // (8 * lanes)


def apart(items: int, lanes: int, step: int = 0) -> int:
    """Items from one part of a buffer to the next: room for so many, then ``step`` 64ths of a page."""
    page = period(lanes)
    return items + (step * page // 64 - items) % page


def increments(states: int, lanes: int) -> int:
    """Items from the increments of one stage to those of the next."""
    return apart(states, lanes, K_STEP)
