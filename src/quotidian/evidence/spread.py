"""How far a value varies between children or between reports, or why nobody can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


def _with_unit(number: str, unit: str) -> str:
    return number if unit == "1" else f"{number} {unit}"


@dataclass(frozen=True)
class Sd:
    """Standard deviation, in the unit of the value."""

    word: ClassVar[str] = "sd"
    sd: float

    def text(self, unit: str) -> str:
        """``SD 4.6 mg/L``."""
        return _with_unit(f"SD {self.sd:g}", unit)


@dataclass(frozen=True)
class Cv:
    """Standard deviation over mean, a fraction: 0.39 is 39 %."""

    word: ClassVar[str] = "cv"
    cv: float

    def text(self, unit: str) -> str:
        """``CV 39 %``, whatever the unit."""
        return f"CV {100 * self.cv:g} %"


@dataclass(frozen=True)
class Fold:
    """A factor up and down: fold 2 around 10 spans 5 to 20."""

    word: ClassVar[str] = "fold"
    fold: float

    def text(self, unit: str) -> str:
        """``within 2-fold``, whatever the unit."""
        return f"within {self.fold:g}-fold"


@dataclass(frozen=True)
class Range:
    """Lowest and highest, in the unit of the value."""

    word: ClassVar[str] = "range"
    low: float
    high: float

    def text(self, unit: str) -> str:
        """``1 to 3 mg/L``."""
        return _with_unit(f"{self.low:g} to {self.high:g}", unit)


@dataclass(frozen=True)
class Unknown:
    """No spread was found, and why."""

    word: ClassVar[str] = "unknown"
    why: str

    def text(self, unit: str) -> str:
        """``unknown: ...``, whatever the unit."""
        return f"unknown: {self.why}"


@dataclass(frozen=True)
class NoSpread:
    """The value cannot vary, and why: a definition, a constant of nature."""

    word: ClassVar[str] = "none"
    why: str

    def text(self, unit: str) -> str:
        """``none: ...``, whatever the unit."""
        return f"none: {self.why}"


Spread: TypeAlias = Sd | Cv | Fold | Range | Unknown | NoSpread
