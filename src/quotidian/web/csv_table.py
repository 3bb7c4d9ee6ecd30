"""The numbers of a view as CSV: one row for each time and regimen."""

from __future__ import annotations

import csv
import io

from quotidian.web.simulations import View


def table(view: View) -> str:
    """Columns as the command line writes them: ``regimen``, ``time_day``, then ``name [unit]`` for each
    observable. A cell without a value is empty."""
    names = list(dict.fromkeys(name for arm in view.arms for name in arm.values))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["regimen", "time_day", *(f"{name} [{view.units[name]}]" for name in names)])
    for arm in view.arms:
        columns = [arm.values[name].tolist() if name in arm.values else None for name in names]
        for i, day in enumerate(view.days.tolist()):
            row = ["" if column is None else f"{column[i]:.7g}" for column in columns]
            writer.writerow([f"{arm.letter}: {arm.text}", f"{day:.7g}", *row])
    return buffer.getvalue()
