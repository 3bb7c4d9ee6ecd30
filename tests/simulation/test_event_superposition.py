"""Random event records of every kind against superposition: each dose alone, by its closed form, summed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotidian.data import read_events
from quotidian.data.dosing_records import Dosing
from quotidian.simulation.event_records import predict_events

KA, CL, V, Q, V2 = 1.2, 2.0, 20.0, 3.0, 40.0
RATES = np.array([[-KA, 0, 0], [KA, -(CL + Q) / V, Q / V2], [0, Q / V, -Q / V2]])
ROOTS, WAYS = np.linalg.eig(RATES)
BACK = np.linalg.inv(WAYS)
COLUMNS = ("TIME", "AMT", "RATE", "II", "ADDL", "SS", "EVID", "CMT")
PAST = 2000.0  # hours after which nothing of a dose is left
Row = dict[str, Any]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def left(compartment: int, since: Floats, duration: float) -> Floats:
    """Amounts [state] that unit doses, given so long ``since``, have left together."""
    t = np.where(np.abs(since) < 1e-9, 0.0, since)
    t = t[t >= 0.0]
    if duration == 0.0:
        modes = np.exp(np.outer(ROOTS, t))
    else:
        on = np.minimum(t, duration)
        modes = np.exp(np.outer(ROOTS, t - on)) * np.expm1(np.outer(ROOTS, on)) / ROOTS[:, None] / duration
    return np.asarray(WAYS @ (modes.sum(axis=1) * BACK[:, compartment]))


def endless(compartment: int, since: float) -> Floats:
    """Amounts that an infusion of one a unit of time has left, so long after its end."""
    return np.asarray(WAYS @ (np.exp(ROOTS * since) / -ROOTS * BACK[:, compartment]))


def superposed(rows: list[Row], dosing: Dosing) -> list[float]:
    """The prediction of each record of EVID 0 and 2."""
    live: list[tuple[int, Floats, float, float]] = []  # compartment, starts, duration, amount of each
    ended: list[tuple[int, float, float]] = []  # compartment, end, rate
    found = []
    for row in rows:
        now, evid, c = row["TIME"], row["EVID"], row["CMT"]
        if evid in (3, 4) or row["SS"] == 1:
            live, ended = [], []
        if evid in (1, 4):
            c = (c or 1) - 1
            items = (dosing.bioavailability, dosing.lag, dosing.duration, dosing.rate)
            share, lag, lasts, speed = (float(item.get(c + 1, 0.0)) for item in items)
            amount, rate, interval = share * row["AMT"], row["RATE"], row["II"]
            if row["SS"] and interval == 0:
                ended.append((c, now, rate))
                continue
            duration = {0: 0.0, -1: amount / speed, -2: lasts}.get(rate, amount / rate if rate else 0.0)
            first = -int((PAST + lag) / interval) if row["SS"] else 0
            starts = now + lag + interval * np.arange(first, row["ADDL"] + 1)
            live.append((c, starts, duration, amount))
        elif evid in (0, 2):
            state = sum((a * left(k, now - s, d) for k, s, d, a in live), np.zeros(3))
            state = sum((rate * endless(k, now - end) for k, end, rate in ended), state)
            found.append(float({1: state[0], 3: state[2] / V2}.get(c, state[1] / V)))
    return found


def random_rows(rng: np.random.Generator) -> list[Row]:
    rows, time = [], 0.0
    for _ in range(int(rng.integers(4, 13))):
        time += float(rng.choice([0.0, 0.5, 1.0, 2.5, 4.0, 8.0]))
        row: Row = dict.fromkeys(COLUMNS, 0) | {"TIME": time, "CMT": int(rng.integers(4))}
        kind = rng.choice(
            ["observation", "other", "reset", "dose", "dose again"], p=[0.4, 0.05, 0.1, 0.35, 0.1]
        )
        if kind in ("reset", "dose again") and rng.random() < 0.5:
            time = row["TIME"] = 0.0
        row["EVID"] = {"observation": 0, "other": 2, "reset": 3, "dose": 1, "dose again": 4}[str(kind)]
        if row["EVID"] in (1, 4):
            steady, more = int(rng.choice([0, 0, 0, 1, 2])), int(rng.choice([0, 0, 1, 4]))
            interval = float(rng.choice([4.0, 8.0, 12.0])) if steady or more else 0.0
            rate = float(rng.choice([0, 0, 5, 12.5, -1, -2]))
            row |= {
                "AMT": float(rng.choice([10, 100])),
                "RATE": rate,
                "SS": steady,
                "ADDL": more,
                "II": interval,
            }
            if steady == 1 and rng.random() < 0.2:
                row |= {"AMT": 0.0, "RATE": 7.5, "II": 0.0, "ADDL": 0}
        rows.append(row)
    nothing = dict.fromkeys(COLUMNS, 0)
    return [*rows, nothing | {"TIME": time + 3.0, "CMT": 2}, nothing | {"TIME": time + 25.5, "CMT": 3}]


@pytest.mark.parametrize("seed", range(4))
def test_random_records_are_sums_of_single_doses(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = ((0.3, 1.0), (0.0, 1.5, 9.0), (0.5, 20.0), (3.0, 40.0))
    share, lag, long, fast = (float(rng.choice(values)) for values in drawn)
    dosing = Dosing(
        {1: share, 2: 0.5, 3: 1.0}, {1: lag, 2: 0.5}, {1: long, 2: 4.0, 3: 1.0}, {1: 50.0, 2: fast, 3: 10.0}
    )
    subjects = [random_rows(rng) for _ in range(25)]
    lines = [",".join(("ID", *COLUMNS))]
    lines += [
        ",".join((f"s{i}", *(repr(row[c]) for c in COLUMNS)))
        for i, rows in enumerate(subjects)
        for row in rows
    ]
    file = tmp_path / "events.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    values = {"KA": KA, "CL": CL, "V": V, "Q": Q, "V2": V2}
    found = predict_events(read_events(file), "pk-2cmt-oral", values, dosing=dosing)
    wanted = [value for rows in subjects for value in superposed(rows, dosing)]
    np.testing.assert_allclose(found.values, wanted, rtol=1e-6, atol=1e-7)
