"""Accuracy of a cohort: some of its children simulated again at a hundredth of the tolerance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.application.cohort_part import follow
from quotidian.application.cohort_request import CohortRequest
from quotidian.engine import Tolerance
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
SAMPLE = 16
TIGHTER = 100.0
SMALL = 1e-3
"""Values below this share of the child's largest value are compared with that share, because zero has no
relative error."""


@dataclass(frozen=True)
class Check:
    """The children simulated again, the tolerances, and the largest error of each observable.

    An error is None if no child could be followed both times; ``unfollowed`` counts the children who could
    not.
    """

    children: tuple[int, ...]
    unfollowed: int
    tolerance: Tolerance
    errors: dict[str, float | None]


def check(request: CohortRequest, threads: int | None = None) -> Check:
    """Run a sample again at a hundredth of the tolerance; the sample is chosen by the seed."""
    numbers = sample(request)
    finer = tighter(request.tolerance)
    usual = follow(request, numbers, threads=threads)
    exact = follow(request, numbers, tolerance=finer, threads=threads)
    lost = {one.child for one in (*usual.lost, *exact.lost)}
    both = [i for i, number in enumerate(numbers) if number not in lost]
    found = largest_errors(usual.values[both], exact.values[both])
    errors = {name: float(found[i]) if len(both) else None for i, name in enumerate(request.columns)}
    return Check(numbers, len(lost), finer, errors)


def tighter(tolerance: Tolerance) -> Tolerance:
    """A hundredth of a tolerance in double precision, without the last digit's noise of the division."""
    rtol, atol = (float(f"{whole / TIGHTER:.12g}") for whole in (tolerance.rtol, tolerance.atol))
    return replace(tolerance, rtol=rtol, atol=atol, precision="double")


def sample(request: CohortRequest) -> tuple[int, ...]:
    """Up to 16 children, one at random from each of equally long stretches of their numbers."""
    count = min(SAMPLE, request.children)
    u = Streams(request.seed).uniform("check", 0, range(count))[:, 0]
    return tuple(int((k + u[k]) * request.children / count) for k in range(count))


def largest_errors(values: Floats, exact: Floats) -> Floats:
    r"""Largest relative error of each observable, :math:`\max |v - v^*| / \max(|v^*|, 10^{-3} \max_t |v^*|)`.

    Parameters
    ----------
    values, exact : [child, time, observable].
    """
    size = np.abs(exact)
    if not len(exact):
        return np.zeros(exact.shape[2])
    scale = np.maximum(size, SMALL * size.max(axis=1, keepdims=True))
    error = np.abs(values - exact)
    return np.asarray(np.divide(error, scale, out=error.copy(), where=scale > 0).max(axis=(0, 1)))
