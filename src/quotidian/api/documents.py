"""Models and studies as files: exports for other programs, diagrams, rankings, examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.api.arguments.door import door
from quotidian.api.arguments.durations import days_of, hours_of
from quotidian.api.arguments.kinds import FLAG, number, optional, path, text, whole
from quotidian.api.arguments.usual import CHILD, NUMBERS, OBSERVABLES, REGIMEN_TEXT
from quotidian.application.exporting import FORMATS, WITH_DATA, document, sbml_document, table_beside
from quotidian.dosing import Regimen
from quotidian.drugs.catalogue import regimen as parsed
from quotidian.errors import UnknownName, closest
from quotidian.patients.child import Child
from quotidian.reports.files import check_file, write_atomically

if TYPE_CHECKING:
    import polars as pl

USUAL = ("tocilizumab", "il6", "sil6r_total", "crp", "esr", "temperature", "active_joints")
"""Columns of an archive's report, unless others are named."""


@door(
    file=path("the path of a file to write", "model.xml"),
    child=optional(CHILD),
    format=text("the name of a format", "sbml"),
    run_in=whole(0, example=28),
)
def export(
    file: str | Path, child: Child | None = None, regimen: Regimen | str = "none", *, model: str = "sjia",
    format: str = "sbml", weeks: float | str = 12.0, run_in: int = 28, every: str | float = "6h",
    observables: Sequence[str] | None = None, scenario: str = "",
) -> Path:  # fmt: skip
    """Write a model for another program, and return the path.

    Parameters
    ----------
    child : whose parameters and doses are written, from midnight of the first day of treatment; None for the
        typical child of the model with its own initial values, without doses.
    format : sbml, antimony, omex, mrgsolve, rxode2 or nonmem. The last three have a table of doses beside the
        model, with the suffix .csv.
    weeks : for which doses are written. run_in : untreated days before time 0. every : output interval of an
        archive or a table. observables : columns of an archive's report.

    Raises UnknownName for a format or model that there is not, OutputError for a file that cannot be written.

    Example: `q.export("girl.xml", girl, "tocilizumab-iv")`
    """
    if format not in FORMATS:
        raise UnknownName(f"There is no format '{format}'.", closest(format, FORMATS), "Write format='sbml'.")
    place, hours = Path(file), 24.0 * days_of(weeks)
    check_file(place, FORMATS[format])
    if format in WITH_DATA:
        check_file(table_beside(place), (".csv",))
    plan = parsed(regimen) if isinstance(regimen, str) else regimen
    sbml, known = sbml_document(model, child, plan, scenario, hours, run_in)
    names = [name for name in USUAL if name in known] if observables is None else observables
    written = document(format, sbml, hours, hours_of(every), names, place)
    if written.data is not None:
        write_atomically(table_beside(place), written.data)
    return write_atomically(place, written.content)


@door(file=path("the path of an SVG file to write", "map.svg"), regimen=REGIMEN_TEXT)
def draw_map(file: str | Path, model: str = "sjia", regimen: str = "tocilizumab-iv") -> Path:
    """Draw the mechanisms of a model and the drugs of a regimen into an SVG file, and return its path.

    Raises UnknownName for an unknown model, OutputError for a file that cannot be written.
    """
    from quotidian.models import model as model_named
    from quotidian.reports.mechanism_map import mechanism_map

    place, drugs = Path(file), parsed(regimen).drugs
    check_file(place, (".svg",))
    return write_atomically(place, mechanism_map(model_named(model, drugs), sorted(drugs)))


@door()
def firm(model: str = "sjia") -> str:
    """The assumed values of a model, ranked by their influence on the main outcomes, as Markdown.

    It takes half a minute. Raises UnknownName for an unknown model.
    """
    from quotidian.reports.assumption_page import page
    from quotidian.reports.assumption_sensitivity import assumption_sensitivity

    return page(assumption_sensitivity(model))


@door(
    file=path("the path of an SBML file", "model.xml"),
    until=number("100.0", above=0.0),
    every=number("1.0", above=0.0),
    observables=optional(OBSERVABLES),
    values=optional(NUMBERS),
    rtol=number("1e-8", above=0.0),
    equilibrate=FLAG,
)
def run_sbml(
    file: str | Path, until: float, every: float, observables: Sequence[str] | None = None, *,
    values: dict[str, float] | None = None, rtol: float = 1e-8, equilibrate: bool = False,
) -> pl.DataFrame:  # fmt: skip
    """Solve an SBML model with the engine.

    Parameters
    ----------
    until, every : end and output interval, in the unit of time of the file. observables : ids or names; None
        for the species. values : other values at time 0. rtol : relative tolerance of the solver.
    equilibrate : begin in the steady state that the model reaches with these values.

    Returns
    -------
    One row per time: ``time``, then the observables as the file declares them.

    Raises InvalidInput for an element that is not supported, UnknownName for a name that there is not.

    Example: `q.run_sbml("model.xml", until=100, every=1, values={"k": 0.3})`
    """
    import polars as pl

    from quotidian.interchange import from_sbml
    from quotidian.interchange.hybrid.tolerances import tolerance_for
    from quotidian.simulation import grid

    read = from_sbml(Path(file), values, equilibrate=equilibrate)
    species = read.species or tuple(read.model.observables)
    ids = (
        {name: name for name in species}
        if observables is None
        else {n: read.observable(n) for n in observables}
    )
    outcome = read.run(grid(0.0, until, every), list(ids.values()), tolerance_for(until, rtol))
    columns = {name: outcome.values[0][:, place] for place, name in enumerate(ids)}
    return pl.DataFrame({"time": outcome.times, **columns})


@door(file=path("the path of a study file to write", "my-study.yaml"))
def new_study(file: str | Path) -> Path:
    """Write a commented study file to start from, and return its path. Raises OutputError if it exists."""
    from quotidian.application.study_example import write_example

    return write_example(Path(file))


@door()
def study_schema() -> str:
    """The schema of study files, as JSON Schema."""
    from quotidian.application.study_file import json_schema

    return json_schema()
