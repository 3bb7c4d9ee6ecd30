r"""Elementary functions as straight-line vector code: the same bits on every lane and machine.

No library call is made, so results depend on neither the C library nor the width of the register.
Errors are below 2 units in the last place; a power :math:`e^{n \ln x}` loses up to :math:`2 |n \ln x|` more.
Which sums take a product unrounded is decided here, never by the compiler: no instruction carries a flag
that would let it fuse, reorder or invert.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from llvmlite import ir

from quotidian.engine.codegen.number_format import DOUBLE, DOUBLE_FORMAT, NumberFormat

# pi/2 in three parts, the first two of 33 bits, so that whole multiples of them are exact
PIO2_1, PIO2_2, PIO2_3 = 1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21
# Minimax polynomials (Remez, relative error of the function below 4e-18):
# (sin r - r) / r^3 and (cos r - 1 + r^2 / 2) / r^4 by r^2, for |r| <= pi / 4
SIN = (
    -0.16666666666666632, 0.00833333333332237, -0.000198412698297714, 2.7557313678728697e-06,
    -2.5050755969101838e-08, 1.5896666855517065e-10,
)  # fmt: skip
COS = (
    0.0416666666666666, -0.0013888888888874066, 2.4801587289444173e-05, -2.755731434083022e-07,
    2.0875721643918445e-09, -1.1359560254262318e-11,
)  # fmt: skip


class PortableModule(ir.Module):  # type: ignore[misc]
    """A module whose code rounds every product: the same bits on processors without fused operations.

    In a plain ``ir.Module`` the product within a sum is not rounded.
    """


def _vector(kind: ir.Type, lanes: int) -> ir.Type:
    return kind if lanes == 1 else ir.VectorType(kind, lanes)


class VectorMath:
    """Emits functions of one value type: a number, or a vector of numbers, of one format."""

    def __init__(self, builder: ir.IRBuilder, lanes: int, number: NumberFormat = DOUBLE_FORMAT) -> None:
        self.b = builder
        self.fused = not isinstance(builder.module, PortableModule)
        self.lanes = lanes
        self.number = number
        self.type = _vector(number.type, lanes)
        self.itype = _vector(number.bits, lanes)

    def const(self, x: float) -> ir.Constant:
        """A number in every lane."""
        return ir.Constant(self.type, x if self.lanes == 1 else [x] * self.lanes)

    def iconst(self, n: int) -> ir.Constant:
        """A whole number in every lane."""
        return ir.Constant(self.itype, n if self.lanes == 1 else [n] * self.lanes)

    def intrinsic(self, name: str, *args: ir.Value) -> ir.Value:
        """Call an LLVM intrinsic, declaring it first if need be."""
        width = "" if self.lanes == 1 else f"v{self.lanes}"
        full = f"llvm.{name}.{width}{self.number.suffix}"
        module = self.b.module
        if full in module.globals:
            function = module.globals[full]
        else:
            function = ir.Function(module, ir.FunctionType(self.type, [self.type] * len(args)), full)
        return self.b.call(function, list(args))

    def fma(self, a: ir.Value, x: ir.Value, y: ir.Value) -> ir.Value:
        """:math:`a x + y`, rounded once; in a portable module the product is rounded too."""
        return self.intrinsic("fma", a, x, y) if self.fused else self.b.fadd(self.b.fmul(a, x), y)

    def less_product(self, y: ir.Value, a: ir.Value, x: ir.Value) -> ir.Value:
        """:math:`y - a x`, rounded as :meth:`fma`."""
        return self.fma(self.b.fneg(a), x, y)

    def minimum(self, a: ir.Value, c: ir.Value) -> ir.Value:
        """The smaller; NaN if the first is NaN, so that a failing lane shows."""
        return self.b.select(self.b.fcmp_unordered("<", a, c), a, c)

    def maximum(self, a: ir.Value, c: ir.Value) -> ir.Value:
        """The larger; NaN if the first is NaN."""
        return self.b.select(self.b.fcmp_unordered(">", a, c), a, c)

    def horner(self, x: ir.Value, coefficients: list[float]) -> ir.Value:
        r""":math:`\sum_m c_m x^m`, lowest order first."""
        total: ir.Value = self.const(coefficients[-1])
        for c in reversed(coefficients[:-1]):
            total = self.fma(total, x, self.const(c))
        return total

    def polynomial(self, x: ir.Value, square: ir.Value, coefficients: Sequence[float]) -> ir.Value:
        r""":math:`\sum_m c_m x^m`, lowest order first, with even and odd powers evaluated in parallel.

        This halves the chain of dependent operations of Horner's scheme at no extra cost.
        """
        even, odd = (self.horner(square, list(coefficients[i::2])) for i in (0, 1))
        return self.fma(odd, x, even)

    def rounded(self, x: ir.Value, beyond: int = 0) -> tuple[ir.Value, ir.Value]:
        """The nearest whole number; and bits the lowest of which are that number and ``beyond`` more."""
        magic = self.const(self.number.magic + beyond)
        shifted = self.b.fadd(x, magic)
        return self.b.fsub(shifted, magic), self.b.bitcast(shifted, self.itype)

    def at_least_tiny(self, x: ir.Value) -> ir.Value:
        """The base of a power, kept above 0."""
        return self.maximum(x, self.const(self.number.tiny))

    def exp(self, x: ir.Value) -> ir.Value:
        r""":math:`e^x = 2^n e^r`, :math:`n = \mathrm{rint}(x / \ln 2)`, :math:`|r| \le \ln 2 / 2`.

        0 below -708.8 and infinity above 709.4, in single precision below -87.7 and above 88.4: there the
        exponent of :math:`2^n` is that of 0 or infinity.
        """
        b, of = self.b, self.number
        x = self.maximum(self.minimum(x, self.const(of.exp_range[1])), self.const(of.exp_range[0]))
        n, exponent = self.rounded(b.fmul(x, self.const(1 / math.log(2))), beyond=of.bias)
        r = self.fma(n, self.const(-of.ln2[1]), self.fma(n, self.const(-of.ln2[0]), x))
        square = b.fmul(r, r)
        e_r = b.fadd(self.const(1.0), self.fma(square, self.polynomial(r, square, of.exp), r))
        return b.fmul(e_r, b.bitcast(b.shl(exponent, self.iconst(of.mantissa)), self.type))

    def log(self, x: ir.Value) -> ir.Value:
        """Minus infinity for what is 0 or too small to be normal; not-a-number below 0."""
        b = self.b
        nothing = b.select(
            b.fcmp_ordered(">=", x, self.const(0.0)), self.const(-math.inf), self.const(math.nan)
        )
        normal = b.fcmp_unordered(">=", x, self.const(self.number.smallest_normal))
        return b.select(normal, self._log(x), nothing)

    def safe_log(self, x: ir.Value) -> ir.Value:
        """The logarithm of x, or of the smallest base a power may have."""
        return self._log(self.at_least_tiny(x))

    def _log(self, x: ir.Value) -> ir.Value:
        r""":math:`\ln x = e \ln 2 + 2\,\mathrm{artanh}\, s`, :math:`s = (m-1)/(m+1)`, m in [0.7, 1.41).

        For x from the smallest normal number up; infinity and not-a-number stay what they are.
        """
        b, of = self.b, self.number
        above = of.bias + 1  # added to the exponent, which is then positive
        shifted = b.sub(b.bitcast(x, self.itype), self.iconst(of.sqrt_half - (above << of.mantissa)))
        fraction = b.and_(shifted, self.iconst((1 << of.mantissa) - 1))
        m = b.bitcast(b.add(fraction, self.iconst(of.sqrt_half)), self.type)
        biased = b.or_(b.lshr(shifted, self.iconst(of.mantissa)), self.iconst(of.magic_bits))
        e = b.fsub(b.bitcast(biased, self.type), self.const(of.magic + above))
        s = b.fdiv(b.fsub(m, self.const(1.0)), b.fadd(m, self.const(1.0)))
        z = b.fmul(s, s)
        tail = b.fmul(b.fmul(s, z), self.polynomial(z, b.fmul(z, z), of.log))
        low = self.fma(e, self.const(of.ln2[1]), tail)
        value = self.fma(e, self.const(of.ln2[0]), b.fadd(b.fadd(s, s), low))
        return b.select(b.fcmp_ordered("<", x, self.const(math.inf)), value, x)

    def to_double(self, x: ir.Value) -> ir.Value:
        """The same number in double precision."""
        return x if self.number is DOUBLE_FORMAT else self.b.fpext(x, _vector(DOUBLE, self.lanes))

    def from_double(self, x: ir.Value) -> ir.Value:
        """A number in double precision, rounded to this format."""
        return x if self.number is DOUBLE_FORMAT else self.b.fptrunc(x, self.type)

    def in_double(self, name: str, x: ir.Value) -> ir.Value:
        """A function by way of double precision: for those that are rare in stages."""
        return self.from_double(type(self)(self.b, self.lanes).function(name)(self.to_double(x)))

    def sqrt(self, x: ir.Value) -> ir.Value:
        """Square root; not-a-number below 0."""
        return self.intrinsic("sqrt", x)

    def cos(self, x: ir.Value) -> ir.Value:
        """Cosine of radians."""
        return self._circular(x, quarter=1)

    def sin(self, x: ir.Value) -> ir.Value:
        """Sine of radians."""
        return self._circular(x, quarter=0)

    def _circular(self, x: ir.Value, quarter: int) -> ir.Value:
        """Sine of x plus ``quarter`` right angles, by its remainder after whole right angles."""
        if self.number is not DOUBLE_FORMAT:
            return self.in_double("cos" if quarter else "sin", x)
        b = self.b
        n, whole = self.rounded(b.fmul(x, self.const(2 / math.pi)))
        r = self._remainder(x, n)
        z = b.fmul(r, r)
        square = b.fmul(z, z)
        sine = self.fma(b.fmul(r, z), self.polynomial(z, square, SIN), r)
        cosine = self.fma(
            square, self.polynomial(z, square, COS), self.fma(z, self.const(-0.5), self.const(1.0))
        )
        turn = b.add(whole, self.iconst(quarter))
        odd = b.icmp_signed("!=", b.and_(turn, self.iconst(1)), self.iconst(0))
        sign = b.shl(b.and_(turn, self.iconst(2)), self.iconst(62))
        value = b.select(odd, cosine, sine)
        return b.bitcast(b.xor(b.bitcast(value, self.itype), sign), self.type)

    def _remainder(self, x: ir.Value, n: ir.Value) -> ir.Value:
        r""":math:`x - n \pi/2`, rounded once: what the second part loses returns with the third."""
        b, minus = self.b, [self.const(-part) for part in (PIO2_1, PIO2_2, PIO2_3)]
        first = self.fma(n, minus[0], x)
        second = self.fma(n, minus[1], first)
        lost = self.fma(n, minus[1], b.fsub(first, second))
        return b.fadd(second, self.fma(n, minus[2], lost))

    def function(self, name: str) -> Callable[[ir.Value], ir.Value]:
        """The emitting method of that name."""
        found: Callable[[ir.Value], ir.Value] = getattr(self, name)
        return found
