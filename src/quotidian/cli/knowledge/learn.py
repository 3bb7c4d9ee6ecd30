"""``quotidian learn``: what published results say of the uncertain values of the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.console import note
from quotidian.cli.support.executing import Dask, executor_at
from quotidian.cli.trial import Seed, Threads
from quotidian.errors import InvalidInput
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.application.learning.learning_request import LearningRequest

Rows = Annotated[
    str, typer.Option(metavar="ROLE", help="Role of the rows that are read; only calibration is accepted.")
]
Trials = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Only rows of these trials, separated by commas.")
]
LeaveOut = Annotated[
    str | None, typer.Option("--leave-out", metavar="NAMES", help="Read no row of these trials.")
]
Values = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="Estimate only these values, by full name, separated by commas."),
]
Members = Annotated[str, typer.Option(metavar="N", help="Number of members of the ensemble.")]
Steps = Annotated[
    str, typer.Option(metavar="N", help="Number of steps of the ensemble smoother; 0 for a small run.")
]
Repeats = Annotated[
    str,
    typer.Option(
        metavar="N",
        help="Virtual trials of each design with each member; two or more measure sampling variation.",
    ),
]
Replicates = Annotated[
    str,
    typer.Option(
        metavar="N", help="Replicates at the centre of the prior, which measure sampling variation."
    ),
]
Refined = Annotated[
    str,
    typer.Option(
        metavar="N",
        help="Members of a first posterior, whose runs refine the surrogate; 0 for none.",
    ),
]
Draws = Annotated[str, typer.Option(metavar="N", help="Number of final members, drawn from the posterior.")]
Confirmed = Annotated[
    str,
    typer.Option(metavar="N", help="Number of final members with which trials are simulated, as a check."),
]
ConfirmedRepeats = Annotated[
    str,
    typer.Option(metavar="N", help="Virtual trials of each design with each of these members."),
]
Output = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for members, rows and report.")]
Check = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Print the checks of an earlier run, without a new one.")
]


MOST = {
    "--members": 10_000, "--replicates": 10_000, "--draws": 100_000, "--confirmed": 10_000, "--steps": 100,
    "--repeats": 100, "--confirmed-repeats": 100, "--refined": 10_000,
}  # fmt: skip
"""Largest sizes that are accepted. Assumed, because a hundred times the usual sizes take months, and the
parts of a step are listed in memory before the first begins."""


def learn(
    rows: Rows = "calibration",
    trials: Trials = None,
    leave_out: LeaveOut = None,
    values: Values = None,
    members: Members = "100",
    steps: Steps = "4",
    repeats: Repeats = "2",
    replicates: Replicates = "40",
    refined: Refined = "100",
    draws: Draws = "200",
    confirmed: Confirmed = "40",
    confirmed_repeats: ConfirmedRepeats = "20",
    seed: Seed = "1",
    output: Output = None,
    threads: Threads = None,
    dask: Dask = None,
    check: Check = None,
) -> None:
    """Estimate the uncertain values of the ledger from the published results of trials.

    Each member of the ensemble is one parameter set, with which the trials are simulated. In steps, the
    members move towards values whose simulated results agree with the published ones. Rows of one trial come
    from the same children, so their correlations are taken into account. Validation rows are never read. An
    interrupted run continues after its completed parts.

    Examples:
      quotidian learn --rows calibration --seed 1 --output out/learn
      quotidian learn --leave-out canakinumab-single --output out/without
      quotidian learn --check out/learn
    """
    if check is not None:
        _check(check)
        return
    request = _request(
        rows,
        trials,
        leave_out,
        values,
        (members, replicates, draws, confirmed, steps, repeats, confirmed_repeats, refined),
        seed,
    )
    if output is None:
        raise InvalidInput(
            "--output is missing.",
            "A run takes long, and its parts are kept in a folder.",
            "Name a folder: --output DIR.",
        )
    workers = option_types.threads(threads)
    _run(request, output, workers, dask)


def _request(
    rows: str, trials: str | None, leave_out: str | None, values: str | None,
    sizes: tuple[str, ...], seed: str,
) -> LearningRequest:  # fmt: skip
    from quotidian.application.learning.learning_request import TRIALS, LearningRequest
    from quotidian.application.learning.learnt_rows import ROLE

    if rows != ROLE:
        raise InvalidInput(
            f"Rows of {rows} are not read.",
            "Only calibration rows are read; all others serve to assess the result.",
            f"Write --rows {ROLE}.",
        )
    m, r, d, c, k, n, often, again = (
        option_types.whole_from_zero(name, text, "40", most)
        for (name, most), text in zip(MOST.items(), sizes, strict=True)
    )
    if min(m, r) < 8 or min(d, n, often) < 1:
        raise InvalidInput(
            "The ensemble is too small.",
            "At least 8 members, 8 replicates, 1 draw and 1 repeat of each kind are needed.",
            "Ask for more.",
        )
    return LearningRequest(
        trials=_listed(trials) or TRIALS,
        leave_out=_listed(leave_out),
        values=_listed(values),
        seed=option_types.whole_from_zero("--seed", seed, "1"),
        members=m,
        steps=k,
        repeats=n,
        replicates=r,
        refined=again,
        draws=d,
        confirmed=min(c, d),
        confirmed_repeats=often,
    )


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()


def _run(request: LearningRequest, output: Path, threads: int | None, dask: str | None) -> None:
    from quotidian.application.learning.learning_run import learn as run
    from quotidian.application.learning.learnt_files import check_learning_folder, keep_learnt
    from quotidian.cli.support.progress import progress
    from quotidian.engine import thread_count

    check_learning_folder(output)
    workers = thread_count() if threads is None else threads
    with executor_at(dask, threads) as executor, progress("Learning") as reach:
        found = run(request, output, workers=workers, executor=executor, progress=reach)
    manifest = keep_learnt(found, output, _command(request))
    print("\n".join(_lines(manifest)))
    print(f"Written to {output}. {RESEARCH_USE}")


def _command(request: LearningRequest) -> str:
    parts = [f"quotidian learn --rows calibration --trials {','.join(request.trials)}"]
    parts += [f"--leave-out {','.join(request.leave_out)}"] if request.leave_out else []
    parts += [f"--values {','.join(request.values)}"] if request.values else []
    parts += [f"--members {request.members} --steps {request.steps} --repeats {request.repeats}"]
    parts += [f"--replicates {request.replicates} --refined {request.refined} --draws {request.draws}"]
    parts += [f"--confirmed {request.confirmed} --confirmed-repeats {request.confirmed_repeats}"]
    return " ".join([*parts, f"--seed {request.seed}"])


def _check(folder: Path) -> None:
    from quotidian.application.learning.learnt_files import read_manifest
    from quotidian.application.provenance import evidence_checksum

    found = read_manifest(folder)
    if found is None:
        raise InvalidInput(f"'{folder}' holds no completed run.", "", "Run 'quotidian learn --output' first.")
    try:
        lines, stated = _lines(found), found["evidence_sha256"]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidInput(
            f"The manifest in '{folder}' was altered.", "It lacks checks that every run writes.",
            "Run 'quotidian learn --output' again; finished parts are kept.",
        ) from None  # fmt: skip
    print("\n".join(lines))
    if stated != evidence_checksum():
        note("The ledger has changed since this run; its estimates belong to the earlier ledger.")


def _runs(checks: dict[str, Any], request: dict[str, Any]) -> str:
    """How many runs there were, in the same unit as those that failed: one set of values, all its trials."""
    repeats = int(request["repeats"])
    centre, each = -(-int(request["replicates"]) // repeats), f"{repeats} trial{'s' if repeats != 1 else ''}"
    often = request.get("confirmed_repeats", repeats)
    return (
        f"{checks['sets']} runs, {centre} of them at the centre of the prior, each of {each} of every design "
        f"({often} in the check of final members), with {checks['rows']} rows; {checks['failed']} runs have "
        "no result in at least one trial."
    )


def _shown(check: float | None) -> str:
    """A check, or that a run of this size has none."""
    return "not available" if check is None else f"{check}"


def _lines(manifest: dict[str, Any]) -> list[str]:
    """The checks of a run in words. Raises KeyError, TypeError or ValueError where one is missing."""
    checks = manifest["checks"]
    informed = [
        f"{one['value']:56}{one['coverage']:10.2f}{one['sd_left']:9.2f}" for one in checks["informed"]
    ]
    left_out = [
        f"Left out {one['trial']}: {one['known']} of {one['rows']} rows inside "
        f"({one['by_chance']} without parameter uncertainty, "
        f"{one['with_discrepancy']} with model discrepancy)."
        for one in checks["left_out"]
    ]
    return [
        _runs(checks, manifest["identity"]["request"]),
        f"Misfit by step: {', '.join(f'{x:g}' for x in checks['misfit_by_step'])}.",
        f"{'value':56}{'coverage':>10}{'SD left':>9}",
        *informed,
        f"Coverage of 90 % intervals: {_shown(checks['coverage_90_informed'])} (informed), "
        f"{_shown(checks['coverage_90_all'])} (all). Difference between posterior sample and smoother: "
        f"{_shown(checks['agreement_rms_sd'])} posterior SD.",
        f"Error of the surrogate over sampling error: {checks['surrogate_error_median']}  "
        f"(median of {checks.get('informative_rows', checks['rows'])} informative rows).",
        f"Pareto k: {_shown(checks['pareto_k'])}.",
        *left_out,
    ]
