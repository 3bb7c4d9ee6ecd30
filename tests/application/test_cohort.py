"""A cohort on disk: the same bytes however it was run, and the same values however it was cut."""

from __future__ import annotations

import hashlib
import json
import shutil

import numpy as np
import polars
import pytest

from quotidian.application.cohort_run import run_cohort
from quotidian.application.executors import Here
from quotidian.drugs.catalogue import regimen
from quotidian.errors import RegimenError
from quotidian.patients.population import draw
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams

NAMES = [f"{stem}-0000{i}.{kind}" for i in range(3) for stem, kind in
         (("children", "parquet"), ("part", "json"), ("part", "parquet"))]  # fmt: skip


def courses(folder) -> polars.DataFrame:
    return polars.read_parquet(folder / "part-*.parquet")


def test_the_folder_holds_parts_sidecars_failures_and_a_manifest(whole) -> None:
    assert {item.name for item in whole.iterdir()} == {*NAMES, "failures.csv", "manifest.json"}
    manifest = json.loads((whole / "manifest.json").read_bytes())
    assert manifest["status"] == {"complete": True}
    assert manifest["children"] == {"asked": 40, "followed_to_the_end": 40, "failed": {}}
    assert manifest["identity"]["request"]["seed"] == 3
    assert manifest["identity"]["tolerances"]["rtol"] == 1e-5
    files = {name: word["sha256"] for part in manifest["parts"] for name, word in part["files"].items()}
    assert files.keys() == {name for name in NAMES if name.endswith("parquet")}
    for name, sha256 in files.items():
        assert hashlib.sha256((whole / name).read_bytes()).hexdigest() == sha256


def test_rows_are_children_by_time_in_order(whole) -> None:
    table = courses(whole)
    assert table.columns == ["child", "time_day", "crp [mg/L]", "tocilizumab [ug/mL]"]
    assert table.dtypes == [polars.Int64, *[polars.Float64] * 3]
    np.testing.assert_array_equal(table["child"], np.repeat(np.arange(40), 8))
    np.testing.assert_array_equal(table["time_day"], np.tile(np.arange(8.0), 40))
    assert table.null_count().row(0) == (0, 0, 0, 0)


def test_values_are_those_of_the_children_themselves(whole) -> None:
    children = draw(Streams(3), 0, range(40))
    asked = {"days": 7, "every_hours": 24, "observables": ["crp", "tocilizumab"], "threads": 1}
    outcome = simulate(children[::-1], regimen("tocilizumab-iv"), narrow=True, **asked)
    written = courses(whole)["crp [mg/L]"].to_numpy().reshape(40, 8)
    np.testing.assert_array_equal(written, outcome["crp"][::-1])
    full = simulate(children, regimen("tocilizumab-iv"), **asked)
    np.testing.assert_allclose(written, full["crp"], rtol=2e-4)
    who = polars.read_parquet(whole / "children-*.parquet")
    assert who["weight [kg]"].to_list() == [c.weight_kg for c in children]
    assert who["il6_share [1]"].to_list() == [c.il6_share for c in children]
    assert who["sex"].to_list() == [c.sex for c in children]
    assert who["complete"].all()


def test_threads_change_no_byte(asked, whole, held, tmp_path) -> None:
    run_cohort(asked(), tmp_path / "two", threads=2)
    assert held(tmp_path / "two") == held(whole)


def test_another_seed_does(asked, whole, tmp_path) -> None:
    run_cohort(asked(seed=4), tmp_path / "other")
    assert not courses(tmp_path / "other")["crp [mg/L]"].equals(courses(whole)["crp [mg/L]"])


def test_the_size_of_a_part_changes_files_and_no_value(asked, whole, tmp_path) -> None:
    run_cohort(asked(part=7), tmp_path / "sevens")
    assert len(list((tmp_path / "sevens").glob("part-*.parquet"))) == 6
    assert courses(tmp_path / "sevens").equals(courses(whole))


def test_an_interrupted_cohort_goes_on_to_the_same_bytes(asked, whole, held, tmp_path) -> None:
    class Interrupted(Here):
        def run(self, jobs, progress=None):
            for position, built in super().run(jobs, progress):
                if jobs.items[position] == 2:
                    raise KeyboardInterrupt
                yield position, built

    with pytest.raises(KeyboardInterrupt):
        run_cohort(asked(), tmp_path, executor=Interrupted())
    assert not json.loads((tmp_path / "manifest.json").read_bytes())["status"]["complete"]
    kept = {name: (tmp_path / name).stat().st_mtime_ns for name in NAMES[:6]}
    (tmp_path / ".part-00002.parquet.99.part").write_bytes(b"half")  # as a killed process leaves it
    (tmp_path / NAMES[8]).write_bytes(b"no sidecar vouches for this")
    fractions: list[float] = []
    summary = run_cohort(asked(), tmp_path, progress=fractions.append)
    assert (summary.earlier, summary.renewed) == (2, 0)
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in kept} == kept
    assert held(tmp_path) == held(whole)
    assert fractions[-1] == 1.0


def damage_table(folder) -> None:
    content = bytearray((folder / NAMES[5]).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / NAMES[5]).write_bytes(content)


def damage_sidecar(folder) -> None:
    (folder / NAMES[4]).write_text('{"part": 1')


def remove_table(folder) -> None:
    (folder / NAMES[3]).unlink()


@pytest.mark.parametrize("damage", [damage_table, damage_sidecar, remove_table])
def test_a_damaged_part_is_found_and_made_anew(asked, whole, held, tmp_path, damage) -> None:
    for name, content in held(whole).items():
        (tmp_path / name).write_bytes(content)
    damage(tmp_path)
    assert held(tmp_path) != held(whole)
    summary = run_cohort(asked(), tmp_path)
    assert (summary.earlier, summary.renewed) == (2, 1)
    assert held(tmp_path) == held(whole)


def test_a_regimen_that_nobody_can_have_makes_no_folder(asked, tmp_path) -> None:
    with pytest.raises(RegimenError):
        run_cohort(asked(regimen="tocilizumab-iv:8mg/kg"), tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


DAMAGES = {
    "an empty manifest": ("manifest.json", lambda content: b""),
    "a manifest of another seed": (
        "manifest.json",
        lambda content: content.replace(b'"seed": 3', b'"seed": 4'),
    ),
    "no manifest": ("manifest.json", None),
    "an altered count of failures": (
        "part-00001.json",
        lambda content: content.replace(
            b'"failures": []', b'"failures": [{"child": 16, "reached_day": 1.0, "reason": "x"}]'
        ),
    ),
    "an empty sidecar": ("part-00000.json", lambda content: b""),
    "half a part": ("part-00002.parquet", lambda content: content[:99]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_costs_at_most_the_part_it_hits(asked, whole, held, tmp_path, damage) -> None:
    name, change = DAMAGES[damage]
    shutil.copytree(whole, tmp_path / "d")
    content = (whole / name).read_bytes()
    if change is None:
        (tmp_path / "d" / name).unlink()
    else:
        assert change(content) != content
        (tmp_path / "d" / name).write_bytes(change(content))
    again = run_cohort(asked(), tmp_path / "d", threads=1)
    assert again.earlier == (3 if name == "manifest.json" else 2)
    assert held(tmp_path / "d") == held(whole)
