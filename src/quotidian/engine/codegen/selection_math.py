r"""Comparisons, selection, and the functions that only files of models use, as vector code."""

from __future__ import annotations

import math

from llvmlite import ir

from quotidian.engine.codegen.number_format import DOUBLE_FORMAT
from quotidian.engine.codegen.vector_math import VectorMath

# (arctan x - x) / x^3 by x^2, for |x| <= tan(pi / 16): the series, of which the next term is below 1e-17
ARCTAN = tuple((-1) ** (k + 1) / (2 * k + 3) for k in range(11))


class SelectionMath(VectorMath):
    """Operations of :mod:`quotidian.engine.expressions.operations` beyond elementary functions."""

    def less(self, a: ir.Value, c: ir.Value) -> ir.Value:
        """1 where a < c, else 0."""
        return self._truth(self.b.fcmp_ordered("<", a, c))

    def at_most(self, a: ir.Value, c: ir.Value) -> ir.Value:
        """1 where a <= c, else 0."""
        return self._truth(self.b.fcmp_ordered("<=", a, c))

    def equal(self, a: ir.Value, c: ir.Value) -> ir.Value:
        """1 where a == c, else 0."""
        return self._truth(self.b.fcmp_ordered("==", a, c))

    def select(self, test: ir.Value, a: ir.Value, c: ir.Value) -> ir.Value:
        """``a`` where the test is not 0, else ``c``, whatever the other is."""
        return self.b.select(self.b.fcmp_ordered("!=", test, self.const(0.0)), a, c)

    def _truth(self, holds: ir.Value) -> ir.Value:
        return self.b.select(holds, self.const(1.0), self.const(0.0))

    def floor(self, x: ir.Value) -> ir.Value:
        """The largest whole number that is not above x."""
        return self.intrinsic("floor", x)

    def held_exp(self, x: ir.Value) -> ir.Value:
        """The exponential, whose slope is bounded."""
        return self.exp(x)

    def held_log(self, x: ir.Value, _: ir.Value) -> ir.Value:
        """The logarithm of a base above 0, whose slope is bounded."""
        return self.safe_log(x)

    def arctan(self, x: ir.Value) -> ir.Value:
        r""":math:`k\pi/8 + \arctan\frac{x - \tan k\pi/8}{1 + x \tan k\pi/8}`; of 1/x for x above 1.

        k is chosen so that the last argument is at most tan(pi/16). Error below 3 units in the last place.
        """
        if self.number is not DOUBLE_FORMAT:
            return self.in_double("arctan", x)
        b, one, zero = self.b, self.const(1.0), self.const(0.0)
        size = self.intrinsic("fabs", x)
        large = b.fcmp_ordered(">", size, one)
        within = b.select(large, b.fdiv(one, size), size)
        tangent, angle = zero, zero
        for k in (1, 2):
            beyond = b.fcmp_ordered(">", within, self.const(math.tan((2 * k - 1) * math.pi / 16)))
            tangent = b.select(beyond, self.const(math.tan(k * math.pi / 8)), tangent)
            angle = b.select(beyond, self.const(k * math.pi / 8), angle)
        r = b.fdiv(b.fsub(within, tangent), self.fma(within, tangent, one))
        square = b.fmul(r, r)
        small = self.fma(b.fmul(r, square), self.horner(square, list(ARCTAN)), r)
        total = b.fadd(angle, small)
        total = b.select(large, b.fsub(self.const(math.pi / 2), total), total)
        return b.select(b.fcmp_ordered("<", x, zero), b.fsub(zero, total), total)
