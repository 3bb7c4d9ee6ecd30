"""A folder belongs to one request and one run at a time; anything else in it cannot be the output folder."""

from __future__ import annotations

import pytest

from quotidian.application.cohort_archive import opened
from quotidian.application.cohort_run import run_cohort
from quotidian.errors import OutputError


def refusal(request, folder) -> str:
    with pytest.raises(OutputError) as refused:
        run_cohort(request, folder)
    return str(refused.value)


def test_another_request_is_refused_by_what_differs(asked, whole, held) -> None:
    before = held(whole)
    message = refusal(asked(children=50, seed=9, observables={"crp": "mg/L"}), whole)
    assert message == (
        f"'{whole}' holds another cohort.\n"
        "  It differs in children (40 there, 50 asked); seed (3 there, 9 asked); "
        "observables (crp,tocilizumab there, crp asked).\n"
        "  Choose another folder with --output, or remove this one."
    )
    assert held(whole) == before


def test_a_changed_model_is_another_request(asked, whole, monkeypatch) -> None:
    monkeypatch.setattr("quotidian.application.manifest.evidence_checksum", lambda: "f" * 64)
    assert "model evidence_sha256 (" in refusal(asked(), whole)
    assert "there, ffffffff asked)" in refusal(asked(), whole)


def test_a_request_that_differs_in_everything_is_told_in_short(asked, whole) -> None:
    other = asked(children=1, seed=9, regimen="none", model="healthy_child", days=1, every_hours=1.0, part=1)
    assert "; and in " in refusal(other, whole)


def test_a_folder_of_something_else_is_left_alone(asked, tmp_path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years")
    assert "It holds something other than a cohort: thesis.txt." in refusal(asked(), tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(asked, tmp_path) -> None:
    (tmp_path / "file").write_text("text")
    assert "is a file." in refusal(asked(), tmp_path / "file")
    assert "cannot be created." in refusal(asked(), tmp_path / "file" / "folder")


def test_a_start_that_was_killed_at_once_is_no_obstacle(asked, tmp_path) -> None:
    (tmp_path / ".manifest.json.4711.part").write_text("{")
    run_cohort(asked(children=2), tmp_path)
    assert not list(tmp_path.glob(".*.part"))


def test_a_request_that_is_refused_midway_leaves_no_folder(asked, tmp_path) -> None:
    with pytest.raises(OutputError, match="midway"), opened(tmp_path / "a/b", asked()):
        raise OutputError("midway")
    assert not list(tmp_path.iterdir())
    with pytest.raises(OutputError, match="midway"), opened(tmp_path / "a/b", asked()) as folder:
        folder.write("manifest.json", "{}")
        raise OutputError("midway")
    assert [item.name for item in (tmp_path / "a/b").iterdir()] == ["manifest.json"]


def test_two_runs_do_not_share_a_folder(asked, tmp_path) -> None:
    pytest.importorskip("fcntl")
    with opened(tmp_path, asked()):
        assert refusal(asked(), tmp_path).startswith(f"Another run is using '{tmp_path}'.")
    run_cohort(asked(children=2), tmp_path)
