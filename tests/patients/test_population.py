"""Virtual children: drawn from the ledger, each from its own random streams."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quotidian.biology import innate_loop, joints
from quotidian.errors import UnknownName
from quotidian.patients import disease_activity
from quotidian.patients.disease_activity import course, earlier
from quotidian.patients.population import PatientPopulation, draw, typical_values
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import compiled_model
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

STREAMS = Streams(7)
MANY = draw(STREAMS, 0, range(3000))
VALUES = typical_values()


def test_a_child_depends_on_its_number_alone() -> None:
    assert draw(STREAMS, 0, [41])[0] == MANY[41]
    assert draw(STREAMS, 0, [41])[0].random_effects == MANY[41].random_effects
    assert draw(STREAMS, 1, [41])[0] != MANY[41]


def test_children_of_several_replicates_are_those_of_each_alone() -> None:
    """Short and long pasts, and replicates, are computed together without an effect on any child."""
    replicate = np.repeat([4, 0, 9], [2, 5, 3])
    number = np.array([7, 3, 0, 1, 2, 3, 11, 0, 40, 2])
    alone = [draw(STREAMS, r, [n])[0] for r, n in zip(replicate.tolist(), number.tolist(), strict=True)]
    together = draw(STREAMS, replicate, number)
    assert together == alone
    assert [child.values for child in together] == [child.values for child in alone]
    assert [child.random_effects for child in together] == [child.random_effects for child in alone]


def test_ages_sexes_and_weights_are_those_of_trial_children() -> None:
    ages = np.array([c.age_years for c in MANY])
    weights = np.array([c.weight_kg for c in MANY])
    assert ages.min() >= 2 and ages.max() < 18
    assert 9.0 < ages.mean() < 10.5  # 10.0 and 9.1 by arm
    assert 0.44 < (weights < 30).mean() < 0.57  # 38 of 75
    assert 0.46 < np.mean([c.sex == "female" for c in MANY]) < 0.54


def test_spreads_come_out_as_the_ledger_states_them() -> None:
    clearance = np.log([c.random_effects["tocilizumab.CL"] for c in MANY])
    volume = np.log([c.random_effects["tocilizumab.V_c"] for c in MANY])
    assert abs(clearance.std() / VALUES["tocilizumab.omega_CL"] - 1) < 0.05
    assert abs(np.corrcoef(clearance, volume)[0, 1] - VALUES["tocilizumab.r_CL_V_c"]) < 0.06
    severity = np.log([c.severity for c in MANY])
    assert abs(severity.std() / VALUES["severity"] - 1) < 0.05


def test_every_trait_is_a_parameter_of_the_model() -> None:
    subjects_of(MANY[:3]).table(compiled_model("sjia"))


def test_the_natural_course_remembers_and_never_remits() -> None:
    calm = VALUES | {"flares": 0.0, "course_when_seen": 0.0}
    x = np.log(course(STREAMS, 0, range(4000), 8, calm))
    assert abs(x.std() / VALUES["course_sd"] - 1) < 0.05
    expected = np.exp(-2 / VALUES["course_weeks"])
    assert abs(np.corrcoef(x[:, 3], x[:, 4])[0, 1] - expected) < 0.05


def test_the_natural_course_stays_as_it_is_until_it_turns() -> None:
    """Before and after entry, from one period to the next with probability e^(-2/tau)."""
    calm = VALUES | {"flares": 0.0}
    stays = np.exp(-2 / VALUES["course_weeks"])
    later = course(STREAMS, 0, range(3000), 9, calm)
    past = earlier(STREAMS, 0, range(3000), np.full(3000, 8), calm).reshape(3000, 8)[:, ::-1]
    for drive in (later, past, np.stack([past[:, -1], later[:, 0]], axis=1)):
        assert abs((drive[:, 1:] == drive[:, :-1]).mean() - stays) < 0.02


def test_the_disease_is_worse_at_entry_than_before_and_after() -> None:
    """By the stated number of SD; of that e^(-t/tau) is left on either side."""
    calm = VALUES | {"flares": 0.0}
    shift, left = VALUES["course_when_seen"], np.exp(-12 / VALUES["course_weeks"])
    later = np.log(course(STREAMS, 0, range(4000), 7, calm)).mean(axis=0) / VALUES["course_sd"]
    past = np.log(earlier(STREAMS, 0, range(4000), np.full(4000, 6), calm)).reshape(4000, 6)[:, ::-1]
    before = past.mean(axis=0) / VALUES["course_sd"]
    falls = shift * (left - 1.0)
    np.testing.assert_allclose([later[0], later[6], before[0]], [0.0, falls, falls], atol=0.06)
    assert falls < -0.4


def test_the_course_of_a_child_is_the_same_in_any_company() -> None:
    alone, many = (course(STREAMS, 3, n, 8, VALUES) for n in ([17], range(40)))
    assert np.array_equal(alone[0], many[17])


def test_the_past_of_a_child_follows_from_its_own_draws_period_by_period() -> None:
    """The formulas of a turning course with flares, written out for one period after another."""
    ledger = {name: entry.value for name, entry in disease_activity.ledger().items()}
    often = VALUES | ledger | {"flares": 5.0, "flare_days": 40.0}
    periods = np.array([3, 40, 1, 17])
    together = earlier(STREAMS, np.array([0, 0, 1, 1]), np.array([4, 5, 5, 2]), periods, often)
    chance = -math.expm1(-often["flares"] * 14 / 365.25)
    each = zip(np.split(together, np.cumsum(periods)[:-1]), (0, 0, 1, 1), (4, 5, 5, 2), strict=True)
    for own, r, child in each:
        turn, z, flare, size = (
            STREAMS.uniform(f"{name}", r, [child], len(own))[0]
            for name in ("course.earlier_turn", "course.earlier", "earlier.flare", "earlier.flare_size")
        )
        x, factors = STREAMS.normal("course", r, [child])[0, 0], [1.0] * (len(own) + 3)
        for k, drive in enumerate(own):
            if turn[k] < -math.expm1(-2 / often["course_weeks"]):
                x = float(normal_quantile(z[k : k + 1])[0]) - often["course_when_seen"]
            if flare[k] < chance:
                own_size = often["flare_size"] * math.exp(
                    often["flare_spread"] * float(normal_quantile(size[k : k + 1])[0])
                )
                for lag in range(3):  # 40 days
                    factors[k + lag] = max(factors[k + lag], own_size)
            assert drive == pytest.approx(math.exp(often["course_sd"] * x) * factors[k], rel=1e-14)


def test_one_share_a_child_of_all_that_il1_drives() -> None:
    """The median child is the typical one, nobody needs IL-1 for more than all, and children differ."""
    logit = VALUES["il1_share_logit"] + VALUES["il1_share_sd"] * np.array([-1.0, 0.0, 1.0])
    typical = innate_loop.k.ledger["il1_share"].value
    share = typical * np.array([c.random_effects["innate_loop.il1_share"] for c in MANY])
    need = joints.k.ledger["il1_need"].value * np.array([c.random_effects["joints.il1_need"] for c in MANY])
    np.testing.assert_allclose(share, need, rtol=1e-12)
    assert share.min() > 0 and share.max() <= 1
    np.testing.assert_allclose(np.quantile(share, [0.159, 0.5, 0.841]), 1 / (1 + np.exp(-logit)), atol=0.05)
    assert abs(np.median(share) - typical) < 0.03


def test_counts_of_neutrophils_spread_over_the_reference_range() -> None:
    """Healthy people: 2.5 to 97.5 % from 1.5 to 8e9/L, the variation within a person included (recalled)."""
    from quotidian.trials.conduct.measurement import neutrophils

    numbers = range(6000)
    own = np.array([c.random_effects["blood_cells.neutrophil_floor"] for c in draw(Streams(1), 0, numbers)])
    counts = neutrophils(np.sqrt(1.5 * 8.0) * own, Streams(1), 0, numbers, 2)
    low, high = np.quantile(counts, (0.025, 0.975))
    assert (low, high) == (pytest.approx(1.5, rel=0.06), pytest.approx(8.0, rel=0.06))


@pytest.mark.parametrize(
    ("parameter", "low", "high"),
    [
        ("blood_cells.platelet_baseline", 150, 450),
        ("serum_proteins.albumin_baseline", 38, 50),
        ("liver.ast_baseline", 15, 40),
        ("liver.alt_baseline", 10, 35),
        ("liver.triglyceride_baseline", 50, 130),
    ],
)
def test_what_is_measured_in_health_spreads_over_its_reference_range(
    parameter: str, low: float, high: float
) -> None:
    """Textbook ranges, as in the ledger: 95 % of healthy children lie within."""
    machine = compiled_model("sjia")
    values = machine.parameter(subjects_of(MANY).table(machine), parameter)
    assert np.mean((values > 0.9 * low) & (values < 1.1 * high)) > 0.9
    assert np.log(values).std() == pytest.approx(np.log(high / low) / 3.92, rel=0.15)


def test_values_are_those_of_the_population_and_of_the_drugs() -> None:
    changed = PatientPopulation({"tocilizumab.omega_CL": 0.5})
    assert changed.values["tocilizumab.omega_CL"] == 0.5
    with pytest.raises(UnknownName, match="omega_Q"):
        PatientPopulation({"tocilizumab.omega_Q": 0.5})
