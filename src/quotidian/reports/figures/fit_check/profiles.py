"""Profiles of the objective, each with the line at 3.84 that ends the 95 % interval."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from quotidian.inference.diagnostics import Profile
from quotidian.reports.figures.fit_check.panels import panels
from quotidian.reports.figures.style import BLUE, INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RISE = 3.84


def profile_figure(profiles: Mapping[str, Profile]) -> str:
    """A panel for each parameter."""
    parts = [(name, partial(_panel, own)) for name, own in profiles.items()]
    return panels(parts, "profiles", "Profiles of the objective by parameter.", across=3, height=1.5)


def _panel(own: Profile, axes: Axes) -> None:
    axes.axhline(RISE, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.plot(own.at, own.rise, "o-", color=BLUE, markersize=3)
    for end in (own.low, own.high):
        if np.isfinite(end):
            axes.axvline(end, color=INK, linewidth=0.7)
    axes.set_ylim(0.0, 1.6 * RISE)
    axes.set_ylabel("rise of the OFV")
