"""The values of the ledger that move an outcome of one child, ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from quotidian.api.arguments.door import door
from quotidian.api.arguments.durations import days_of
from quotidian.api.arguments.kinds import path, text, whole
from quotidian.api.arguments.trials import VALUE_NAMES
from quotidian.dosing import Regimen
from quotidian.patients.child import Child

if TYPE_CHECKING:
    from quotidian.application.sensitivity.ranking import Ranking
    from quotidian.application.stated_parameters import Given


@dataclass(frozen=True)
class Sensitivity:
    """A ranking; ``table`` has one row a value, and ``draw(file)`` writes the figure."""

    ranking: Ranking = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a value, in order: ``name``, ``value``, ``unit``, the measures, ``meaning``.

        ``local``: elasticity, and change of the outcome (in its unit) by one SD of the uncertainty.
        ``sobol``: total and first-order index; ``morris``: mean absolute effect, mean, SD; ``pawn``: index;
        each with a 95 % interval from resampling the design.
        """
        return pl.DataFrame(self.ranking.rows, infer_schema_length=None)

    @door(file=path("the path of a .svg, .png or .pdf file", "ranking.svg"))
    def draw(self, file: str | Path) -> Path:
        """Draw the ranking into a .svg, .png or .pdf file, and return its path."""
        from quotidian.application.sensitivity.files import draw_ranking

        path = Path(file)
        draw_ranking(self.ranking, path)
        return path

    def __repr__(self) -> str:
        own = self.ranking
        first = ", ".join(own.names[:3])
        return (
            f"Sensitivity of {own.outcome.words}, by {own.request.method}: {len(own.names)} values; {first}"
        )

    def _repr_html_(self) -> str:
        table: str = self.table._repr_html_()
        return f"<p>{self!r}</p>{table}"


@door(
    outcome=text("an observable, or one with :end, :mean, :max, :min or :auc", "crp:mean"),
    method=text("local, sobol, morris or pawn", "sobol"),
    of=VALUE_NAMES,
    samples=whole(2, example=128),
)
def sensitivity(
    child: Child,
    regimen: Regimen | str = "none",
    outcome: str = "crp",
    *,
    method: str = "local",
    of: Sequence[str] = (),
    samples: int = 128,
    seed: int = 1,
    weeks: float | str = 12.0,
    model: str = "sjia",
    scenario: str = "",
    parameters: Given | None = None,
    threads: int | None = None,
) -> Sensitivity:
    """Rank the parameters of the ledger by their influence on an outcome of one child.

    Parameters
    ----------
    outcome : an observable; after it ``:end`` (mean of the last day, the default), ``:mean``, ``:max``,
        ``:min`` or ``:auc``.
    method : ``local`` (elasticities from exact derivatives), ``sobol``, ``morris`` or ``pawn`` (over the
        uncertainty of the ledger).
    of : beginnings of names, such as ``["tocilizumab", "biology.fever"]``. By default all of the model; for a
        global method, those with the largest local effect.
    samples : number of base points of a global design. seed : of this design.
    parameters : values of the ledger that are set for all runs, as in `simulate`.

    Raises InvalidInput, or a subclass, for what cannot be ranked; SolverFailed for a course that is not
    solved to the end.

    Example: `q.sensitivity(child, "tocilizumab-iv", "crp:mean", method="sobol").table`
    """
    from quotidian.application.sensitivity.ranking import SensitivityRequest, rank
    from quotidian.application.stated_parameters import reads_of_children, stated_parameters
    from quotidian.drugs.catalogue import regimen as parsed

    plan = parsed(regimen) if isinstance(regimen, str) else regimen
    reads = reads_of_children([child], model, scenario, plan.drugs, drawn=False)
    request = SensitivityRequest(
        child=child, regimen=plan, outcome=outcome, method=method, names=tuple(of), samples=samples,
        seed=seed, days=days_of(weeks), model=model, scenario=scenario,
        base=stated_parameters(parameters or {}, reads).overlay,
    )  # fmt: skip
    return Sensitivity(rank(request, threads))
