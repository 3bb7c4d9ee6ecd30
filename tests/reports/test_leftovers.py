"""What a killed run leaves, and how the next one treats it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from quotidian.errors import OutputError
from quotidian.reports.files import (
    check_file,
    check_folder,
    errno_of,
    whole_file,
    whole_folder,
    write_atomically,
)
from quotidian.reports.leftovers import clear_leftovers, is_leftover, under_way


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_leftovers_of_processes_that_are_gone_do_not_close_a_folder(tmp_path: Path, gone: int) -> None:
    place = tmp_path / "d"
    with whole_folder(place, last="a.csv") as partial:
        (partial / "a.csv").write_text("1")
    (place / f".d.{gone}.partial").mkdir()
    (place / f".d.{gone}.partial" / "a.csv").write_text("half")
    (place / f".a.csv.{gone}.part").write_text("half")
    check_folder(place, ("a.csv",), lambda path: True)
    assert [item.name for item in place.iterdir()] == ["a.csv"]


def test_leftovers_in_the_subfolders_of_a_result_go_too(tmp_path: Path, gone: int) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / f".a.json.{gone}.part").write_text("half")
    check_folder(tmp_path, ("parts",), lambda path: True)
    assert not list((tmp_path / "parts").iterdir())


def test_those_of_a_first_run_lie_beside_the_folder_and_only_they_go(tmp_path: Path, gone: int) -> None:
    (tmp_path / f".d.{gone}.partial").mkdir()
    (tmp_path / f".e.{gone}.partial").mkdir()
    check_folder(tmp_path / "d", ("a.csv",), lambda path: True)
    assert [item.name for item in tmp_path.iterdir()] == [f".e.{gone}.partial"]
    check_file(tmp_path / "e", ("",))
    assert not list(tmp_path.iterdir())


def test_files_of_a_process_that_runs_are_kept_and_do_not_count(tmp_path: Path) -> None:
    place = tmp_path / "d"
    place.mkdir()
    (place / f".a.csv.{os.getppid()}.part").write_text("being written")
    check_folder(place, ("a.csv",), lambda path: False)
    assert len(list(place.iterdir())) == 1


@pytest.mark.parametrize("name", ["a.csv", ".hidden", "a.99.part", ".part", ".1.part.txt", "..part"])
def test_other_files_are_never_taken_for_leftovers(tmp_path: Path, name: str) -> None:
    assert not is_leftover(name)
    (tmp_path / name).write_text("mine")
    clear_leftovers(tmp_path)
    assert (tmp_path / name).exists()


def test_a_long_name_is_written_and_one_too_long_is_refused_in_words(tmp_path: Path) -> None:
    long = tmp_path / ("a" * 251 + ".csv")
    write_atomically(long, "1")
    assert [item.name for item in tmp_path.iterdir()] == [long.name]
    assert is_leftover(under_way(long).name) and len(under_way(long).name) < 200
    with pytest.raises(OutputError, match="too long"):
        check_file(tmp_path / ("a" * 300 + ".csv"), (".csv",))
    with pytest.raises(OutputError, match="too long"):
        check_folder(tmp_path / ("a" * 300), (), lambda path: True)


def test_a_name_that_is_no_text_is_written(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9.csv")
    write_atomically(odd, f"of {odd.name}")
    assert odd.read_text().startswith("of caf")


def test_a_full_disk_is_known_in_an_error_of_a_library(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no space left"), whole_file(tmp_path / "a.parquet") as partial:
        partial.write_text("half")
        raise RuntimeError("parquet: File out of specification: No space left on device (os error 28)")
    with pytest.raises(RuntimeError), whole_file(tmp_path / "a.parquet"):
        raise RuntimeError("a fault of the program")
    assert not list(tmp_path.iterdir())


def test_an_error_of_a_library_in_rust_has_its_number_in_its_text() -> None:
    assert errno_of(OSError("No space left on device (os error 28)")) == errno.ENOSPC
    assert errno_of(OSError(errno.EIO, "x")) == errno.EIO and errno_of(OSError("x")) is None
