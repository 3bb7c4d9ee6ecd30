"""Roles are frozen: a dated file never changes, and a later one says what changed and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from quotidian.errors import LedgerError
from quotidian.evidence.roles import frozen_roles, read_roles

FROZEN = {
    "2026-11-29.yaml": "64911c7420c86acbaa9751d24621781e4e7b9cf5fcbf95e5f530861979d74635",
    "2026-11-29b.yaml": "91b25e5e06fe06895ae7e6b780749fad6786409e0802e96492bf1a934874faaf",
}
"""Checksum of each dated file. A new file adds a line here; a line is never edited."""

RELEASED = ("GRO-002", "GRO-003", *(f"PKS-0{n}" for n in range(18, 25)), "COH-001")


def test_each_dated_file_is_as_it_was_frozen() -> None:
    assert {file.name: file.sha256 for file in frozen_roles().files} == FROZEN


def test_the_documentation_names_the_files_in_force(root: Path) -> None:
    page = (root / "docs/scoreboard.md").read_text(encoding="utf-8")
    for name, checksum in FROZEN.items():
        assert name in page and checksum in page


def test_released_numbers_are_calibration_and_earlier_ones_keep_their_roles() -> None:
    roles = frozen_roles()
    assert {roles.facts[name] for name in RELEASED} == {"calibration"}
    earlier = list(roles.earlier.values())
    assert (earlier.count("calibration"), earlier.count("validation")) == (90, 77)
    assert {roles.earlier[name] for name in roles.in_view} == {"validation", "calibration"}
    assert roles.earlier["tender.neutropenia.tocilizumab"] == "calibration"  # it was tuned to


FIRST = """\
date: 2026-01-01
rule: By a rule.
in_view: []
earlier: {a: validation, b: calibration}
facts: {X-1: validation}
"""
LATER = """\
date: 2026-02-01
because: later facts
facts: {X-2: context}
changed: {a: {to: calibration, because: the ledger took it}}
"""


def files(tmp_path: Path, first: str, later: str) -> list[Path]:
    found = []
    for name, text in (("2026-01-01", first), ("2026-02-01", later)):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text.replace(f"date: {name}", f'date: "{name}"'))
        found.append(path)
    return found


def test_a_later_file_adds_and_changes(tmp_path: Path) -> None:
    roles = read_roles(files(tmp_path, FIRST, LATER))
    assert dict(roles.earlier) == {"a": "calibration", "b": "calibration"}
    assert roles.of("", "X-2") == "context" and roles.of("a", "") == "calibration"
    assert roles.of("c", "") is None
    assert [file.date for file in roles.files] == ["2026-01-01", "2026-02-01"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{X-2: context}", "{X-1: context}", "'X-1' has a role already"),
        ("{X-2: context}", "{X-2: both}", "'both' is none of"),
        ("a: {to: calibration", "b: {to: validation", "can no longer be used for validation"),
        (", because: the ledger took it", "", "needs a known number, a role and a reason"),
        ("date: 2026-02-01", "date: 2026-03-01", "and its date"),
        ("because: later facts\n", "", "it must contain because"),
    ],
)
def test_refusals(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(LedgerError) as refusal:
        read_roles(files(tmp_path, FIRST, LATER.replace(old, new, 1)))
    assert says in str(refusal.value)
