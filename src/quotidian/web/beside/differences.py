"""Differences between regimens on the last day that a page shows, as an HTML table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from quotidian.reports.wording import number
from quotidian.web.chart_panels import Panel, chip, lines
from quotidian.web.simulations import View


def differences(view: View, panels: Sequence[Panel]) -> str:
    """One row for each line that several regimens share; empty with a single regimen."""
    if len(view.arms) < 2:
        return ""
    first, *others = view.arms
    heads = [chip(arm.letter) for arm in view.arms]
    heads += [f"{chip(arm.letter)} − {chip(first.letter)}" for arm in others]
    rows = "".join(_row(view, panel, name, said) for panel in panels for name, said in lines(panel, view, 0))
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Differences between regimens"><table>'
        f"<caption>Differences between regimens on the last day shown, day {view.days[-1]:.4g}: mean of 24 "
        "hours (for temperature the maximum).</caption>"
        f'<thead><tr><th scope="col">Value</th>{"".join(f"<th scope=col>{head}</th>" for head in heads)}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _row(view: View, panel: Panel, name: str, said: str) -> str:
    if any(name not in arm.values for arm in view.arms):
        return ""
    day = view.days >= view.days[-1] - 1.0 + 1e-9
    summary = np.max if panel.kind == "fever" else np.mean
    found = [panel.scale * float(summary(arm.values[name][day])) for arm in view.arms]
    shown = [number(value, "") for value in found] + [_change(found[0], value) for value in found[1:]]
    title = panel.title if len(panel.observables) < 2 else f"{panel.title}, {said}"
    cells = "".join(f"<td>{value}</td>" for value in shown)
    return f'<tr><th scope="row">{escape(title)} <small>{escape(panel.unit)}</small></th>{cells}</tr>'


def _change(before: float, after: float) -> str:
    """The difference with its sign, and as many decimals as the larger value is shown with."""
    decimals = len(number(max(before, after, key=abs), "").partition(".")[2])
    found = round(after - before, decimals)
    return f"{found:+.{decimals}f}".replace("-", "−") if found else "0"
