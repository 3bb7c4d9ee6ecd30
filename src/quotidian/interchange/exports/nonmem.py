"""A model as a NONMEM control stream: ADVAN13, one compartment for each state, doses and inputs as data.

NM-TRAN takes short names without case, so constants are P1, P2, ..., rules R1, R2, ..., inputs I1, I2, ...;
a comment says what each is. Rules are computed in $DES, and in $ERROR for the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from quotidian.interchange.exports.dialects import Dialect, number
from quotidian.interchange.exports.ode_system import OdeSystem
from quotidian.version import RESEARCH_USE, __version__

LONGEST = 120
"""Characters of a line; a longer statement is continued with &."""
MOST_SHOWN = 50
"""Rules in the table: NONMEM has room for so many columns."""


def nonmem(system: OdeSystem, data: str) -> str:
    """The text of a control stream that reads ``data``."""
    return "\n".join([*(line for text in _lines(system, data) for line in _continued(text)), ""])


def short_names(s: OdeSystem) -> dict[str, str]:
    """What each quantity is called."""
    return {
        **{n: f"A({i})" for i, n in enumerate(s.rates, start=1)},
        **{n: f"P{i}" for i, n in enumerate(s.constants, start=1)},
        **{n: f"R{i}" for i, n in enumerate(s.rules, start=1)},
        **{n: f"I{i}" for i, n in enumerate(s.inputs, start=1)},
    }


def _lines(s: OdeSystem, data: str) -> Iterator[str]:
    names = short_names(s)
    functions = {n: n.upper() for n in ("exp", "log", "sqrt", "cos", "sin", "abs")}
    des = Dialect("{0}**{1}", "T", names, functions)
    yield f"$PROBLEM {s.title[:60]}"
    yield f"; Written by Quotidian {__version__}. {RESEARCH_USE} Time in {s.time_unit}."
    yield from (f"; I{i} is {n}: {s.labels.get(n, n)}" for i, n in enumerate(s.inputs, start=1))
    inputs = "".join(f" {names[n]}" for n in s.inputs)
    yield f"$INPUT ID TIME EVID AMT CMT DV MDV{inputs}"
    yield f"$DATA {data} IGNORE=@"
    yield "$SUBROUTINES ADVAN13 TOL=9"
    yield f"$MODEL NCOMPARTMENTS={len(s.rates)}"
    yield from (f"COMP=(C{i}) ; {n}: {s.labels.get(n, n)}" for i, n in enumerate(s.rates, start=1))
    yield "$PK"
    yield from (f"{names[n]} = {number(v)} ; {n}: {s.labels.get(n, n)}" for n, v in s.constants.items())
    yield from (f"A_0({i}) = {des.text(f)}" for i, f in enumerate(s.starts.values(), start=1))
    yield "$DES"
    yield from (f"{names[n]} = {des.text(f)} ; {n}" for n, f in s.rules.items())
    yield from (f"DADT({i}) = {des.text(f)}" for i, f in enumerate(s.rates.values(), start=1))
    yield "$ERROR"
    shown = {**names, **{n: f"E{i}" for i, n in enumerate(s.rules, start=1)}}
    error = Dialect("{0}**{1}", "TIME", shown, functions)
    yield from (f"{shown[n]} = {error.text(f)} ; {n}" for n, f in s.rules.items())
    yield "IPRED = A(1)"
    yield "Y = IPRED + EPS(1)"
    yield from ("$THETA 1 FIX ; unused", "$OMEGA 0 FIX", "$SIGMA 1 FIX", "$SIMULATION (1) ONLYSIMULATION")
    columns = " ".join(shown[n] for n in list(s.rules)[-MOST_SHOWN:])
    yield f"$TABLE ID TIME IPRED {columns} NOPRINT ONEHEADER FILE=quotidian.tab"


def _continued(line: str) -> Iterator[str]:
    """A statement in lines that NM-TRAN takes; a comment stays behind the last."""
    code, mark, comment = line.partition(" ; ")
    if code.startswith(";") or len(code) <= LONGEST:
        yield line[:LONGEST].rstrip(" ;")
        return
    while len(code) > LONGEST:
        cut = code.rfind(" ", 1, LONGEST)
        yield f"{code[:cut]} &"
        code = code[cut:]
    yield f"{code}{mark}{comment}"[:LONGEST].rstrip(" ;")
