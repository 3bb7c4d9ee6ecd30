"""Predictions of event tables against closed forms: sums of exponentials, geometric series, and the suites
of others where they are present."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotidian.data import read_events
from quotidian.data.dosing_records import Dosing
from quotidian.errors import InvalidInput, NotSolvable, QuotidianError
from quotidian.population import ErrorModel
from quotidian.simulation.event_likelihood import minus_two_log_likelihood
from quotidian.simulation.event_records import Prediction, predict_events

CL, V, KA = 2.0, 20.0, 1.2
IV, ORAL = {"CL": CL, "V": V}, {"CL": CL, "V": V, "KA": KA}
K = CL / V


def predict(
    tmp_path: Path, model: str, parameters: dict[str, float], text: str, **options: Any
) -> Prediction:
    file = tmp_path / "events.csv"
    file.write_text("ID,TIME,AMT,RATE,II,ADDL,SS,EVID,CMT,WT\n" + text, encoding="utf-8")
    return predict_events(read_events(file), model, parameters, **options)


def bolus(t: float) -> float:
    """One unit into the central compartment, amount left after t."""
    return math.exp(-K * t) if t >= -1e-12 else 0.0


def infused(t: float, duration: float) -> float:
    """One unit over a duration, amount left t after its start."""
    if t <= 0:
        return 0.0
    on = min(t, duration)
    return (1 - math.exp(-K * on)) / (K * duration) * math.exp(-K * (t - on))


def absorbed(t: float) -> float:
    """One unit by first-order absorption."""
    return KA / (KA - K) * (math.exp(-K * t) - math.exp(-KA * t)) if t >= 0 else 0.0


def check(found: Prediction, *amounts: float) -> None:
    np.testing.assert_allclose(found.values, np.array(amounts) / V, rtol=2e-7, atol=1e-10)


def endless(one: Callable[[float], float], interval: float, since: float) -> float:
    """What an endless row of doses leaves, ``since`` after the last one."""
    return math.fsum(one(since + k * interval) for k in range(4000))


def test_rows_of_one_instant_act_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = "1,0,100,0,0,0,0,1,1,.\n1,8,0,0,0,0,0,0,1,.\n1,8,50,0,0,0,0,1,1,.\n1,8,0,0,0,0,0,0,1,.\n"
    trough = 100 * bolus(8)
    check(predict(tmp_path, "pk-1cmt", IV, rows), trough, trough + 50)


def test_repeated_doses_act_before_the_row_of_their_instant(tmp_path: Path) -> None:
    rows = "1,0,100,0,0.1,3,0,1,1,.\n1,0.3,0,0,0,0,0,0,1,.\n"
    check(predict(tmp_path, "pk-1cmt", IV, rows), 100 * sum(bolus(0.3 - 0.1 * k) for k in range(4)))


def test_infusions_that_overlap_add_up(tmp_path: Path) -> None:
    rows = "1,0,100,10,0,0,0,1,1,.\n1,5,40,8,0,0,0,1,1,.\n1,7,0,0,0,0,0,0,1,.\n1,20,0,0,0,0,0,0,1,.\n"
    right = [100 * infused(t, 10) + 40 * infused(t - 5, 5) for t in (7, 20)]
    check(predict(tmp_path, "pk-1cmt", IV, rows), *right)


def test_bioavailability_lag_duration_and_rate_belong_to_the_model(tmp_path: Path) -> None:
    rows = "1,0,100,-2,0,0,0,1,1,.\n1,0,100,-1,0,0,0,1,1,.\n1,9,0,0,0,0,0,0,1,.\n"
    dosing = Dosing({1: 0.4}, {1: 1.0}, {1: 10.0}, {1: 8.0})
    check(predict(tmp_path, "pk-1cmt", IV, rows, dosing=dosing), 40 * infused(8, 10) + 40 * infused(8, 5))
    with pytest.raises(InvalidInput, match=r"row 1, column RATE: '-2'"):
        predict(tmp_path, "pk-1cmt", IV, rows)


@pytest.mark.parametrize("lag", [0.0, 1.5, 8.0, 12.0, 17.0])
def test_a_steady_state_is_an_endless_past(tmp_path: Path, lag: float) -> None:
    rows = "1,0,100,0,8,0,1,1,1,.\n1,0,0,0,0,0,0,0,2,.\n1,3,0,0,0,0,0,0,2,.\n1,7,0,0,0,0,0,0,2,.\n"
    found = predict(tmp_path, "pk-1cmt-oral", ORAL, rows, dosing=Dosing(lag={1: lag}))
    right = [100 * math.fsum(absorbed(t - lag + 8 * k) for k in range(900)) for t in (0.0, 3.0, 7.0)]
    check(found, *right)


def test_a_steady_state_of_long_infusions_and_one_on_top(tmp_path: Path) -> None:
    rows = (
        "1,0,100,5,8,0,1,1,1,.\n1,3,0,0,0,0,0,0,1,.\n1,4,30,0,12,0,2,1,1,.\n1,6,0,0,0,0,0,0,1,.\n"
        "1,40,0,0,0,0,0,0,1,.\n"
    )
    past = lambda t: 100 * math.fsum(infused(t + 8 * k, 20) for k in range(3000))  # noqa: E731
    top = lambda t: 30 * endless(bolus, 12, t - 4)  # noqa: E731
    check(predict(tmp_path, "pk-1cmt", IV, rows), past(3), past(6) + top(6), past(40) + top(40))


def test_a_constant_infusion_ends_at_its_row(tmp_path: Path) -> None:
    rows = "1,5,0,10,0,0,1,1,1,.\n1,5,0,0,0,0,0,0,1,.\n1,9,0,0,0,0,0,0,1,.\n"
    check(predict(tmp_path, "pk-1cmt", IV, rows), 10 / K, 10 / K * bolus(4))


def test_a_reset_cancels_infusions_and_waiting_doses(tmp_path: Path) -> None:
    rows = (
        "1,0,100,10,12,5,0,1,1,.\n1,4,0,0,0,0,0,3,0,.\n1,4,20,0,0,0,0,1,1,.\n"
        "1,4,0,0,0,0,0,0,1,.\n1,30,0,0,0,0,0,0,1,.\n"
    )
    check(predict(tmp_path, "pk-1cmt", IV, rows), 20, 20 * bolus(26))
    lagged = "1,0,100,0,0,0,0,1,1,.\n1,1,50,0,0,0,0,4,1,.\n1,6,0,0,0,0,0,0,1,.\n"
    check(predict(tmp_path, "pk-1cmt", IV, lagged, dosing=Dosing(lag={1: 2.0})), 50 * bolus(3))


@pytest.mark.parametrize("carried", ["backward", "forward"])
def test_covariates_hold_backward_or_forward(tmp_path: Path, carried: Any) -> None:
    rows = "1,0,100,0,0,0,0,1,1,70\n1,4,0,0,0,0,0,0,1,100\n1,9,0,0,0,0,0,0,1,40\n"
    found = predict(tmp_path, "pk-1cmt", {"V": V}, rows, covariates=["CL = WT/35"], carried=carried)
    first, second = (100 / 35, 40 / 35) if carried == "backward" else (2.0, 100 / 35)
    check(found, 100 * math.exp(-first / V * 4), 100 * math.exp(-(first * 4 + second * 5) / V))


def test_a_saturable_steady_state_balances_dose_and_elimination(tmp_path: Path) -> None:
    rows = "1,0,50,0,12,0,1,1,1,.\n" + "".join(f"1,{t},0,0,0,0,0,0,1,.\n" for t in (0, 12))
    found = predict(tmp_path, "pk-1cmt-mm", {"VM": 10.0, "KM": 1.0, "V": V}, rows)
    peak, trough = found.values
    lost = (peak - trough) + 1.0 * math.log(peak / trough)  # integral of dC (KM + C)/C = VM/V dt
    assert lost == pytest.approx(10.0 / V * 12, rel=1e-6) and peak - trough == pytest.approx(50 / V, rel=1e-6)
    with pytest.raises(NotSolvable, match="row 1"):
        predict(tmp_path, "pk-1cmt-mm", {"VM": 4.0, "KM": 1.0, "V": V}, rows)


def test_bound_target_slows_nothing_without_target(tmp_path: Path) -> None:
    rows = "1,0,100,0,0,0,0,1,1,.\n1,6,0,0,0,0,0,0,1,.\n"
    values = {"CL": CL, "V": V, "KSS": 0.1, "R0": 0.0, "KDEG": 0.2, "KINT": 0.5}
    check(predict(tmp_path, "tmdd-qss", values, rows), 100 * bolus(6))
    held = predict(tmp_path, "tmdd-qss", values | {"R0": 3.0}, rows).values[0]
    assert held < 100 * bolus(6) / V


def test_each_subject_has_its_own_parameters_and_its_own_bits(tmp_path: Path) -> None:
    rows = "a,0,100,0,0,0,0,1,1,.\na,6,0,0,0,0,0,0,1,.\nb,3,100,0,0,0,0,1,1,.\nb,9,0,0,0,0,0,0,1,.\n"
    both = predict(tmp_path, "pk-1cmt", {"CL": np.array([2.0, 4.0]), "V": V}, rows)  # type: ignore[dict-item]
    np.testing.assert_allclose(both.values, [5 * math.exp(-0.6), 5 * math.exp(-1.2)], rtol=1e-7)
    alone = predict(tmp_path, "pk-1cmt", {"CL": 4.0, "V": V}, rows.partition("b")[1] + rows.partition("b")[2])
    assert alone.values.tobytes() == both.values[1:].tobytes()


def test_what_a_model_has_not_is_refused(tmp_path: Path) -> None:
    rows = "1,0,100,0,0,0,0,1,1,.\n1,2,0,0,0,0,0,0,9,.\n"
    with pytest.raises(InvalidInput, match=r"row 2, column CMT: '9'"):
        predict(tmp_path, "pk-1cmt", IV, rows)
    with pytest.raises(InvalidInput, match="needs V"):
        predict(tmp_path, "pk-1cmt", {"CL": 1.0}, rows)
    with pytest.raises(InvalidInput, match="has no KA"):
        predict(tmp_path, "pk-1cmt", ORAL, rows)
    with pytest.raises(InvalidInput, match="CL is -1"):
        predict(tmp_path, "pk-1cmt", IV | {"CL": -1.0}, rows)
    with pytest.raises(InvalidInput, match="no model 'pk-3cmt'"):
        predict(tmp_path, "pk-3cmt", IV, rows)


def test_the_likelihood_takes_limits_of_quantification_as_probabilities(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        "ID,TIME,AMT,EVID,CMT,DV,CENS,LIMIT\n1,0,100,1,1,.,0,.\n1,6,0,0,1,2.9,0,.\n1,24,0,0,1,0.5,1,.\n"
        "1,30,0,0,1,0.5,1,0\n1,1,0,0,1,.,0,.\n".replace("1,1,0,0,1,.,0,.\n", ""),
        encoding="utf-8",
    )
    table = read_events(file)
    f = [100 / V * bolus(t) for t in (6, 24, 30)]
    cdf = lambda z: 0.5 * math.erfc(-z / math.sqrt(2))  # noqa: E731
    right = -2 * (
        -0.5 * ((2.9 - f[0]) / 0.4) ** 2 - math.log(0.4 * math.sqrt(2 * math.pi))
        + math.log(cdf((0.5 - f[1]) / 0.4))
        + math.log(cdf((0.5 - f[2]) / 0.4) - cdf(-f[2] / 0.4))
    )  # fmt: skip
    found = minus_two_log_likelihood(
        table, predict_events(table, "pk-1cmt", IV), ErrorModel("DV", "additive", 0.4)
    )
    assert found == pytest.approx(right, rel=1e-7)


CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "events"


def test_the_event_records_of_others_are_predicted_or_refused_as_they_ask() -> None:
    if not CASES.is_dir():
        warnings.warn(f"{CASES} is absent: the event records of others were not tried.", stacklevel=1)
        pytest.skip("the cases of others are absent")
    import yaml

    wrong = []
    for sheet in sorted(CASES.glob("*/*.yaml")):
        case = yaml.safe_load(sheet.read_text())
        try:
            found, refused = _case(case, sheet.with_suffix(".csv")), ""
        except QuotidianError as error:
            found, refused = None, str(error)
        if not _right(case, sheet, found, refused):
            wrong.append(f"{sheet.parent.name}/{sheet.stem}: {case.get('title', '')} {refused[:80]}")
    assert wrong == []


def _case(case: dict[str, Any], file: Path) -> Prediction:
    model, rules = case["model"], case.get("dosing") or {}
    covariates = case.get("covariates") or {}
    table = read_events(file, dates=(case.get("reading") or {}).get("date"))
    parts = ("bioavailability", "lag", "duration", "rate")
    dosing = Dosing(*({int(k): float(v) for k, v in (rules.get(part) or {}).items()} for part in parts))
    return predict_events(
        table, f"pk-{model['compartments']}cmt{'-oral' if model['depot'] else ''}",
        {name: model[name] for name in ("CL", "V", "Q", "V2", "KA") if name in model},
        dosing=dosing, scale=model.get("scale", 1.0), carried=covariates.get("carried", "backward"),
        covariates=[covariates["model"]] if covariates else (),
    )  # fmt: skip


def _right(case: dict[str, Any], sheet: Path, found: Prediction | None, refused: str) -> bool:
    if sheet.parent.name == "invalid":
        words = (
            refused if not case["outcome"].startswith("accept") else "\n".join(found.notes if found else ())
        )
        return bool(words) and all(name.lower() in words.lower() for name in case["message_names"])
    if found is None:
        return bool(case.get("verdict") == "either")
    lines = sheet.with_name(f"{sheet.stem}_expected.csv").read_text().splitlines()[1:]
    wanted = {int(row): float(value) for row, *_, value in (line.split(",") for line in lines)}
    given = {int(row) + 1: value for row, value in zip(found.rows, found.values, strict=True)}
    rtol, top = (2e-4 if sheet.parent.name == "nonmem" else 1e-5), max(map(abs, wanted.values()))
    return all(abs(given[row] - value) <= rtol * abs(value) + 1e-8 * top for row, value in wanted.items())


ONE_DOSE = "1,0,100,0,0,0,0,1,1,70\n1,2,0,0,0,0,0,0,1,70\n"


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("no compartment 7 for a lag", {"dosing": Dosing(lag={7: 1.0})}),
        ("no compartment 2 for a bioavailability by formula", {"covariates": ["F2 = 0.5"]}),
        ("CL is stated twice", {"covariates": ["CL = 2*WT/70", "CL = 3"]}),
        ("F1 is stated twice", {"covariates": ["F1 = WT/70", "F1 = 1"]}),
    ],
)
def test_what_would_have_no_effect_is_refused(tmp_path: Path, words: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=words):
        predict(tmp_path, "pk-1cmt", IV, ONE_DOSE, **options)


def test_a_formula_may_read_the_value_of_its_own_name(tmp_path: Path) -> None:
    found = predict(tmp_path, "pk-1cmt", IV, ONE_DOSE, covariates=["CL = CL*WT/140"])
    check(found, 100 * math.exp(-K * 2 / 2))


@pytest.mark.parametrize("start", ["0", "1000000"])
@pytest.mark.parametrize("steady", [0, 1])
def test_an_infusion_too_short_to_have_an_end_is_a_bolus(tmp_path: Path, start: str, steady: int) -> None:
    rows = (
        f"1,{start},100,1e12,{8 * steady},0,{steady},1,1,.\n1,{start},0,0,0,0,0,0,1,.\n"
        f"1,{int(start) + 3},0,0,0,0,0,0,1,.\n"
    )
    past = 1 / (1 - math.exp(-K * 8)) if steady else 1.0
    check(predict(tmp_path, "pk-1cmt", IV, rows), 100 * past, 100 * past * math.exp(-K * 3))
