"""The frame of every page: name, navigation, disclaimer, and the three pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from htmltools import Tag, TagList, head_content, tags

from quotidian.errors import QuotidianError
from quotidian.version import RESEARCH_USE, __version__
from quotidian.web.pages import child, system, trial
from quotidian.web.simulations import machine_name
from quotidian.web.state import ChildState
from quotidian.web.system_answers import Change
from quotidian.web.trial_answers import TrialState

T = TypeVar("T")
PAGES = {"child": "Child", "trial": "Trial", "system": "System"}


def document(
    state: ChildState, shown: str, trouble: str = "", query: Mapping[str, str] | None = None
) -> TagList:
    """The whole page with one of its three parts visible."""
    shown = shown if shown in PAGES else "child"
    asked = query or {}
    made = {
        "child": child.page(state),
        "trial": trial.page(_or_usual(TrialState.read, asked, TrialState())),
        "system": system.page(_or_usual(Change.read, asked, Change.read({}))),
    }
    return TagList(
        head_content(
            tags.title("Quotidian explorer"),
            tags.meta({"name": "viewport", "content": "width=device-width, initial-scale=1"}),
            tags.link({"rel": "icon", "href": "assets/icon.svg", "type": "image/svg+xml"}),
            tags.link({"rel": "stylesheet", "href": "assets/explorer.css"}),
            tags.script({"src": "assets/chart.js", "defer": ""}),
            tags.script({"src": "assets/own_data.js", "defer": ""}),
            tags.script({"src": "assets/own_fit.js", "defer": ""}),
            tags.script({"src": "assets/study_link.js", "defer": ""}),
            tags.script({"src": "assets/map.js", "defer": ""}),
            tags.script({"src": "assets/explorer.js", "defer": ""}),
            tags.script({"src": "assets/builder.js", "defer": ""}),
        ),
        tags.a({"class": "skip", "href": "#main"}, "Skip to the charts"),
        _header(shown),
        tags.div(
            {"class": "refusal", "role": "alert", "id": "trouble", "hidden": None if trouble else ""}, trouble
        ),
        tags.main(
            {"id": "main"},
            *(
                tags.section(
                    {"id": f"page-{name}", "class": "page", "hidden": None if name == shown else ""}, content
                )
                for name, content in made.items()
            ),
        ),
        _footer(),
    )


def _or_usual(read: Callable[[Mapping[str, str]], T], query: Mapping[str, str], usual: T) -> T:
    """The state of a query, or the default if the query cannot be read."""
    try:
        return read(query)
    except QuotidianError:
        return usual


def _header(shown: str) -> Tag:
    links = [
        tags.a(
            {"href": f"?page={name}", "data-page": name, "aria-current": "page" if name == shown else None},
            said,
        )
        for name, said in PAGES.items()
    ]
    return tags.header(
        tags.div(
            {"class": "brand"},
            tags.img({"src": "assets/icon.svg", "alt": "", "width": "26", "height": "26"}),
            tags.h1("Quotidian"),
            tags.span({"class": "about"}, "interleukin-6 in systemic JIA"),
        ),
        tags.nav({"aria-label": "Pages"}, *links),
        tags.p({"class": "device"}, RESEARCH_USE.rstrip(".")),
    )


def _footer() -> Tag:
    return tags.footer(
        tags.span(f"Model {machine_name()}, version {__version__}"),
        tags.span(RESEARCH_USE.rstrip(".")),
        tags.span({"id": "status", "role": "status"}, "connecting"),
    )
