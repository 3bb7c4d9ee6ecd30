"""Memory holds a part, not the cohort."""

from __future__ import annotations

import tracemalloc

from quotidian.application.cohort_run import run_cohort


def peak(request, folder) -> int:
    tracemalloc.start()
    run_cohort(request, folder, threads=1)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_five_times_the_children_need_no_more_memory(asked, tmp_path) -> None:
    hourly = {"days": 2.0, "every_hours": 0.025, "part": 20}
    peak(asked(children=20, **hourly), tmp_path / "first")  # what is loaded once is not counted
    few, many = (peak(asked(children=20 * n, **hourly), tmp_path / str(n)) for n in (2, 10))
    assert many < 1.1 * few
    at_once = peak(asked(children=200, **(hourly | {"part": 200})), tmp_path / "at once")
    assert at_once > 3 * few
