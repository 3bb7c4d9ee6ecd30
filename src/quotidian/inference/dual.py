r"""Dual numbers on arrays: a value with its exact derivatives, carried through any formula.

:math:`f(a + \dot a\,\epsilon) = f(a) + f'(a)\,\dot a\,\epsilon`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Dual:
    """Values [n] with derivatives [n, direction]."""

    __slots__ = ("slope", "value")

    def __init__(self, value: Any, slope: Any) -> None:
        self.value: Floats = np.asarray(value, dtype=np.float64)
        self.slope: Floats = np.asarray(slope, dtype=np.float64)

    def _chain(self, value: Floats, factor: Floats) -> Dual:
        return Dual(value, np.asarray(factor)[..., None] * self.slope)

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.slope + other.slope)
        value = self.value + other
        return Dual(value, np.broadcast_to(self.slope, (*np.shape(value), self.slope.shape[-1])))

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __pos__(self) -> Dual:
        return self

    def __sub__(self, other: Any) -> Dual:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Dual:
        return self.__neg__().__add__(other)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            a, b = self.value[..., None], other.value[..., None]
            return Dual(self.value * other.value, a * other.slope + b * self.slope)
        factor = np.asarray(other, dtype=np.float64)
        return Dual(self.value * factor, self.slope * factor[..., None])

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return self * other._chain(1.0 / other.value, -1.0 / other.value**2)
        return self * (1.0 / np.asarray(other, dtype=np.float64))

    def __rtruediv__(self, other: Any) -> Dual:
        return self._chain(1.0 / self.value, -1.0 / self.value**2).__mul__(other)

    def __pow__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return (self.log() * other).exp()
        return self._chain(self.value**other, other * self.value ** (other - 1.0))

    def __rpow__(self, other: Any) -> Dual:
        power = np.asarray(other, dtype=np.float64) ** self.value
        return self._chain(power, power * np.log(np.where(np.asarray(other) > 0, other, 1.0)))

    def exp(self) -> Dual:
        """Exponential."""
        grown = np.exp(self.value)
        return self._chain(grown, grown)

    def log(self) -> Dual:
        """Natural logarithm."""
        return self._chain(np.log(self.value), 1.0 / self.value)

    def sqrt(self) -> Dual:
        """Square root."""
        root = np.sqrt(self.value)
        return self._chain(root, 0.5 / root)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **_: Any) -> Any:
        """NumPy's functions and operators on dual numbers."""
        if method != "__call__" or ufunc.__name__ not in _UFUNCS:
            return NotImplemented
        return _UFUNCS[ufunc.__name__](*inputs)


def _chosen(first: bool) -> Callable[[Any, Any], Dual]:
    """The smaller (or larger) of two, with its derivatives."""

    def choose(a: Any, b: Any) -> Dual:
        a, b = (x if isinstance(x, Dual) else Dual(x, np.zeros((*np.shape(x), 1))) for x in (a, b))
        takes = a.value <= b.value if first else a.value >= b.value
        return Dual(np.where(takes, a.value, b.value), np.where(takes[..., None], a.slope, b.slope))

    return choose


_UFUNCS: Mapping[str, Callable[..., Any]] = {
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "sqrt": lambda a: a.sqrt(),
    "minimum": _chosen(True),
    "maximum": _chosen(False),
    "add": lambda a, b: a + b if isinstance(a, Dual) else b + a,
    "subtract": lambda a, b: a - b if isinstance(a, Dual) else b.__rsub__(a),
    "multiply": lambda a, b: a * b if isinstance(a, Dual) else b * a,
    "divide": lambda a, b: a / b if isinstance(a, Dual) else b.__rtruediv__(a),
    "power": lambda a, b: a**b if isinstance(a, Dual) else b.__rpow__(a),
}
