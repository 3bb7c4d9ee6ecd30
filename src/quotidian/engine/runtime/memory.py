"""Memory: estimate what a run needs, and refuse it before the computer starts to swap."""

from __future__ import annotations

from pathlib import Path

from quotidian.errors import StudyTooLarge

MEMINFO = Path("/proc/meminfo")
DOUBLE = 8  # bytes
ALWAYS_THERE = 1 << 20  # bytes; asking the system takes longer than a run this small


def bytes_needed(subjects: int, times: int, observables: int, others: int = 0) -> int:
    """Bytes of the outputs of a run, and of ``others`` numbers a subject beside them."""
    return DOUBLE * subjects * (times * observables + others)


def bytes_available() -> int | None:
    """Bytes available without swapping, where the operating system reports them."""
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split() for line in lines if line.startswith("MemAvailable:")]
    return int(found[0][1]) * 1024 if found else None


def refuse_beyond_memory(needed: int) -> None:
    """Raises StudyTooLarge when ``needed`` bytes are more than there are."""
    available = None if needed <= ALWAYS_THERE else bytes_available()
    if available is not None and needed > available:
        raise StudyTooLarge(
            f"This run would need {_readable(needed)} of memory; {_readable(available)} are available.",
            "Every chosen output of every subject at every time is kept until the run ends.",
            "Reduce subjects, times or observables, or run the subjects in several parts.",
        )


def _readable(size: int) -> str:
    amount, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB", "PB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.3g} {unit}"
