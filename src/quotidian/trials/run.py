"""Conduct of a trial by name: every replicate is run, analysed, and set beside what was published."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quotidian.engine import CompiledModel
from quotidian.errors import InvalidInput
from quotidian.simulation import RUN_IN_DAYS, compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.analysis.summaries import bands, baseline, portrait
from quotidian.trials.analysis.time_to_event import stays
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.conduct import stopping
from quotidian.trials.conduct.case_record import SAFETY_EVENTS, CaseRecord
from quotidian.trials.conduct.mas_history import LEAD_DAYS
from quotidian.trials.conduct.parallel import BlockRunner, followed_days, share
from quotidian.trials.conduct.participants import TRIAL_TOLERANCE
from quotidian.trials.conduct.schedule import TrialConductor
from quotidian.trials.conduct.setting import TrialSetting
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design
from quotidian.trials.protocol.rules import FAILS
from quotidian.trials.protocol.safety import limits_of, safety_text
from quotidian.trials.result import Account, TrialResult
from quotidian.version import __version__

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Followed:
    """Replicates that were run: their records, the conductor with its account, and the seconds it took."""

    records: tuple[CaseRecord, ...]
    conductor: TrialConductor
    seconds: float


def follow(
    trial: Trial, replicates: int, seed: int, progress: Progress | None = None, threads: int | None = None,
    values: Mapping[str, float] | None = None, elsewhere: BlockRunner | None = None,
) -> Followed:  # fmt: skip
    """Run every replicate. ``values`` replaces entries of the ledger of variability between children.

    ``elsewhere`` runs blocks of replicates in other processes or on other machines; no byte depends on it.

    ``progress`` is called with the share done, 0 to 1. Raises InvalidInput for fewer than one replicate.
    """
    if replicates < 1:
        raise InvalidInput(f"A trial cannot be run {replicates} times.", "", "Ask for one replicate or more.")
    began, done = time.perf_counter(), 0.0
    total = replicates * trial.size * followed_days(trial)

    def tick(children: int, days: float) -> None:
        nonlocal done
        done += children * days
        if progress is not None:
            progress(min(done / total, 1.0))

    conductor = conductor_of(trial, seed, threads, values)
    records = tuple(share(conductor, replicates, threads, tick, elsewhere))
    return Followed(records, conductor, time.perf_counter() - began)


def conductor_of(
    trial: Trial, seed: int, threads: int | None = None, values: Mapping[str, float] | None = None
) -> TrialConductor:
    """The conduct of a trial, not begun. ``values`` go before those of the trial's population.

    Raises InvalidInput for a bad seed.
    """
    population = trial.patient_population.with_values(values or {})
    return TrialConductor(TrialSetting(trial, machine_of(trial), Streams(seed), population), threads)


def machine_of(trial: Trial) -> CompiledModel:
    """The compiled model with every drug that the trial may give."""
    return compiled_model(trial.model, trial.drugs)


def run_trial(
    name: str, replicates: int, seed: int, progress: Progress | None = None, threads: int | None = None
) -> TrialResult:
    """Run a published design and set it beside its published figures.

    Raises UnknownName for a design that is not here, InvalidInput for a bad seed or number of replicates.
    """
    return run_design(design(name), replicates, seed, progress, threads, f"quotidian trial {name}")


def run_design(
    trial: Trial, replicates: int, seed: int, progress: Progress | None = None, threads: int | None = None,
    command: str = "quotidian study run FILE",
) -> TrialResult:  # fmt: skip
    """Run any design, published or one's own, and set it beside published figures where there are any.

    Raises InvalidInput for a bad seed or number of replicates.
    """
    return result_of(trial, follow(trial, replicates, seed, progress, threads), replicates, seed, command)


def result_of(trial: Trial, done: Followed, replicates: int, seed: int, command: str) -> TrialResult:
    """What replicates that were run amount to, beside published figures where there are any."""
    conductor = done.conductor
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
        child=portrait(conductor.setting, done.records[0]),
        baseline=baseline(trial, done.records),
        account=Account(
            conductor.account.proposed,
            replicates * trial.size,
            dict(conductor.account.screened),
            dict(conductor.account.failures),
            done.seconds,
            conductor.account.followed,
            safety_account(done.records),
        ),
        rules=(*rules_of(trial), *procedure_of(trial)),
        notes=(*trial.notes, *stopping.summary(trial.stop, done.records), *matching_of(conductor)),
        primary_week=trial.primary_week,
        stays=stays(trial, done.records[0]),
        provenance=_provenance(
            trial, conductor.setting.whole, f"{command} --replicates {replicates} --seed {seed}"
        ),
    )


FAILURE = "A child who escapes or withdraws counts as a non-responder."
LAST_ON_TREATMENT = (
    "After randomisation a child is judged by its last visit on the treatment as randomised: where it "
    "escapes or flares by that visit, where it leaves by the one before."
)
PROCEDURE = (
    f"A candidate with systemic disease that would have come to macrophage activation syndrome within "
    f"{LEAD_DAYS} days before the first dose, by its own natural course, is left out beforehand.",
    f"Every other candidate's disease runs without the drug for {RUN_IN_DAYS} days before screening; of each "
    "replicate's candidates the first eligible are randomised, with exact arm sizes.",
    "Visits are at 08:00 before the dose of 09:00; temperature is read at 08:00 and 18:00; the six core "
    f"variables carry measurement error. {FAILURE}",
    "A child leaves at the visit after antibodies act on its drug, after 16 weeks of open drug without JIA "
    "ACR30 at any visit (judged from week 12 of the drug on), or by a constant chance for other reasons.",
    "A child's random effects, natural course and measurement errors do not depend on its arm.",
)


def safety_account(records: Sequence[CaseRecord]) -> dict[str, int]:
    """Participants with an event of the safety rules, by kind, over all records."""
    counts = {kind: sum(int(record.had(kind).sum()) for record in records) for kind in SAFETY_EVENTS}
    return {kind: count for kind, count in counts.items() if count}


def rules_of(trial: Trial) -> tuple[str, ...]:
    """The rules of a design in words."""
    rules = (trial.entry, trial.escape, trial.escalation, trial.taper, trial.interval_extension, trial.stop)
    texts = tuple(rule.text for rule in rules if rule is not None)
    if limits := limits_of(trial.safety, trial.drugs):
        texts += (safety_text(limits),)
    return tuple(t.removesuffix(f" {FAILS}") for t in texts) if _to_the_flare(trial) else texts


def procedure_of(trial: Trial) -> tuple[str, ...]:
    """How all trials are run, and who stands for a failure."""
    judged = LAST_ON_TREATMENT if _to_the_flare(trial) else FAILURE
    return tuple(text.replace(FAILURE, judged) for text in PROCEDURE)


def _to_the_flare(trial: Trial) -> bool:
    return trial.imputation == "last-on-treatment"


def matching_of(conductor: TrialConductor) -> tuple[str, ...]:
    """How the children were matched to a published table, with what is left of the pool."""
    found = conductor.selection
    if not found.targets:
        return ()
    trial = conductor.setting.trial
    means = "; ".join(
        f"{name} {found.before[name]:.3g} to {found.after[name]:.3g} (wanted {wanted:g})"
        for name, wanted in found.targets.items()
    )
    return (
        f"Children are chosen by exponential tilting of {found.pool} eligible candidates, and lots: {means}. "
        f"Effective sample size {found.effective:.0f}. {trial.population.because}".rstrip(),
    )


def _provenance(trial: Trial, machine: CompiledModel, command: str) -> dict[str, str]:
    return {
        "version": __version__,
        "model": trial.model,
        "model_fingerprint": machine.fingerprint,
        "rtol": f"{TRIAL_TOLERANCE.rtol:g}",
        "atol": f"{TRIAL_TOLERANCE.atol:g} of each species' usual size",
        "command": command,
    }
