"""The scoreboard of a trial: in each row the published value and interval above the virtual ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, log2, nan
from typing import TYPE_CHECKING, Any

from quotidian.reports.figures import forest
from quotidian.reports.figures.responsive_figure import Picture, picture
from quotidian.reports.figures.style import (
    BLUE,
    GRID,
    INK,
    MUTED,
    OUTSIDE_ROW,
    PAPER,
    PUBLISHED_SPAN,
    VERMILLION,
    axes_at,
    sheet,
    tint,
)
from quotidian.reports.scoreboard import row_name
from quotidian.reports.wording import (
    MISSING,
    arm_name,
    discrepancy_cell,
    known_cell,
    published_cell,
    short_span,
    virtual_cell,
)
from quotidian.statistics.near_normal import scale_of
from quotidian.trials.benchmarks.scores import ScoreRow, TrialScore

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE, _HEAD, _FOOT, _KEY = 0.3, 0.34, 0.46, 0.3  # inches: a row, a panel's head and axis, the key
_APART, _SMALL = 0.17, 7.5
_BAND_KEY = 3.4  # inches: width of the key of the bands
_LOWER = 0.12  # rows: shift of the marks below a name that is written across a narrow sheet
_COLOURS = {True: BLUE, False: VERMILLION}
_BAND = 0.105  # rows: half the height of a band
_SHADES = (0.22, 0.45)
"""Strength of the colour of a row in its bands: with discrepancy, and with parameter uncertainty."""
_SHAPES = {True: "o", False: "X"}
_MARKS = {True: "✓ inside", False: "✕ outside"}
_RATIOS = (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_LEAST, _MOST = _RATIOS[0], _RATIOS[-1]
Scale = Callable[[ScoreRow, float | None], float]


def trial_figure(score: TrialScore) -> Picture | None:
    """The rows of a trial as a forest plot; None for a trial without rows."""
    if not score.rows:
        return None
    hits = sum(row.inside for row in score.rows)
    return picture(
        f"scoreboard-{score.trial}",
        score.title,
        lambda wide: _draw(score.rows, wide),
        shows="Each line is one published number (diamond, its 95 % interval shaded) above the virtual one: "
        "a blue dot where it is inside, a vermillion cross where it is outside.",
        source=f"{score.replicates} replicates of {score.children // score.replicates} virtual patients, "
        f"seed {score.seed}; the mark is their median, its line their central 95 %.",
        certainty=_certainty(score.rows),
        alt=f"{score.title}: {hits} of {len(score.rows)} rows inside. " + " ".join(map(_told, score.rows)),
    )


def _certainty(rows: Sequence[ScoreRow]) -> str:
    if not _has_bands(rows):
        return (
            "The intervals show the sampling variation of a trial of this size, not the uncertainty of the "
            "model."
        )
    return (
        "The line shows the sampling variation of a trial of this size. The band also contains parameter "
        "uncertainty, the lighter band around it the discrepancy too: the error that the model may have "
        "even with the right values (SD 0.2 on the logit of a proportion, 10 % of other numbers)."
    )


def _has_bands(rows: Sequence[ScoreRow]) -> bool:
    return any(row.low_discrepancy is not None for row in rows)


def _told(row: ScoreRow) -> str:
    word = "inside" if row.inside else "outside"
    name = f"{row_name(row)}, {arm_name(row.arm)}"
    bands = (known_cell(row), "parameter uncertainty"), (discrepancy_cell(row), "discrepancy too")
    more = "".join(f", {cell} with {what}" for cell, what in bands if cell != MISSING)
    return f"{name}: virtual {virtual_cell(row)}{more}, published {published_cell(row)}, {word}."


def _draw(rows: Sequence[ScoreRow], wide: bool) -> Figure:
    columns = forest.WIDE_COLUMNS if wide else forest.NARROW_COLUMNS
    kinds = (
        (_shares, _is_share, "Per cent"), (_ratio, _is_positive, "Ratio to the published number"),
        (_plain, _is_signed, "In its own unit"),
    )  # fmt: skip
    panels = [([r for r in rows if chosen(r)], place, name) for place, chosen, name in kinds]
    panels = [panel for panel in panels if panel[0]]
    step = _LINE * (1.0 if wide else 1.7)
    heights = [len(own) * step for own, _, _ in panels]
    bands = _has_bands(rows)
    key = _KEY * (2.0 if bands and not wide else 1.0)
    figure = sheet(columns.width, key + sum(h + _HEAD + _FOOT for h in heights))
    _key(axes_at(figure, 0.0, 0.0, columns.width, _KEY), columns.width)
    if bands:
        _band_key(axes_at(figure, *_place_of_band_key(wide), _BAND_KEY, _KEY))
    top = key + _HEAD
    for (own, place, name), height in zip(panels, heights, strict=True):
        axes = axes_at(figure, columns.left, top, columns.axis, height)
        axes.set_ylim(len(own), 0.0)
        _axis(axes, own, place)
        forest.headings(axes, columns, name)
        for i, row in enumerate(own):
            _row(axes, columns, row, i + 0.5, place)
        top += height + _FOOT + _HEAD
    return figure


# ---- scales
def _kind(row: ScoreRow) -> str:
    return scale_of(row.endpoint, row.unit, row.published or 0.0)


def _is_share(row: ScoreRow) -> bool:
    return _kind(row) == "proportion"


def _is_positive(row: ScoreRow) -> bool:
    return _kind(row) == "positive" and row.low >= 0.0


def _is_signed(row: ScoreRow) -> bool:
    return not _is_share(row) and not _is_positive(row)


def _shares(row: ScoreRow, value: float | None) -> float:
    return nan if value is None else value


_plain = _shares


def _ratio(row: ScoreRow, value: float | None) -> float:
    """Logarithm to base 2 of the ratio to the published number, limited to the axis."""
    if value is None or row.published is None:
        return nan
    return log2(min(max(value / row.published, _LEAST), _MOST))


def _axis(axes: Axes, rows: Sequence[ScoreRow], place: Scale) -> None:
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=GRID)
    if place is _shares and all(map(_is_share, rows)):
        axes.set_xlim(0, 100)
        axes.set_xticks([0, 25, 50, 75, 100])
        return
    ends = [x for row in rows for x in (*_ends(row, place), *_widest(row, place)) if isfinite(x)]
    if place is _ratio:
        reach = max(1.0, *(abs(x) for x in ends)) * 1.05
        ticks = [r for r in _RATIOS if abs(log2(r)) <= reach]
        axes.set_xlim(-reach, reach)
        axes.set_xticks([log2(r) for r in ticks], [f"{r:g}" if r >= 1 else f"1/{1 / r:g}" for r in ticks])
        axes.axvline(0.0, color=MUTED, linewidth=0.7)
        return
    room = 0.1 * (max(ends) - min(ends) or 1.0)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.locator_params(axis="x", nbins=5)


def _ends(row: ScoreRow, place: Scale) -> tuple[float, ...]:
    given = (row.virtual, row.low, row.high, row.published, row.published_low, row.published_high)
    return tuple(place(row, value) for value in given)


def _widest(row: ScoreRow, place: Scale) -> tuple[float, float]:
    return place(row, row.low_discrepancy), place(row, row.high_discrepancy)


# ---- one row
def _row(axes: Axes, columns: forest.Columns, row: ScoreRow, y: float, place: Scale) -> None:
    virtual, low, high, point, p_low, p_high = _ends(row, place)
    line = y if columns.virtual is not None else y + _LOWER
    if not row.inside:
        across = [columns.share(0.0), columns.share(columns.width)]
        look: dict[str, Any] = {"color": OUTSIDE_ROW, "clip_on": False, "lw": 0, "zorder": 0}
        axes.fill_between(across, y - 0.48, y + 0.48, transform=axes.get_yaxis_transform(), **look)
    if isfinite(p_low) and isfinite(p_high):
        half = 0.42 - abs(line - y)
        axes.fill_between([p_low, p_high], line - half, line + half, color=PUBLISHED_SPAN, lw=0, zorder=1)
        axes.plot([p_low, p_high], [line - _APART] * 2, color=INK, linewidth=1.0, zorder=3)
    free: dict[str, Any] = {"zorder": 4, "clip_on": False}
    colour = _COLOURS[row.inside]
    known = place(row, row.low_known), place(row, row.high_known)
    for (left, right), strength in zip((_widest(row, place), known), _SHADES, strict=True):
        if isfinite(left) and isfinite(right):
            _band(axes, (left, right), line + _APART, colour, strength)
    axes.plot([point], [line - _APART], "D", color=INK, markerfacecolor=PAPER, markersize=4.2, **free)
    axes.plot([low, high], [line + _APART] * 2, color=colour, linewidth=1.8, **free)
    axes.plot([virtual], [line + _APART], _SHAPES[row.inside], color=colour, markersize=5.2, mew=0.0, **free)
    _words(axes, columns, row, y)


def _band(
    axes: Axes, ends: tuple[float, float], y: float, colour: str, strength: float, half: float = _BAND
) -> None:
    look: dict[str, Any] = {"color": tint(colour, strength), "lw": 0, "zorder": 3, "clip_on": False}
    axes.fill_between(list(ends), y - half, y + half, **look)


def _words(axes: Axes, columns: forest.Columns, row: ScoreRow, y: float) -> None:
    """Name and arm, the two numbers if there is room, and the verdict as a sign and a word."""
    beside: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": _SMALL}
    colour = _COLOURS[row.inside]
    name, arm = (-0.2, 0.2) if columns.virtual is not None else (-0.36, 0.0)
    axes.text(columns.share(0.0), y + name, row_name(row), **beside)
    axes.text(columns.share(0.0), y + arm, f"{arm_name(row.arm)}, {row.role}", color=MUTED, **beside)
    cells = ((columns.virtual, virtual_cell(row), INK), (columns.published, published_cell(row), MUTED))
    for inches, cell, shade in cells:
        if inches is not None:
            axes.text(columns.share(inches), y, short_span(cell), ha="right", color=shade, **beside)
    weight = "normal" if row.inside else "bold"
    axes.text(
        columns.share(columns.verdict), y, _MARKS[row.inside], color=colour, fontweight=weight, **beside
    )


def _key(axes: Axes, width: float) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, _KEY)
    entries = (
        (0.14, "published", INK, "D", PAPER), (1.0, "virtual, inside", BLUE, "o", BLUE),
        (2.1, "virtual, outside", VERMILLION, "X", VERMILLION),
    )  # fmt: skip
    for x, text, color, marker, face in entries:
        axes.plot([x - 0.12, x + 0.12], [0.2, 0.2], color=color, linewidth=1.2)
        axes.plot([x], [0.2], marker, color=color, markerfacecolor=face, markersize=4.8)
        axes.text(x + 0.2, 0.2, text, va="center", fontsize=_SMALL, color=MUTED)


def _place_of_band_key(wide: bool) -> tuple[float, float]:
    """Left and top, inches: beside the key of the marks, or below it."""
    return (3.35, 0.0) if wide else (0.0, _KEY)


def _band_key(axes: Axes) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, _BAND_KEY)
    axes.set_ylim(0, _KEY)
    entries = ((0.02, "with parameter uncertainty", 1), (1.86, "and discrepancy", 0))
    for x, text, number in entries:
        _band(axes, (x, x + 0.24), 0.2, BLUE, _SHADES[number], half=0.035)
        axes.text(x + 0.32, 0.2, text, va="center", fontsize=_SMALL, color=MUTED)
