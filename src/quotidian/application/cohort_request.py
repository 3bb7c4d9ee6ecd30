"""What a cohort was asked for, as a value, and what makes two requests the same."""

from __future__ import annotations

import hashlib
import json
import math
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from quotidian.engine import Tolerance
from quotidian.version import __version__

FORMAT = 1
"""Of the folder: raised when its files change their shape."""
LIBRARIES = ("numpy", "llvmlite", "polars")
"""Those whose version can change a byte of the result."""


@dataclass(frozen=True)
class CohortRequest:
    """Virtual children 0, 1, 2, ... of a seed, all on one regimen, told at equal intervals.

    Parameters
    ----------
    children, seed : how many, and of which luck; ``regimen`` as the catalogue reads it.
    days, every_hours : outputs from day 0 to ``days``, ``every_hours`` (h) apart.
    observables : name to unit, in order.
    part : children in a file; it bounds memory and changes no value.
    """

    children: int
    seed: int
    regimen: str
    model: str
    days: float
    every_hours: float
    observables: dict[str, str]
    part: int = 2000
    tolerance: Tolerance = field(default_factory=Tolerance)

    @property
    def parts(self) -> int:
        """How many files the children fill."""
        return math.ceil(self.children / self.part)

    @property
    def times(self) -> int:
        """How many outputs a child has."""
        return math.floor(self.days * 24.0 / self.every_hours + 1e-9) + 1

    def numbers(self, part: int) -> range:
        """The numbers of the children of a part."""
        return range(part * self.part, min((part + 1) * self.part, self.children))

    def label(self, part: int) -> str:
        """The number of a part as its files carry it: as many digits as the last one needs, at least five."""
        return f"{part:0{max(5, len(str(self.parts - 1)))}d}"


def identity(request: CohortRequest) -> dict[str, Any]:
    """Everything that a byte of the result depends on; a folder holds parts of one identity only."""
    from quotidian.drugs.catalogue import regimen
    from quotidian.models import model
    from quotidian.simulation import FIRST_DOSE_HOUR, RUN_IN_DAYS, compiled_model

    asked = asdict(request)
    machine = compiled_model(request.model, regimen(request.regimen).drugs)
    tolerance = asked.pop("tolerance")
    return {
        "format": FORMAT,
        "version": __version__,
        "request": asked | {"run_in_days": RUN_IN_DAYS, "first_dose_hour": FIRST_DOSE_HOUR},
        "model": {
            "name": model(request.model).name,
            "equations_sha256": machine.fingerprint,
            "evidence_sha256": evidence(),
        },
        "tolerances": tolerance,
        "platform": {
            "system": platform.system(),
            "machine": platform.machine(),
            "lanes": _lanes(),
            "python": platform.python_version(),
        }
        | {name: version(name) for name in LIBRARIES},
    }


def evidence() -> str:
    """Checksum of what ``quotidian evidence --json`` prints: every number, and how it is known."""
    from quotidian.evidence import as_dict, search

    text = json.dumps([as_dict(entry) for entry in search("")], indent=2, ensure_ascii=False)
    return hashlib.sha256(f"{text}\n".encode()).hexdigest()


def digest(known: dict[str, Any]) -> str:
    """Checksum of an identity."""
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def differences(there: dict[str, Any], asked: dict[str, Any], path: str = "") -> list[str]:
    """What two identities differ in: ``children (1000 there, 2000 asked)``."""
    found = []
    for key in dict.fromkeys([*asked, *there]):
        old, new = there.get(key), asked.get(key)
        name = f"{path} {key}".strip().removeprefix("request ")
        if isinstance(old, dict) and isinstance(new, dict) and key != "observables":
            found += differences(old, new, name if key != "request" else "")
        elif old != new or (isinstance(old, dict) and list(old) != list(new or ())):
            found.append(f"{name} ({_short(old)} there, {_short(new)} asked)")
    return found


def _short(value: Any) -> str:
    """A value as told: names alone for observables, the head of a checksum, 60 letters at most."""
    if value is None:
        return "none"
    text = ",".join(value) if isinstance(value, dict) else str(value)
    if len(text) == 64 and " " not in text:
        return text[:8]
    return text if len(text) <= 60 else f"{text[:57]}..."


def _lanes() -> int:
    """Children a register of this machine holds; it decides which instructions are emitted."""
    from quotidian.engine.runtime.jit import lanes

    return lanes()
