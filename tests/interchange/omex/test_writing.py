"""Archives that we write: valid for libCombine and libSEDML, and the same numbers by libRoadRunner."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from quotidian.errors import UnknownName
from quotidian.interchange import from_sbml
from quotidian.interchange.omex.running import run_archive
from quotidian.interchange.omex.writer import to_omex


@pytest.fixture
def model(sbml) -> str:
    return str(
        sbml(
            "compartment c = 2; species A in c; A = 8; dose = 0; observed_B := 2*A; B = 1; k = 0.5; "
            "R: A -> ; c*k*A; E: at (time >= 1.5): A = A + 4"
        )
    )


def test_what_is_written_is_read_back(model, tmp_path) -> None:
    path = tmp_path / "a.omex"
    path.write_bytes(to_omex(model, 4.0, 8, {"drug & more": "A", "B": "B"}))
    columns = run_archive(path).reports["report"]
    assert list(columns) == ["time", "drug & more", "B"]
    expected = from_sbml(model).run(np.linspace(0, 4, 9), ["A", "observed_B"]).values[0]
    assert pytest.approx(expected, rel=1e-7) == np.array([columns["drug & more"], columns["B"]]).T


def test_the_same_run_gives_the_same_bytes(model) -> None:
    assert to_omex(model, 4.0, 8, ["A"]) == to_omex(model, 4.0, 8, ["A"])
    with pytest.raises(UnknownName, match="no 'Z'"):
        to_omex(model, 4.0, 8, ["Z"])


REFEREE = """
import json, sys, libcombine, libsedml
archive = libcombine.CombineArchive()
assert archive.initializeFromArchive(sys.argv[1])
place = archive.getMasterFile().getLocation()
document = libsedml.readSedMLFromString(archive.extractEntryToString(place))
course = document.getSimulation(0)
generators = [document.getDataGenerator(i).getVariable(0).getTarget() for i in (1, 2)]
print(json.dumps({
    "errors": document.getNumErrors(libsedml.LIBSEDML_SEV_ERROR), "targets": generators,
    "model": archive.extractEntryToString(document.getModel(0).getSource()),
    "course": [course.getInitialTime(), course.getOutputEndTime(), course.getNumberOfPoints()],
}))
"""
"""A process of its own: libSEDML and libSBML in one process share types, and spoil one another."""


def test_others_find_it_valid_and_run_it_to_the_same_numbers(model, tmp_path, referee) -> None:
    if not (find_spec("libcombine") and find_spec("libsedml")):
        pytest.skip("libCombine and libSEDML have no wheel for this Python")
    path = tmp_path / "a.omex"
    path.write_bytes(to_omex(model, 4.0, 4, ["A", "B"]))
    done = subprocess.run(
        [sys.executable, "-c", REFEREE, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["errors"] == 0
    begin, end, steps = seen["course"]
    ids = [t.split("'")[1] for t in seen["targets"]]
    theirs = referee(seen["model"], [f"[{ids[0]}]", ids[1]], np.linspace(begin, end, steps + 1))
    columns = run_archive(path).reports["report"]
    assert pytest.approx(theirs, rel=1e-6) == np.array([columns["A"], columns["B"]]).T
