"""The year before entry: its natural course, and MAS in closed form against the model marched through it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import SWITCH
from quotidian.patients.disease_activity import course, earlier
from quotidian.patients.mas_criteria import IN_MAS
from quotidian.patients.population import PatientPopulation
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import RUN_IN_DAYS, compiled_model, reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct import concomitant_therapy, mas_history
from quotidian.trials.conduct.mas_history import EARLIER_PERIODS, LEAD_DAYS, REASON, had_mas, il18_at_the_edge
from quotidian.trials.conduct.participants import EVENING, TRIAL_TOLERANCE
from quotidian.trials.conduct.screening import Candidates, candidates, plausible
from quotidian.trials.conduct.starting import staged
from quotidian.trials.methods_text import PROCEDURE
from quotidian.trials.protocol.design import BACKGROUND, Trial
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

TENDER = design("tender")
MACHINE = compiled_model(TENDER.model, TENDER.drugs)
PRONENESS = "macrophage_activation.il18_proneness"
Bools = NDArray[np.bool_]


def drawn(
    trial: Trial = TENDER, numbers: range = range(300), values: dict[str, float] | None = None
) -> Candidates:
    population = trial.patient_population
    return candidates(trial, Streams(11), [0], numbers, population.with_values(values or {}))


def judged(found: Candidates) -> Bools:
    table = subjects_of(found.children).table(MACHINE)
    f = concomitant_therapy.restraint(MACHINE, table, found.body["steroid"])
    return had_mas(MACHINE, table, f, found.earlier, found.course)


@cache
def marched() -> tuple[Candidates, Bools]:
    """Candidates whom steroid does not hold, and who was in MAS on an evening of the year, by the model."""
    found = drawn()
    f = concomitant_therapy.restraint(
        MACHINE, subjects_of(found.children).table(MACHINE), found.body["steroid"]
    )
    found = found.keep(f >= concomitant_therapy.HELD)
    machine = reduced_model("sjia", TENDER.drugs, ("macrophage_activation",))
    start = -LEAD_DAYS * 24.0
    cohort = staged(machine, MACHINE, list(found.children), found.body["steroid"], start)
    drive = np.hstack([found.earlier, found.course[:, : RUN_IN_DAYS // 14]])
    hours = start + 336.0 * np.arange(drive.shape[1])
    events = [
        [(start, SWITCH, BACKGROUND, dose / 24.0)]
        + [(t, SWITCH, "course", x) for t, x in zip(hours.tolist(), own, strict=True)]
        for dose, own in zip(found.body["steroid"].tolist(), drive.tolist(), strict=True)
    ]
    run = machine.run(
        cohort.table, np.arange(-LEAD_DAYS, 0) * 24.0 + EVENING, events=machine.events(events), start=start,
        end=0.0, states=cohort.states, observables=["macrophage_activation"], tolerance=TRIAL_TOLERANCE,
    )  # fmt: skip
    assert (run.status == 0).all()
    return found, (run["macrophage_activation"] > IN_MAS).any(axis=1)


def test_the_closed_form_says_who_had_mas_as_the_march_of_the_year_does() -> None:
    found, truth = marched()
    said = judged(found)
    assert 40 < truth.sum() < len(truth) - 100
    assert (said == truth).mean() > 0.97
    assert (said & ~truth).sum() <= 4 and (truth & ~said).sum() <= 4


def test_steroid_that_holds_production_back_moves_the_edge_of_the_march_too() -> None:
    """Taken for untreated, children on a dose would be judged worse."""
    found, truth = marched()
    dosed = found.body["steroid"] > 0
    as_if_without = had_mas(
        MACHINE, subjects_of(found.children).table(MACHINE), np.ones(len(truth)), found.earlier, found.course
    )
    assert (as_if_without != truth)[dosed].sum() >= 3 * max(1, (judged(found) != truth)[dosed].sum())


def balances(x: float, f: float, table: np.ndarray) -> int:
    """States of IFN-gamma in balance with that IL-18, by changes of sign."""
    column = MACHINE.named_parameters(table[0])
    X, top, r, h, n = (
        column[f"macrophage_activation.{k}"]
        for k in ("il18_half", "ifn_top", "resting_tone", "activation_half", "activation_steepness")
    )
    y = np.geomspace(1e-3, 10, 200_000)
    rest = f * top * x / (X + x) * (r + y**n / (h**n + y**n)) - y
    return int((np.diff(np.sign(rest)) != 0).sum())


@pytest.mark.parametrize("f", [1.0, 0.85, 0.7])
@pytest.mark.parametrize(
    "own", [{}, {"resting_tone": 0.15}, {"activation_half": 0.33, "activation_steepness": 3.0}]
)
def test_at_the_edge_the_state_without_mas_is_lost(f: float, own: dict[str, float]) -> None:
    table = MACHINE.parameters(1, {f"macrophage_activation.{k}": x for k, x in own.items()})
    edge = float(il18_at_the_edge(MACHINE, table, np.array([f]))[0])
    assert balances(0.99 * edge, f, table) == 3 and balances(1.01 * edge, f, table) == 1


def test_restraint_puts_the_edge_higher_and_where_there_is_no_fold_there_is_no_edge() -> None:
    free, held = il18_at_the_edge(MACHINE, MACHINE.parameters(2), np.array([1.0, 0.85]))
    assert free == pytest.approx(50_000, rel=0.01)
    assert held == pytest.approx(71_500, rel=0.01)  # S = 1/(2 f), so x = X/(2 f - 1)
    table = MACHINE.parameters(2, {"macrophage_activation.activation_steepness": np.array([1.0, 1.5])})
    assert np.isinf(il18_at_the_edge(MACHINE, table, np.ones(2))).all()
    assert np.isinf(il18_at_the_edge(MACHINE, MACHINE.parameters(1), np.array([0.45]))).all()  # S never is 1


def test_the_past_is_the_same_stationary_chain_and_joins_the_course() -> None:
    s = PatientPopulation({"course_sd": 0.5, "course_weeks": 8.0, "remission_chance": 0.0})
    n = range(20_000)
    past, to_come = (np.log(draw(Streams(2), 0, n, 6, s)) / 0.5 for draw in (earlier, course))
    x, phi = np.hstack([past, to_come]), math.exp(-0.25)
    assert x.mean(axis=0) == pytest.approx(np.zeros(12), abs=0.03)
    assert x.std(axis=0) == pytest.approx(np.ones(12), abs=0.02)
    r = np.corrcoef(x, rowvar=False)
    lag = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    assert r == pytest.approx(phi**lag, abs=0.03)


def test_a_longer_past_ends_with_the_shorter_one_and_without_spread_there_is_none() -> None:
    long, short = (earlier(Streams(2), 3, range(5), k) for k in (9, 4))
    assert np.array_equal(long[:, -4:], short)
    assert (earlier(Streams(2), 3, range(5), 4, PatientPopulation({"course_sd": 0.0})) == 1.0).all()


def test_a_prone_child_is_screened_and_counted_and_a_mild_one_is_not() -> None:
    found = drawn(numbers=range(2))
    traits = [dict(found.children[0].random_effects) | {PRONENESS: p} for p in (30.0, 0.01)]
    both = tuple(replace(found.children[0], random_effects=t) for t in traits)
    same = {name: np.repeat(x[:1], 2, axis=0) for name, x in found.body.items()} | {"steroid": np.zeros(2)}
    books: Counter[str] = Counter()
    pair = replace(
        found, children=both, body=same,
        **{n: np.repeat(getattr(found, n)[:1], 2, axis=0) for n in ("course", "earlier", "number")},
    )  # fmt: skip
    assert plausible(TENDER, MACHINE, pair, books).tolist() == [False, True]
    assert books == {REASON: 1}


def test_each_reason_is_counted_once() -> None:
    found, books = drawn(), Counter[str]()
    kept = plausible(TENDER, MACHINE, found, books)
    assert sum(books.values()) == (~kept).sum()
    held = books["steroid alone would hold the disease"]
    assert 0.25 < books[REASON] / (len(kept) - held) < 0.45


@pytest.mark.parametrize("name", ["pjia-iv", "ra-iv"])
def test_whose_disease_is_not_systemic_is_not_asked(name: str) -> None:
    trial, books = design(name), Counter[str]()
    machine = compiled_model(trial.model, trial.drugs)
    plausible(trial, machine, drawn(trial, range(40)), books)
    assert REASON not in books


def test_infants_are_asked() -> None:
    trial, books = design("infants"), Counter[str]()
    plausible(trial, compiled_model(trial.model, trial.drugs), drawn(trial, range(60)), books)
    assert books[REASON] > 5


def test_a_child_is_judged_alike_alone_and_in_any_company() -> None:
    company = judged(drawn(numbers=range(60)))
    alone = [bool(judged(drawn(numbers=range(i, i + 1)))[0]) for i in range(25, 60)]
    assert company[25:].tolist() == alone and 5 < sum(alone) < 30


def test_a_longer_trial_has_the_same_candidates() -> None:
    """The past does not depend on what is still to come."""
    first, longer = (drawn(design(n), range(40)) for n in ("tender", "tender-extension"))
    assert np.array_equal(first.earlier, longer.earlier)
    assert first.earlier.shape[1] == EARLIER_PERIODS == LEAD_DAYS // 14 - RUN_IN_DAYS // 14


def test_a_trial_counts_them_in_its_books_and_says_so() -> None:
    account = follow(TENDER, 1, seed=1, threads=1).conductor.account
    assert account.screened[REASON] > 30
    assert account.screened["macrophage activation syndrome"] < 0.1 * account.screened[REASON]
    assert any(str(LEAD_DAYS) in line for line in PROCEDURE)


def test_the_lead_is_one_number() -> None:
    from quotidian.trials.analysis import mas_incidence

    assert mas_incidence.LEAD_DAYS is mas_history.LEAD_DAYS  # type: ignore[attr-defined]
