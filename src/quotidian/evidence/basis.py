"""How a value is known: measured, derived, fitted or assumed. All four are respectable; silence is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True)
class Measured:
    """The source reports the value itself."""

    word: ClassVar[str] = "measured"

    @property
    def detail(self) -> str:
        """Nothing to add: the source says it."""
        return ""


@dataclass(frozen=True)
class Derived:
    """Arithmetic on reported values."""

    word: ClassVar[str] = "derived"
    how: str

    @property
    def detail(self) -> str:
        """The arithmetic, in words or symbols."""
        return self.how


@dataclass(frozen=True)
class Fitted:
    """Estimated so that the model agrees with a reported result."""

    word: ClassVar[str] = "fitted"
    to: str

    @property
    def detail(self) -> str:
        """What it was fitted to; or by whom or so that what, where the text begins with these words."""
        return self.to if self.to.startswith(("by ", "so that ", "with ")) else f"to {self.to}"


@dataclass(frozen=True)
class Assumed:
    """Chosen because no source determines it."""

    word: ClassVar[str] = "assumed"
    because: str

    @property
    def detail(self) -> str:
        """Why this value and not another."""
        return f"because {self.because}"


Basis: TypeAlias = Measured | Derived | Fitted | Assumed
