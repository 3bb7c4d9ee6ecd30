"""Answers to a browser as plain values: a page's state is simulated, drawn and described."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from quotidian.errors import QuotidianError
from quotidian.web import mas_criteria_panel, reproduce
from quotidian.web.beside import band, published_points, uncertainty
from quotidian.web.beside.differences import differences
from quotidian.web.beside.exposure_table import exposure_table
from quotidian.web.chart_document import Beside, draw
from quotidian.web.chart_panels import Panel, chosen
from quotidian.web.csv_table import table
from quotidian.web.pages import child as page
from quotidian.web.simulations import View, follow, follow_together, sharing
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Shelf

T = TypeVar("T")
Sent = dict[str, Any]
_BANDS = {"band": band.WORDS, "uncertainty": uncertainty.WORDS}
VIEWS: Shelf[ChildState, View] = Shelf(24)
"""The last few views. A download, another width or another day of reading needs no second simulation."""


def view_of(state: ChildState) -> View:
    """The view of a state, stored or simulated."""
    return VIEWS.or_make(state.numbers, lambda: follow(state))


def views_of(states: Sequence[ChildState]) -> Iterator[tuple[int, View | Exception]]:
    """The index of each state with its view or its error, stored views first, then the quickest to make."""
    missing: dict[Hashable, list[int]] = {}
    for i, state in enumerate(states):
        shared = _caught(sharing, state)
        found = shared if isinstance(shared, Exception) else VIEWS.get(state.numbers)
        if found is not None:
            yield i, found
        else:
            missing.setdefault(shared, []).append(i)
    for places in sorted(missing.values(), key=lambda own: states[own[0]].span[1]):
        try:
            views: list[View | Exception] = [*follow_together([states[i] for i in places])]
        except QuotidianError:  # which of them it is shows when each is made alone
            views = [_caught(follow, states[i]) for i in places]
        for i, view in zip(places, views, strict=True):
            if isinstance(view, View):
                VIEWS.put(states[i].numbers, view)
            yield i, view


def _caught(make: Callable[..., T], *given: Any) -> T | Exception:
    try:
        return make(*given)
    except Exception as error:  # belongs to one of several visitors
        return error


def child_answers(asked: Sequence[tuple[ChildState, bool]]) -> Iterator[tuple[int, Sent | Exception]]:
    """The index of each question (state, whether the page is wide) with its answer or its error."""
    began = time.perf_counter()
    for i, view in views_of([state for state, _ in asked]):
        yield i, view if isinstance(view, Exception) else _caught(_answer, view, *asked[i], began)


def child_answer(state: ChildState, wide: bool) -> Sent:
    """The answer to one question. Raises the errors of a simulation."""
    ((_, found),) = child_answers([(state, wide)])
    if isinstance(found, Exception):
        raise found
    return found


def _answer(view: View, state: ChildState, wide: bool, began: float) -> Sent:
    """Charts, MAS criteria, text and code of the Child page, and what was asked for beside them."""
    low, high = page.bounds(state)
    found = mas_criteria_panel.read(view, state.at)
    day = float(view.days[-1]) if state.at is None else state.at
    panels, beside = chosen(view, state.log), _beside(state)
    return {
        "svg": draw(view, panels, wide, state.label, beside),
        "legend": page.legend(view, _band_words(state, beside)),
        "lights": page.criteria(found, day),
        "beside": _tables(view, state, panels, beside),
        "differences": "differences" in state.beside,
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


def _beside(state: ChildState) -> Beside:
    """What is drawn beside the lines."""
    asked = state.beside
    points = published_points.published_points(state) if "published" in asked else ()
    population = band.band_of(state) if "band" in asked else {}
    return Beside(points, population, uncertainty.uncertainty_of(state) if "uncertainty" in asked else {})


def _band_words(state: ChildState, beside: Beside) -> str:
    """The bands in words, or why there is none; empty if none was asked for."""
    asked = [words for name, words in _BANDS.items() if name in state.beside]
    if not asked:
        return ""
    return " ".join(asked) + band.IN_LONG_VIEWS if beside.shaded else band.TOO_LONG


def _tables(view: View, state: ChildState, panels: Sequence[Panel], beside: Beside) -> str:
    """The tables that were asked for, as HTML."""
    asked = state.beside
    found = [
        exposure_table(state) if "exposure" in asked else "",
        differences(view, panels) if "differences" in asked else "",
        published_points.table(beside.points),
    ]
    return "".join(found)


def child_svg(query: Mapping[str, str]) -> str:
    """The wide drawing of a query, as a document. Raises the errors of reading the query and of the
    simulation."""
    state = ChildState.read(query)
    view, wide = view_of(state), query.get("wide", "1") != "0"
    return draw(view, chosen(view, state.log), wide, state.label, _beside(state))


def child_csv(query: Mapping[str, str]) -> str:
    """The numbers of a query. Raises the errors of reading the query and of the simulation."""
    return table(view_of(ChildState.read(query)))
