"""``quotidian firm``: the page on the screen and in a file, and what is refused."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from quotidian.reports import assumption_sensitivity

SOME = ("acute_phase.crp_ec50", "il6_feedback.strength")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two numbers instead of all: the verb is looked at here, the ranking in tests/reports."""
    monkeypatch.setattr(
        assumption_sensitivity, "firmness", partial(assumption_sensitivity.firmness, only=SOME)
    )


def test_the_file_is_what_the_screen_shows(quotidian, tmp_path: Path, few) -> None:
    shown = quotidian("firm")
    assert shown.code == 0
    assert shown.out.startswith("# What is firm, what is assumed\n")
    assert "Research use, not a medical device." in shown.out
    assert shown.out.index(f"`{SOME[0]}`") < shown.out.index(f"`{SOME[1]}`")
    told = quotidian(f"firm sjia --output {tmp_path}/firm.md")
    assert told.out.startswith("sjia: 2 assumed numbers, ranked, to ")
    assert (tmp_path / "firm.md").read_text(encoding="utf-8").rstrip("\n") == shown.out.rstrip("\n")


def test_a_healthy_child_has_the_same_assumptions(quotidian, few) -> None:
    told = quotidian("firm healthy_child")
    assert told.code == 0
    assert "Made by `quotidian firm healthy_child`" in told.out


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("firm adult_ra", "No child lives in the model 'adult_ra'."),
        ("firm sjai", "There is no model 'sjai'."),
        ("firm --output firm.html", "The suffix names the format: .md."),
    ],
)
def test_what_is_refused(quotidian, line: str, says: str) -> None:
    told = quotidian(line)
    assert told.code == 2
    assert says in told.err
