"""The referee reads an accepted event table by itself, and compares what the program predicts."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from fuzzing.inputs import Case
from fuzzing.linear_doses import Abstains, Kind, Record, predicted

KINDS = {
    "pk-1cmt": Kind(False, False), "pk-2cmt": Kind(False, True),
    "pk-1cmt-oral": Kind(True, False), "pk-2cmt-oral": Kind(True, True),
}  # fmt: skip
RELATIVE, FLOOR = 1e-5, 1e-8
"""Difference that is allowed, relative, and as a part of the largest prediction of a subject."""
NAMES = {"USUBJID": "ID", "AFRLT": "TIME"}


def disagreement(case: Case, folder: Path) -> str:
    """Where predictions differ from the referee's, or "". Raises Abstains for what it does not judge."""
    options = _options(case.words)
    kind = KINDS.get(options["--model"])
    if kind is None:
        raise Abstains
    rows = _rows(case.files["t.csv"])
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        ours = {int(row["ROW"]): float(row["PRED"]) for row in csv.DictReader(stream)}
    for subject in dict.fromkeys(row["ID"] for row in rows):
        own = [(i, row) for i, row in enumerate(rows, start=1) if row["ID"] == subject]
        if "--sort" in case.words:
            own.sort(key=lambda pair: _number(pair[1], "TIME"))
        wrong = _differs(kind, own, options, ours)
        if wrong:
            return f"subject {subject}, {wrong}"
    return ""


def _differs(
    kind: Kind, own: list[tuple[int, dict[str, str]]], options: Mapping[str, str], ours: Mapping[int, float]
) -> str:
    given = _values(options["--set"]) | _dosing(options.get("--dosing", ""))
    formula = options.get("--covariate", "")
    if formula:
        given["CL"] = float(formula.removeprefix("CL = ").removesuffix("*(WT/70)**0.75"))
    records, weight = [], math.nan
    for _, row in own:
        weight = _number(row, "WT", weight) if formula else weight
        records.append(_record(kind, row, given, weight))
    shown = [i for (i, _), r in zip(own, records, strict=True) if r.evid in (0, 2)]
    theirs = predicted(kind, records, backward=options.get("--carried", "backward") == "backward")
    floor = FLOOR * max([abs(v) for v in theirs], default=0.0)
    for i, value in zip(shown, theirs, strict=True):
        if not abs(ours[i] - value) <= RELATIVE * abs(value) + floor + 1e-12:
            return f"row {i}: {ours[i]:.9g}, and {value:.9g} by the referee"
    return ""


def _record(kind: Kind, row: Mapping[str, str], given: Mapping[str, float], weight: float) -> Record:
    evid = _number(row, "EVID", 1.0 if _number(row, "AMT") else 0.0)
    usual = 1 if evid in (1, 4) else kind.central + 1
    place = int(_number(row, "CMT") or usual) - 1
    values = dict(given)
    if not math.isnan(weight):
        values["CL"] = given["CL"] * (weight / 70.0) ** 0.75
    if place:  # items of dosing are those of compartment 1
        values |= {"F": 1.0, "lag": 0.0}
    return Record(
        _number(row, "TIME"), int(evid), _number(row, "AMT"), _number(row, "RATE"), _number(row, "II"),
        int(_number(row, "ADDL")), int(_number(row, "SS")), place, values,
    )  # fmt: skip


def _number(row: Mapping[str, str], name: str, missing: float = 0.0) -> float:
    cell = row.get(name, ".").strip()
    if cell in ("", "."):
        return missing
    if not set(cell) <= set("0123456789+-.eE"):
        raise Abstains
    return float(cell)


def _rows(content: bytes) -> list[dict[str, str]]:
    """Rows by name of column. Raises Abstains for a table of another form than the plain one."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Abstains from None
    if any(mark in text for mark in '#";\t\r\x85\x00|\ufeff'):
        raise Abstains
    rows = list(csv.reader(line for line in io.StringIO(text) if line.strip()))
    heads = [NAMES.get(name.strip().upper(), name.strip().upper()) for name in rows[0]]
    if not {"ID", "TIME"} <= set(heads) or {"DATE", "C"} & set(heads):
        raise Abstains
    return [dict(zip(heads, (cell.strip() for cell in row), strict=True)) for row in rows[1:]]


def _options(words: tuple[str, ...]) -> dict[str, str]:
    names = ("--model", "--set", "--dosing", "--carried", "--covariate")
    return {"--set": ""} | {a: b for a, b in pairwise(words) if a in names}


def _values(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in (part.split("=") for part in text.split(",") if part)}


def _dosing(text: str) -> dict[str, float]:
    return {{"F1": "F", "ALAG1": "lag"}.get(n, n): v for n, v in _values(text).items()}
