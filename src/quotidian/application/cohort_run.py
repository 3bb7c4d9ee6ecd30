"""A cohort written to disk part by part. Each part is stored when it is complete and not computed again."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from quotidian.application.accuracy.cohort_check import Check, check
from quotidian.application.cohort_archive import FAILURES, PROGRAM, Folder, opened
from quotidian.application.cohort_part import Built, build, courses_of, has_dose
from quotidian.application.cohort_request import CohortRequest
from quotidian.application.executors import Executor, Here, Progress, WorkList
from quotidian.application.learning.cohort_intervals import FILE, follow_known, intervals_csv
from quotidian.application.manifest import MANIFEST, as_json, manifest
from quotidian.drugs.catalogue import marks
from quotidian.patients.guards import refuse_beyond_childhood
from quotidian.patients.population import draw
from quotidian.statistics.streams import Streams


@dataclass(frozen=True)
class Summary:
    """Summary of a run: parts that existed before, damaged parts that were replaced, children lost by
    reason, seconds."""

    request: CohortRequest
    earlier: int
    renewed: int
    lost: dict[str, int]
    check: dict[str, Any] | None
    seconds: float


def compute_part(request: CohortRequest, threads: int | None, part: int, report: Progress) -> Built:
    """Compute one part of a cohort as a work item of an executor."""
    children, done = len(request.numbers(part)), 0

    def finished(count: int) -> None:
        nonlocal done
        done += count
        report(done / children)

    built = build(request, part, threads, finished)
    if not request.members:
        return built
    known = courses_of(request, follow_known(request, request.numbers(part), threads))
    return Built({**built.files, "known": known}, built.lost)


def run_cohort(
    request: CohortRequest,
    path: Path,
    *,
    executor: Executor | None = None,
    checked: bool = False,
    progress: Progress | None = None,
    threads: int | None = None,
) -> Summary:
    """Complete the folder, continuing an earlier run of the same request.

    Raises
    ------
    OutputError : the folder holds another request, or cannot be written.
    RegimenError, StudyTooLarge : a regimen that cannot be given, a part beyond memory.
    ImplausibleChild : every child would be followed beyond the ages of the model.
    """
    began = time.perf_counter()
    _refuse_for_all(request)
    with opened(path, request) as folder:
        claimed = [part for part in range(request.parts) if folder.sidecar(part).exists()]
        earlier = [part for part in claimed if folder.finished(part)]
        missing = sorted(set(range(request.parts)) - set(earlier))
        before = folder.manifest().get("check")
        if missing:
            folder.write(MANIFEST, as_json(_manifest(folder, False, before)))
        _compute(folder, missing, executor or Here(), progress, threads)
        found = _told(check(request, threads)) if checked else before
        lost = _finish(folder, found)
    seconds = time.perf_counter() - began
    return Summary(request, len(earlier), len(claimed) - len(earlier), lost, found, seconds)


def _refuse_for_all(request: CohortRequest) -> None:
    """Refuse what no child could be given or followed for. Raises RegimenError, ImplausibleChild."""
    has_dose(request, draw(Streams(request.seed), 0, [0], request.population)[0])
    refuse_beyond_childhood(request.days)


def _compute(
    folder: Folder, parts: list[int], executor: Executor, progress: Progress | None, threads: int | None
) -> None:
    """Compute the missing parts, and store each as soon as it is finished."""
    request = folder.request
    work = partial(compute_part, request, threads if isinstance(executor, Here) else 1)
    sizes = [len(request.numbers(part)) for part in parts]
    with closing(executor.run(WorkList(work, parts, sizes), progress)) as finished:
        for position, built in finished:
            folder.keep(parts[position], built)
            del built  # so that one part at a time is in memory


def _finish(folder: Folder, found: dict[str, Any] | None) -> dict[str, int]:
    """Write the list of lost children, then the manifest; return the number lost by reason."""
    entries = [folder.entry(part) for part in range(folder.request.parts)]
    rows = [one for entry in entries for one in entry["failures"]]
    lines = [f'{one["child"]},{one["reached_day"]:.10g},"{one["reason"]}"\n' for one in rows]
    folder.write(FAILURES, "child,reached_day,reason\n" + "".join(lines))
    if folder.request.members:
        folder.write(FILE, intervals_csv(folder.path, folder.request))
    lost = dict(sorted(Counter(one["reason"] for one in rows).items()))
    parts = [
        {"part": e["part"], "children": e["children"], "failed": len(e["failures"]), "files": e["files"]}
        for e in entries
    ]
    folder.write(MANIFEST, as_json(_manifest(folder, True, found, lost, parts)))
    return lost


def _manifest(
    folder: Folder,
    complete: bool,
    found: dict[str, Any] | None,
    lost: dict[str, int] | None = None,
    parts: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The manifest of the folder; it does not depend on the date, the threads or interruptions."""
    asked = folder.request.children
    account: dict[str, Any] = {"asked": asked}
    if lost is not None:
        account |= {"followed_to_the_end": asked - sum(lost.values()), "failed": lost}
    contents = {
        "doses": list(marks(folder.request.regimen)),
        **({"parameters": list(stated.remarks)} if (stated := folder.request.stated).values else {}),
        "status": {"complete": complete},
        "children": account,
        "check": found,
        "parts": parts or [],
    }
    return manifest(PROGRAM, folder.known, contents)


def _told(result: Check) -> dict[str, Any]:
    """An accuracy check in the form of the manifest."""
    return {
        "children": list(result.children),
        "unfollowed": result.unfollowed,
        "tolerances": asdict(result.tolerance),
        "largest_relative_error": {
            name: None if error is None else float(f"{error:.3g}") for name, error in result.errors.items()
        },
    }
