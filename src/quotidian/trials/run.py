"""Run a trial by name or by design: conduct its replicates, analyse them, compare them with publications."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quotidian.engine import CompiledModel, addressed_words, is_portable
from quotidian.errors import InvalidInput
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.analysis.effects import effect_rows
from quotidian.trials.analysis.flow import flow_rows
from quotidian.trials.analysis.summaries import bands, baseline, portrait
from quotidian.trials.analysis.time_to_event import stays
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.benchmarks.support import exploratory
from quotidian.trials.conduct import stopping
from quotidian.trials.conduct.case_record import SAFETY_EVENTS, CaseRecord
from quotidian.trials.conduct.parallel import BlockRunner, child_days, share
from quotidian.trials.conduct.schedule import TrialConductor
from quotidian.trials.conduct.setting import TRIAL_TOLERANCE, TrialSetting
from quotidian.trials.conduct.unread import refuse_unread
from quotidian.trials.endpoints.own import endpoints_defined
from quotidian.trials.methods_text import matching_of, procedure_of, rules_of
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design
from quotidian.trials.result import Account, TrialResult
from quotidian.trials.rows import named_by, numbers_sha256, of_replicates
from quotidian.version import __version__

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Followed:
    """Completed replicates: their records, the conductor with its account, and the seconds used."""

    records: tuple[CaseRecord, ...]
    conductor: TrialConductor
    seconds: float


def follow(
    trial: Trial, replicates: int, seed: int, progress: Progress | None = None, threads: int | None = None,
    values: Mapping[str, float] | None = None, elsewhere: BlockRunner | None = None,
    overlay: Overlay = NO_OVERLAY,
) -> Followed:  # fmt: skip
    """Run every replicate. ``values`` replaces entries of the ledger of variability between children,
    ``overlay`` those of any ledger.

    ``elsewhere`` runs blocks of replicates in other processes or on other machines; no byte depends on it.
    ``progress`` is called with the completed share, 0 to 1. Raises InvalidInput for fewer than one
    replicate.
    """
    if replicates < 1:
        raise InvalidInput(f"A trial cannot be run {replicates} times.", "", "Ask for one replicate or more.")
    began = time.perf_counter()
    conductor = conductor_of(trial, seed, threads, values, overlay)
    records = tuple(share(conductor, replicates, threads, child_days(trial, replicates, progress), elsewhere))
    return Followed(records, conductor, time.perf_counter() - began)


def conductor_of(
    trial: Trial, seed: int, threads: int | None = None, values: Mapping[str, float] | None = None,
    overlay: Overlay = NO_OVERLAY,
) -> TrialConductor:  # fmt: skip
    """The conduct of a trial before it begins.

    ``values`` replace those of the trial's population, ``overlay`` those of any ledger. Raises InvalidInput
    for a bad seed, and for an overlay of something that trials do not read.
    """
    refuse_unread(overlay)
    population = trial.patient_population.with_values(values or {}).overlaid(overlay)
    return TrialConductor(
        TrialSetting(trial, machine_of(trial), Streams(seed, addressed_words), population), threads
    )


def machine_of(trial: Trial) -> CompiledModel:
    """The compiled model with every drug that the trial may give."""
    return compiled_model(trial.model, trial.drugs)


def run_trial(
    name: str, replicates: int, seed: int, progress: Progress | None = None, threads: int | None = None
) -> TrialResult:
    """Run a published design and compare it with its published results.

    Raises UnknownName for an unknown design, InvalidInput for an invalid seed or number of replicates.
    """
    return run_design(design(name), replicates, seed, progress, threads, f"quotidian trial {name}")


def run_design(
    trial: Trial, replicates: int, seed: int, progress: Progress | None = None, threads: int | None = None,
    command: str = "quotidian study run FILE",
) -> TrialResult:  # fmt: skip
    """Run any design, and compare it with published results if there are any.

    Raises InvalidInput for an invalid seed or number of replicates.
    """
    return result_of(trial, follow(trial, replicates, seed, progress, threads), replicates, seed, command)


def result_of(trial: Trial, done: Followed, replicates: int, seed: int, command: str) -> TrialResult:
    """The result of completed replicates, with the published results if there are any."""
    conductor = done.conductor
    found = endpoint_rows(trial, done.records)
    labels = {own.name: own.label for own in endpoints_defined(trial)}
    rows = named_by(labels, of_replicates(found, replicates))
    return TrialResult(
        name=trial.name,
        title=trial.title,
        about=trial.about,
        citation=trial.citation,
        replicates=replicates,
        seed=seed,
        children={arm: a.children for arm, a in trial.arms.items()},
        size=trial.size,
        rows=rows,
        exploratory=exploratory(trial, rows),
        bands=bands(trial, done.records),
        child=portrait(conductor.setting, done.records[0]),
        baseline=baseline(trial, done.records),
        account=_account(trial, done, replicates),
        rules=(*rules_of(trial), *procedure_of(trial)),
        notes=(
            *trial.notes,
            *stopping.summary(trial.stop, done.records),
            *matching_of(trial, conductor.selection),
        ),
        primary_week=trial.primary_week,
        effects=named_by(labels, effect_rows(trial, done.records)),
        flow=flow_rows(trial, done.records, conductor.account),
        stays=stays(trial, done.records[0]),
        modules=tuple(module.name for module in conductor.setting.whole.model.modules),
        provenance=_provenance(
            trial, conductor.setting.whole, f"{command} --replicates {replicates} --seed {seed}"
        )
        | {"numbers_sha256": numbers_sha256(found)},
    )


def _account(trial: Trial, done: Followed, replicates: int) -> Account:
    enrolment = done.conductor.account
    return Account(
        proposed=enrolment.proposed,
        enrolled=replicates * trial.size,
        screened_out={why: n for why, n in enrolment.screened.items() if n},
        failures={why: n for why, n in enrolment.failures.items() if n},
        seconds=done.seconds,
        followed=enrolment.followed,
        safety=safety_account(done.records),
    )


def safety_account(records: Sequence[CaseRecord]) -> dict[str, int]:
    """Participants with an event of the safety rules, by kind, over all records."""
    counts = {kind: sum(int(record.had(kind).sum()) for record in records) for kind in SAFETY_EVENTS}
    return {kind: count for kind, count in counts.items() if count}


def _provenance(trial: Trial, machine: CompiledModel, command: str) -> dict[str, str]:
    return {
        "version": __version__,
        "model": trial.model,
        "model_fingerprint": machine.fingerprint,
        "rtol": f"{TRIAL_TOLERANCE.rtol:g}",
        "atol": f"{TRIAL_TOLERANCE.atol:g} of each species' usual size",
        "arithmetic": "portable" if is_portable() else "fused",
        "precision": "double" if is_portable() else TRIAL_TOLERANCE.precision,
        "command": command + (" --portable" if is_portable() else ""),
    }
