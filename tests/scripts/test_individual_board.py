"""The script behind ``make individuals``, on a case of the same form with estimates of a closed form."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from scipy.optimize import minimize

from .test_calibrate import script

STATED: dict[str, Any] = {
    "name": "m001", "compartments": {1: "central", 2: "other"}, "covariates": ["WT"],
    "fixed": {"tvCL": 2.0, "tvV": 20.0, "F1": 0.8, "SHARE": 0.5}, "random_effects": ["CL", "V"],
    "omega_lower": [[0.09], [0.03, 0.06]],
    "individual": ["CL = tvCL*exp(eta_CL)*(WT/70)**0.75", "V = tvV*exp(eta_V)", "LAG = 0.25*SHARE"],
    "ode": {"central": "-CL/V*central", "other": "0"},
    "dose": {"central": {"bioavailability": "F1*SHARE", "lag": "LAG"}},
    "observe": {1: {"value": "1000*central/V", "error": "combined", "variance_proportional": 0.02,
                    "variance_additive": 4.0}},
}  # fmt: skip
OMEGA = np.array([[0.09, 0.03], [0.03, 0.06]])
TIMES = np.array([1.0, 4.0, 10.0])


def _predicted(eta: np.ndarray, weight: float) -> np.ndarray:
    cl, v = 2.0 * np.exp(eta[0]) * (weight / 70) ** 0.75, 20.0 * np.exp(eta[1])
    return 1000 * 0.4 * 100 / v * np.exp(-cl / v * (TIMES - 0.125))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six subjects."""
    place, rng = tmp_path_factory.mktemp("cases"), np.random.default_rng(2)
    own = place / "m001"
    own.mkdir()
    (own / "model.yaml").write_text(yaml.safe_dump(STATED), encoding="utf-8")
    records, etas, shown = [], [], []
    for i in range(1, 7):
        weight = 50.0 + 10 * i
        true = np.linalg.cholesky(OMEGA) @ rng.normal(size=2)
        y = _predicted(true, weight) * (1 + 0.14 * rng.normal(size=3))

        def objective(eta: np.ndarray, y: np.ndarray = y, weight: float = weight) -> float:
            f = _predicted(eta, weight)
            v = 0.02 * f**2 + 4.0
            return float(((y - f) ** 2 / v + np.log(v)).sum() + eta @ np.linalg.solve(OMEGA, eta))

        best = minimize(
            objective, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10}
        ).x
        records.append([i, 0, 1, 100, 1, 1, ".", weight])
        records += [[i, t, 0, 0, 1, 0, repr(float(d)), weight] for t, d in zip(TIMES, y, strict=True)]
        etas.append([i, *best, objective(best)])
        pairs = zip(TIMES, _predicted(np.zeros(2), weight), _predicted(best, weight), strict=True)
        shown += [[i, *row] for row in pairs]
    _write(own / "records.csv", ["ID", "TIME", "EVID", "AMT", "CMT", "MDV", "DV", "WT"], records)
    _write(own / "reference_eta.csv", ["ID", "ETA_CL", "ETA_V", "MAP_OBJECTIVE"], etas)
    _write(own / "reference_prediction.csv", ["ID", "TIME", "PRED", "IPRED"], shown)
    return place


def _write(file: Path, head: list[str], rows: list[list[Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([head, *rows])


def test_estimates_of_a_closed_form_are_reproduced(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script("individual_board").main([str(folder), "--subjects", "5"])
    (line,) = [text for text in capsys.readouterr().out.splitlines() if text.startswith("| m001")]
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert cells[:2] == ["m001", "5"] and cells[2].startswith("30 of 30") and cells[5] == "yes"
    for cell in cells[3:5]:
        count, most = cell.split(",")
        assert count == "5" and float(most) < 0.1


@pytest.mark.parametrize(
    ("file", "column", "by"),
    [
        ("reference_eta.csv", "ETA_V", 0.03),
        ("reference_eta.csv", "MAP_OBJECTIVE", -0.03),
        ("reference_prediction.csv", "PRED", 0.3),
    ],
)
def test_a_reference_that_differs_does_not_pass(
    folder: Path, tmp_path: Path, file: str, column: str, by: float, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "m001"
    other.mkdir()
    for own in (folder / "m001").iterdir():
        (other / own.name).write_bytes(own.read_bytes())
    with (other / file).open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    for row in rows:
        row[column] = repr(float(row[column]) + by)
    _write(other / file, list(rows[0]), [list(row.values()) for row in rows])
    script("individual_board").main([str(tmp_path)])
    assert "| no |" in capsys.readouterr().out
