"""Affine forms: find when a comparison changes its truth value, and what an assignment adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

Term: TypeAlias = "Affine | float | int"


class NotAffine(ArithmeticError):
    """The unknown is multiplied by itself, divided by, or inside a function."""


@dataclass(frozen=True)
class Affine:
    r""":math:`c + \sum_i s_i x_i` with numbers c and s; arithmetic that leaves this raises NotAffine."""

    constant: float = 0.0
    slopes: Mapping[str, float] = field(default_factory=dict)

    def __add__(self, other: Term) -> Affine:
        if not isinstance(other, Affine):
            return Affine(self.constant + other, self.slopes)
        merged = dict(self.slopes)
        for name, slope in other.slopes.items():
            merged[name] = merged.get(name, 0.0) + slope
        return Affine(self.constant + other.constant, {n: s for n, s in merged.items() if s})

    __radd__ = __add__

    def __neg__(self) -> Affine:
        return self * -1.0

    def __sub__(self, other: Term) -> Affine:
        return self + (-other)

    def __rsub__(self, other: Term) -> Affine:
        return -self + other

    def __mul__(self, other: Term) -> Affine:
        if isinstance(other, Affine):
            if other.slopes and self.slopes:
                raise NotAffine
            return self * other.constant if not other.slopes else other * self.constant
        return Affine(self.constant * other, {n: s * other for n, s in self.slopes.items() if other})

    __rmul__ = __mul__

    def __truediv__(self, other: Term) -> Affine:
        return self * (1.0 / as_number(other))

    def __rtruediv__(self, other: Term) -> Affine:
        return Affine(as_number(other) / as_number(self))

    def __pow__(self, other: Term) -> Affine:
        return Affine(as_number(self) ** as_number(other))

    def __rpow__(self, other: Term) -> Affine:
        return Affine(as_number(other) ** as_number(self))

    def apply_function(self, name: str) -> NoReturn:
        """No function keeps the form."""
        raise NotAffine(name)


def as_number(x: Term) -> float:
    """The number itself. Raises NotAffine where an unknown is in it."""
    if isinstance(x, Affine):
        if x.slopes:
            raise NotAffine
        return x.constant
    return float(x)
