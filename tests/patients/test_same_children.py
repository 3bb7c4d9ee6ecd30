"""A seed names the same children on every machine: stored draws.

The random numbers are those of version 0.1. Sizes of variability may change, on purpose, and the stored draws
with them: ``PYTHONPATH=src python tests/patients/test_same_children.py`` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotidian.patients.child import Child
from quotidian.patients.disease_activity import course
from quotidian.patients.population import TYPICAL, PatientPopulation, draw
from quotidian.statistics.streams import Streams

FILE = Path(__file__).with_name("drawn_children.json")
STORED: dict[str, Any] = json.loads(FILE.read_text())
ADDRESS = (Streams(STORED["seed"]), STORED["replicate"], STORED["numbers"])
LAST_DIGITS = 1e-13  # processors round the last digit of an exponential differently


def as_numbers(child: Child) -> dict[str, float]:
    return {
        "age": child.age_years, "female": float(child.sex == "female"), "weight": child.weight_kg,
        "height": child.height_cm, "severity": child.severity, "il6_share": child.il6_share or 0.0,
        "antibody_threshold": child.antibody_threshold, "target_height_z": child.target_height_z or 0.0,
        "duration": child.duration_years or 0.0, **child.values, **child.random_effects,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stored", "population"), [("typical", TYPICAL), ("changed", PatientPopulation(STORED["replaced"]))]
)
def test_a_seed_draws_the_stored_children(stored: str, population: PatientPopulation) -> None:
    for child, expected in zip(draw(*ADDRESS, population), STORED[stored], strict=True):
        found = as_numbers(child)
        assert set(found) >= set(expected)  # later versions add traits
        kept = [found[name] for name in expected]
        np.testing.assert_allclose(kept, list(expected.values()), rtol=LAST_DIGITS)


def test_a_seed_draws_the_stored_natural_course() -> None:
    np.testing.assert_allclose(course(*ADDRESS, 6, TYPICAL.values), STORED["course"], rtol=LAST_DIGITS)


def test_children_do_not_depend_on_the_batch_in_any_bit() -> None:
    streams, replicate, _ = ADDRESS
    together = draw(streams, replicate, range(60))
    for n in (0, 1, 17, 59):
        assert as_numbers(draw(streams, replicate, [n])[0]) == as_numbers(together[n])


def write() -> None:
    """Store the draws of now."""
    populations = {"typical": TYPICAL, "changed": PatientPopulation(STORED["replaced"])}
    drawn = {n: [as_numbers(c) for c in draw(*ADDRESS, population)] for n, population in populations.items()}
    drawn["course"] = course(*ADDRESS, 6, TYPICAL.values).tolist()
    FILE.write_text(json.dumps(STORED | drawn, indent=1) + "\n")


if __name__ == "__main__":
    write()
