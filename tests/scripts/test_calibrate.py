"""The scripts behind ``make calibrate`` run, and look at what they say they look at."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from quotidian.biology import joints
from quotidian.patients import population

ROOT = Path(__file__).parents[2]


def script(name: str) -> ModuleType:
    """A script as a module."""
    spec = spec_from_file_location(name, ROOT / f"scripts/{name}.py")
    assert spec is not None and spec.loader is not None
    found = module_from_spec(spec)
    sys.modules[spec.name] = found  # dataclasses look themselves up
    spec.loader.exec_module(found)
    return found


def test_every_script_that_make_calibrate_names_is_there() -> None:
    lines = [line for line in (ROOT / "Makefile").read_text().splitlines() if "scripts/calibrate_" in line]
    names = [line.split("scripts/")[1].split()[0] for line in lines]
    assert names == ["calibrate_disposition.py", "calibrate_children.py"]
    assert all((ROOT / "scripts" / name).is_file() for name in names)


def test_the_fit_of_disposition_runs_and_prints_every_value(capsys) -> None:
    disposition = script("calibrate_disposition")
    disposition.main(["--children", "75", "--evaluations", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:14]] == list(disposition.PRIORS)
    assert lines[-1].endswith("of 46 targets")


def test_the_children_have_a_model_value_for_every_target() -> None:
    children = script("calibrate_children")
    start = children.scores()
    found = children.statistics(children.values(start), replicates=1)
    assert set(children.targets()) <= set(found)
    assert all(np.isfinite(found[name]) for name in children.targets())


def test_the_scores_give_the_values_of_the_ledger_back() -> None:
    children = script("calibrate_children")
    ledgers = (*population.spreads().items(), *joints.k.ledger.items())
    now = {name: entry.value for name, entry in ledgers}
    found = children.values(children.scores())
    inside = [name for name in found if found[name] == pytest.approx(now[name], rel=1e-6)]
    assert len(inside) >= len(found) - 2  # a bound of the fit may cut one off
