"""The program and its commands."""

from __future__ import annotations

import inspect
from typing import Annotated

import typer

from quotidian.cli.bench import bench
from quotidian.cli.cohort import cohort
from quotidian.cli.doctor import doctor
from quotidian.cli.drugs import drugs
from quotidian.cli.equations import equations
from quotidian.cli.evidence import evidence
from quotidian.cli.exchange.petab import petab
from quotidian.cli.exchange.run_archive import run_archive
from quotidian.cli.explore import explore
from quotidian.cli.export import export
from quotidian.cli.firm import firm
from quotidian.cli.fitting.check import CHECK
from quotidian.cli.fitting.fit import FIT
from quotidian.cli.knowledge.learn import learn
from quotidian.cli.knowledge.worth import worth
from quotidian.cli.map import map_
from quotidian.cli.observables import observables
from quotidian.cli.page import page
from quotidian.cli.power import power
from quotidian.cli.run_events import run_events
from quotidian.cli.run_sbml import run_sbml
from quotidian.cli.scenarios import scenarios
from quotidian.cli.scoreboard import scoreboard
from quotidian.cli.sensitivity import sensitivity
from quotidian.cli.simulate import simulate
from quotidian.cli.study import STUDY
from quotidian.cli.support.once import Once
from quotidian.cli.trial import trial
from quotidian.cli.trials import trials
from quotidian.version import RESEARCH_USE, __version__

app = typer.Typer(
    name="quotidian",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"quotidian {__version__}. {RESEARCH_USE}")
        raise typer.Exit


@app.callback(epilog=RESEARCH_USE)
def program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Simulate interleukin-6 in systemic juvenile idiopathic arthritis: binding, fever, trials."""


def _reflowed(text: str) -> str:
    """Join the lines of each paragraph, so that it fills the terminal; examples keep their lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(p if "\n  " in p else " ".join(p.split()) for p in paragraphs)


COMMANDS = (
    simulate, sensitivity, cohort, trial, trials, power, scoreboard, learn, worth, drugs, scenarios, evidence,
    equations, firm, map_, observables, export, run_sbml, run_events, run_archive, petab, page, explore,
    bench, doctor,
)  # fmt: skip
for command in COMMANDS:
    name = command.__name__.rstrip("_").replace("_", "-")
    app.command(name, cls=Once, help=_reflowed(command.__doc__ or ""), epilog=RESEARCH_USE)(command)
GROUPS = (
    ("study", STUDY, "A trial of your own design, from a study file: new, run, schema."),
    ("fit", FIT, "Estimate parameters of a model from data: population, child."),
    ("check", CHECK, "Check a fit against its data: fit."),
)
for title, verbs, about in GROUPS:
    group = typer.Typer(
        no_args_is_help=True, rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip
    for own in verbs:
        group.command(own.__name__, cls=Once, help=_reflowed(own.__doc__ or ""), epilog=RESEARCH_USE)(own)
    app.add_typer(group, name=title, help=about, epilog=RESEARCH_USE)
