"""``quotidian fit``: estimate parameters of a model from data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.simulate import Height, Regimen, Weight
from quotidian.cli.support import option_types
from quotidian.cli.support.console import note
from quotidian.cli.support.progress import progress
from quotidian.errors import UnknownName, closest
from quotidian.reports.files import check_folder, whole_folder
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.application.fitting.population_fit import PopulationFit

Data = Annotated[Path, typer.Option(metavar="FILE", help="Event records: ID, TIME, AMT, EVID, CMT, DV, ...")]
Model = Annotated[
    str, typer.Option(metavar="NAME", help="sjia, a built-in model such as pk-1cmt-oral, or an SBML file.")
]
EffectsFile = Annotated[
    Path,
    typer.Option(
        "--effects",
        metavar="FILE",
        help="Typical values, random effects, covariates, residual errors (YAML).",
    ),
]
MethodName = Annotated[str, typer.Option("--method", metavar="NAME", help="focei, laplace or saem.")]
Evaluate = Annotated[
    bool,
    typer.Option(
        "--evaluate",
        help="Keep all parameters at their stated values; methods then include fo, foce and exact.",
    ),
]
Seed = Annotated[str, typer.Option(metavar="N", help="Seed of the random numbers.")]
Dates = Annotated[
    str | None,
    typer.Option(metavar="FORMAT", help="Format of the column DATE: year-month-day, month/day/year, ..."),
]
Measurements = Annotated[
    Path, typer.Option("--data", metavar="FILE", help="One measurement per row: DAY, ANALYTE, VALUE, UNIT.")
]
Age = Annotated[str, typer.Option(metavar="AGE", help="Years, or with a unit: '30 months'.")]
Sex = Annotated[str, typer.Option(metavar="SEX", help="female or male.")]
Start = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="First day of treatment, year-month-day, where the data have dates."),
]
Aim = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Target: 'trough >= 20 ug/mL' or 'crp < 10 mg/L at week 12'."),
]
Search = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Regimens to compare: '8-12 mg/kg, every 1-4 weeks'."),
]
Worth = Annotated[
    bool,
    typer.Option(
        "--worth", help="Rank further samples by the share of the target's variance that would remain."
    ),
]
Output = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")]


def population(
    data: Data,
    model: Model,
    effects: EffectsFile,
    output: Output,
    method: MethodName = "focei",
    evaluate: Evaluate = False,
    seed: Seed = "1",
    dates: Dates = None,
) -> None:
    """Estimate the parameters of a population from an event table.

    Typical values, covariate effects, variances of the random effects and residual errors are estimated by
    FOCEI, by Laplace's approximation or by SAEM. The folder receives estimates.json, individuals.csv and
    residuals.csv. The objective function value (OFV) is on the scale of NONMEM. With --evaluate nothing is
    estimated; the random effects of the subjects and the OFV are computed at the values of the effects file.

    Examples:
      quotidian fit population --data data.csv --model pk-1cmt-oral --effects effects.yaml --output out/fit
      quotidian fit population --data data.csv --model oral.xml --effects effects.yaml --method saem \\
          --seed 1 --output out/fit
    """
    from quotidian.application.fitting import population_files
    from quotidian.application.fitting.effects_file import read_effects
    from quotidian.application.fitting.fit_request import ESTIMATES, FitRequest
    from quotidian.application.fitting.population_fit import EVALUATED, METHODS, fit_population
    from quotidian.application.fitting.structural_models import structural_model
    from quotidian.data import read_events

    if method not in EVALUATED:
        raise UnknownName(f"--method {method} is unknown.", closest(method, METHODS))
    number = option_types.whole("--seed", seed, "1")
    check_folder(output, population_files.FILES, population_files.is_earlier)
    request = FitRequest(data, model, effects, dates)
    table, structural = read_events(data, dates=dates), structural_model(model)
    stated = read_effects(effects, structural.effects)
    with progress("Fitting"):
        found = fit_population(
            table, structural, stated, method, seed=number, estimate=not evaluate  # type: ignore[arg-type]
        )  # fmt: skip
    with whole_folder(output, ESTIMATES) as folder:
        for name, content in population_files.contents(found, request).items():
            (folder / name).write_bytes(content)
    _show(found, model, output)


def child(
    data: Measurements,
    age: Age,
    sex: Sex,
    regimen: Regimen,
    output: Output,
    weight: Weight = None,
    height: Height = None,
    start: Start = None,
    target: Aim = None,
    search: Search = None,
    worth: Worth = False,
    seed: Seed = "1",
) -> None:
    """Fit the sJIA model to the measurements of one child.

    The data have one measurement per row: DAY (or DATE and TIME), ANALYTE, VALUE, UNIT. The folder receives
    effects.csv (the parameters of the child, and which of them the data inform), bands.csv (the fitted
    course with its 90 % band), fit.json and report.html. With --target and --search, search.csv gives the
    probability that each regimen reaches the target. With --worth, worth.csv gives the share of the target's
    variance that would remain after one more sample.

    Examples:
      quotidian fit child --data anna.csv --age 6 --sex female --weight 20 --regimen tocilizumab-iv \\
          --output out/anna
      quotidian fit child --data anna.csv --age 6 --sex female --weight 20 --regimen tocilizumab-iv \\
          --target "trough >= 20 ug/mL" --search "8-12 mg/kg, every 1-4 weeks" --worth --output out/anna
    """
    from quotidian.application.fitting import child_files
    from quotidian.application.fitting.child_data import read_child
    from quotidian.application.fitting.child_fit import fit_child
    from quotidian.application.fitting.child_measurements import clinic_units
    from quotidian.application.fitting.child_question import Question
    from quotidian.cli.support.subject_options import virtual_child
    from quotidian.drugs.catalogue import regimen as parsed

    number = option_types.whole("--seed", seed, "1")
    check_folder(output, child_files.FILES, child_files.is_earlier)
    person, plan = virtual_child(age, sex, weight, height, None, None), parsed(regimen)
    question = Question.of(target, search, worth)
    record = read_child(data, clinic_units(), start)
    with progress("Fitting"):
        found = fit_child(record, person, plan, seed=number)
        answer = question.answered(found, number)
    with whole_folder(output, child_files.FIT) as folder:
        for name, content in {**child_files.contents(found, person, regimen), **answer.files}.items():
            (folder / name).write_bytes(content)
    print(f"{person.label}; {regimen}; {len(record.value)} measurements.")
    print(f"{'':32}{'value':>10}{'SE':>10}{'learnt':>9}")
    rows = child_files.effects_rows(found)
    for one in rows:
        print(f"{one.name:32}{one.value:10.3g}{one.se:10.2g}{one.learnt:>9}")
    if said := child_files.learnt_error(rows):
        print(said)
    if found.silent:
        print(f"These data do not inform: {', '.join(found.silent)}.")
    print(answer.text, end="")
    for text in found.notes:
        note(text)
    print(f"Written to {output}. {RESEARCH_USE}")


def _show(fit: PopulationFit, model: str, output: Path) -> None:
    e = fit.estimates
    errors = e["se"] or {"theta": {}, "omega": {}, "sigma": {}, "shares": {}}
    print(f"{model}; {e['subjects']} subjects, {e['observations']} observations; {e['method']}.")
    print(f"{'':20}{'estimate':>12}{'SE':>12}")
    for kind, heading in (("theta", ""), ("omega", "omega "), ("sigma", "sigma "), ("shares", "share ")):
        for name, value in e.get(kind, {}).items():
            error = errors[kind].get(name)
            shown = f"{error:12.4g}" if error is not None else f"{'':12}"
            print(f"{heading + name:20}{value:12.4g}{shown}")
    print(f"{'OFV':20}{e['ofv']:12.3f}")
    print("omega are variances, sigma standard deviations.")
    for text in e["notes"]:
        note(text)
    print(f"Written to {output}. {RESEARCH_USE}")


FIT = (population, child)
