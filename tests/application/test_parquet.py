"""Tables as bytes: whole children in a row group, and the same bytes from the same values."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from hashlib import sha256

import numpy as np
import polars

from quotidian.application.parquet import GROUP_ROWS, courses_table

CODE = """
import hashlib, numpy as np
from quotidian.application.parquet import courses_table
values = np.sin(np.arange(300 * 169 * 2.0)).reshape(300, 169, 2)
print(hashlib.sha256(courses_table(range(300), np.arange(169.0), values, {"a": 0, "b": 1})).hexdigest())
"""


def table() -> bytes:
    values = np.sin(np.arange(300 * 169 * 2.0)).reshape(300, 169, 2)
    return courses_table(range(300), np.arange(169.0), values, {"a": 0, "b": 1})


def test_processors_of_the_writer_change_no_byte(root) -> None:
    env = {**os.environ, "PYTHONPATH": str(root / "src"), "POLARS_MAX_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sha256(table()).hexdigest() == sha256(table()).hexdigest()


def test_not_a_number_is_written_as_null() -> None:
    values = np.array([[[1.0], [np.nan]]])
    read = polars.read_parquet(io.BytesIO(courses_table([5], np.array([0.0, 1.0]), values, {"a": 0})))
    assert read.rows() == [(5, 0.0, 1.0), (5, 1.0, None)]


def test_a_course_longer_than_a_group_is_one_group() -> None:
    days = np.arange(GROUP_ROWS + 5.0)
    read = polars.read_parquet(
        io.BytesIO(courses_table(range(2), days, np.ones((2, len(days), 1)), {"a": 0}))
    )
    assert read.height == 2 * len(days)
