"""How machine code rounds sums of products: fused, or portable.

Fused code leaves the product within a sum unrounded, by one instruction. It gives the same bits on every
processor that has this instruction: x86 since 2013, ARM of 64 bits. Portable code rounds every product and
gives the same bits on any processor, at a cost of a few per cent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_portable: ContextVar[bool] = ContextVar("portable", default=False)


def is_portable() -> bool:
    """Whether runs that start here use portable code."""
    return _portable.get()


@contextmanager
def arithmetic(portable: bool) -> Iterator[None]:
    """Within the block every run uses portable code, or fused code."""
    token = _portable.set(portable)
    try:
        yield
    finally:
        _portable.reset(token)
