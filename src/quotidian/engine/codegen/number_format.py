"""Formats of floating-point numbers: types, limits, and the constants of elementary functions in each."""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir

from quotidian.engine.expressions.operations import TINY

DOUBLE, FLOAT, I64, I32 = ir.DoubleType(), ir.FloatType(), ir.IntType(64), ir.IntType(32)


@dataclass(frozen=True)
class NumberFormat:
    r"""A format, with polynomials whose relative error is below its last place (Remez exchange).

    Attributes
    ----------
    type, bits : of a number, and of a whole number of the same size. suffix : in names of intrinsics.
    size : bytes. mantissa : stored bits. bias : of the exponent.
    tiny : a smaller base of a power counts as this. smallest_normal : number of full precision.
    ln2 : :math:`\ln 2` in two parts; whole multiples of the first are exact.
    exp_range : arguments beyond it count as its ends, whose :math:`2^n` are 0 and infinity.
    sqrt_half : bits of :math:`\sqrt{1/2}`.
    magic, magic_bits : adding the number rounds to a whole number, the lowest bits of the sum.
    exp : of :math:`(e^r - 1 - r) / r^2` for :math:`|r| \le \tfrac12 \ln 2`, lowest order first.
    log : of :math:`(2\,\mathrm{artanh}\,s - 2s) / s^3` by :math:`s^2 \le 0.0295`.
    """

    type: ir.Type
    bits: ir.IntType
    suffix: str
    size: int
    mantissa: int
    bias: int
    tiny: float
    smallest_normal: float
    ln2: tuple[float, float]
    exp_range: tuple[float, float]
    sqrt_half: int
    magic: float
    magic_bits: int
    exp: tuple[float, ...]
    log: tuple[float, ...]


DOUBLE_FORMAT = NumberFormat(
    type=DOUBLE, bits=I64, suffix="f64", size=8, mantissa=52, bias=1023,
    tiny=TINY, smallest_normal=2.0**-1022,
    ln2=(6.93147180369123816490e-01, 1.90821492927058770002e-10),
    exp_range=(-709.0, 709.7),
    sqrt_half=0x3FE6A09E667F3BCD,
    magic=6755399441055744.0, magic_bits=0x4338000000000000,  # 1.5 * 2**52
    exp=(
        0.5000000000000012, 0.166666666666667, 0.04166666666651543, 0.008333333333307184,
        0.0013888888947013055, 0.0001984126991744855, 2.480148994461855e-05, 2.755721623292611e-06,
        2.763127965730281e-07, 2.5117884004799374e-08,
    ),
    log=(
        0.6666666666666735, 0.3999999999941133, 0.2857142874321625, 0.22222198480356734,
        0.1818356952740289, 0.15313908392712955, 0.1479745852436668,
    ),
)  # fmt: skip
SINGLE_FORMAT = NumberFormat(
    type=FLOAT, bits=I32, suffix="f32", size=4, mantissa=23, bias=127,
    tiny=2.0**-120, smallest_normal=2.0**-126,
    ln2=(0.693359375, -2.12194440e-4),
    exp_range=(-88.0, 88.7),
    sqrt_half=0x3F3504F3,
    magic=12582912.0, magic_bits=0x4B400000,  # 1.5 * 2**23
    exp=(0.4999999403953552, 0.16666509211063385, 0.04166821017861366, 0.008370090276002884,
         0.001382846268825233),
    log=(0.6666677594184875, 0.3997751474380493, 0.2987394630908966),
)  # fmt: skip
