"""Which endpoints of which drugs rest on published results: supported, or else exploratory.

A cell of drug and endpoint is supported if some trial of that drug in the same disease has a published result
of the endpoint beside the simulated one. The table is read from the published results themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from quotidian.trials.benchmarks.published_results import claims_of
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design, names
from quotidian.trials.protocol.treatment import regimens
from quotidian.trials.rows import EndpointRow

Cell = tuple[str, str, str]
"""Disease, drug and endpoint."""
COMPARED = ("endpoint", "exposure")


@cache
def supported() -> frozenset[Cell]:
    """Every supported cell."""
    return frozenset(cell for name in names() for cell in _cells(design(name)))


def _cells(trial: Trial) -> Iterable[Cell]:
    for claim in claims_of(trial.name):
        if claim.kind in COMPARED:
            arms = trial.arms if claim.arm == "all" else [claim.arm]
            for arm in (name for name in arms if name in trial.arms):
                for drug in drugs_of(trial, arm):
                    yield trial.indication, drug, claim.endpoint


def drugs_of(trial: Trial, arm: str) -> tuple[str, ...]:
    """Drugs of one arm, by name."""
    given = regimens(trial.arms[arm].give)
    return tuple(dict.fromkeys(drug for regimen in given for drug in regimen.drugs))


def exploratory(trial: Trial, rows: Sequence[EndpointRow]) -> str:
    """What a comparison without any published number rests on, in a sentence; else an empty text.

    Rows of a published trial show beside each number whether there is a published one.
    """
    if any(row.published is not None for row in rows):
        return ""
    endpoints = tuple(dict.fromkeys(row.endpoint for row in rows))
    drugs = dict.fromkeys(drug for arm in trial.arms for drug in drugs_of(trial, arm))
    parts = [part for drug in drugs if (part := _part(trial.indication, drug, endpoints))]
    if not parts:
        return ""
    return (
        f"Exploratory: no published result in this disease supports {'; '.join(parts)}. "
        "Their numbers are consequences of the model alone."
    )


def _part(indication: str, drug: str, endpoints: Sequence[str]) -> str:
    bare = [e for e in endpoints if (indication, drug, e) not in supported()]
    if not bare:
        return ""
    primary = ", the primary one among them" if "primary" in bare else ""
    return f"{len(bare)} of {len(endpoints)} endpoints of {drug}{primary}"
