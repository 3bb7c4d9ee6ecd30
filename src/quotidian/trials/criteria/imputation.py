"""Imputation of a missing visit as non-response."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidCall

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
