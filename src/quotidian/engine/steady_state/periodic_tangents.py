r"""Derivatives of a periodic start, by the implicit function theorem.

The start is the fixed point :math:`x = G(x, h, p)` of the map through one period, where the states
:math:`h` are held. Hence

.. math:: \dot x = (I - G_x)^{-1} (G_h \dot h + G_p \dot p)

All derivatives of :math:`G` come from one run over one period, with each state and each direction as a
direction of differentiation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.directions import Directions

Floats = NDArray[np.float64]


def period_directions(given: Directions, free: Sequence[int], begun: Floats) -> Directions:
    """Directions of the run over one period: each ``free`` state, then the ``given`` ones.

    ``given`` holds whole tables. ``begun`` [subject, direction, state] are the tangents of the start states;
    those of states that are not free are the held ones'.
    """
    subjects, several, states = begun.shape
    own = len(free)
    seeds = np.zeros((subjects, own + several, states))
    seeds[:, range(own), free] = 1.0
    seeds[:, own:] = begun
    seeds[:, own:, free] = 0.0
    rest = {
        what: np.concatenate([np.zeros((subjects, own, table.shape[2])), table], axis=1)
        for what in ("parameters", "inputs", "slopes")
        for table in (np.asarray(getattr(given, what)),)
    }
    names = (*(f"state {i}" for i in free), *given.names)
    return Directions(names, states=seeds, **rest)


def fixed_point_tangents(ends: Floats, free: Sequence[int], begun: Floats) -> Floats:
    """Tangents of the start states, [subject, direction, state], from those of the ends.

    ``ends`` [subject, free state and direction, state]; not-a-number where the matrix has no inverse.
    """
    own = len(free)
    moved = np.ascontiguousarray(ends[:, :, free].transpose(0, 2, 1))
    found = begun.copy()
    found[:, :, free] = solved(np.eye(own) - moved[:, :, :own], moved[:, :, own:]).transpose(0, 2, 1)
    return found


def solved(matrix: Floats, right: Floats) -> Floats:
    """Solutions [subject, row, column] of ``matrix`` [subject, row, row] times x = ``right``.

    By Gauss's elimination with row exchange, operation by operation in one order: the bits of a subject do
    not depend on the others.
    """
    a, n = np.concatenate([matrix, right], axis=2), matrix.shape[1]
    every = np.arange(len(a))
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in range(n):
            pivot = i + np.argmax(np.abs(a[:, i:, i]), axis=1)
            row = a[every, pivot].copy()
            a[every, pivot] = a[:, i]
            a[:, i] = row / row[:, i : i + 1]
            factors = a[:, :, i].copy()
            factors[:, i] = 0.0
            a[:, :, i:] -= factors[:, :, None] * a[:, None, i, i:]
    return np.ascontiguousarray(a[:, :, n:])
