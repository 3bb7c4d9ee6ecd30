"""An overlay of the ledger reaches every reader of a trial."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from quotidian.errors import InvalidInput
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.evidence.overlay import entries
from quotidian.models import DRUGS, model
from quotidian.network import replaced_constants
from quotidian.patients.chance_events import EVENTS
from quotidian.patients.laboratory import SERUM, assays
from quotidian.patients.mas_episodes import fatal_toll
from quotidian.patients.population import PatientPopulation
from quotidian.simulation.dosing_events import antibodies
from quotidian.statistics.streams import Streams
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.conduct import concomitant_therapy
from quotidian.trials.conduct.background_events import chance_changes
from quotidian.trials.conduct.measurement import NONE_CHANCE, error_models, marked, withdrawn
from quotidian.trials.conduct.unread import UNREAD, refuse_unread, why_unread
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

READ = [name for name, e in entries().items() if e.uncertainty.word != "none" and not why_unread(name)]
MANY = np.arange(30_000)


@cache
def _models() -> tuple[Any, ...]:
    return tuple(model(name, DRUGS) for name in ("sjia", "adult_ra"))


def _methotrexate(overlay: Overlay) -> object:
    return concomitant_therapy.on_methotrexate(Streams(1), 0, MANY, overlay).sum()


def _marks(overlay: Overlay) -> object:
    low = np.full(len(MANY), 0.3)
    return [marked(name, low, Streams(1), 0, MANY, 1, overlay).sum() for name in NONE_CHANCE]


def _events(overlay: Overlay) -> object:
    """Chance events of many children over years; the stub stands for a model with every input."""
    stub: Any = SimpleNamespace(model=SimpleNamespace(inputs=EVENTS))
    found = chance_changes(stub, Streams(1), np.zeros(400, dtype=np.int64), MANY[:400], 1e5, overlay)
    return [own for own in found if own]


def _population(overlay: Overlay) -> PatientPopulation:
    return PatientPopulation().overlaid(overlay)


READERS: tuple[Callable[[Overlay], object], ...] = (
    lambda overlay: [replaced_constants(m, overlay) for m in _models()],
    lambda overlay: dict(_population(overlay).values),
    lambda overlay: {n: str(m) for n, m in error_models(overlay).items()},
    lambda overlay: {n: str(m) for n, m in assays(overlay).items() if n in SERUM},
    lambda overlay: withdrawn(Streams(1), 0, MANY, 500.0, overlay).sum(),
    _marks,
    lambda overlay: dict(antibodies(overlay)),
    lambda overlay: fatal_toll(Streams(1), 0, MANY[:5], overlay).tolist(),
    _methotrexate,
    _events,
)
"""What the readers of a trial make of an overlay, the cheap ones first."""
BY_RULES = ("no_response_for", "no_response_after")
"""Read by a rule that counts whole weeks: a test of its own."""


def test_every_entry_that_a_trial_reads_moves_something() -> None:
    usual = [reader(NO_OVERLAY) for reader in READERS]
    silent = []
    for name in READ:
        value = entries()[name].value
        overlay = Overlay.of({name: value * 1.01 if value else 0.01})
        if not any(reader(overlay) != known for reader, known in zip(READERS, usual, strict=True)):
            silent.append(name)
    assert {name.rpartition(".")[2] for name in silent} <= set(BY_RULES), silent


def test_a_trial_refuses_an_entry_that_it_does_not_read() -> None:
    name = next(name for name in entries() if name.startswith("models.adult_ra."))
    with pytest.raises(InvalidInput, match="settings of a variant"):
        refuse_unread(Overlay.of({name: entries()[name].value}))
    for beginning in UNREAD:
        assert any(entry.startswith(beginning) for entry in entries()), beginning


def test_an_empty_overlay_changes_no_byte_and_another_does() -> None:
    trial = design("tender")
    rows = [
        endpoint_rows(trial, follow(trial, 1, 3, overlay=overlay).records)
        for overlay in (NO_OVERLAY, Overlay.of({}), Overlay.of({"patients.variability.k_joint_median": 1.0}))
    ]
    assert rows[0] == rows[1]
    assert rows[0] != rows[2]
