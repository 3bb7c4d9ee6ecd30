"""The rows of a forest: whatever an endpoint is called, no word stands on another."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from quotidian.reports.figures.comparison import _draw
from quotidian.reports.figures.style import house_style, palette
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.rows import EndpointRow

ARMS = ("tocilizumab", "placebo")


def rows(share: bool) -> list[EndpointRow]:
    """Every endpoint there is, in two arms."""
    chosen = {name: one for name, one in ENDPOINTS.items() if (one.unit == "%") == share}
    return [
        EndpointRow(arm, name, 12, one.unit, 53.1, 45.2, 61.8, 50.0, 40.0, 60.0)
        for name, one in chosen.items()
        for arm in ARMS
    ]


@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("wide", [True, False])
def test_no_word_of_a_comparison_stands_on_another(share: bool, wide: bool) -> None:
    with house_style():
        figure = _draw(rows(share), palette(ARMS), 20, wide)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        texts = [t for axes in figure.axes for t in axes.texts if t.get_text()]
        corners = [t.get_window_extent(canvas.get_renderer()).shrunk(0.98, 0.6).extents for t in texts]
    left, low, right, high = np.array(corners).T
    touching = (
        (left[:, None] < right) & (left < right[:, None]) & (low[:, None] < high) & (low < high[:, None])
    )
    pairs = [(texts[i].get_text(), texts[j].get_text()) for i, j in np.argwhere(np.triu(touching, 1))]
    assert len(texts) > 100 and pairs == []
