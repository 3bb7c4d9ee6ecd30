"""The System page: the map of mechanisms, the laws of an arrow, and results before and after a change."""

from __future__ import annotations

from htmltools import HTML, TagList, tags

from quotidian.web import mechanism
from quotidian.web.pages.fields import download, prose, select, slider
from quotidian.web.system_answers import MOST_FACTOR, SWITCHES, Change


def page(change: Change) -> TagList:
    """Controls beside the map."""
    switches = {**SWITCHES, change.parameter: change.meaning}
    form = tags.form(
        {"id": "system-form", "autocomplete": "off", "class": "controls"},
        tags.fieldset(
            tags.legend("Switch off or change"),
            select("parameter", "Mechanism", change.parameter, switches),
            slider("factor", "Factor on its value; 0 is off", change.factor, 0, MOST_FACTOR, 0.05, "×"),
            select("drug", "Regimen", change.drug, {"none": "no drug", "tocilizumab-iv": "tocilizumab-iv"}),
        ),
    )
    return TagList(
        tags.div(
            {"class": "charts across"},
            tags.h2("Mechanisms and their effects on one another"),
            tags.div({"id": "map", "class": "map", "tabindex": "0", "role": "group",
                      "aria-label": "Map of mechanisms. Tab to a box and press Enter to read its laws."},
                     HTML(mechanism.picture())),
            tags.div({"id": "map-rows", "class": "rows", "role": "group", "aria-label": "Mechanisms"},
                     HTML(mechanism.rows())),
            prose(
                "Generated from the laws that the solver integrates. Choose a mechanism or an arrow for its",
                "laws and values, with their basis and sources. Its neighbours then stay in ink;",
                "Escape, or a click beside the boxes, shows all again.",
            ),
            tags.div({"id": "system-detail", "class": "detail", "role": "region", "aria-live": "polite",
                      "aria-label": "Laws of the selection"}),
        ),
        tags.details({"class": "drawer", "open": ""}, tags.summary("Controls"), form),
        tags.div(
            {"class": "charts"},
            tags.div({"id": "system-error", "class": "refusal", "role": "alert", "hidden": ""}),
            tags.h2({"id": "system-words", "tabindex": "-1", "data-skip-to": ""}, "Before and after"),
            tags.div({"id": "system-table", "class": "scroll"}),
            tags.div({"id": "system-chart", "class": "chart"}),
            prose(
                "The typical child of six years, unchanged (A) and with the change (B), both on the regimen",
                "chosen. All other values stay the same; nothing is refitted.",
            ),
            tags.div(
                {"class": "toolbar"},
                download("system-svg", "quotidian-change.svg", "Figure (SVG)"),
                download("system-csv", "quotidian-change.csv", "Data (CSV)"),
                download("map-svg", "quotidian-map.svg", "Map (SVG)", "system.svg?figure=map"),
                tags.a({"id": "system-link", "class": "button", "href": "?page=system"}, "Link to this view"),
            ),
            tags.details(
                {"class": "code"},
                tags.summary("Reproduce this view"),
                tags.h2("Command line"),
                tags.pre({"tabindex": "0"}, f"quotidian map {mechanism.MODEL} --output map.svg"),
                tags.h2("Python"), tags.pre({"id": "system-python", "tabindex": "0"}),
            ),
        ),
    )  # fmt: skip
