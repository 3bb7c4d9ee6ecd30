from __future__ import annotations

import os
from pathlib import Path

import pytest

from quotidian.errors import OutputError
from quotidian.reports.files import write_atomically


def test_the_text_arrives_and_nothing_else_stays(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert write_atomically(target, "µ\n") == target
    assert target.read_bytes() == "µ\n".encode()
    assert list(tmp_path.iterdir()) == [target]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")
    write_atomically(str(target), "new")
    assert target.read_text() == "new"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_an_interruption_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")

    def stop(*_: object) -> None:
        raise interruption

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises((KeyboardInterrupt, OutputError)):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_a_mistake_with_a_remedy(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "report.html"
    with pytest.raises(OutputError) as raised:
        write_atomically(target, "")
    assert raised.value.what == f"{target} cannot be written."
    assert "No such file or directory" in raised.value.why
    assert "existing folder" in raised.value.remedy


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_atomically(tmp_path, "text")
    assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.parent.glob(".*.part")) == []
