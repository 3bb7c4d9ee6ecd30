"""Fits from Python: parameters of a population, or of one child, from a data file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.api.arguments.data import (
    ANALYTES,
    CHILD_DATA,
    CHILD_FIT,
    DATE,
    EFFECTS,
    EVENTS,
    GRID,
    PK_MODEL,
    POPULATION_FIT,
    TARGET,
    THRESHOLD,
    VISITS,
)
from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import FLAG, number, optional, text, whole
from quotidian.api.arguments.usual import REGIMEN_TEXT
from quotidian.application.fitting.child_data import ChildRecord, read_child
from quotidian.application.fitting.child_fit import ChildFit
from quotidian.application.fitting.child_fit import fit_child as child_fitted
from quotidian.application.fitting.child_measurements import clinic_units
from quotidian.application.fitting.crossing import crossing_of
from quotidian.application.fitting.dosing_strategy import StrategyOutcome, StrategyRequest, compared
from quotidian.application.fitting.dosing_strategy import dosing_strategy as strategy_tried
from quotidian.application.fitting.effects_file import read_effects
from quotidian.application.fitting.evaluation import Method
from quotidian.application.fitting.fit_request import read_fit
from quotidian.application.fitting.population_check import FitCheck, check_population
from quotidian.application.fitting.population_fit import EVALUATED, METHODS, PopulationFit
from quotidian.application.fitting.population_fit import fit_population as fitted
from quotidian.application.fitting.regimen_search import Candidate, aim_of, preparation_of, search
from quotidian.application.fitting.regimen_search import sample_worth as worth_of
from quotidian.application.fitting.sample_worth import Sample
from quotidian.application.fitting.structural_models import structural_model
from quotidian.application.fitting.target import candidates
from quotidian.data import EventTable, read_events
from quotidian.dosing import Regimen
from quotidian.drugs.catalogue import regimen as parsed
from quotidian.errors import UnknownName, closest
from quotidian.inference.effects import Effects
from quotidian.patients.child import Child

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "check_fit",
    "dosing_strategy",
    "fit_child",
    "fit_population",
    "individuals",
    "sample_worth",
    "search_regimens",
]


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
    model : a built-in model (``pk-1cmt-oral``, ...), or the path of an SBML file.
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
    stated = effects if isinstance(effects, Effects) else read_effects(Path(effects))
    return fitted(
        events, structural_model(model), stated, method, seed=seed, threads=threads, estimate=estimate
    )


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


@door(data=CHILD_DATA, start=optional(DATE), until_day=optional(number("84")))
def fit_child(
    data: ChildRecord | str | Path,
    child: Child,
    regimen: Regimen | str,
    *,
    start: str | None = None,
    until_day: float | None = None,
    seed: int = 1,
    threads: int | None = None,
) -> ChildFit:
    """Fit the sJIA model to the measurements of one child.

    Parameters
    ----------
    data : path of a file with the columns DAY (or DATE and TIME), ANALYTE, VALUE and UNIT.
    regimen : a regimen, its name or free form. start : first day of treatment, where the data have dates.
    until_day : end of the bands; None for four weeks after the last measurement. seed : of the random
        numbers.

    Returns
    -------
    The fit: ``names``, ``value`` and ``value_sd`` [effect], ``silent`` (not informed by the data),
    ``hours``, ``observables`` and ``bands`` [5/50/95 %, time, observable], ``sir``, ``modes``, ``notes``.

    Raises InvalidInput with row and column for invalid data, ComputationFailed where no parameters
    explain the data. Research use, not a medical device.

    Example: ``q.fit_child("anna.csv", q.Child("6 years", "female", "20 kg"), "tocilizumab-iv").silent``
    """
    record = data if isinstance(data, ChildRecord) else read_child(data, clinic_units(), start)
    plan = parsed(regimen) if isinstance(regimen, str) else regimen
    return child_fitted(record, child, plan, until_day=until_day, seed=seed, threads=threads)


@door(fit=CHILD_FIT, target=TARGET, grid=GRID)
def search_regimens(fit: ChildFit, target: str, grid: str, *, seed: int = 1) -> list[Candidate]:
    """Regimens with the probability of reaching a target in this child, sorted by mg per week.

    Parameters
    ----------
    target : ``"trough >= 20 ug/mL"``, ``"crp < 10 mg/L at week 12"``, ``"no fever from week 4"``; weeks count
        from the first dose of the new regimen. grid : ``"8-12 mg/kg, every 1-4 weeks"``, of the drug that the
        child receives; ``"tocilizumab-sc: 162 mg, every 1-3 weeks"`` for another.

    Returns
    -------
    For each regimen: ``regimen``, ``mg_per_week``, ``probability`` with its Monte Carlo ``error``, and
    ``low``, ``median``, ``high`` of the quantity. Research use, not a medical device.

    Raises InvalidInput for a text that cannot be read, RegimenError for a dose beyond the limits of a drug.

    Example: ``q.search_regimens(fit, "trough >= 20 ug/mL", "8-12 mg/kg, every 1-4 weeks")[0].probability``
    """
    regimens = candidates(grid, preparation_of(fit.problem))
    return search(fit.problem, fit.draws, aim_of(fit.problem, target, regimens[0]), regimens, seed)


@door(fit=CHILD_FIT, target=TARGET)
def sample_worth(fit: ChildFit, target: str, *, seed: int = 1) -> list[Sample]:
    """Possible further samples in four weeks, by the share of a target's variance that would remain.

    Parameters
    ----------
    target : as in :func:`search_regimens`; its quantity is predicted on the present regimen.

    Returns
    -------
    For each possible sample: ``analyte``, ``day`` and ``remaining``, the share of the variance of the
    target's quantity that would remain after it.

    Raises InvalidInput for a text that cannot be read.

    Example: ``q.sample_worth(fit, "trough >= 20 ug/mL")[0].day``
    """
    return worth_of(fit.problem, fit.draws, aim_of(fit.problem, target), seed)


@dataclass(frozen=True)
class StrategyTrial:
    """Children on a strategy beside the same children on a fixed regimen."""

    outcomes: tuple[StrategyOutcome, ...]

    @property
    def children(self) -> pl.DataFrame:
        """One row a child: quantity of the target, whether it is met, and mg a week in each arm."""
        import polars as pl

        return pl.DataFrame([vars(one) for one in self.outcomes])

    @property
    def summary(self) -> dict[str, float]:
        """Shares that meet the target, their paired difference with its central 95 %, and mean mg a week."""
        return compared(self.outcomes)


@door(
    fixed=REGIMEN_TEXT,
    target=TARGET,
    grid=GRID,
    visits=VISITS,
    until=whole(1, example=20),
    measured=ANALYTES,
    confidence=number("0.8", above=0.0, below=1.0),
    children=whole(1, example=20),
)
def dosing_strategy(
    fixed: str, target: str, grid: str, *, visits: tuple[int, ...] = (4, 8), until: int = 20,
    measured: tuple[str, ...] = ("tocilizumab",), confidence: float = 0.8, children: int = 20, seed: int = 1,
) -> StrategyTrial:  # fmt: skip
    """Simulate a trial of dosing in which a fit at each visit sets the next regimen of a virtual child.

    Parameters
    ----------
    fixed : regimen of the other arm, and of the first weeks of both. target, grid : as in `search_regimens`.
    visits : weeks at which ``measured`` is taken before the dose. until : week of the final assessment.
    confidence : required probability of reaching the target. Of the regimens that have it, the one with the
        least drug is given; if none has it, the one with the highest probability.

    Raises InvalidInput for texts that cannot be read or visits that do not ascend. A fit takes some seconds.
    Research use, not a medical device.

    Example: ``q.dosing_strategy("tocilizumab-iv:8mg/kg/2wk", "trough >= 50 ug/mL",
    "6-14 mg/kg, every 1-3 weeks", children=20).summary``
    """
    request = StrategyRequest(
        fixed, target, grid, tuple(visits), until, tuple(measured), confidence, children, seed
    )
    return StrategyTrial(strategy_tried(request))
