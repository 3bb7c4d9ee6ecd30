"""Fits from Python: parameters of a population from a data file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.application.fitting.effects_file import read_effects
from quotidian.application.fitting.population_fit import METHODS, Method, PopulationFit
from quotidian.application.fitting.population_fit import fit_population as fitted
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import EventTable, read_events
from quotidian.errors import UnknownName, closest
from quotidian.inference.effects import Effects

if TYPE_CHECKING:
    import polars as pl

__all__ = ["fit_population", "individuals"]


def fit_population(
    table: EventTable | str | Path,
    model: str,
    effects: Effects | str | Path,
    *,
    method: Method = "focei",
    seed: int = 1,
    threads: int | None = None,
) -> PopulationFit:
    """Estimate typical values, random effects and residual errors from an event table.

    Parameters
    ----------
    table : from :func:`read_events`, or the path of a file.
    model : a model of the shelf (``pk-1cmt-oral``, ...), or the path of an SBML file.
    effects : path of an effects file (docs/fitting.md).
    method : ``focei``, ``laplace`` or ``saem``.
    seed : of the random numbers of SAEM.

    Returns
    -------
    The fit: ``estimates`` (theta, omega, sigma, se, ofv, ...), ``eta`` [subject, effect], ``effects``.

    Raises InvalidInput for data, models or effects that cannot be used, ComputationFailed where the typical
    subject cannot be followed. Research use, not a medical device.

    Example: ``q.fit_population("data.csv", "pk-1cmt-oral", "effects.yaml").estimates["theta"]``
    """
    if method not in METHODS:
        raise UnknownName(f"There is no method '{method}'.", closest(method, METHODS))
    events = table if isinstance(table, EventTable) else read_events(table)
    stated = effects if isinstance(effects, Effects) else read_effects(Path(effects))
    return fitted(events, structural_model(model), stated, method, seed=seed, threads=threads)


def individuals(fit: PopulationFit) -> pl.DataFrame:
    """Modes of the random effects as a data frame: ID, and a column for each effect."""
    import polars as pl

    columns = {f"ETA_{name}": fit.eta[:, k] for k, name in enumerate(fit.effects)}
    return pl.DataFrame({"ID": list(fit.ids), **columns})
