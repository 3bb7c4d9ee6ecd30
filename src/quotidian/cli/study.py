"""``quotidian study``: a user's own trial, from a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.accuracy_table import CheckTrial
from quotidian.cli.support.console import note, print_json
from quotidian.cli.support.ensemble_members import member_count
from quotidian.cli.support.executing import Dask
from quotidian.cli.support.setting_values import Set
from quotidian.cli.trial import Events, Members, Output, Replicates, Seed, Threads, run_request
from quotidian.version import RESEARCH_USE

File = Annotated[Path, typer.Argument(metavar="FILE", help="The study, in YAML.")]


def new(file: File) -> None:
    """Write a commented study file to start from.

    An existing file is not changed.

    Examples:
      quotidian study new my-study.yaml
    """
    from quotidian.application.study_example import write_example

    write_example(file)
    print(f"Wrote {file}. Run it with: quotidian study run {file}\n{RESEARCH_USE}")


def run(
    file: File,
    replicates: Replicates = "20",
    seed: Seed = "1",
    members: Members = "0",
    check: CheckTrial = False,
    output: Output = None,
    events: Events = None,
    threads: Threads = None,
    dask: Dask = None,
    set_: Set = None,
) -> None:
    """Simulate replicates of the trial of a study file in virtual children.

    The file is checked first; an error is reported with its line and a remedy. Endpoints are given as median
    and central 95 % over replicates, as for published trials. With --members, a second interval includes
    parameter uncertainty.

    Examples:
      quotidian study run my-study.yaml --replicates 50 --output out/study
    """
    from quotidian.application.stated_parameters import assignments
    from quotidian.application.trial_run import study

    count = option_types.whole("--replicates", replicates, "20")
    start = option_types.whole_from_zero("--seed", seed, "1")
    workers = option_types.threads(threads)
    known = member_count(members)
    request = study(file, count, start, note, known).with_parameters(assignments(set_ or ()))
    request = replace(request, checked=check)
    run_request(request, output, events, workers, dask)


def schema() -> None:
    """Print the schema of study files, as JSON Schema.

    Editors use it to check a study file while it is written.

    Examples:
      quotidian study schema > study.schema.json
    """
    from quotidian.application.study_file import study_schema

    print_json(dict(study_schema()))


STUDY = (new, run, schema)
"""The commands of ``quotidian study``."""
