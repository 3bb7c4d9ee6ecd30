"""The option ``--dask``, and the executor that it names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from quotidian.application.executors import Executor

Dask = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Dask scheduler to compute on, or local; it does not change the result."
    ),
]


@contextmanager
def executor_at(dask: str | None, workers: int | None) -> Iterator[Executor | None]:
    """The executor of a Dask cluster, or None where the command computes in this process.

    Raises InvalidInput where Dask is not installed or no scheduler answers.
    """
    if dask is None:
        yield None
        return
    from quotidian.application.dask_executor import on_dask

    with on_dask(dask, workers) as executor:
        yield executor
