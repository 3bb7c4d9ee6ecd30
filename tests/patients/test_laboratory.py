"""What laboratories report: clock hours, limits, errors."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.errors import UnknownName
from quotidian.patients.child import child
from quotidian.patients.laboratory import assay_factor, assays, at_hour, report, sampling_hours
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams

MANY = np.arange(5000)
STREAMS = Streams(4)


def test_a_clinic_takes_its_samples_about_ten_and_a_trial_before_the_dose() -> None:
    hours = sampling_hours(STREAMS, 0, MANY, 3)
    assert hours.mean() == pytest.approx(10.0, abs=0.05) and hours.std() == pytest.approx(1.0, abs=0.05)
    assert hours.min() >= 7.0 and hours.max() <= 17.0
    assert not np.array_equal(hours, sampling_hours(STREAMS, 0, MANY, 4))
    np.testing.assert_array_equal(sampling_hours(STREAMS, 0, MANY[:2], 3, "trial"), [9.0, 9.0])


def test_the_reading_of_an_hour_lies_between_those_around_it() -> None:
    times = np.arange(0.0, 49.0)
    course = np.vstack([times, 2 * times])
    np.testing.assert_allclose(at_hour(times, course, 1.0, [9.5, 10.0]), [33.5, 68.0])


def test_il6_at_the_clinic_hour_is_far_below_the_mean_of_the_day() -> None:
    run = simulate(child(6, "female"), regimen("none"), days=2, every_hours=1.0, observables=["il6"])
    at_ten = at_hour(run.times, run["il6"], 1.0, 10.0)[0]
    assert at_ten < 0.8 * run["il6"][0, 24:48].mean()


@pytest.mark.parametrize("name", list(assays()))
def test_values_keep_the_limits_and_say_so(name: str) -> None:
    model = assays()[name]
    low = report(name, np.full(50, model.lloq / 10), STREAMS, 0, MANY[:50], 1)
    assert low.below.all() and (low.value <= model.lloq).all() and (low.value > 0.0).all()
    high = report(name, np.full(50, model.uloq * 10), STREAMS, 0, MANY[:50], 1)
    assert not high.below.any() and (high.value == model.uloq).all()


def test_half_the_limit_is_kept_but_of_crp() -> None:
    for name, kept in (("il6", 0.5), ("ferritin", 2.5), ("crp", 0.3)):
        assert report(name, np.zeros(1), STREAMS, 0, [0], 1).value[0] == kept


def test_reports_scatter_by_the_assay_and_not_by_the_batch() -> None:
    shown = report("il6", np.full(5000, 100.0), STREAMS, 0, MANY, 1).value
    assert np.log(shown / 100.0).std() == pytest.approx(0.15, rel=0.05)
    alone = report("il6", np.full(1, 100.0), STREAMS, 0, [17], 1).value
    assert alone[0] == shown[17]


def test_laboratories_disagree_on_il18_more_than_on_il6_and_not_on_crp() -> None:
    spread = {name: np.std([np.log(assay_factor(name, STREAMS, n)) for n in range(400)]) for name in assays()}
    assert spread["il6"] == pytest.approx(0.4, rel=0.15) and spread["il18"] == pytest.approx(0.7, rel=0.15)
    assert spread["crp"] == 0.0
    true = np.full(3, 1000.0)
    plain, other = (report("il18", true, STREAMS, 0, [0, 1, 2], 1, assay).value for assay in (None, 5))
    np.testing.assert_allclose(other / plain, assay_factor("il18", STREAMS, 5))


def test_what_nobody_measures_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no assay for 'crpp'"):
        report("crpp", np.ones(1), STREAMS, 0, [0], 1)
