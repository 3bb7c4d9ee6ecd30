"""How much there is, how it is stated, and where the line is drawn."""

from __future__ import annotations

import pytest

from quotidian.cli.support import exit_codes, memory
from quotidian.errors import StudyTooLarge


@pytest.mark.parametrize(
    ("size", "words"),
    [(512, "512 bytes"), (1536, "1.5 KiB"), (3 * 2**30, "3 GiB"), (2**51, "2,048.0 TiB")],
)
def test_sizes_are_told_in_words(size, words) -> None:
    assert memory.readable(size) == words


def test_four_fifths_of_what_is_free_may_be_planned_with(monkeypatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 1000)
    memory.refuse_beyond(800, "It", "Less.")
    with pytest.raises(
        StudyTooLarge, match=r"(?s)It would need about 801 bytes of memory\..*has 1e\+03 bytes"
    ):
        memory.refuse_beyond(801, "It", "Less.")


@pytest.mark.parametrize(
    "words",
    [
        ["simulate", "--age", "6", "--sex", "female", "--weeks", "1", "--every", "0.00001h"],
        ["cohort", "--children", "2", "--weeks", "1", "--every", "1e-9h", "--output", "out"],
    ],
)
def test_outputs_have_an_upper_end(words, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_codes.run(words) == 2
    assert "at most 5,000,000" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_what_is_available_is_what_the_tighter_limit_leaves(monkeypatch) -> None:
    monkeypatch.setattr(memory, "_free", lambda: 100)
    monkeypatch.setattr(memory, "_allowed", lambda: 70)
    assert memory.available() == 70


def test_this_machine_has_some() -> None:
    assert 2**20 < memory._free() < 2**50
