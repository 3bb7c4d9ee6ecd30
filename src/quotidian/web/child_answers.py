"""Answers to a browser as plain values: a page's state is simulated, drawn and described."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from quotidian.web import mas_criteria_panel, reproduce
from quotidian.web.chart_document import draw
from quotidian.web.chart_panels import chosen
from quotidian.web.csv_table import table
from quotidian.web.pages import child as page
from quotidian.web.simulations import View, follow
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Shelf

VIEWS: Shelf[ChildState, View] = Shelf(24)
"""The last few views. A download, another width or another day of reading needs no second simulation."""


def view_of(state: ChildState) -> View:
    """The view of a state, stored or simulated."""
    return VIEWS.or_make(key(state), lambda: follow(state))


def key(state: ChildState) -> ChildState:
    """The state without the fields that change no number."""
    from dataclasses import replace

    return replace(state, at=None)


def child_answer(state: ChildState, wide: bool) -> dict[str, Any]:
    """Charts, MAS criteria, text and code of the Child page. Raises the errors of a simulation."""
    began = time.perf_counter()
    view = view_of(state)
    low, high = page.bounds(state)
    found = mas_criteria_panel.read(view, state.at)
    day = float(view.days[-1]) if state.at is None else state.at
    return {
        "svg": draw(view, chosen(view), wide, state.child.label),
        "legend": page.legend(view),
        "lights": page.criteria(found, day),
        "cli": reproduce.commands(state),
        "python": reproduce.code(state),
        "link": state.link,
        "query": state.query,
        "weight": {
            "low": low,
            "high": high,
            "value": round(state.weight, 2),
            "says": page.weight_words(state),
        },
        "drawn": state.drawn is not None,
        "seconds": round(time.perf_counter() - began, 3),
    }


def child_svg(query: Mapping[str, str]) -> str:
    """The wide drawing of a query, as a document. Raises the errors of reading the query and of the
    simulation."""
    state = ChildState.read(query)
    view = view_of(state)
    return draw(view, chosen(view), query.get("wide", "1") != "0", state.child.label)


def child_csv(query: Mapping[str, str]) -> str:
    """The numbers of a query. Raises the errors of reading the query and of the simulation."""
    return table(view_of(ChildState.read(query)))
