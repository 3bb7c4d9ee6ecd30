"""Emit the step size control of each lane."""

from __future__ import annotations

from llvmlite import ir

from quotidian.engine.codegen.lanes import Lanes

SAFETY, SHRINK, GROW = 0.9, 0.1, 6.0
CALM = 0.5  # share of the classical gain while steps succeed
LEAST_ERROR = 1e-10  # a smaller error counts as this


def next_step(lanes: Lanes, accepted: ir.Value, used: ir.Value, error: ir.Value) -> ir.Value:
    r"""Length of the next step, :math:`h' = h \cdot 0.9\, e^{-g/p}`, its factor held between 0.1 and 6.

    The gain :math:`g` is 1 after a rejection and 1/2 after an acceptance: in a rhythmically driven system the
    error oscillates, and with the full gain each minimum leads to a step that is too long (20 % of steps were
    rejected, with half the gain 4 %). Low-gain integral control: G. Söderlind, Automatic control and adaptive
    time-stepping. Numer Algorithms 2002;31:281-310.
    An error that is not a number shrinks the step.
    """
    b = lanes.b
    order = lanes.method.order
    gain = b.select(accepted, lanes.const(-CALM / order), lanes.const(-1 / order))
    power = b.fmul(lanes.log(lanes.maximum(error, lanes.const(LEAST_ERROR))), gain)
    factor = b.fmul(lanes.const(SAFETY), lanes.exp(power))
    factor = lanes.minimum(lanes.maximum(factor, lanes.const(SHRINK)), lanes.const(GROW))
    known = b.fcmp_ordered("ord", error, error)
    return b.fmul(used, b.select(known, factor, lanes.const(SHRINK)))
