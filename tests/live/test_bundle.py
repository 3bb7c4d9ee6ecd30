"""The page stands alone, the package is small, and both are the same bytes every time."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest

import quotidian as q
from quotidian.cli.support.exit_codes import run
from quotidian.drugs.catalogue import PREPARATIONS, REGIMENS
from quotidian.errors import UnknownName
from quotidian.live.bundle import ENGINE, FILES, Bundle, package, script
from quotidian.live.facts import described, packed
from quotidian.patients import growth


def test_the_package_is_small(files: dict[str, bytes]) -> None:
    engine = [files[name] for name in ("quotidian.wasm", "model.json", *ENGINE)]
    assert len(gzip.compress(b"".join(engine), 9)) < 60_000
    assert files["quotidian.wasm"].startswith(b"\0asm")


def test_the_package_is_the_same_every_time(files: dict[str, bytes]) -> None:
    assert package(Bundle(frozenset({"prednisolone", "tocilizumab"}))) == files


def test_the_page_names_no_other_place(written: str) -> None:
    outside = re.findall(r"(?:src|href)=\"([^\"]+)\"|url\(([^)]+)\)", written)
    assert {a or b for a, b in outside} <= {"data:,"}
    assert not re.search(r"(?m)^(?:import|export) ", written) and "{{css" not in written
    assert "Research use, not a medical device" in written


def test_scripts_are_joined_without_imports() -> None:
    joined = script(ENGINE)
    declared = re.findall(r"(?m)^(?:async )?(?:function|class|const) (\w+)", joined)
    assert len(declared) == len(set(declared)) > 40
    assert not re.search(r"(?m)^(?:import|export) ", joined)


@pytest.mark.parametrize("name", [name for name in PREPARATIONS if name in REGIMENS])
def test_every_standard_regimen_has_a_form_as_plain_data(name: str) -> None:
    text = json.dumps(described(REGIMENS[name]))
    assert json.loads(text)["kind"] in {"repeated", "bands", "counted", "limited", "successive"}


def test_a_regimen_without_such_a_form_is_refused() -> None:
    with pytest.raises(TypeError, match="Delayed"):
        described(REGIMENS["tocilizumab-iv"].starting("7 day"))


def test_a_packed_table_is_exact() -> None:
    _, rows = growth.table("height")
    decimals, *changes = packed(rows[0, 1, 60:])
    n = np.cumsum(np.cumsum(np.array(changes)))
    np.testing.assert_array_equal(n / 10**decimals, rows[0, 1, 60:])
    with pytest.raises(ValueError, match="digits"):
        packed(np.array([1e10 + 1 / 3, 0.1 + 0.2]))


def test_an_unknown_drug_is_refused() -> None:
    with pytest.raises(UnknownName, match="no drug 'anakinre'"):
        Bundle(frozenset({"anakinre"}))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--output", "child.txt"], "child.txt"),
        (["--weight", "400"], "weighs 400 kg"),
        (["--weeks", "25"], "--weeks"),
        (["--drugs", "anakinre"], "anakinra"),
        (["--observables", "CRP"], "no observable 'CRP'"),
        (["--regimen", "tocilizumab"], "tocilizumab-iv"),
        (["--package", "taken"], "taken"),
    ],
)
def test_mistakes_are_refused_before_anything_is_written(
    options: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letters.txt").write_text("mine")
    assert run(["page", *options]) == 2
    assert says in " ".join(capsys.readouterr().err.split())
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["letters.txt", "taken"]


def test_python_writes_the_page_of_the_command_line(tmp_path: Path, written: str) -> None:
    place = q.page(tmp_path / "anna.html", q.Child(6, "female", 20))
    assert place.read_text(encoding="utf-8") == written
    assert run(["page", "--output", str(tmp_path / "same.html"), "--package", str(tmp_path / "web")]) == 0
    assert (tmp_path / "same.html").read_text(encoding="utf-8") == written
    assert {p.name for p in (tmp_path / "web").iterdir()} == set(FILES)
    assert run(["page", "--output", str(tmp_path / "same.html"), "--package", str(tmp_path / "web")]) == 0
