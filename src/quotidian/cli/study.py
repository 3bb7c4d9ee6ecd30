"""``quotidian study``: a trial of one's own, from a file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.console import RESEARCH_USE, note
from quotidian.cli.trial import Output, Replicates, Seed, Threads, refuse_too_large, tell

File = Annotated[Path, typer.Argument(metavar="FILE", help="The study, in YAML.")]


def new(file: File) -> None:
    """Write a commented study file to start from.

    A file that is there already is left alone.

    Examples:
      quotidian study new my-study.yaml
    """
    from quotidian.application.study_example import EXAMPLE
    from quotidian.errors import OutputError

    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(EXAMPLE)
    except FileExistsError:
        raise OutputError(f"{file} is there already.", "It was left alone.", "Choose another name.") from None
    except OSError as error:
        raise OutputError(
            f"{file} cannot be written.", f"{error.strerror}.", "Choose another place."
        ) from None
    print(f"Wrote {file}. Run it with: quotidian study run {file}\n{RESEARCH_USE}")


def run(
    file: File,
    replicates: Replicates = "20",
    seed: Seed = "1",
    output: Output = None,
    threads: Threads = None,
) -> None:
    """Run a study file on virtual children, in replicate.

    The file is checked first; what is wrong is told with its line and what to do. Endpoints are medians over
    replicates with their central 95 %, as for published trials.

    Examples:
      quotidian study run my-study.yaml --replicates 50 --output out/study
    """
    from quotidian.application.study_file import read_study
    from quotidian.cli.support import trial_archive
    from quotidian.cli.support.progress import progress
    from quotidian.trials.run import run_design

    trial = read_study(file, note)
    count = option_types.whole("--replicates", replicates, "20")
    luck = option_types.whole_from_zero("--seed", seed, "1")
    workers = option_types.maybe(option_types.whole, "--threads", threads, "2")
    if output is not None:
        trial_archive.check(output)
    refuse_too_large(count, trial)
    began = time.perf_counter()
    with progress(f"{count} replicate{'' if count == 1 else 's'} of {trial.name}") as reach:
        result = run_design(trial, count, luck, reach, workers, f"quotidian study run {file}")
    if output is not None:
        with progress("Writing the report"):
            trial_archive.keep(result, output)
    tell(result, output, time.perf_counter() - began, trial.primary_week)


def schema() -> None:
    """Print the schema of study files, as JSON Schema.

    Editors check a file against it while it is written.

    Examples:
      quotidian study schema > study.schema.json
    """
    from quotidian.application.study_file import json_schema

    print(json_schema())


STUDY = (new, run, schema)
"""The verbs of ``quotidian study``."""
