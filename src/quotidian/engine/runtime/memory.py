"""Memory: what a run needs, what there is, and a refusal before the machine starts to swap."""

from __future__ import annotations

from pathlib import Path

from quotidian.errors import StudyTooLarge

MEMINFO = Path("/proc/meminfo")
DOUBLE = 8  # bytes


def bytes_needed(children: int, times: int, observables: int, others: int = 0) -> int:
    """Bytes of the outputs of a run, and of ``others`` numbers a child beside them."""
    return DOUBLE * children * (times * observables + others)


def bytes_available() -> int | None:
    """Bytes that can be had without swapping, where the system says so."""
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split() for line in lines if line.startswith("MemAvailable:")]
    return int(found[0][1]) * 1024 if found else None


def refuse_beyond_memory(needed: int) -> None:
    """Raises StudyTooLarge when ``needed`` bytes are more than there are."""
    available = bytes_available()
    if available is not None and needed > available:
        raise StudyTooLarge(
            f"This run would need {_readable(needed)} of memory; {_readable(available)} are available.",
            "Every chosen output of every child at every time is kept until the run ends.",
            "Ask for fewer children, times or observables, or run the children in several parts.",
        )


def _readable(size: int) -> str:
    amount, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB", "PB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.3g} {unit}"
