"""Errors in a design that type checks cannot find, each with position, what is wrong, why, and a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quotidian.errors import QuotidianError, closest
from quotidian.indications.registry import INDICATIONS
from quotidian.trials.protocol.definitions import Known, own_endpoint_faults
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.fault import Fault, Place
from quotidian.trials.protocol.population import population_faults
from quotidian.trials.protocol.ranges import range_faults
from quotidian.trials.protocol.recording import recording_faults
from quotidian.trials.protocol.rule_faults import rule_faults
from quotidian.trials.protocol.safety import safety_faults
from quotidian.trials.protocol.treatment import Give, check_bands, regimens

MOST_CHILDREN, MOST_WEEKS, MOST_VISITS = 5000, 520, 300
"""Largest size of one replicate. Assumed: larger than any trial of the disease, and feasible in minutes."""
MOST_LETTERS = 100


def faults(trial: Trial, endpoints: Mapping[str, Known], observables: Mapping[str, Any]) -> Iterator[Fault]:
    """All errors in a design. ``endpoints`` and ``observables`` are those that exist, by name."""
    if trial.indication not in INDICATIONS:
        yield Fault(
            ("indication",), f"there is no indication '{trial.indication}'.", "",
            closest(trial.indication, INDICATIONS),
        )  # fmt: skip
        return
    yield from range_faults(trial)
    yield from _sizes(trial)
    yield from _arms(trial)
    yield from _calendar(trial)
    yield from rule_faults(trial, MOST_WEEKS)
    yield from population_faults(trial)
    yield from recording_faults(trial, endpoints, observables)
    yield from own_endpoint_faults(trial, endpoints, observables)
    yield from _safety(trial, observables)
    yield from _indication(trial)


def _sizes(trial: Trial) -> Iterator[Fault]:
    if not 1 <= len(trial.name.strip()) <= MOST_LETTERS:
        yield Fault(
            ("name",), f"a name of {len(trial.name.strip()):,} letters is refused.",
            f"It has 1 to {MOST_LETTERS}, and heads the report.", "Write a short one; 'title' may say more.",
        )  # fmt: skip
    if not 1 <= trial.size <= MOST_CHILDREN:
        place: Place = ("children",) if trial.children else ("arms",)
        yield Fault(
            place, f"a replicate of {trial.size:,} children is refused.",
            f"A trial here has 1 to {MOST_CHILDREN:,}.",
            "Enrol fewer, and ask for more --replicates." if trial.size > 0 else "Enrol some in each arm.",
        )  # fmt: skip
    if trial.steroid:
        rule = trial.steroid
        if not (rule.median > 0 and rule.at_least <= rule.at_most):
            yield Fault(
                ("steroid",), "such doses are impossible.",
                "The median is above 0 mg/kg/day, and at_least <= at_most.",
                "Write for example {share: 0.9, median: 0.3, spread: 0.5}.",
            )  # fmt: skip


def _arms(trial: Trial) -> Iterator[Fault]:
    if not trial.arms:
        yield Fault(
            ("arms",),
            "there is no arm.",
            "A trial needs at least one arm, which may be untreated.",
            "Add one.",
        )
    for name, arm in trial.arms.items():
        if not 1 <= arm.children <= 10**9:
            yield Fault(
                ("arms", name, "children"), f"arm '{name}' has a weight of {arm.children}.",
                "An arm without children has no result.",
                "Give it 1 child or more, or remove the arm.",
            )  # fmt: skip
    if len(trial.arms) > 1 and trial.randomised is None:
        yield Fault(
            ("periods",), f"{len(trial.arms)} arms, and no randomised period.",
            "All children of an open period receive the same treatment.",
            "Make one period 'kind: randomised'.",
        )  # fmt: skip
    if sum(p.kind == "randomised" for p in trial.periods) > 1:
        yield Fault(
            ("periods",),
            "two periods are randomised.",
            "Children are randomised once.",
            "Make one of them open.",
        )
    places = {("arms", n, "give"): a.give for n, a in trial.arms.items()}
    places |= {("periods", i, "give"): p.give for i, p in enumerate(trial.periods) if p.give is not None}  # type: ignore[misc]
    if trial.escape and trial.escape.give is not None:
        places[("escape", "give")] = trial.escape.give  # type: ignore[index]
    if trial.escalation:
        places |= {("escalation", "ladder", i): t for i, t in enumerate(trial.escalation.ladder)}  # type: ignore[misc]
    if trial.interval_extension:
        places[("interval_extension", "give")] = trial.interval_extension.give  # type: ignore[index]
    for place, give in places.items():
        yield from _unreadable(place, give, trial)


def _unreadable(place: Place, give: Give, trial: Trial) -> Iterator[Fault]:
    try:
        regimens(give)
        check_bands(give, trial.population.lightest, trial.ages)
    except QuotidianError as error:
        yield Fault(place, error.what, error.why, error.remedy or "'quotidian drugs' lists the drugs.")


def _calendar(trial: Trial) -> Iterator[Fault]:
    if not trial.periods or any(p.weeks < 1 for p in trial.periods) or trial.weeks > MOST_WEEKS:
        yield Fault(
            ("periods",), f"the periods last {trial.weeks} weeks.",
            f"Each has 1 or more, all together at most {MOST_WEEKS}.",
            "Correct the weeks.",
        )  # fmt: skip
        return
    if not trial.visits or len(trial.visits) > MOST_VISITS:
        yield Fault(
            ("visits",), f"there are {len(trial.visits)} visits.", "A design has 1 to 300.", "Change them."
        )
        return
    for i, week in enumerate(trial.visits):
        if week > trial.weeks:
            yield Fault(
                ("visits", i), f"the visit of week {week} comes after the end.",
                f"The periods end at week {trial.weeks}.", "Lengthen a period, or drop the visit.",
            )  # fmt: skip
        if week <= (trial.visits[i - 1] if i else 0):
            yield Fault(
                ("visits", i), f"the visit of week {week} is out of order.",
                "Visits ascend from week 1; week 0 is included automatically.", "Sort the weeks, each once.",
            )  # fmt: skip
    for start, period in trial.timeline[1:]:
        if start not in trial.visits:
            yield Fault(
                ("visits",), f"there is no visit at week {start}, when '{period.name}' begins.",
                "A period begins at a visit.", f"Add week {start} to the visits.",
            )  # fmt: skip
    if trial.primary_week not in trial.visits:
        yield Fault(
            ("primary_week",), f"there is no visit at week {trial.primary_week}.",
            "The primary endpoint is read at a visit.", f"Choose one of {', '.join(map(str, trial.visits))}.",
        )  # fmt: skip


def _indication(trial: Trial) -> Iterator[Fault]:
    """Endpoints and observables that the indication does not assess."""
    disease, entry = trial.disease, trial.entry
    if disease.core_set:
        return
    rest_on_joints = {
        ("entry",): entry.joints or entry.joints_with_fever or entry.febrile,
        ("escape", "flare"): trial.escape and trial.escape.flare,
        ("taper",): trial.taper, ("interval_extension",): trial.interval_extension,
        ("stratify",): "joints" in trial.stratify,
        ("population", "match"): "joints" in trial.population.match,
    } | {
        ("periods", i): i > 0 and period.kind == "randomised" and period.admit_acr
        for i, period in enumerate(trial.periods)
    }  # fmt: skip
    for place, used in rest_on_joints.items():
        if used:
            instead = "use CRP or fever instead" if place[0] != "periods" else "write 'admit_acr: 0'"
            yield Fault(
                place, "this rule needs the joint count or an ACR response.",
                f"{disease.title}: the JIA core set is not assessed.",
                f"Remove it, or {instead}.",
            )  # fmt: skip


def _safety(trial: Trial, observables: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        drugs = trial.drugs
    except QuotidianError:  # a regimen that cannot be read is reported elsewhere
        return
    yield from safety_faults(trial.safety, drugs, observables)
