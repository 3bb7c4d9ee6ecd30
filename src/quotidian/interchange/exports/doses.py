"""Doses of an exported model as the records that NONMEM, mrgsolve and rxode2 read."""

from __future__ import annotations

from collections.abc import Mapping

from quotidian.interchange.exports.dialects import number
from quotidian.interchange.exports.ode_system import Dose, OdeSystem


def records(system: OdeSystem, names: Mapping[str, str], until: float, every: float) -> str:
    """A table of one subject: doses (EVID 1), changes of inputs (EVID 2), and times without observation.

    Columns are ID, TIME, EVID, AMT, CMT (number of the state), DV, MDV and one for each input by ``names``,
    whose value holds from its row on. rxode2 carries inputs forward, NONMEM and mrgsolve hold those of the
    next row; so each change is preceded by a row of the same time with the old value, and all agree.
    """
    heads = ["ID", "TIME", "EVID", "AMT", "CMT", "DV", "MDV", *(names[n] for n in system.inputs)]
    places = {n: i for i, n in enumerate(system.rates, start=1)}
    held = dict.fromkeys(system.inputs, 0.0)
    times: dict[float, list[Dose]] = {i * every: [] for i in range(int(until / every) + 1)}
    for d in system.doses:
        times.setdefault(d.time, []).append(d)
    lines = [",".join(heads)]
    for time in sorted(times):
        rows = [(2, 0.0, 1)] + [(1, d.value, places[d.target]) for d in times[time] if not d.switches]
        lines += [_row(time, row, held) for row in rows[:1] if any(d.switches for d in times[time])]
        held |= {d.target: d.value for d in times[time] if d.switches}
        lines += [_row(time, row, held) for row in rows]
    return "\n".join([*lines, ""])


def _row(time: float, row: tuple[int, float, int], held: dict[str, float]) -> str:
    evid, amount, place = row
    cells = [number(time), str(evid), number(amount), str(place), ".", "1", *map(number, held.values())]
    return ",".join(["1", *cells])
