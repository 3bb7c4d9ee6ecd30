"""Polyarticular children: another severity, age and size, and the disposition of systemic ones."""

from __future__ import annotations

import numpy as np

from quotidian.indications.registry import indication
from quotidian.patients.child import Child
from quotidian.patients.population import PatientPopulation, draw
from quotidian.statistics.streams import Streams

NUMBERS = np.arange(60)


def patients(name: str) -> list[Child]:
    disease, streams = indication(name), Streams(3)
    drawn = draw(streams, 0, list(NUMBERS), PatientPopulation(disease.variability))
    return disease.make_patients(drawn, streams, 0, NUMBERS)


def test_the_disposition_is_that_of_systemic_disease() -> None:
    """Periphery included: no factor on V_p or Q."""
    for poly, systemic in zip(patients("pjia"), patients("sjia"), strict=True):
        own, other = ({n: x for n, x in c.random_effects.items() if n.startswith("tocilizumab.")}
                      for c in (poly, systemic))  # fmt: skip
        assert own == other and set(own) == {
            f"tocilizumab.{n}" for n in ("CL", "V_c", "V_p", "V_m", "strain")
        }


def test_they_are_milder_afebrile_and_older() -> None:
    poly, systemic = patients("pjia"), patients("sjia")
    assert np.median([c.severity for c in poly]) < 0.5 * np.median([c.severity for c in systemic])
    assert max(c.random_effects["fever.gain"] for c in poly) < 0.05
    assert np.mean([c.age_years for c in poly]) > np.mean([c.age_years for c in systemic])
