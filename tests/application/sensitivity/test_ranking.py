"""Sensitivity of an outcome of one child: exact derivatives, global designs, mistakes, files."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

import quotidian as q
from quotidian.application.sensitivity.files import bars_of, ranking_csv
from quotidian.application.sensitivity.outcome import CourseOutcome, course_outcome
from quotidian.application.sensitivity.ranking import SensitivityRequest, rank
from quotidian.drugs.catalogue import regimen
from quotidian.errors import InvalidInput, UnknownName
from quotidian.evidence import Overlay
from quotidian.evidence.overlay import entries

GIRL = q.Child(age=6, sex="female", weight=20)
NAMES = ("tocilizumab.CL", "tocilizumab.V_c", "acute_phase.crp_top", "acute_phase.k_crp")
SHORT = {"child": GIRL, "regimen": regimen("tocilizumab-iv"), "names": NAMES, "days": 7.0}


def test_elasticities_are_the_slopes_of_the_model() -> None:
    for outcome in ("crp", "tocilizumab:auc", "crp:max"):
        found = rank(SensitivityRequest(**SHORT, outcome=outcome))
        response = found.request.response
        for name, elasticity in zip(found.names, found.columns["elasticity"], strict=True):
            h, value = 1e-3, entries()[name].value
            high, low = response.values([Overlay.of({name: value * (1 + s)}) for s in (h, -h)])
            assert (high - low) / (2 * h * found.value) == pytest.approx(elasticity, rel=2e-3, abs=2e-5), name
    assert found.names[0] == "biology.acute_phase.crp_top"  # the peak stands before the drug acts
    assert found.columns["elasticity"][0] == pytest.approx(1.0, abs=0.02)


def test_a_value_that_is_set_moves_the_point_of_the_derivative() -> None:
    usual = q.sensitivity(GIRL, "tocilizumab-iv", "tocilizumab:auc", of=NAMES[:1], weeks=1)
    fast = q.sensitivity(
        GIRL, "tocilizumab-iv", "tocilizumab:auc", of=NAMES[:1], weeks=1, parameters={"tocilizumab.CL": 12}
    )
    assert fast.ranking.value < usual.ranking.value
    assert fast.table["elasticity"][0] < usual.table["elasticity"][0] < 0


@pytest.mark.parametrize("method", ["sobol", "morris", "pawn"])
def test_a_global_method_ranks_over_the_uncertainty(method: str) -> None:
    asked = SensitivityRequest(**SHORT, outcome="tocilizumab:auc", method=method, samples=24, seed=2)
    seen: list[float] = []
    found = rank(asked, progress=seen.append)
    assert found.names[0].startswith("drugs.tocilizumab") and seen[-1] == 1.0
    assert (np.diff(found.columns[found.measure]) <= 0).all()
    crp = [i for i, n in enumerate(found.names) if "crp" in n]
    if method != "pawn":  # the concentration of the drug does not depend on CRP
        assert np.abs(found.columns[found.measure][crp]).max() < 1e-6
    again = rank(asked)
    assert ranking_csv(again) == ranking_csv(found)


def test_the_outcome_is_read_off_the_course() -> None:
    hours, course = np.arange(0.0, 73.0), np.linspace(0.0, 3.0, 73) ** 2
    for summary, wanted in (
        ("end", course[-25:].mean()), ("mean", np.trapezoid(course, hours) / 72.0), ("max", 9.0),
        ("min", 0.0), ("auc", np.trapezoid(course, hours / 24.0)),
    ):  # fmt: skip
        own = CourseOutcome("crp", summary, "mg/L")
        assert own.of(hours, course[None])[0] == pytest.approx(wanted)
        assert course @ own.weights(hours, course) == pytest.approx(wanted)
    assert course_outcome("crp:auc", "sjia").unit == "mg/L*day"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"outcome": "crpp"}, UnknownName), ({"outcome": "crp:peak"}, UnknownName),
        ({"method": "fast"}, UnknownName),
        ({"of": ["anakinra"]}, InvalidInput), ({"outcome": "tocilizumab", "regimen": "none"}, InvalidInput),
        ({"samples": 1}, InvalidInput),
        ({"method": "sobol", "of": ["tocilizumab"], "samples": 10**6}, InvalidInput),
    ],
)  # fmt: skip
def test_mistakes_are_explained(more: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        q.sensitivity(GIRL, **{"weeks": 1, "of": NAMES[:1], **more})


def test_files_and_words(tmp_path) -> None:
    found = q.sensitivity(GIRL, "tocilizumab-iv", "tocilizumab", method="pawn", of=NAMES, samples=12, weeks=1)
    rows = list(csv.DictReader(io.StringIO(ranking_csv(found.ranking))))
    assert [r["rank"] for r in rows] == ["1", "2", "3", "4"] and rows[0]["meaning"]
    assert [bar.name for bar in bars_of(found.ranking)] == [r["name"] for r in rows]
    text = found.draw(tmp_path / "r.svg").read_text()
    assert "linear clearance" in text and "medical device" in text
    assert found.draw(tmp_path / "s.svg").read_text() == text
    assert "Sensitivity of tocilizumab" in repr(found) and "<table" in found._repr_html_()
