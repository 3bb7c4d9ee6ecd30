"""Line charts as SVG: scales, ticks, and lines reduced to the resolution of the screen.

For the same lines this is ten to twenty times faster than a drawing library; a page that responds to a slider
needs this speed. The script of the page computes values from the positions of the points, so a drawing needs
no second copy of its numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Map of values from low to high onto pixels from ``start`` to ``end``, linear or logarithmic."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, x: Floats | float) -> Floats:
        """Pixels of values; on a logarithmic scale, values below the low end are drawn at the low end."""
        values = np.asarray(x, dtype=np.float64)
        if self.log:
            share = np.log(np.maximum(values, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (values - self.low) / (self.high - self.low)
        return np.asarray(self.start + share * (self.end - self.start))

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round numbers within the scale: three to six, or powers of ten."""
        if self.log:
            powers = range(
                math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1
            )
            return tuple(10.0**p for p in powers)
        step = round_step((self.high - self.low) / 4)
        first = math.ceil(self.low / step - 1e-9)
        return tuple((first + i) * step for i in range(int((self.high - first * step) / step + 1e-9) + 1))


def round_step(about: float) -> float:
    """The step of 1, 2 or 5 times a power of ten that lies nearest above ``about``."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= about * 0.999)


def plain(value: float) -> str:
    """The label of a tick, without powers of ten or trailing zeros."""
    return f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"


def thinned(x: Floats, y: Floats, columns: int) -> tuple[Floats, Floats]:
    """The lowest and the highest point of each of ``columns`` columns, in order, so that peaks are kept."""
    n = len(x)
    if n <= 2 * columns:
        return x, y
    size = math.ceil(n / columns)
    whole = (n // size) * size
    blocks = y[:whole].reshape(-1, size)
    ends = np.sort([blocks.argmin(axis=1), blocks.argmax(axis=1)], axis=0) + np.arange(0, whole, size)
    picked = np.concatenate([[0], ends.T.ravel(), [n - 1]])
    kept = picked[np.diff(picked, prepend=-1) > 0]
    return x[kept], y[kept]


_TENTHS = 20_000
_ACROSS, _DOWN = ([f"{i / 10:.1f}{end}" for i in range(_TENTHS + 1)] for end in (",", " "))
"""The texts of the positions 0.0 to 2000.0. Looking them up is ten times faster than writing numbers."""


def points(x: Floats, y: Floats) -> str:
    """Positions to a tenth of a pixel, in the notation of a polyline; any beyond 0 to 2000 is drawn there."""
    across, down = (np.clip(np.rint(10.0 * v), 0, _TENTHS).astype(np.int64).tolist() for v in (x, y))
    return "".join([_ACROSS[a] + _DOWN[b] for a, b in zip(across, down, strict=True)])[:-1]


def line(x: Floats, y: Floats, colour: str, name: str, **look: str) -> str:
    """One line; ``name`` is shown when the pointer is on it."""
    more = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in look.items())
    return (
        f'<polyline points="{points(x, y)}" fill="none" stroke="{colour}" data-name={quoteattr(name)}{more}/>'
    )


def ribbon(x: Floats, low: Floats, high: Floats, colour: str, edge: bool = False) -> str:
    """A pale area between two lines, which can have an edge."""
    around = points(np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]]))
    look = f'stroke="{colour}" stroke-width="0.8" fill-opacity="0.22"' if edge else 'opacity="0.17"'
    return f'<polygon points="{around}" fill="{colour}" {look}/>'


def words(x: float, y: float, said: str, **look: str) -> str:
    """A text at a position."""
    more = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in look.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{escape(said)}</text>'


def rectangle(x: float, y: float, width: float, height: float, fill: str, **look: str) -> str:
    """A filled rectangle."""
    more = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in look.items())
    size = f'width="{max(width, 0.0):.1f}" height="{height:.1f}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{fill}"{more}/>'


def lattice(xs: Floats, ys: Floats, box: tuple[float, float, float, float], colour: str, width: float) -> str:
    """Upright lines at ``xs`` and level ones at ``ys`` across a box (left, top, right, bottom)."""
    left, top, right, bottom = box
    upright = "".join(f"M{x:.1f},{top:.1f}V{bottom:.1f}" for x in xs.tolist())
    level = "".join(f"M{left:.1f},{y:.1f}H{right:.1f}" for y in ys.tolist())
    return f'<path d="{upright}{level}" stroke="{colour}" stroke-width="{width:g}" fill="none"/>'
