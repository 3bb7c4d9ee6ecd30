"""Symbolic sparse LU factorisation: order of the pivots, and fill-in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Elimination:
    """The plan of an LU factorisation without row exchange.

    ``order`` lists pivots; ``lower`` and ``upper`` list, pivot by pivot, the rows below it and the
    columns right of it that hold an entry when its turn comes.
    """

    order: tuple[int, ...]
    lower: tuple[tuple[int, ...], ...]
    upper: tuple[tuple[int, ...], ...]

    @property
    def entries(self) -> int:
        """Non-zeros of L and U together."""
        return len(self.order) + sum(map(len, self.lower)) + sum(map(len, self.upper))


def eliminate(size: int, entries: set[tuple[int, int]]) -> Elimination:
    """Markowitz order: at each turn the diagonal pivot with the least (rows - 1)(columns - 1)."""
    rows = {i: {i} for i in range(size)}
    cols = {j: {j} for j in range(size)}
    for i, j in entries:
        rows[i].add(j)
        cols[j].add(i)
    left = set(range(size))
    order, lower, upper = [], [], []
    while left:
        pivot = min(left, key=lambda p: ((len(rows[p]) - 1) * (len(cols[p]) - 1), p))
        left.remove(pivot)
        below, right = sorted(cols[pivot] - {pivot}), sorted(rows[pivot] - {pivot})
        for i in below:
            rows[i].discard(pivot)
            for j in right:
                rows[i].add(j)
                cols[j].add(i)
        for j in right:
            cols[j].discard(pivot)
        order.append(pivot)
        lower.append(tuple(below))
        upper.append(tuple(right))
    return Elimination(tuple(order), tuple(lower), tuple(upper))
