"""Random event tables that are valid: every kind of dose and reset, in random order and number."""

from __future__ import annotations

from random import Random

HEAD = "ID,TIME,AMT,RATE,II,ADDL,SS,EVID,CMT,DV,WT"
VALUES = {
    "pk-1cmt": ("CL", "V"), "pk-2cmt": ("CL", "V", "Q", "V2"),
    "pk-1cmt-oral": ("KA", "CL", "V"), "pk-2cmt-oral": ("KA", "CL", "V", "Q", "V2"),
}  # fmt: skip
RANGES = {"CL": (0.2, 9.0), "V": (3.0, 60.0), "Q": (0.1, 8.0), "V2": (2.0, 90.0), "KA": (0.1, 3.0)}


def drawn_table(random: Random) -> tuple[list[str], str]:
    """Words of ``run-events`` behind the name of the data, and the table."""
    model = random.choice(tuple(VALUES))
    values = ",".join(f"{name}={random.uniform(*RANGES[name]):.4g}" for name in VALUES[model])
    words = ["--model", model, "--set", values]
    words += ["--carried", random.choice(("backward", "forward"))]
    if random.random() < 0.4:
        words += ["--covariate", f"CL = {random.uniform(*RANGES['CL']):.4g}*(WT/70)**0.75"]
    items = {"F1": random.uniform(0.2, 1.0), "ALAG1": random.choice((0.5, 3.0, 12.0, 30.0)),
             "D1": random.uniform(0.5, 40.0), "R1": random.uniform(1.0, 200.0)}  # fmt: skip
    chosen = {name for name in ("F1", "ALAG1") if random.random() < 0.5}
    own = {"D1": "-2", "R1": "-1"} if random.random() < 0.4 else {}
    words += ["--dosing", ",".join(f"{n}={items[n]:.4g}" for n in (*sorted(chosen), *own))] * bool(
        chosen or own
    )
    words = words[:-1] if words[-1] == "--dosing" else words
    lines = [HEAD]
    for subject in range(1, random.randrange(2, 5)):
        lines += _rows(random, subject, model, tuple(own.values()))
    return words, "\n".join(lines) + "\n"


def _rows(random: Random, subject: int, model: str, own: tuple[str, ...]) -> list[str]:
    time, weight, rows = random.choice((0.0, 0.0, 2.5)), random.uniform(20, 90), []
    for _ in range(random.randrange(3, 14)):
        compartments = ("0", "1", "2", ".") if model != "pk-1cmt" else ("0", "1", ".")
        kind = random.choice((0, 0, 0, 1, 1, 2, 3, 4))
        time = 0.0 if kind > 2 and random.random() < 0.3 else time
        dose = _dose(random, own) if kind in (1, 4) else "0,0,0,0,0"
        shown = random.choice(compartments)
        if "-1" in dose or "-2" in dose:
            shown = "1"  # the model states a rate and a duration of this compartment only
        rows.append(f"{subject},{time:g},{dose},{kind},{shown},.,{weight:.3g}")
        time += random.choice((0, 0, 1, 3.5, 12, 24, 70))
        weight *= random.choice((1.0, 1.0, 1.1))
    rows.append(f"{subject},{time + 5:g},0,0,0,0,0,0,.,.,{weight:.3g}")
    return rows


def _dose(random: Random, own: tuple[str, ...]) -> str:
    """AMT, RATE, II, ADDL and SS of a dose."""
    amount, interval = random.choice((10, 100, 333.3)), random.choice((4, 12, 24))
    if random.random() < 0.05:
        return f"0,{random.choice((2, 20))},0,0,1"
    rate = random.choice(("0", "0", "0", "2", "50", *own))
    steady = random.choice((0, 0, 0, 1, 2))
    more = random.choice((0, 0, 1, 3, 20))
    return f"{amount},{rate},{interval if steady or more else 0},{more},{steady}"
