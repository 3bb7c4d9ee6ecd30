"""Published and virtual results: one row for each endpoint and arm, with intervals and a verdict in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from quotidian.reports.figures import forest
from quotidian.reports.figures.responsive_figure import Picture, picture
from quotidian.reports.figures.style import INK, MUTED, PAPER, axes_at, palette, sheet
from quotidian.reports.narrative import CHANCE_ONLY, replicates_of, row_sentence
from quotidian.reports.wording import compared, counted, in_order
from quotidian.trials.result import TrialResult
from quotidian.trials.rows import EndpointRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Placed = list[tuple[EndpointRow, float]]

_LINE = 0.215  # inches a row
_KEY, _HEAD, _FOOT = 0.3, 0.3, 0.46  # inches: key at the top, headings of a panel, its axis


def comparison(result: TrialResult) -> Picture | None:
    """The main figure; None if no virtual number has a published one beside it."""
    rows = compared(result.rows)
    if not rows:
        return None
    colours = palette(tuple(result.children))
    return picture(
        "comparison",
        "Published against virtual",
        lambda wide: _draw(rows, colours, result.replicates, wide),
        shows="Each row is one endpoint in one arm: the published number (diamond, its 95 % interval shaded) "
        "above the virtual one (dot). A row is inside when the dot lies within the shade; without "
        "a shade, when the diamond lies within the line of the virtual one.",
        source=f"{replicates_of(result)}; the dot is their median, its line their central 95 %.",
        certainty=CHANCE_ONLY,
        alt="Published against virtual. " + " ".join(row_sentence(row) for row in rows),
    )


def _draw(rows: Sequence[EndpointRow], colours: Mapping[str, str], replicates: int, wide: bool) -> Figure:
    columns = forest.WIDE_COLUMNS if wide else forest.NARROW_COLUMNS
    shares = tuple(row for row in rows if row.unit == "%")
    others = tuple(row for row in rows if row.unit != "%")
    panels = [(own, _placed(own, columns)) for own in (shares, others) if own]
    heights = [(max(y for _, y in placed) + 0.7) * _LINE for _, placed in panels]
    figure = sheet(columns.width, _KEY + sum(height + _HEAD + _FOOT for height in heights))
    _key(axes_at(figure, 0.0, 0.0, columns.width, _KEY), columns, replicates)
    top = _KEY + _HEAD
    for (own, placed), height in zip(panels, heights, strict=True):
        axes = axes_at(figure, columns.left, top, columns.axis, height)
        axes.set_ylim(height / _LINE, 0.0)
        _panel(axes, own, placed, columns, colours)
        top += height + _FOOT + _HEAD
    return figure


def _placed(rows: Sequence[EndpointRow], columns: forest.Columns) -> Placed:
    """Each row with its position from the top of the panel, in rows, with space between endpoints."""
    placed: Placed = []
    line = 0.1
    for key in in_order(forest.group(row) for row in rows):
        line += 1.15 if forest.stands_above(columns, key) else 0.25
        for row in (row for row in rows if forest.group(row) == key):
            placed.append((row, line + 0.5))
            line += 1.0
    return placed


def _panel(
    axes: Axes,
    rows: tuple[EndpointRow, ...],
    placed: Placed,
    columns: forest.Columns,
    colours: Mapping[str, str],
) -> None:
    """One axis with its rows; each endpoint is named once."""
    weeks = in_order(str(row.week) for row in rows)
    when = f"week {weeks[0]}" if len(weeks) == 1 else "several weeks"
    if rows[0].unit == "%":
        forest.scale_shares(axes)
        forest.headings(axes, columns, f"Response, {when}")
    else:
        forest.scale_ratios(axes, rows)
        forest.headings(axes, columns, f"Exposure, {when}")
    named: set[str] = set()
    for row, y in placed:
        forest.draw_row(axes, columns, row, y, colours)
        if forest.group(row) not in named:
            named.add(forest.group(row))
            forest.name(axes, columns, row, y)


def _key(axes: Axes, columns: forest.Columns, replicates: int) -> None:
    """Legend of diamond and dot, in grey because it applies to every arm."""
    axes.set_axis_off()
    axes.set_xlim(0, columns.width)
    axes.set_ylim(0, _KEY)
    trials = counted(replicates, "replicate")
    virtual = (
        f"virtual, {trials}"
        if columns.names_above or replicates == 1
        else f"virtual, median and central 95 % of {trials}"
    )
    entries = (
        (0.14, "published, 95 % interval", INK, "D", PAPER),
        (1.87, virtual, MUTED, "o", MUTED),
    )
    for x, text, color, marker, face in entries:
        axes.plot([x - 0.12, x + 0.12], [0.2, 0.2], color=color, linewidth=1.2)
        axes.plot([x], [0.2], marker, color=color, markerfacecolor=face, markersize=4.4)
        axes.text(x + 0.2, 0.2, text, va="center", fontsize=7.5, color=MUTED)
