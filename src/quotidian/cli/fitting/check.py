"""``quotidian check``: whether the data contradict a fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.console import note
from quotidian.cli.support.progress import progress
from quotidian.reports.files import check_folder, whole_folder
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.application.fitting.population_check import FitCheck

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder that 'fit population' wrote.")]
Output = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder for the tables and the report; by default DIR-check."),
]
Data = Annotated[Path | None, typer.Option(metavar="FILE", help="Path of the data, if they have been moved.")]
Copies = Annotated[str, typer.Option(metavar="N", help="Number of simulated copies of the data.")]
Seed = Annotated[str, typer.Option(metavar="N", help="Seed of the copies.")]
Event = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="A threshold, such as 'DV < 10'; checks the time until it is crossed."),
]
Profiles = Annotated[
    bool, typer.Option("--profiles/--no-profiles", help="Profile the objective; --no-profiles omits this.")
]


def fit(
    folder: Folder,
    output: Output = None,
    data: Data = None,
    copies: Copies = "500",
    seed: Seed = "1",
    event: Event = None,
    profiles: Profiles = True,
) -> None:
    """Check a population fit against its data.

    The check simulates copies of the data. It computes visual predictive checks (plain and
    prediction-corrected), normalised prediction distribution errors (NPDE), weighted residuals, shrinkage,
    profiles of the likelihood, and the combinations of parameters that the data determine poorly.
    The output folder receives CSV tables and report.html.

    Examples:
      quotidian check fit out/oral
      quotidian check fit out/oral --event "DV < 2" --output out/oral-check
    """
    from quotidian.application.fitting import check_files
    from quotidian.application.fitting.crossing import crossing_of
    from quotidian.application.fitting.fit_request import read_fit
    from quotidian.application.fitting.population_check import check_population

    number = option_types.whole("--seed", seed, "1")
    count = option_types.whole("--copies", copies, "500", least=100)
    place = output or Path(f"{folder if folder.name else folder.resolve()}-check")
    check_folder(place, check_files.FILES, check_files.is_earlier)
    with progress("Checking"):
        found = read_fit(folder, data)
        endpoints = found.problem.structure.effects.endpoints
        crossing = crossing_of(event, endpoints) if event is not None else None
        check = check_population(found, seed=number, copies=count, profiles=profiles, crossing=crossing)
    with whole_folder(place, check_files.REPORT) as made:
        for name, content in check_files.contents(check, str(folder), event or "").items():
            (made / name).write_bytes(content)
    _show(check)
    print(f"Written to {place}. {RESEARCH_USE}")


def _show(check: FitCheck) -> None:
    print(f"{'':16}{'number':>8}{'mean':>9}{'SD':>8}{'p':>9}")
    for name, n in check.normality.items():
        print(f"{name:16}{n.count:8}{n.mean:9.3f}{n.sd:8.3f}{n.p:9.2g}")
    for kind, plain in check.vpc.items():
        (a, b), (c, d) = plain.inside, check.pcvpc[kind].inside
        print(f"{kind}: {a} of {b} observed quantiles within the bands, {c} of {d} prediction-corrected.")
    parts = [f"{name} {value:.0%}" for name, value in check.eta_shrinkage.items()]
    print(f"Shrinkage: {', '.join(parts)}, epsilon {check.epsilon_shrinkage:.0%}.")
    for combination in check.combinations:
        if combination.badly:
            print(f"Badly determined: {combination.words}.")
    for text in check.notes:
        note(text)


CHECK = (fit,)
