"""Virtual cohorts and trials as event tables: read back, they say the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotidian.application.cohort_request import CohortRequest
from quotidian.application.cohort_run import run_cohort
from quotidian.application.event_tables.predictions import predict_table
from quotidian.application.event_tables.writing import cohort_events, trial_events
from quotidian.data import read_events
from quotidian.engine import Tolerance
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow


@pytest.mark.slow
def test_a_cohort_is_predicted_again_to_the_same_values(tmp_path: Path) -> None:
    request = CohortRequest(
        children=3, seed=5, regimen="tocilizumab-iv", model="sjia", days=21.0, every_hours=84.0,
        observables={"crp": "mg/L", "tocilizumab": "ug/mL"}, part=2, tolerance=Tolerance(),
    )  # fmt: skip
    run_cohort(request, tmp_path / "cohort")
    cohort_events(request, tmp_path / "cohort", tmp_path / "events.csv")
    table = read_events(tmp_path / "events.csv")
    assert table.ids == ("0", "1", "2") and len(table.counted) == 3 * 7 * 2
    assert (table.evid == 1).sum() == 3 * 2 and (table.rate[table.evid == 1] > 0).all()
    found = predict_table(table, "sjia", {})
    np.testing.assert_allclose(found.values, table.value[found.rows], rtol=1e-5, atol=1e-8)
    # the columns of a child matter: without its severity another course results
    text = (tmp_path / "events.csv").read_text().replace("SEVERITY", "OTHER")
    (tmp_path / "events.csv").write_text(text)
    other = predict_table(read_events(tmp_path / "events.csv"), "sjia", {})
    assert np.abs(other.values - found.values).max() > 0.05 * found.values.max()


@pytest.mark.slow
def test_a_trial_is_written_with_its_doses_and_visits(tmp_path: Path) -> None:
    trial = design("woo-2005")
    trial = replace(trial, arms={n: replace(a, children=2) for n, a in trial.arms.items()}, missed=0.3)
    record = follow(trial, 1, seed=3).records[0]
    trial_events(trial, [record], tmp_path / "events.csv")
    table = read_events(tmp_path / "events.csv")
    assert len(table.ids) == record.children and (table.evid == 1).sum() == record.children  # one dose each
    assert (table.time[table.evid == 1] == 9.0).all() and (table.amount[table.evid == 1] > 0).all()
    observed, arm = table.text.column("OBSERVED"), table.text.column("ARM")
    for i, name in enumerate(table.ids):
        own = [row for row in np.flatnonzero(table.subject == i) if observed[row] == "crp"]
        there = [w for w in record.weeks if not (record.missed[w][i] or record.left[w][i])]
        assert table.time[own].tolist() == [w * 168.0 + 8.0 for w in there], name
        want = [{**record.observed[w], **record.core[w]}["crp"][i] for w in there]
        np.testing.assert_array_equal(table.value[own], want)
        assert {arm[row] for row in own} == {list(trial.arms)[record.arm[i]]}
