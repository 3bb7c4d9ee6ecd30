"""A PEtab problem of our own in both versions: first-order decay, whose every number has a closed form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]

DECAY = """
  compartment c = 1; species A in c; a0 = 8; k = 0.5; s = 0; A = a0
  R: A -> ; c*k*A
  Q: -> A; c*s
"""
FIRST = {
    "problem.yaml": "format_version: 1\nparameter_file: p.tsv\nproblems:\n- condition_files: [c.tsv]\n"
    "  measurement_files: [m.tsv]\n  observable_files: [o.tsv]\n  sbml_files: [model.xml]\n",
    "p.tsv": "parameterId parameterScale lowerBound upperBound nominalValue estimate\n"
    "k log10 0.001 10 0.5 1\na0 lin 0 10 8 1",
    "c.tsv": "conditionId\nc0",
    "o.tsv": "observableId observableFormula noiseFormula\no A 0.5",
    "m.tsv": "observableId simulationConditionId time measurement\no c0 0 7\no c0 2 3",
}
SECOND = {
    "problem.yaml": "format_version: 2.0.0\nparameter_files: [p.tsv]\ncondition_files: [c.tsv]\n"
    "experiment_files: [e.tsv]\nmeasurement_files: [m.tsv]\nobservable_files: [o.tsv]\n"
    "model_files:\n  one: {language: sbml, location: model.xml}\n",
    "p.tsv": "parameterId lowerBound upperBound nominalValue estimate\nk 0.001 10 0.5 true\na0 0 10 8 true",
    "c.tsv": "conditionId targetId targetValue\nd A A+4",
    "e.tsv": "experimentId time conditionId\ne 0 \ne 2 d",
    "o.tsv": "observableId observableFormula noiseFormula\no A 0.5",
    "m.tsv": "observableId experimentId time measurement\no e 0 7\no e 2 6\no e 4 3",
}


@pytest.fixture
def problem(tmp_path: Path, sbml: Callable[[str], str]) -> Write:
    """Write a problem of a version, with other texts for some of its files; blanks in tables become tabs."""

    def write(version: int, model: str = DECAY, **files: str) -> Path:
        texts = {**(FIRST if version == 1 else SECOND)}
        texts |= {("problem.yaml" if name == "yaml" else f"{name}.tsv"): text for name, text in files.items()}
        (tmp_path / "model.xml").write_text(sbml(model), encoding="utf-8")
        for name, text in texts.items():
            table = text if name.endswith("yaml") else text.replace(" ", "\t")
            (tmp_path / name).write_text(table, encoding="utf-8")
        return tmp_path / "problem.yaml"

    return write
