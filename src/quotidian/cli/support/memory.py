"""Check before the work starts that it fits into the memory of this machine."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from quotidian.errors import StudyTooLarge

SHARE = 0.8
"""Part of the free memory that a request may use. Assumed, because others need some and estimates err."""

FALLBACK = 4 * 2**30
"""Bytes assumed to be free where the system does not report them."""


MOST_OUTPUTS = 5_000_000
"""Outputs of a subject: one a minute over nine years. Assumed, because no process of a model is faster."""


def refuse_too_many(outputs: int, most: int = MOST_OUTPUTS) -> None:
    """Refuse more than ``most`` outputs of a subject. Raises StudyTooLarge."""
    if outputs > most:
        as_time = ", which is one a minute over nine years" if most == MOST_OUTPUTS else ""
        raise StudyTooLarge(
            f"--every requests {counted(outputs)} outputs of each subject.",
            f"There are at most {most:,}{as_time}.",
            "Lengthen --every, or shorten --weeks.",
        )


def counted(number: int) -> str:
    """A number for a message: with its digits, or with its power of ten if they would fill the line."""
    return f"{number:,}" if number < 10**18 else f"1e{len(str(number)) - 1}"


def refuse_beyond(needed: float, what: str, remedy: str) -> None:
    """Refuse a study of ``needed`` bytes if this machine has less free memory.

    Raises
    ------
    StudyTooLarge : with how much it would need and how much there is.
    """
    free = available()
    if needed > SHARE * free:
        raise StudyTooLarge(
            f"{what} would need about {readable(needed)} of memory.",
            f"This machine has {readable(free)} free, of which at most {SHARE:.0%} is used.",
            remedy,
        )


def refuse_beyond_disk(needed: float, folder: Path, what: str, remedy: str) -> None:
    """Refuse a result of ``needed`` bytes if the disk of ``folder`` has less free. Raises StudyTooLarge."""
    with suppress(OSError):  # a folder that cannot be reached is refused where it is written
        there = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.is_dir())
        free = shutil.disk_usage(there).free
        if needed > free:
            raise StudyTooLarge(
                f"{what} would need at least {readable(needed)} on disk.",
                f"'{there}' has {readable(free)} free.", remedy,
            )  # fmt: skip


def available() -> int:
    """Bytes this process may still use: the free memory, or the limit of its control group."""
    return min(_free(), _allowed())


def readable(size: float) -> str:
    """A number of bytes for a message: ``3.2 GiB``."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:,.1f} TiB"


def _free() -> int:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return FALLBACK


def _allowed() -> int:
    try:
        return int(Path("/sys/fs/cgroup/memory.max").read_text())  # the word "max" is not a number: no limit
    except (OSError, ValueError):
        return 2**63
