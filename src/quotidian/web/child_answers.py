"""Answers to a browser as plain values: a page's state is simulated, drawn and described."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from quotidian.errors import QuotidianError
from quotidian.web import mas_criteria_panel, reproduce
from quotidian.web.chart_document import draw
from quotidian.web.chart_panels import chosen
from quotidian.web.csv_table import table
from quotidian.web.pages import child as page
from quotidian.web.simulations import View, follow, follow_together, sharing
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Shelf

T = TypeVar("T")
Sent = dict[str, Any]
VIEWS: Shelf[ChildState, View] = Shelf(24)
"""The last few views. A download, another width or another day of reading needs no second simulation."""


def view_of(state: ChildState) -> View:
    """The view of a state, stored or simulated."""
    return VIEWS.or_make(key(state), lambda: follow(state))


def key(state: ChildState) -> ChildState:
    """The state without the fields that change no number."""
    from dataclasses import replace

    return replace(state, at=None)


def views_of(states: Sequence[ChildState]) -> Iterator[tuple[int, View | Exception]]:
    """The index of each state with its view or its error, stored views first, then the quickest to make."""
    missing: dict[Hashable, list[int]] = {}
    for i, state in enumerate(states):
        shared = _caught(sharing, state)
        found = shared if isinstance(shared, Exception) else VIEWS.get(key(state))
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
                VIEWS.put(key(states[i]), view)
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
    """Charts, MAS criteria, text and code of the Child page."""
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
