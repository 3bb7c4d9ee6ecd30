"""``quotidian simulate``: one child, one regimen, its observables over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.application.child_models import CHILD_MODELS
from quotidian.cli.support import option_types
from quotidian.cli.support.clinical_chart import PICTURES, chart_names, chart_times, chart_units, draw
from quotidian.cli.support.console import note
from quotidian.cli.support.course import Course, refuse_sparse, refuse_too_large, run
from quotidian.cli.support.course_output import deliver
from quotidian.cli.support.daily_option import Daily, refuse_daily
from quotidian.cli.support.ensemble_members import member_count
from quotidian.cli.support.exposure_table import exposure_drugs, exposure_times, show_exposure
from quotidian.cli.support.member_courses import member_courses
from quotidian.cli.support.observable_options import USUAL, units_of
from quotidian.cli.support.sampled_child import sampled_words, written_child
from quotidian.cli.support.setting_values import Set
from quotidian.cli.support.subject_options import child_and_values, regimens_of
from quotidian.reports.files import STDOUT, TABLES, check_file

if TYPE_CHECKING:
    from quotidian.cli.support.own_data import Points

Age = Annotated[str | None, typer.Option(metavar="AGE", help="Years, or with a unit: '30 months'.")]
Sex = Annotated[str | None, typer.Option(metavar="SEX", help="female or male.")]
Weight = Annotated[str | None, typer.Option(metavar="KG", help="By default typical of the age.")]
Height = Annotated[str | None, typer.Option(metavar="CM", help="By default typical of the weight.")]
Severity = Annotated[
    str | None, typer.Option(metavar="FACTOR", help="Strength of the disease; 1 is typical active disease.")
]
Seed = Annotated[
    str | None,
    typer.Option(
        metavar="N", help="Sample the child at random; options that are given override the sampled values."
    ),
]
Regimen = Annotated[
    str,
    typer.Option(
        metavar="REGIMEN", help="A name or a free form; 'quotidian simulate --help' describes both."
    ),
]
Regimens = Annotated[
    list[str] | None,
    typer.Option(
        "--regimen",
        metavar="REGIMEN",
        help="A name or a free form, described above. Repeat it to compare regimens; 'none' is untreated.",
    ),
]
Model = Annotated[str, typer.Option(metavar="MODEL", help=" or ".join(CHILD_MODELS) + ".")]
Scenario = Annotated[
    str,
    typer.Option(
        metavar="NAMES",
        help="Alternative values, joined with +; 'quotidian scenarios' lists them.",
    ),
]
Weeks = Annotated[str, typer.Option(metavar="N", help="Number of weeks from the day of the first dose.")]
Every = Annotated[str, typer.Option(metavar="TIME", help="Output interval: 1h, 15min, 1day.")]
Observables = Annotated[
    str,
    typer.Option(
        metavar="NAMES", help="Names separated by commas, or all; 'quotidian observables' lists them."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A .csv or .parquet file; - writes CSV to standard output."),
]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw the clinical chart into a .svg, .png or .pdf file.")
]
Json = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="FILE", help="Also write the child, with every sampled value, to this .json file."
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Measurements to draw into the chart: a .csv file with time_day, then observables by name.",
    ),
]
Exposure = Annotated[
    bool,
    typer.Option(
        "--exposure",
        help="Show peak, trough, mean and area under the curve of each dosing interval, not the summary.",
    ),
]
Natural = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="Natural course: steady, or drawn at random, with a seed if wanted: drawn:7.",
    ),
]
Flare = Annotated[
    str, typer.Option(metavar="DAYS", help="Days on which a flare begins, separated by commas: 30,90.")
]
Infection = Annotated[
    str, typer.Option(metavar="DAYS", help="Days on which an infection begins, separated by commas.")
]
Members = Annotated[
    str,
    typer.Option(
        metavar="N",
        help="Number of members of the ensemble, for parameter uncertainty; 0 for none.",
    ),
]
Threads = Annotated[
    str | None, typer.Option(metavar="N", help="Processors to use; they do not change the result.")
]
USUAL_NAMES = ",".join(USUAL)
LONGEST = 5200
"""Weeks, a century: more than any child has, and within what the solver is asked to do."""


def simulate(
    age: Age = None,
    sex: Sex = None,
    weight: Weight = None,
    height: Height = None,
    severity: Severity = None,
    seed: Seed = None,
    regimen: Regimens = None,
    model: Model = "sjia",
    scenario: Scenario = "",
    set_: Set = None,
    course: Natural = "steady",
    flare: Flare = "",
    infection: Infection = "",
    weeks: Weeks = "12",
    every: Every = "1h",
    daily: Daily = "",
    observables: Observables = USUAL_NAMES,
    output: Output = None,
    plot: Plot = None,
    data: Data = None,
    json: Json = None,
    exposure: Exposure = False,
    members: Members = "0",
    threads: Threads = None,
) -> None:
    """Simulate one virtual child on a regimen, or on several side by side.

    Time 0 is midnight of the first day of treatment, after four weeks of untreated disease. The first dose
    is given at 09:00. Without --output the course is summarised in a table on the screen. --members adds an
    interval of parameter uncertainty for this child. With --seed, severity, years since onset, the share of
    arthritis by IL-6 and the random effects are sampled, too: the line below the table states them, and
    --json writes all.

    A regimen is 'none', a name, or a free form. 'quotidian drugs' lists the names; a name gives the standard
    dose. The free form is DRUG:DOSE/INTERVAL. It may be followed by the number of doses (x3), the start
    (@7d), the end (..84d) and the numbers of missed doses (missing=2,5). A taper follows the dose, as in the
    example below. '+' combines drugs. --regimen may be repeated: the table then has a column that names the
    regimen, and the chart has a line for each.

    Examples:
      quotidian simulate --age 6 --sex female --weight 20 --weeks 24 --every 1h \\
          --regimen tocilizumab-iv --output child.csv
      quotidian simulate --age 6 --sex male --regimen tocilizumab-iv:8mg/kg/2wk
      quotidian simulate --age 11 --sex female --weeks 16 \\
          --regimen "tocilizumab-iv:10mg/kg/4wk x3 @7d ..84d"
      quotidian simulate --age 6 --sex female --observables temperature,cortisol \\
          --regimen "prednisolone:1mg/kg/day,taper=20%/2wk,floor=0.1mg/kg"
      quotidian simulate --seed 3 --observables temperature,crp --output -
      quotidian simulate --seed 3 --weeks 4 --json child.json
      quotidian simulate --seed 3 --observables temperature,crp --daily mean,max --output days.csv
      quotidian simulate --age 4 --sex male --model healthy_child --weeks 2
      quotidian simulate --age 6 --sex female --regimen tocilizumab-iv --plot chart.svg
      quotidian simulate --age 6 --sex female --weight 20 --regimen tocilizumab-sc --exposure
      quotidian simulate --age 6 --sex female --weight 20 --regimen none --regimen tocilizumab-iv \\
          --plot treated-and-untreated.svg
      quotidian simulate --age 6 --sex female --regimen tocilizumab-iv \\
          --data mine.csv --plot chart.svg
      quotidian simulate --age 6 --sex female --weight 20 --exposure \\
          --regimen tocilizumab-iv --regimen "tocilizumab-iv:8mg/kg/2wk missing=3"
      quotidian simulate --age 6 --sex female --regimen tocilizumab-iv \\
          --set "drugs.tocilizumab.CL=0.3 L/day"
      quotidian simulate --age 6 --sex female --course drawn:3 --flare 30 --infection 50,70
      quotidian simulate --age 6 --sex female --scenario sgp130-low --observables il6,il6_total
      quotidian simulate --age 6 --sex female --weight 20 --regimen tocilizumab-iv --members 20
    """
    import numpy as np

    from quotidian.application.learning.knowledge import member_overlays
    from quotidian.drugs.catalogue import marks
    from quotidian.patients.disease_course import NaturalCourse
    from quotidian.simulation.daily import day_summaries

    natural = NaturalCourse.parse(
        course, option_types.days("--flare", flare), option_types.days("--infection", infection)
    )
    days = 7.0 * option_types.number("--weeks", weeks, "12", most=LONGEST)
    every_hours = option_types.interval("--every", every, "1h")
    given = regimens_of(regimen)
    drugs = frozenset[str]().union(*(one.drugs for one in given.values()))
    child, stated = child_and_values(age, sex, weight, height, severity, seed, set_, (model, scenario, drugs))
    refuse_sparse(days, every_hours)
    units = units_of(model, observables, scenario, drugs)
    drawn = None if seed is None else option_types.whole_from_zero("--seed", seed, "1")
    remarks = (
        *(() if drawn is None else (sampled_words(child, drawn),)),
        *dict.fromkeys(mark for text in given for mark in marks(text)), *stated.remarks,
    )  # fmt: skip
    asked = Course(
        child, given, model, days, every_hours, units, scenario, remarks, natural, stated.overlay,
        day_summaries(daily, days),
    )  # fmt: skip
    workers = option_types.threads(threads)
    overlays = member_overlays(member_count(members))
    refuse_daily(
        bool(asked.daily) and output is None, "The screen has its own summary.", "Add --output days.csv."
    )
    if output is not None and output != STDOUT:
        check_file(output, TABLES)
    if plot is not None:
        check_file(plot, PICTURES)
    if json is not None:
        check_file(json, (".json",))
    points = None if data is None else _points(asked, data, plot)
    shown = exposure_drugs(asked) if exposure else ()
    refuse_too_large(asked)
    times, names = [asked.times], list(shown)
    if output is None:
        times.append(asked.hourly)
    if exposure:
        times.append(exposure_times(asked))
    if plot is not None:
        times.append(chart_times(asked))
        names += chart_names(asked)
    every_time = np.unique(np.concatenate(times))
    result = run(asked, workers, every_time, names)
    known = member_courses(asked, overlays, workers, every_time, names)
    if not exposure or output is not None:
        deliver(asked, result, output, known)
    if exposure:
        show_exposure(asked, result, output)
    if json is not None:
        written_child(asked, drawn, json)
    if plot is not None:
        draw(asked, result, plot, known, points)
        (note if output == STDOUT else print)(f"Chart: {plot}")


def _points(asked: Course, data: Path, plot: Path | None) -> Points:
    """Measurements for the chart. Raises InvalidInput where there is no chart for them."""
    from quotidian.cli.support.own_data import read_points
    from quotidian.errors import InvalidInput

    if plot is None:
        raise InvalidInput(
            "--data needs a chart.",
            "The measurements are drawn into it, and none is requested.",
            "Add --plot chart.svg.",
        )
    return read_points(data, chart_units(asked))
