"""Problems and archives of other programs, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.api.arguments.data import BOUNDS, ERROR, EVENTS, PK_MODEL, PROBLEM
from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import FLAG, optional
from quotidian.api.arguments.usual import NEW_FOLDER, NUMBERS
from quotidian.data import EventTable, read_events
from quotidian.interchange.omex.running import ArchiveRun, run_archive
from quotidian.interchange.petab.objective import Objective, gradient, objective
from quotidian.interchange.petab.problem import Problem
from quotidian.interchange.petab.reader import read_petab
from quotidian.interchange.petab.writer import to_petab
from quotidian.models.pk_shelf import pk_model
from quotidian.notebook import html_table
from quotidian.population import ErrorModel
from quotidian.reports.files import check_folder, whole_folder

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class PetabResult:
    """A PEtab problem at one point.

    Attributes
    ----------
    log_likelihood, chi2 : of all measurements. log_prior : by estimated parameter; 0 for one that is
        unbounded and has none. log_posterior : the sum of log-likelihood and log-priors.
    simulations : the measurement table with the column ``simulation`` in place of ``measurement``.
    gradient : derivatives of the log-likelihood by estimated parameter, each on its scale; empty if they
        were not asked for.
    warnings : what was left aside.
    """

    log_likelihood: float
    chi2: float
    log_prior: Mapping[str, float]
    log_posterior: float
    simulations: pl.DataFrame
    gradient: Mapping[str, float]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        count = f"{len(self.simulations)} measurements"
        return f"<PetabResult: log-likelihood {self.log_likelihood:.6g}, chi2 {self.chi2:.6g}, {count}>"

    def _repr_html_(self) -> str:
        """The parts of the objective, and each estimated parameter, for notebooks."""
        rows = [(name, prior, self.gradient.get(name)) for name, prior in self.log_prior.items()]
        head = ("estimated parameter", "log-prior", "derivative of the log-likelihood")
        return html_table(repr(self), head, rows, " ".join(self.warnings))


@door(problem=PROBLEM, values=optional(NUMBERS), derivatives=FLAG)
def evaluate_petab(
    problem: Problem | str | Path, values: Mapping[str, float] | None = None, *, derivatives: bool = False
) -> PetabResult:
    """Evaluate a PEtab problem (version 1 or 2) at its nominal values.

    Parameters
    ----------
    problem : path of its YAML file, or the result of ``read_petab``.
    values : other values for some parameters, on the linear scale. derivatives : whether to compute the
        gradient, with four evaluations for each estimated parameter.

    Raises InvalidInput naming file, line and column of what cannot be used; NotSolvable where the
    model cannot be simulated.

    Example: ``q.evaluate_petab("problem.yaml", {"k1": 0.8}).log_likelihood``
    """
    asked = problem if isinstance(problem, Problem) else read_petab(problem)
    return _result(asked, objective(asked, values), gradient(asked, values) if derivatives else {})


def _result(asked: Problem, found: Objective, slopes: Mapping[str, float]) -> PetabResult:
    return PetabResult(
        found.log_likelihood, found.chi2, found.log_prior, found.log_posterior, _table(asked, found), slopes,
        asked.warnings,
    )  # fmt: skip


@door(
    table=EVENTS, model=PK_MODEL, parameters=NUMBERS, error=ERROR, folder=NEW_FOLDER, bounds=optional(BOUNDS)
)
def write_petab(
    table: EventTable | str | Path,
    model: str,
    parameters: Mapping[str, float],
    error: ErrorModel,
    folder: str | Path,
    bounds: Mapping[str, tuple[float, float]] | None = None,
) -> Path:
    """Write an event table and a built-in model as a PEtab problem (version 2) into a new folder.

    Parameters
    ----------
    table : from ``read_events``, or the path of a file. model : a built-in model, such as ``pk-1cmt-oral``.
    parameters : nominal values of the model's parameters, which all subjects share; all are estimated.
    error : the residual error; its standard deviations are estimated too.
    bounds : lower and upper, by parameter; by default 0.001 and 1000 times the value.

    Returns
    -------
    The path of the problem file.

    Raises InvalidInput for a missing parameter, and for what PEtab cannot express: limits of quantification,
    steady-state doses, an observation before a dose of the same time.
    """
    events = table if isinstance(table, EventTable) else read_events(table)
    files = to_petab(events, pk_model(model), parameters, error, bounds)
    target = Path(folder)
    check_folder(target, (), lambda _: False)
    with whole_folder(target, "problem.yaml") as partial:
        for name, text in files.items():
            (partial / name).write_text(text, encoding="utf-8", newline="\n")
    return target / "problem.yaml"


def petab_of(run: ArchiveRun) -> PetabResult | None:
    """The PEtab problem of an archive; None where its master is a SED-ML file."""
    if run.problem is None or run.objective is None:
        return None
    return _result(run.problem, run.objective, {})


def _table(problem: Problem, found: Objective) -> pl.DataFrame:
    import polars as pl

    heads = list(dict.fromkeys(head for m in problem.measurements for head in m.cells))
    columns: dict[str, list[str] | list[float]] = {}
    for head in heads:
        if head == "measurement":
            columns["simulation"] = list(found.simulated)
        elif head == "time":
            columns["time"] = [m.time for m in problem.measurements]
        else:
            columns[head] = [m.cells.get(head, "") for m in problem.measurements]
    return pl.DataFrame(columns)


__all__ = [
    "ArchiveRun",
    "PetabResult",
    "evaluate_petab",
    "petab_of",
    "read_petab",
    "run_archive",
    "write_petab",
]
