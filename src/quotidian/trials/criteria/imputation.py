"""Imputation of a missing visit: as non-response, or by the last observation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidCall, InvalidInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def non_responder(response: ArrayLike, escaped: ArrayLike) -> Bools:
    """Non-responder imputation: a child who escaped to open-label drug is a non-responder, (children,).

    TENDER counts escape as non-response (De Benedetti 2012). Raises InvalidCall unless both are truth values
    of one shape.
    """
    response, escaped = np.asarray(response), np.asarray(escaped)
    if response.dtype != np.bool_ or escaped.dtype != np.bool_ or response.shape != escaped.shape:
        raise InvalidCall(
            "Non-responders cannot be imputed.",
            f"Response ({response.dtype}, {response.shape}) and escape ({escaped.dtype}, {escaped.shape}) "
            "must be booleans, one of each per child.",
            "Compute the response of every child first, including those who escaped.",
        )
    return np.asarray(response & ~escaped)


def carried_forward(values: ArrayLike) -> Floats:
    """Last observation carried forward: values (visits, children), not-a-number where nothing was observed.

    A child without a first visit is refused. Returns (visits, children), whole. Raises InvalidInput for a
    child that was never seen at the first visit, or for another shape.
    """
    x = np.array(values, dtype=np.float64)
    if x.ndim != 2 or not np.isfinite(x[:1]).all() or len(x) == 0:
        raise InvalidInput(
            "Nothing can be carried forward.",
            f"Values {x.shape} must be (visits, children), and every child needs a value at the first visit.",
            "Put the visit at entry first, and leave out children without that visit.",
        )
    for now, before in zip(x[1:], x[:-1], strict=True):
        absent = np.isnan(now)
        now[absent] = before[absent]
    return x
