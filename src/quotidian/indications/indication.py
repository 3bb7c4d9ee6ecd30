"""An indication as one frozen value: the disease, its patients, and how they are assessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.evidence import Ledger
from quotidian.indications.assessments import ARTHRITIS
from quotidian.patients.child import Child
from quotidian.patients.population import PatientPopulation
from quotidian.statistics.streams import Streams

Numbers: TypeAlias = NDArray[np.int64]
Replicate: TypeAlias = int | Numbers
MakePatients: TypeAlias = Callable[[Sequence[Child], Streams, Replicate, Numbers], Sequence[Child]]
"""Patients of the indication from the patients drawn: (drawn, streams, replicate, numbers); the replicate is
that of all of them, or of each."""


def as_drawn(
    drawn: Sequence[Child], streams: Streams, replicate: Replicate, numbers: Numbers
) -> Sequence[Child]:
    """The patients as they were drawn."""
    return drawn


def values_of(ledger: Ledger, *names: str) -> dict[str, float]:
    """Values of a ledger by name, as ``variability`` of an indication takes them."""
    return {name: ledger[name].value for name in names}


@dataclass(frozen=True)
class Indication:
    """A disease in a group of patients.

    Parameters
    ----------
    name : in study files. title : in words.
    model : name of the model of the disease.
    youngest, oldest : completed ages of its patients, years, the upper one not reached; a design may choose
        ages within them, and has all of them by default.
    assessments : observables recorded at every visit.
    make_patients : turns children with systemic JIA, as they are drawn, into patients of the indication.
    variability : values of the typical population that differ in these patients. because : their origin.
    background : treatments that patients may bring along: ``glucocorticoid``.
    endpoints : names, or beginnings of names, of the endpoints that apply; empty for all.
    growth_reference : reference by which patients grow; empty for those who do not, or whose age has none.
    weight_bands : whether exposure is reported by band of weight, too.
    chance_events : whether its patients have infections and other triggers of macrophage activation in
        trials.
    """

    name: str
    title: str
    model: str
    youngest: float
    oldest: float
    assessments: tuple[str, ...]
    make_patients: MakePatients = as_drawn
    variability: Mapping[str, float] = field(default_factory=dict, hash=False)
    because: str = ""
    background: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    growth_reference: str = ""
    weight_bands: bool = False
    chance_events: bool = False

    @property
    def population(self) -> PatientPopulation:
        """The population that patients are drawn from."""
        return PatientPopulation(self.variability)

    @property
    def core_set(self) -> bool:
        """Whether the JIA core set is assessed, on which ACR responses, flares and JADAS rest."""
        return set(ARTHRITIS) <= set(self.assessments)

    def has_endpoint(self, name: str) -> bool:
        """Whether an endpoint of that name applies."""
        return not self.endpoints or name.startswith(self.endpoints)
