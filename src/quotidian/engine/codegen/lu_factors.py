r"""Emit the sparse LU factorisation of :math:`W = \frac{1}{\gamma} I - h J`, and solves with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from llvmlite import ir

from quotidian.engine.codegen.emitter import Emitter
from quotidian.engine.expressions.symbolic_lu import Elimination

Entries = dict[tuple[int, int], ir.Value]


class Factors:
    """Factors in a buffer ``[entry][lane]``: computed once a step, read by every stage.

    The reciprocal of each pivot is stored in its place.
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
        """For each row, the earlier pivots by which it is reduced."""
        before: dict[int, list[int]] = {p: [] for p in self.plan.order}
        for p, below in zip(self.plan.order, self.plan.lower, strict=True):
            for i in below:
                before[i].append(p)
        return before

    def row(
        self, e: Emitter, p: int, w: Entries, jacobian: Mapping[tuple[int, int], Callable[[], ir.Value]],
        h: ir.Value, gamma: float,
    ) -> None:  # fmt: skip
        """Add row p of the factors to ``w``, which holds those of the pivots before."""
        b, minus_h = e.b, e.b.fneg(h)
        right = dict(zip(self.plan.order, self.plan.upper, strict=True))
        own = {j: value() for (i, j), value in jacobian.items() if i == p}
        row = {j: b.fmul(minus_h, value) for j, value in own.items() if j != p}
        row[p] = e.fma(minus_h, own[p], e.const(1.0 / gamma)) if p in own else e.const(1.0 / gamma)
        for q in self.left[p]:
            row[q] = b.fmul(row[q], w[q, q])
            for j in right[q]:
                if j in row:
                    row[j] = e.less_product(row[j], row[q], w[q, j])
                else:
                    row[j] = b.fmul(b.fneg(row[q]), w[q, j])
        row[p] = b.fdiv(e.const(1.0), row[p])
        w |= {(p, j): value for j, value in row.items()}

    def store(self, e: Emitter, w: Mapping[tuple[int, int], ir.Value], base: ir.Value) -> None:
        """Write the factors to their buffer."""
        for place, i in self.places.items():
            e.store(w[place], base, i)

    def entry(self, e: Emitter, base: ir.Value) -> Callable[[int, int], ir.Value]:
        """A function that loads one entry of the buffer where it is needed."""
        return lambda i, j: e.load(base, self.places[i, j])

    def solve(
        self, e: Emitter, w: Callable[[int, int], ir.Value], right: Callable[[int], Sequence[ir.Value]]
    ) -> dict[int, list[ir.Value]]:
        """Solve forward through L, with right-hand sides given row by row, then back through U."""
        b = e.b
        x: dict[int, list[ir.Value]] = {}

        def less(p: int, j: int) -> None:
            factor = w(p, j)
            x[p] = [e.less_product(y, factor, z) for y, z in zip(x[p], x[j], strict=True)]

        for p in self.plan.order:
            x[p] = list(right(p))
            for q in self.left[p]:
                less(p, q)
        for p, beside in reversed(list(zip(self.plan.order, self.plan.upper, strict=True))):
            for j in beside:
                less(p, j)
            per_pivot = w(p, p)
            x[p] = [b.fmul(y, per_pivot) for y in x[p]]
        return x
