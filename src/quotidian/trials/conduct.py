"""Conduct of a trial by name: every replicate is run, analysed, and set beside what was published."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quotidian.engine import Machine
from quotidian.errors import UnknownName, UserError, closest
from quotidian.patients.streams import Streams
from quotidian.patients.treatment import RUN_IN_DAYS, machine_for
from quotidian.trials.cohort import TRIAL_TOLERANCE
from quotidian.trials.design import Trial
from quotidian.trials.portrait import bands, baseline, portrait
from quotidian.trials.published_rows import endpoint_rows
from quotidian.trials.result import Account, TrialResult
from quotidian.trials.tender import TENDER
from quotidian.trials.visits import SURPLUS, Record, Staff
from quotidian.version import __version__

Progress = Callable[[float], None]
CHUNK = 12  # replicates marched together: enough children to keep every lane full, little memory
DESIGNS: Mapping[str, Trial] = {TENDER.name: TENDER}
TRIALS: Mapping[str, str] = {name: trial.title for name, trial in DESIGNS.items()}


@dataclass(frozen=True)
class Followed:
    """Replicates that were run: what was written down, by whom, and the seconds it took."""

    records: tuple[Record, ...]
    staff: Staff
    seconds: float


def design(name: str) -> Trial:
    """The design of that name.

    Raises UnknownName with the nearest otherwise.
    """
    if name not in DESIGNS:
        raise UnknownName(f"There is no trial '{name}'.", closest(name, DESIGNS))
    return DESIGNS[name]


def follow(
    trial: Trial, replicates: int, seed: int, progress: Progress | None = None, threads: int | None = None,
    values: Mapping[str, float] | None = None,
) -> Followed:  # fmt: skip
    """Run every replicate. ``values`` replaces entries of the ledger of between-child spreads.

    ``progress`` is called with the share done, 0 to 1. Raises UserError for fewer than one replicate.
    """
    if replicates < 1:
        raise UserError(f"A trial cannot be run {replicates} times.", "", "Ask for one replicate or more.")
    began, done = time.perf_counter(), 0.0
    total = replicates * trial.size * (RUN_IN_DAYS * SURPLUS + trial.primary_week * 7 + 14)

    def tick(children: int, days: float) -> None:
        nonlocal done
        done += children * days
        if progress is not None:
            progress(min(done / total, 1.0))

    staff = Staff(trial, machine_for("sjia", trial.drugs), Streams(seed), threads, tick, dict(values or {}))
    records = []
    for first in range(0, replicates, CHUNK):
        record = staff.enrol(range(first, min(first + CHUNK, replicates)))
        for week in trial.visits:
            staff.visit(record, week)
        staff.exposure(record)
        record.cohort = None  # frees the engine's tables; the records stay
        records.append(record)
    return Followed(tuple(records), staff, time.perf_counter() - began)


def run_trial(
    name: str, replicates: int, seed: int, progress: Progress | None = None, threads: int | None = None
) -> TrialResult:
    """Run a published design and set it beside its published figures.

    Raises UnknownName for a design that is not here, UserError for a bad seed or number of replicates.
    """
    trial = design(name)
    return result_of(trial, follow(trial, replicates, seed, progress, threads), replicates, seed)


def result_of(trial: Trial, done: Followed, replicates: int, seed: int) -> TrialResult:
    """What replicates that were run amount to, beside the published figures."""
    staff = done.staff
    return TrialResult(
        name=trial.name,
        title=trial.title,
        about=trial.about,
        citation=trial.citation,
        replicates=replicates,
        seed=seed,
        children={arm: a.children for arm, a in trial.arms.items()},
        rows=endpoint_rows(trial, done.records),
        bands=bands(trial, done.records),
        child=portrait(trial, staff, done.records[0]),
        baseline=baseline(trial, done.records),
        account=Account(
            staff.proposed, replicates * trial.size, dict(staff.screened), dict(staff.failures), done.seconds
        ),
        rules=(trial.entry.text, trial.escape.text, *PROCEDURE),
        notes=trial.notes,
        provenance=_provenance(staff.machine, replicates, seed, trial.name),
    )


PROCEDURE = (
    f"Every candidate's disease runs untreated for {RUN_IN_DAYS} days before screening; of each replicate's "
    "candidates the first eligible are randomised, with exact arm sizes.",
    "Visits are at 08:00 before the dose of 09:00; temperature is read at 08:00 and 18:00; the six core "
    "variables carry measurement error. A child who escapes or withdraws counts as a non-responder.",
    "Luck is paired: a child's traits, natural course and measurement errors do not depend on its arm.",
)


def _provenance(machine: Machine, replicates: int, seed: int, name: str) -> dict[str, str]:
    return {
        "version": __version__,
        "model": "sjia",
        "model_fingerprint": machine.problem.fingerprint,
        "rtol": f"{TRIAL_TOLERANCE.rtol:g}",
        "atol": f"{TRIAL_TOLERANCE.atol:g} of each species' usual size",
        "command": f"quotidian trial {name} --replicates {replicates} --seed {seed}",
    }
