"""Check of an installation: components, correct results, and remedies."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from quotidian.errors import how_to_install
from quotidian.version import __version__

REFERENCE = Path(__file__).with_name("installation_check.json")
WITHIN = 2e-4
"""Largest relative difference between processors. The numerical error at the default tolerance is a tenth
of it."""
NEEDED = ("numpy", "llvmlite", "polars", "matplotlib", "pint", "xarray")
EXTRAS = {"web": "shiny", "exchange": "libsbml", "scale": "distributed", "bench": "roadrunner"}


@dataclass(frozen=True)
class Finding:
    """One result of the check; ``remedy`` states how to correct it, or how to add a missing component."""

    subject: str
    good: bool
    says: str
    remedy: str = ""


def findings() -> tuple[Finding, ...]:
    """All checks, in order. They take a second or two."""
    return tuple(_all())


def _all() -> Iterator[Finding]:
    yield Finding("quotidian", True, f"{__version__} in {Path(__file__).parents[1]}")
    supported = sys.version_info >= (3, 11)
    yield Finding(
        "Python", supported, f"{platform.python_version()} on {platform.platform()}",
        "" if supported else "Install Python 3.11 or newer.",
    )  # fmt: skip
    yield Finding("packages", True, ", ".join(f"{name} {metadata.version(name)}" for name in NEEDED))
    missing = [extra for extra, module in EXTRAS.items() if find_spec(module) is None]
    yield Finding(
        "extras", True, "all there" if not missing else f"without {', '.join(missing)}",
        how_to_install(*missing) if missing else "",
    )  # fmt: skip
    yield _processor()
    yield _cache()
    yield self_check()


def _processor() -> Finding:
    from quotidian.engine.runtime.jit import lanes
    from quotidian.engine.runtime.threads import thread_count

    return Finding("processor", True, f"{lanes()} children side by side, {thread_count()} threads")


def _cache() -> Finding:
    from quotidian.engine.runtime.jit import cache_folder

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        remedy = "Every start compiles the model again. Set QUOTIDIAN_CACHE to a folder that can be written."
        return Finding("cache", False, f"{folder} cannot be written: {error.strerror}", remedy)
    files = list(folder.glob("*.o"))
    size = sum(os.path.getsize(f) for f in files) / 1e6
    return Finding("cache", True, f"{folder}: {len(files)} models, {size:.1f} MB")


def measured() -> dict[str, list[float]]:
    """Every observable of the typical child at 18:00 of each day of two treated weeks."""
    from quotidian.drugs.catalogue import regimen
    from quotidian.patients.child import child
    from quotidian.patients.treatment import simulate

    girl = child(age=6, sex="female", weight=20)
    run = simulate(girl, regimen("tocilizumab-iv"), days=14, every_hours=24.0, from_day=-1.25)
    return {name: [float(x) for x in run[name][0]] for name in run.names}


def self_check(reference: Path = REFERENCE) -> Finding:
    """The typical child against the stored result of this version."""
    stored = json.loads(reference.read_text(encoding="utf-8"))
    began = time.perf_counter()
    now = measured()
    seconds = time.perf_counter() - began
    worst, where = 0.0, ""
    for name, values in stored.items():
        top = max(map(abs, values)) or 1.0
        for a, b in zip(now.get(name, []), values, strict=True):
            away = abs(a - b) / (abs(b) + 1e-3 * top)
            if away > worst:
                worst, where = away, name
    if worst <= WITHIN:
        return Finding(
            "self-check", True, f"typical child within {worst:.0e} of the stored result, {seconds:.1f} s"
        )
    return Finding(
        "self-check", False, f"{where} is off by {worst:.1e}, more than {WITHIN:g}",
        "Remove the cache folder and try again. If this does not help, report the output of this command.",
    )  # fmt: skip


def store(reference: Path = REFERENCE) -> None:
    """Rewrite the reference after a change of the model.

    Command: ``python -m quotidian.application.installation_check``.
    """
    rounded = {name: [float(f"{x:.8g}") for x in values] for name, values in measured().items()}
    reference.write_text(json.dumps(rounded, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    store()
