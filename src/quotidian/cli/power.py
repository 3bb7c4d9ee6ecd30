"""``quotidian power``: the power of a design at other sample sizes."""

from __future__ import annotations

import json as jsons
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.console import console, note
from quotidian.cli.support.ensemble_members import member_count
from quotidian.cli.support.executing import Dask, executor_at
from quotidian.cli.trial import Members, Seed, Threads
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.application.power_run import PowerRequest
    from quotidian.trials.analysis.sample_size import Size, SizePlan
    from quotidian.trials.protocol.design import Trial

Design = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="A published trial or a study file, with two arms.")
]
EndpointName = Annotated[
    str, typer.Option(metavar="NAME", help="A proportion, such as acr70, crp_normal, flare_free or primary.")
]
Week = Annotated[
    str | None,
    typer.Option(metavar="N", help="Week of the visit; by default the primary week of the design."),
]
Sizes = Annotated[
    str,
    typer.Option(
        metavar="N,N", help="Numbers of randomised children in both arms together, separated by commas."
    ),
]
Replicates = Annotated[
    str, typer.Option(metavar="N", help="Number of replicates of the design at its own size.")
]
Alpha = Annotated[str, typer.Option(metavar="P", help="Significance level of the two-sided exact test.")]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Also write the table as JSON.")]


def power(
    design: Design,
    endpoint: EndpointName = "primary",
    week: Week = None,
    sizes: Sizes = "20,40,60,80,120",
    replicates: Replicates = "50",
    seed: Seed = "1",
    members: Members = "0",
    alpha: Alpha = "0.05",
    json: Json = None,
    threads: Threads = None,
    dask: Dask = None,
) -> None:
    """Compute power and assurance of a design with two arms at other sample sizes.

    Replicates of the design are simulated at its own size. Power is that of Fisher's exact test with the
    proportions over all replicates. Assurance is the power averaged over the proportions of single
    replicates, which are as uncertain as the result of one trial of that size. Both assume that the model
    is true. With --members, a second assurance includes parameter uncertainty, from one replicate with each
    parameter set. If only responders to a lead-in are randomised, more children must be enrolled; the table
    states how many.

    Examples:
      quotidian power yokota-2008 --endpoint flare_free --sizes 10,20,40
      quotidian power yokota-2008 --endpoint flare_free --sizes 20,40 --members 50
      quotidian power my-study.yaml --endpoint acr70 --week 12 --sizes 40,80,160 --json power.json
    """
    from quotidian.application.learning.knowledge import member_overlays
    from quotidian.application.power_run import PowerRequest
    from quotidian.reports.files import check_file

    count = option_types.whole("--replicates", replicates, "50")
    start = option_types.whole_from_zero("--seed", seed, "1")
    level = option_types.number("--alpha", alpha, "0.05", most=0.5)
    numbers = option_types.wholes("--sizes", sizes, "20,40,80")
    workers = option_types.threads(threads)
    visit = option_types.maybe(option_types.whole, "--week", week, "12")
    if json is not None:
        check_file(json, (".json",))
    known = member_overlays(member_count(members))
    request = PowerRequest(_read(design), endpoint, visit, tuple(numbers), count, start, level, known)
    found = _run(request, workers, dask)
    if json is not None:
        from quotidian.reports.files import write_atomically

        write_atomically(json, jsons.dumps(_plain(found, count, start), indent=2) + "\n")
    _print(found, count, start)


def _read(name: str) -> Trial:
    """A study file where the text looks like one or lies there, else a published design."""
    from quotidian.application.study_file import read_study
    from quotidian.trials.protocol.library import design

    path = Path(name)
    return (
        read_study(path, note) if path.suffix in (".yaml", ".yml") or os.path.isfile(path) else design(name)
    )


def _run(request: PowerRequest, threads: int | None, dask: str | None) -> SizePlan:
    from quotidian.application.power_run import run_power
    from quotidian.cli.support.progress import progress
    from quotidian.cli.trial import refuse_too_large

    count = request.replicates
    refuse_too_large(count, request.simulated)
    what = f"{count} replicate{'' if count == 1 else 's'} of {request.design.name}"
    with executor_at(dask, threads) as executor, progress(what) as reach:
        return run_power(request, threads=threads, executor=executor, progress=reach)


def _plain(found: SizePlan, replicates: int, seed: int) -> dict[str, object]:
    shares = dict(zip(found.arms, found.share, strict=True))
    ends = {"interval": found.interval(found.shares)}
    ends |= {} if found.known is None else {"interval_known": found.interval(found.known)}
    return {
        "design": found.design, "endpoint": found.endpoint, "week": found.week, "alpha": found.alpha,
        "replicates": replicates, "seed": seed, "share": shares, **ends, "randomised": found.randomised,
        "sizes": [_size(found, size) for size in found.sizes],
    }  # fmt: skip


def _size(found: SizePlan, size: Size) -> dict[str, object]:
    arms = dict(zip(found.arms, (size.first, size.second), strict=True))
    whole = {"enrolled": size.enrolled, "randomised": size.first + size.second, "arms": arms}
    known = {} if size.assurance_known is None else {"assurance_known": size.assurance_known}
    return whole | {"power": size.power, "assurance": size.assurance} | known


def _print(found: SizePlan, replicates: int, seed: int) -> None:
    from quotidian.reports.tables import print_sizes

    print_sizes(found, console())
    print(
        f"Fisher's exact test, two-sided, level {found.alpha:g}; {replicates} "
        f"replicate{'' if replicates == 1 else 's'} of the design, seed {seed}.\n{RESEARCH_USE}"
    )
