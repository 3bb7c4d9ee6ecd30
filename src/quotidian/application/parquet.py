"""Tables of a part as Parquet in memory: fixed settings and no date, so the same values give the same
bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.patients.child import Child

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]
GROUP_ROWS = 20_000
"""Approximate number of rows in a row group. Groups contain whole children, so one child is read from one
group."""
LEVEL = 3  # level of Zstandard; by measurement, higher levels save less than 1 % on doubles


def courses_table(numbers: Sequence[int], days: Floats, values: Floats, columns: Mapping[str, int]) -> bytes:
    """Columns ``child``, ``time_day``, then one for each observable; one row for each child and time,
    children in order.

    Parameters
    ----------
    days : [time]. values : [child, time, observable], not-a-number where nothing is known: written as null.
    columns : heading to place among the observables.
    """
    import polars

    frame = polars.DataFrame(
        {
            "child": np.repeat(np.asarray(numbers, dtype=np.int64), len(days)),
            "time_day": np.tile(days, len(numbers)),
        }
        | {head: np.ascontiguousarray(values[:, :, i]).ravel() for head, i in columns.items()}
    ).with_columns(polars.col(*columns).fill_nan(None))
    return _bytes(frame, len(days) * max(1, GROUP_ROWS // len(days)))


def children_table(
    numbers: Sequence[int], children: Sequence[Child], lost: set[int], more: Mapping[str, Sequence[object]]
) -> bytes:
    """A table of the children, one row each, and whether they were followed to the end (``complete``).

    ``more`` are further columns, [child] each; not-a-number becomes null, and empty columns are left out.
    """
    import polars

    frame = polars.DataFrame(
        {
            "child": np.asarray(numbers, dtype=np.int64),
            "age [year]": [c.age_years for c in children],
            "sex": [c.sex for c in children],
            "weight [kg]": [c.weight_kg for c in children],
            "height [cm]": [c.height_cm for c in children],
            "severity [1]": [c.severity for c in children],
            "il6_share [1]": [c.il6_share for c in children],
            "complete": [n not in lost for n in numbers],
        }
        | {name: list(column) for name, column in more.items() if len(column)}
    ).with_columns(polars.selectors.float().fill_nan(None))
    return _bytes(frame, GROUP_ROWS)


def _bytes(frame: polars.DataFrame, group: int) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(
        buffer, compression="zstd", compression_level=LEVEL, statistics=True, row_group_size=group
    )
    return buffer.getvalue()
