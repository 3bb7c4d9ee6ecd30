"""The methods of a trial in words: its rules, the conduct common to all trials, and the matching of
children."""

from __future__ import annotations

from collections.abc import Mapping

from quotidian.simulation import RUN_IN_DAYS
from quotidian.trials.conduct.weighting import Match
from quotidian.trials.protocol.definitions import own_endpoints
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.rules import FAILS, Estimand
from quotidian.trials.protocol.safety import limits_of, safety_text

FAILURE = "A child who escapes or withdraws counts as a non-responder."
LAST_ON_TREATMENT = (
    "After randomisation the last visit on the randomised treatment is used: after escape or flare the visit "
    "at which it occurred, after discontinuation the visit before it."
)
RESCUED: Mapping[Estimand, str] = {
    "composite": "A child who escapes or flares is a non-responder.",
    "while-on-treatment": "The result of the visit at which a child escapes or flares is carried "
    "forward to all later visits of the randomised period: a responder at that visit remains one.",
    "treatment-policy": "The later results of a child who escapes or flares count, on open-label drug too.",
}
ABSENT = {
    "non-responder": "A child who leaves, or misses a visit, is a non-responder at that visit.",
    "locf": "For a child who leaves, or misses a visit, the last visit is carried forward.",
}
PROCEDURE = (
    "Children with systemic disease have infections and other chance events that can trigger macrophage "
    "activation syndrome (MAS). MAS at screening excludes a candidate, MAS in the past does not. A child who "
    "dies of MAS leaves the trial.",
    f"Every candidate is simulated without the drug for {RUN_IN_DAYS} days before screening; of each "
    "replicate's candidates the first eligible are enrolled, with exact arm sizes.",
    "Visits are at 08:00 before the dose of 09:00; temperature is read at 08:00 and 18:00; the six core "
    f"variables carry measurement error. {FAILURE}",
    "A child discontinues when it reacts to antibodies against its drug, when a safety rule has stopped "
    "it, after 16 weeks without JIA ACR30 at any visit, counted from week 12 of open-label drug, or "
    "at a constant hazard for other reasons.",
    "A child's random effects, natural course, chance events and measurement errors do not depend on its "
    "arm.",
)


def rules_of(trial: Trial) -> tuple[str, ...]:
    """The rules of a design in words."""
    rules = (trial.entry, trial.escape, trial.escalation, trial.taper, trial.interval_extension, trial.stop)
    texts = tuple(rule.text for rule in rules if rule is not None)
    texts += tuple(f"Own endpoint {name}: {own.text}." for name, own in own_endpoints(trial).items())
    if limits := limits_of(trial.safety, trial.drugs):
        texts += (safety_text(limits),)
    fails = trial.strategy == "composite"
    return texts if fails else tuple(t.removesuffix(f" {FAILS}") for t in texts)


def procedure_of(trial: Trial) -> tuple[str, ...]:
    """The conduct common to all trials, the imputation, and the estimand with its source."""
    because = f" ({trial.estimand_because})" if trial.estimand_because else ""
    estimand = f"Estimand of responses: {trial.strategy.replace('-', ' ')}{because}."
    return (*(text.replace(FAILURE, _judged(trial)) for text in PROCEDURE), estimand)


def _judged(trial: Trial) -> str:
    """How children count who are rescued, leave or miss a visit."""
    if trial.imputation == "last-on-treatment":
        return LAST_ON_TREATMENT
    if (trial.imputation, trial.strategy) == ("non-responder", "composite"):
        return FAILURE
    return f"{RESCUED[trial.strategy]} {ABSENT[trial.imputation]}"


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
