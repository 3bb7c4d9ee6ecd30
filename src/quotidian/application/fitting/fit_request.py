"""The request of a population fit, stored with its results so that it can be continued."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quotidian.application.fitting.children.problem import problem_of
from quotidian.application.fitting.effects_file import read_effects
from quotidian.application.fitting.estimates import (
    covariance_of,
    objective_of,
    parameters_of,
    shares_of_estimates,
)
from quotidian.application.fitting.evaluation import evaluated
from quotidian.application.fitting.population_fit import PopulationFit
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import read_events
from quotidian.errors import InvalidInput
from quotidian.inference.gradient_fit import FoceiFunction
from quotidian.inference.mixture import logits_of
from quotidian.statistics.streams import Streams

ESTIMATES = "estimates.json"


@dataclass(frozen=True)
class FitRequest:
    """Files of a fit: ``data`` with the format of its dates, ``model`` by name or file, ``effects``."""

    data: Path
    model: str
    effects: Path
    dates: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The request with the digests of its files."""
        files = {"data": self.data, "effects": self.effects}
        if os.path.isfile(self.model):
            files["model"] = Path(self.model)
        return {
            "data": str(self.data.resolve()), "effects": str(self.effects.resolve()), "dates": self.dates,
            "model": str(Path(self.model).resolve()) if "model" in files else self.model,
            "sha256": {name: _digest(path) for name, path in files.items()},
        }  # fmt: skip


def read_fit(folder: Path, data: Path | None = None, threads: int | None = None) -> PopulationFit:
    """A fit that was written to a folder, with its data read again.

    Parameters
    ----------
    data : where the data are now; None: where they were.

    Raises InvalidInput for a folder without a fit, and for files that are gone or no longer the same.
    """
    path = folder / ESTIMATES
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        request = found["request"]
        files = {name: Path(request[name]) for name in ("data", "effects", *request["sha256"])}
        digests = {name: request["sha256"][name] for name in files}
        model, dates = request["model"], request["dates"]
        if not (isinstance(model, str) and isinstance(dates, str | None)):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError):
        raise InvalidInput(
            f"'{folder}' holds no population fit that can be checked.",
            f"{ESTIMATES} is missing, cannot be read, or does not state its request.",
            "Name the folder that 'quotidian fit population --output' wrote.",
        ) from None
    files |= {"data": data} if data else {}
    for name, file in files.items():
        _same(name, file, digests[name])
    table = read_events(files["data"], dates=dates)
    structural = structural_model(model)
    problem = problem_of(table, structural, read_effects(files["effects"], structural.effects), threads)
    try:
        at = parameters_of(found, problem.structure)
        shares = shares_of_estimates(found, problem.structure)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"lacks the estimate {error}" if isinstance(error, KeyError) else "was altered"
        raise InvalidInput(
            f"{ESTIMATES} {what}.", "It does not belong to this effects file.",
            "Fit the data again.",
        ) from None  # fmt: skip
    whole = problem.structure
    x = np.concatenate([whole.coordinates.vector(at), logits_of(shares)])
    function = objective_of(FoceiFunction(problem.kinds, whole.coordinates), str(found.get("method")))
    covariance, _ = covariance_of(function, x, whole)
    again = evaluated(problem, at, shares, "focei", Streams(0))
    return PopulationFit(
        _plain(found), table.ids, problem.structure.random, again.eta, at, covariance, problem,
        again.objectives, shares, again.probabilities,
    )  # fmt: skip


def _plain(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in ("version", "use")}


def _same(name: str, file: Path, digest: str) -> None:
    if not os.path.isfile(file):
        raise InvalidInput(
            f"The {name} of this fit cannot be found: '{file}'.", "The check reads the file again.",
            "Restore the file, or give its path with --data." if name == "data" else "Restore the file.",
        )  # fmt: skip
    if _digest(file) != digest:
        raise InvalidInput(
            f"'{file}' has changed since the fit.", "The estimates belong to the earlier file.",
            "Fit again, or restore the earlier file.",
        )  # fmt: skip


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
