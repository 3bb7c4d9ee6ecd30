"""The uncertain values that are learnt, with their prior (``learnt_values.yaml``)."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import UnknownName, closest
from quotidian.evidence.ledger import PACKAGE
from quotidian.evidence.overlay import Overlay, entries
from quotidian.evidence.reading import read_mapping
from quotidian.inference.ensemble.prior import Prior, UncertainValue, prior_of, uncertain
from quotidian.trials.conduct.unread import refuse_unread

Floats = NDArray[np.float64]
BLOCKS: Mapping[str, Path] = {"drugs.tocilizumab": PACKAGE / "drugs" / "tocilizumab_uncertainty.csv"}
"""Files of correlated uncertainties, by module: SD and correlation of the scores of its values."""


@cache
def _file() -> Mapping[str, Any]:
    return read_mapping(Path(__file__).with_suffix(".yaml"))


def learnt_names() -> tuple[str, ...]:
    """Full names of the values that are learnt by default."""
    return (*_file()["tuned"], *_file()["stated"])


def learnt_prior(names: Sequence[str] | None = None) -> Prior:
    """The prior of some values; of the default ones without names.

    Values that were tuned to published results have the prior of that calibration, not what it left: the
    results are read again here. Others have the uncertainty of their ledger.

    Raises UnknownName for a name that no ledger holds, InvalidInput for one that no trial reads.
    """
    chosen = learnt_names() if names is None else tuple(names)
    for name in chosen:
        if name not in entries():
            raise UnknownName(f"No ledger contains '{name}'.", "", closest(name, entries()))
    refuse_unread(Overlay(tuple((name, 0.0) for name in chosen)))
    sizes, blocks = _blocks()
    return prior_of([_value(name, sizes) for name in chosen], blocks)


def overlay_of(prior: Prior, values: Floats) -> Overlay:
    """The overlay of one row of values, [value]."""
    return Overlay.of(dict(zip(prior.names, values.tolist(), strict=True)))


def _value(name: str, sizes: Mapping[str, tuple[str, float]]) -> UncertainValue:
    entry, tuned = entries()[name], _file()["tuned"]
    low, high = entry.plausible
    if name in tuned:
        own = tuned[name]
        return UncertainValue(name, float(own["median"]), float(own["sd"]), own["scale"], low, high)
    if name in sizes:
        scale, sd = sizes[name]
        return UncertainValue(name, entry.value, sd, "log" if scale == "log" else "linear", low, high)
    return uncertain(name, entry)


@cache
def _blocks() -> tuple[Mapping[str, tuple[str, float]], Sequence[tuple[Sequence[str], Floats]]]:
    """Scale and SD by full name, and the correlations of each file."""
    sizes: dict[str, tuple[str, float]] = {}
    blocks: list[tuple[Sequence[str], Floats]] = []
    for module, path in BLOCKS.items():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        local = [row["parameter"] for row in rows]
        sizes |= {f"{module}.{row['parameter']}": (row["scale"], float(row["sd"])) for row in rows}
        table = np.array([[float(row[name]) for name in local] for row in rows])
        blocks.append(([f"{module}.{name}" for name in local], 0.5 * (table + table.T)))
    return sizes, blocks
