"""mrgsolve, rxode2 and NONMEM text: read by small readers of their own, solved by SciPy, and compared."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, log, sin, sqrt  # names that the exported formulas call

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from quotidian.drugs.catalogue import regimen
from quotidian.errors import InvalidInput
from quotidian.interchange import from_sbml, to_sbml
from quotidian.interchange.exports.ode_system import ode_system
from quotidian.interchange.exports.texts import PROGRAMS, Exported, to_text
from quotidian.models import model
from quotidian.patients.child import child

CALLS = {"exp": exp, "log": log, "sqrt": sqrt, "cos": cos, "sin": sin, "pow": pow, "fabs": abs, "abs": abs}


@dataclass
class Text:
    """States in order, and code that computes: everything constant, rules, rates, starts; by lower names."""

    states: list[str]
    constants: list[tuple[str, str]]
    rules: list[tuple[str, str]]
    rates: list[tuple[str, str]]
    starts: list[tuple[str, str]]
    clock: str


def pairs(lines: list[str], pattern: str) -> list[tuple[str, str]]:
    return [(m[1], m[2]) for line in lines if (m := re.fullmatch(pattern, line.strip()))]


def block(text: str, name: str) -> list[str]:
    found = re.search(rf"(?ms)^\${name}\b(.*?)(?=^\$|\Z)", text)
    return found.group(1).splitlines() if found else []


def read_mrgsolve(text: str) -> Text:
    ode = block(text, "ODE")
    return Text(
        [line.split(" //")[0] for line in block(text, "CMT") if line.strip()],
        [(n, v.split(" //")[0]) for n, v in pairs(block(text, "PARAM"), r"(\w+) = (.*)")],
        pairs(ode, r"double (\w+) = (.*);"), pairs(ode, r"dxdt_(\w+) = (.*);"),
        pairs(block(text, "MAIN"), r"(\w+)_0 = (.*);"), "SOLVERTIME",
    )  # fmt: skip


def read_rxode2(text: str) -> Text:
    lines = [line.split(" # ")[0] for line in text.splitlines()]
    plain = pairs(lines, r"(\w+) = (.*)")
    fixed = [(n, v) for n, v in plain if re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", v)]
    rates = pairs(lines, r"d/dt\((\w+)\) = (.*)")
    return Text([n for n, _ in rates], fixed, [p for p in plain if p not in fixed], rates,
                pairs(lines, r"(\w+)\(0\) = (.*)"), "t")  # fmt: skip


def read_nonmem(text: str) -> Text:
    assert max(map(len, text.splitlines())) <= 160
    joined = re.sub(r" &\n", "", text)
    joined = re.sub(r" ; .*", "", joined)
    states = [f"A_{i}_" for i, _ in enumerate(re.findall(r"COMP=", joined), start=1)]
    joined = re.sub(r"\bA\((\d+)\)", r"A_\1_", joined)
    pk, des = block(joined, "PK"), block(joined, "DES")
    return Text(
        states, pairs(pk, r"(P\d+) = (.*)"), pairs(des, r"(R\d+) = (.*)"),
        [(f"A_{i}_", f) for i, f in pairs(des, r"DADT\((\d+)\) = (.*)")],
        [(f"A_{i}_", f) for i, f in pairs(pk, r"A_0\((\d+)\) = (.*)")], "T",
    )  # fmt: skip


READERS: dict[str, Callable[[str], Text]] = {
    "mrgsolve": read_mrgsolve, "rxode2": read_rxode2, "nonmem": read_nonmem,
}  # fmt: skip


def compiled(pairs: list[tuple[str, str]]) -> list[tuple[str, object]]:
    return [(n, compile(f.replace("^", "**"), n, "eval")) for n, f in pairs]


def solved(text: Text, data: str, times: list[float]) -> np.ndarray:
    """States by output time, [time, state]; before doses of the same time, as NONMEM rows have it."""
    calls = CALLS | {k.upper(): v for k, v in CALLS.items()}
    known = dict(calls)
    for name, code in compiled(text.constants):
        known[name] = eval(code, known)
    rules, rates = compiled(text.rules), compiled(text.rates)
    order = {name: i for i, name in enumerate(text.states)}
    y = np.zeros(len(order))
    for name, code in compiled(text.starts):
        y[order[name]] = eval(code, known)

    def slopes(t: float, y: np.ndarray, held: dict[str, float]) -> np.ndarray:
        names = known | held | dict(zip(text.states, y.tolist(), strict=True)) | {text.clock: t}
        for name, code in rules:
            names[name] = eval(code, names)
        found = np.zeros(len(y))
        for name, code in rates:
            found[order[name]] = eval(code, names)
        return found

    rows = list(csv.DictReader(io.StringIO(data)))
    inputs = list(rows[0])[7:]
    now, out = 0.0, {}
    held = {n: float(rows[0][n]) for n in inputs}
    for row in rows:
        time = float(row["TIME"])
        if time > now:
            done = solve_ivp(slopes, (now, time), y, "LSODA", args=(held,), rtol=1e-9, atol=1e-12)
            y, now = done.y[:, -1], time
        out.setdefault(time, y.copy())
        if row["EVID"] == "1":
            y[int(row["CMT"]) - 1] += float(row["AMT"])
        held = {n: float(row[n]) for n in inputs}
    return np.array([out[t] for t in times])


@pytest.fixture(scope="module")
def treated() -> str:
    """A child with an infusion at hour 9, and a day after it."""
    girl = child(age="6 years", sex="female", weight="20 kg")
    given = regimen("tocilizumab-iv")
    return to_sbml(model("healthy_child", given.drugs), given, girl, 24.0)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_text_gives_the_course_of_the_engine(program: str, treated: str) -> None:
    system = ode_system(treated)
    assert system.doses and system.inputs
    times = [0.0, 8.0, 12.0, 24.0]
    written = to_text(treated, program, 24.0, 4.0)
    found = solved(READERS[program](written.model), written.data, times)
    expected = from_sbml(treated).run(times, [*system.rates]).values[0]
    scale = np.maximum(np.abs(expected), 1e-6 * np.abs(expected).max(axis=0) + 1e-12)
    assert np.max(np.abs(found - expected) / scale) < 1e-6


def test_a_bolus_is_a_dose_record(sbml: Callable[[str], str]) -> None:
    text = sbml("A' = -k*A; A = 1; k = 0.5; E: at (time >= 2): A = A + 3")
    for program in PROGRAMS:
        written: Exported = to_text(text, program, 4.0, 1.0)
        after = 3 + np.exp(-1.0)
        found = solved(READERS[program](written.model), written.data, [1.0, 4.0])
        assert found[:, 0] == pytest.approx([np.exp(-0.5), after * np.exp(-1.0)], rel=1e-7)


@pytest.mark.parametrize(
    "text",
    ["A' = -k*(A - (1 - k)) / (2 / k) - -A^2*k^-1; A = 1; k = 0.5", "t' = 1/(1 + T); t = 1/2; T := exp(-t)"],
)
def test_brackets_and_names_survive(text: str, sbml: Callable[[str], str]) -> None:
    """Names that are words of a program, or differ by case alone, are written otherwise."""
    document = sbml(text)
    expected = from_sbml(document).run([0.0, 0.4], [*ode_system(document).rates]).values[0]
    for program in PROGRAMS:
        written = to_text(document, program, 0.4, 0.4)
        found = solved(READERS[program](written.model), written.data, [0.0, 0.4])
        assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    "text",
    ["A' = piecewise(1, time > 2, 0); A = 0", "A' = 1; A = 0; at (A > 3): A = 0",
     "A' = 1; A = 0; at (time >= 1): A = 2*A"],
)  # fmt: skip
def test_what_is_no_smooth_equation_is_refused(text: str, sbml: Callable[[str], str]) -> None:
    with pytest.raises(InvalidInput, match="Export SBML"):
        to_text(sbml(text), "mrgsolve", 1.0, 1.0)
