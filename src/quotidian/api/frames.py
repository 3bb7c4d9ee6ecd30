"""Tables of this package as those of pandas."""

from __future__ import annotations

from typing import Any

import polars as pl

from quotidian.api.arguments.door import door
from quotidian.api.arguments.results import FRAME


@door(table=FRAME)
def as_pandas(table: pl.DataFrame | pl.LazyFrame) -> Any:
    """A table as a data frame of pandas, which is installed with xarray. A null becomes None or not-a-number.

    Arrow needs no conversion: `pyarrow.table(frame)` reads a frame of Polars directly.

    Example: `q.as_pandas(q.trial("tender", replicates=1).visits)`
    """
    import xarray as xr

    whole = table.collect() if isinstance(table, pl.LazyFrame) else table
    columns = {name: ("row", whole[name].to_numpy()) for name in whole.columns}
    return xr.Dataset(columns).to_dataframe().reset_index(drop=True)[whole.columns]
