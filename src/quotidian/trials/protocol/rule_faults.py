"""Errors in the rules of a design: tapers, escapes, escalation, estimands, exposure, and an end by events."""

from __future__ import annotations

from collections.abc import Iterator

from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.fault import Fault
from quotidian.trials.protocol.kinetics import kinetics_faults


def rule_faults(trial: Trial, longest: int) -> Iterator[Fault]:
    """Rules that contradict the rest of the design. ``longest`` is the longest accrual, weeks."""
    yield from _rules(trial)
    yield from kinetics_faults(trial)
    yield from _stop(trial, longest)


def _rules(trial: Trial) -> Iterator[Fault]:
    if trial.taper and not trial.steroid:
        yield Fault(
            ("taper",), "a taper without steroid.", "No child receives steroid, so no dose can be reduced.",
            "Add 'steroid: {share: 0.9, median: 0.3, spread: 0.5}', or remove the taper.",
        )  # fmt: skip
    if trial.taper and not 0 < trial.taper.by_percent < 100:
        yield Fault(
            ("taper", "by_percent"), f"a reduction by {trial.taper.by_percent:g} % is refused.",
            "It lies above 0 and below 100.", "Write for example 20.",
        )  # fmt: skip
    if trial.escape and trial.randomised is None:
        yield Fault(
            ("escape",), "an escape without a randomised period.",
            "In an open period all children receive the same treatment.",
            "Make a period 'kind: randomised', or remove it.",
        )  # fmt: skip
    if trial.escalation and len(trial.escalation.ladder) < 2:
        yield Fault(
            ("escalation", "ladder"), "a ladder of one step.", "There is no higher dose.", "Add a dose."
        )
    if trial.imputation == "last-on-treatment" and trial.strategy != "while-on-treatment":
        yield Fault(
            ("estimand",), f"the estimand {trial.strategy} with the last observation on treatment.",
            "That imputation uses the data of a child up to its rescue only.",
            "Write 'estimand: while-on-treatment', or another imputation.",
        )  # fmt: skip


def _stop(trial: Trial, longest: int) -> Iterator[Fault]:
    rule = trial.stop
    if rule is None:
        return
    if not 1 <= rule.events <= trial.size:
        yield Fault(
            ("stop", "events"), f"an end at event {rule.events:,} is impossible.",
            f"{trial.size:,} children take part, and each has at most one.",
            "Write a number from 1 to that of the children randomised.",
        )  # fmt: skip
    if not 0 <= rule.accrual_weeks <= longest:
        yield Fault(
            ("stop", "accrual_weeks"), f"randomisation over {rule.accrual_weeks:g} weeks is refused.",
            f"It lasts from 0 (all on one day) to {longest} weeks.", "Write for example 52.",
        )  # fmt: skip
    if trial.randomised is None:
        yield Fault(
            ("stop",), "an end by events without a randomised period.",
            "Events are counted from randomisation on.", "Make a period 'kind: randomised', or remove it.",
        )  # fmt: skip
    elif trial.randomised[1] < trial.weeks:
        yield Fault(
            ("stop",), "an end by events, followed by another period.",
            "That period would begin at a different week for each child.", "Remove it, or the stop.",
        )  # fmt: skip
    if trial.escape is None or trial.escape.kind != rule.kind:
        yield Fault(
            ("stop", "kind"), f"this design has no event of kind '{rule.kind}'.",
            "An event ends randomised treatment; the escape rule defines its kind.",
            f"Write an 'escape:' with 'kind: {rule.kind}'" + (
                "." if trial.escape is None else f", or 'kind: {trial.escape.kind}' in the stop."
            ),
        )  # fmt: skip
