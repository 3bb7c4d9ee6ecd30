"""Fits of a population from Python, and their checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.api.arguments.data import (
    EFFECTS,
    EVENTS,
    PK_MODEL,
    POPULATION_FIT,
    THRESHOLD,
)
from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import FLAG, optional, text, whole
from quotidian.application.fitting.crossing import crossing_of
from quotidian.application.fitting.effects_file import read_effects
from quotidian.application.fitting.evaluation import Method
from quotidian.application.fitting.fit_request import read_fit
from quotidian.application.fitting.population_check import FitCheck, check_population
from quotidian.application.fitting.population_fit import EVALUATED, METHODS, PopulationFit
from quotidian.application.fitting.population_fit import fit_population as fitted
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import EventTable, read_events
from quotidian.errors import UnknownName, closest
from quotidian.inference.effects import Effects

if TYPE_CHECKING:
    import polars as pl

__all__ = ["check_fit", "fit_population", "individuals"]


@door(
    table=EVENTS,
    model=PK_MODEL,
    effects=EFFECTS,
    method=text("focei, laplace or saem", "focei"),
    estimate=FLAG,
)
def fit_population(
    table: EventTable | str | Path,
    model: str,
    effects: Effects | str | Path,
    *,
    method: Method = "focei",
    estimate: bool = True,
    seed: int = 1,
    threads: int | None = None,
) -> PopulationFit:
    """Estimate typical values, random effects and residual errors from an event table.

    Parameters
    ----------
    table : from :func:`read_events`, or the path of a file.
    model : a built-in model (``pk-1cmt-oral``, ...), ``sjia``, or the path of an SBML file.
    effects : path of an effects file (docs/fitting.md).
    method : ``focei``, ``laplace`` or ``saem``.
    estimate : False keeps all parameters at the values of the effects file. Only the objective and the random
        effects of the subjects are computed; ``method`` can then also be ``fo``, ``foce`` or ``exact``.
    seed : of the random numbers of SAEM.

    Returns
    -------
    The fit: ``estimates`` (theta, omega, sigma, se, ofv, ...), ``eta`` [subject, effect], ``effects``,
    ``objectives`` [subject], ``probabilities`` [subject, class]; ``predictions(eta)`` of the observations.

    Raises InvalidInput for data, models or effects that cannot be used, ComputationFailed where the typical
    subject cannot be simulated. Research use, not a medical device.

    Example: ``q.fit_population("data.csv", "pk-1cmt-oral", "effects.yaml").estimates["theta"]``
    """
    if method not in EVALUATED:
        raise UnknownName(f"There is no method '{method}'.", closest(method, METHODS))
    events = table if isinstance(table, EventTable) else read_events(table)
    structural = structural_model(model)
    stated = effects if isinstance(effects, Effects) else read_effects(Path(effects), structural.effects)
    return fitted(events, structural, stated, method, seed=seed, threads=threads, estimate=estimate)


def individuals(fit: PopulationFit) -> pl.DataFrame:
    """Modes of the random effects as a data frame: ID, and a column for each effect.

    In a mixture also the most probable CLASS, and the probability P_1, P_2, ... of each class.
    """
    import polars as pl

    columns = {f"ETA_{name}": fit.eta[:, k] for k, name in enumerate(fit.effects)}
    of_class = {f"P_{k + 1}": fit.probabilities[:, k] for k in range(len(fit.shares))}
    more = {"CLASS": fit.classes, **of_class} if fit.mixture else {}
    return pl.DataFrame({"ID": list(fit.ids), **columns, **more})


@door(fit=POPULATION_FIT, copies=whole(1, example=500), profiles=FLAG, event=optional(THRESHOLD))
def check_fit(
    fit: PopulationFit | str | Path,
    *,
    seed: int = 1,
    copies: int = 500,
    profiles: bool = True,
    event: str | None = None,
) -> FitCheck:
    """Check a population fit against its data.

    Parameters
    ----------
    fit : from :func:`fit_population`, or the folder that ``quotidian fit population`` wrote.
    copies : number of simulated copies of the data. seed : of their random numbers. profiles : whether
        the objective is profiled.
    event : a threshold such as ``"DV < 10"``; the time to its first crossing is checked.

    Returns
    -------
    The check: ``residuals`` (columns by name), ``vpc`` and ``pcvpc`` by kind of observation, ``survival``,
    ``normality``, ``eta_shrinkage``, ``epsilon_shrinkage``, ``covariates``, ``profiles``, ``combinations``.

    Raises InvalidInput for a folder without a fit, changed data, or a text that is not a threshold.

    Example: ``q.check_fit("out/oral").vpc["DV"].inside``
    """
    found = fit if isinstance(fit, PopulationFit) else read_fit(Path(fit))
    crossing = crossing_of(event, found.problem.structure.effects.endpoints) if event is not None else None
    return check_population(found, seed=seed, copies=copies, profiles=profiles, crossing=crossing)
