"""Accuracy of a run of a file, whose unit of time may be any."""

from __future__ import annotations

from quotidian.engine import Tolerance


def tolerance_for(end: float, rtol: float = 1e-8) -> Tolerance:
    """Steps that suit a run from 0 to ``end`` in any unit of time; absolute error a tenth of the relative."""
    return Tolerance(
        rtol=rtol, atol=rtol / 10, first_step=max(end, 1e-9) * 1e-6, longest_step=max(end, 1e-9) / 20
    )
