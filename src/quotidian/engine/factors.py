r"""Emission of LU factors of :math:`W = \frac{1}{\gamma h} I - J`, and of solving with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from llvmlite import ir

from quotidian.engine.emitter import FLAGS, Emitter
from quotidian.engine.sparse import Elimination

Entries = dict[tuple[int, int], ir.Value]


class Factors:
    """Factors in a buffer ``[entry][lane]``: made once a step, read by every stage.

    In the place of each pivot stands its reciprocal.
    """

    def __init__(self, plan: Elimination) -> None:
        self.plan = plan

    @cached_property
    def places(self) -> dict[tuple[int, int], int]:
        """Where in the buffer each entry of L and U is."""
        found: list[tuple[int, int]] = []
        for p, below, right in zip(self.plan.order, self.plan.lower, self.plan.upper, strict=True):
            found += [(p, p), *((i, p) for i in below), *((p, j) for j in right)]
        return {place: i for i, place in enumerate(found)}

    @cached_property
    def left(self) -> dict[int, list[int]]:
        """For each row the pivots before it that it takes from."""
        before: dict[int, list[int]] = {p: [] for p in self.plan.order}
        for p, below in zip(self.plan.order, self.plan.lower, strict=True):
            for i in below:
                before[i].append(p)
        return before

    def factorise(self, e: Emitter, jacobian: Mapping[tuple[int, int], ir.Value], diagonal: ir.Value) -> Entries:
        """Rows below each pivot less their multiple of its row; ``diagonal`` is that of the identity's part."""
        b, zero = e.b, e.const(0.0)
        w = {place: b.fsub(zero, value, flags=FLAGS) for place, value in jacobian.items()}
        for p in self.plan.order:
            w[p, p] = b.fadd(diagonal, w[p, p], flags=FLAGS) if (p, p) in w else diagonal
        for p, below, right in zip(self.plan.order, self.plan.lower, self.plan.upper, strict=True):
            w[p, p] = b.fdiv(e.const(1.0), w[p, p])
            for i in below:
                w[i, p] = b.fmul(w[i, p], w[p, p], flags=FLAGS)
                for j in right:
                    product = b.fmul(w[i, p], w[p, j], flags=FLAGS)
                    w[i, j] = b.fsub(w.get((i, j), zero), product, flags=FLAGS)
        return w

    def store(self, e: Emitter, w: Mapping[tuple[int, int], ir.Value], base: ir.Value) -> None:
        """Write the factors to their buffer."""
        for place, i in self.places.items():
            e.store(w[place], base, i)

    def entry(self, e: Emitter, base: ir.Value) -> Callable[[int, int], ir.Value]:
        """What reads one entry of the buffer, where it is needed."""
        return lambda i, j: e.load(base, self.places[i, j])

    def solve(
        self, e: Emitter, w: Callable[[int, int], ir.Value], right: Callable[[int], ir.Value]
    ) -> dict[int, ir.Value]:
        """Forward through L, asking for the right-hand side row by row, then back through U."""
        b, x = e.b, {}
        for p in self.plan.order:
            x[p] = right(p)
            for q in self.left[p]:
                x[p] = b.fsub(x[p], b.fmul(w(p, q), x[q], flags=FLAGS), flags=FLAGS)
        for p, beside in reversed(list(zip(self.plan.order, self.plan.upper, strict=True))):
            for j in beside:
                x[p] = b.fsub(x[p], b.fmul(w(p, j), x[j], flags=FLAGS), flags=FLAGS)
            x[p] = b.fmul(x[p], w(p, p), flags=FLAGS)
        return x
