"""Memory layout of the buffers of a step, chosen to avoid false dependencies between loads and stores.

When the lowest twelve bits of two addresses agree, a processor treats a load as depending on an earlier store
and waits (4K aliasing). The loops of a step read a dozen buffers and write two or three, item by item; so
each buffer has its own offset within 4,096 bytes, none shortly after one that is written in the same loop.
"""

from __future__ import annotations

PAGE = 4096  # bytes after which addresses alias
# in 64ths of a page; an increment begins K_STEP after the one before, from 26 to 54
PHASES = {"argument": 12, "added": 13, "mid": 14, "past": 25, "k": 26, "new": 40, "y": 58, "atol": 62}
K_STEP = 4


def offset(name: str, size: int) -> int:
    """Items of a page before the first one of a buffer, whose items have so many bytes."""
    return PHASES[name] * period(size) // 64


def period(size: int) -> int:
    """Items in a page."""
    return PAGE // size


def apart(items: int, size: int, step: int = 0) -> int:
    """Items from one part of a buffer to the next: room for so many, then ``step`` 64ths of a page."""
    page = period(size)
    return items + (step * page // 64 - items) % page


def increments(states: int, size: int) -> int:
    """Items from the increments of one stage to those of the next."""
    return apart(states, size, K_STEP)
