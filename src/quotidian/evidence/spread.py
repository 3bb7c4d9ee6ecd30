"""How far a value varies between subjects, or how uncertain it is; or why that is not stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from quotidian.units import quantity_text


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
        """``CV 39 %``, in any unit."""
        return f"CV {100 * self.cv:g} %"


@dataclass(frozen=True)
class LogSd:
    """Standard deviation of the natural logarithm."""

    word: ClassVar[str] = "log_sd"
    log_sd: float

    def text(self, unit: str) -> str:
        """``log SD 0.7``, in any unit."""
        return f"log SD {self.log_sd:g}"


@dataclass(frozen=True)
class Fold:
    """A factor up and down: fold 2 around 10 spans 5 to 20."""

    word: ClassVar[str] = "fold"
    fold: float

    def text(self, unit: str) -> str:
        """``within 2-fold``, in any unit."""
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
class RandomEffectOf:
    """Subjects differ by a random effect, whose size is an entry of the drug or the population."""

    word: ClassVar[str] = "random_effect"
    entry: str

    def text(self, unit: str) -> str:
        """``random effect esr_slope``, in any unit."""
        return f"random effect {self.entry}"


@dataclass(frozen=True)
class Unknown:
    """Neither a size nor its absence is known, and why."""

    word: ClassVar[str] = "unknown"
    why: str

    def text(self, unit: str) -> str:
        """``unknown: ...``, in any unit."""
        return f"unknown: {self.why}"


@dataclass(frozen=True)
class NoSpread:
    """There is none, and why: a definition, a constant of nature, a rule for all subjects."""

    word: ClassVar[str] = "none"
    why: str

    def text(self, unit: str) -> str:
        """``none: ...``, in any unit."""
        return f"none: {self.why}"


Size: TypeAlias = Sd | Cv | LogSd | Fold | Range
"""A spread that is stated."""

Uncertainty: TypeAlias = Size | Unknown | NoSpread
"""How far the value itself may be wrong."""

Variability: TypeAlias = Size | RandomEffectOf | Unknown | NoSpread
"""How far subjects differ from one another."""


def spread_text(spread: Uncertainty | Variability, unit: str) -> str:
    """The text of a spread as people read it: ``(1.5 to 3.5)·10⁹/L``.

    ``text`` of a spread is what files and checksums hold, and keeps its form.
    """
    bare, whole = spread.text("1"), spread.text(unit)
    if bare == whole:
        return whole
    head = "SD " if isinstance(spread, Sd) else ""
    return head + quantity_text(bare.removeprefix(head), unit)
