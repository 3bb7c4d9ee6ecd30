"""The methods of a trial in words: its rules, the conduct common to all trials, and the matching of
children."""

from __future__ import annotations

from quotidian.simulation import RUN_IN_DAYS
from quotidian.trials.conduct.weighting import Match
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.rules import FAILS
from quotidian.trials.protocol.safety import limits_of, safety_text

FAILURE = "A child who escapes or withdraws counts as a non-responder."
LAST_ON_TREATMENT = (
    "After randomisation a child is judged by its last visit on the treatment as randomised: where it "
    "escapes or flares by that visit, where it leaves by the one before."
)
PROCEDURE = (
    "Children with systemic disease have infections and other chance events that can trigger macrophage "
    "activation syndrome (MAS). MAS at screening excludes a candidate, MAS in the past does not. A child who "
    "dies of MAS leaves the trial.",
    f"Every candidate is simulated without the drug for {RUN_IN_DAYS} days before screening; of each "
    "replicate's candidates the first eligible are randomised, with exact arm sizes.",
    "Visits are at 08:00 before the dose of 09:00; temperature is read at 08:00 and 18:00; the six core "
    f"variables carry measurement error. {FAILURE}",
    "A child discontinues when it reacts to antibodies against its drug, when a safety rule has stopped "
    "it, after 16 weeks of open drug without JIA ACR30 at any visit (judged from week 12 of the drug on), or "
    "at a constant hazard for other reasons.",
    "A child's random effects, natural course, chance events and measurement errors do not depend on its "
    "arm.",
)


def rules_of(trial: Trial) -> tuple[str, ...]:
    """The rules of a design in words."""
    rules = (trial.entry, trial.escape, trial.escalation, trial.taper, trial.interval_extension, trial.stop)
    texts = tuple(rule.text for rule in rules if rule is not None)
    if limits := limits_of(trial.safety, trial.drugs):
        texts += (safety_text(limits),)
    return tuple(t.removesuffix(f" {FAILS}") for t in texts) if _to_the_flare(trial) else texts


def procedure_of(trial: Trial) -> tuple[str, ...]:
    """The conduct common to all trials, and the imputation."""
    judged = LAST_ON_TREATMENT if _to_the_flare(trial) else FAILURE
    return tuple(text.replace(FAILURE, judged) for text in PROCEDURE)


def _to_the_flare(trial: Trial) -> bool:
    return trial.imputation == "last-on-treatment"


def matching_of(trial: Trial, found: Match) -> tuple[str, ...]:
    """The matching of children to a published table, with the effective size of the pool."""
    if not found.targets:
        return ()
    means = "; ".join(
        f"{name} {found.before[name]:.3g} to {found.after[name]:.3g} (target {wanted:g})"
        for name, wanted in found.targets.items()
    )
    return (
        f"Children are sampled by exponential tilting of {found.pool} eligible candidates: {means}. "
        f"Effective sample size {found.effective:.0f}. {trial.population.because}".rstrip(),
    )
