"""Fits of one child from Python: parameters, regimens for a target, further samples, dosing by fits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.api.arguments.data import ANALYTES, CHILD_DATA, CHILD_FIT, DATE, GRID, TARGET, VISITS
from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import number, optional, whole
from quotidian.api.arguments.usual import REGIMEN_TEXT
from quotidian.application.fitting.child_data import ChildRecord, read_child
from quotidian.application.fitting.child_fit import ChildFit
from quotidian.application.fitting.child_fit import fit_child as child_fitted
from quotidian.application.fitting.child_measurements import clinic_units
from quotidian.application.fitting.dosing_strategy import StrategyOutcome, StrategyRequest, compared
from quotidian.application.fitting.dosing_strategy import dosing_strategy as strategy_tried
from quotidian.application.fitting.regimen_search import Candidate, aim_of, preparation_of, search
from quotidian.application.fitting.regimen_search import sample_worth as worth_of
from quotidian.application.fitting.sample_worth import Sample
from quotidian.application.fitting.target import candidates
from quotidian.dosing import Regimen
from quotidian.drugs.catalogue import regimen as parsed
from quotidian.notebook import html_table
from quotidian.patients.child import Child

if TYPE_CHECKING:
    import polars as pl

__all__ = ["dosing_strategy", "fit_child", "sample_worth", "search_regimens"]


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

    def __repr__(self) -> str:
        share = {arm: f"{100.0 * self.summary[f'{arm}_share']:.3g} %" for arm in ("fixed", "adapted")}
        met = f"target met by {share['adapted']} on the strategy, {share['fixed']} on the fixed regimen"
        return f"<StrategyTrial of {len(self.outcomes)} children: {met}>"

    def _repr_html_(self) -> str:
        """Both arms beside each other, for notebooks."""
        own, arms = self.summary, ("fixed", "adapted")
        rows = [
            ("target met, %", *(100.0 * own[f"{arm}_share"] for arm in arms)),
            ("drug, mg/week", *(own[f"{arm}_mg_per_week"] for arm in arms)),
        ]
        return html_table(repr(self), ("mean over children", "fixed regimen", "strategy"), rows)

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
