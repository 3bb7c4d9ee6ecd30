"""The Child page: its form, and the text around its charts."""

from __future__ import annotations

from html import escape

from htmltools import Tag, TagList, tags

from quotidian.dosing import describe
from quotidian.drugs.catalogue import PREPARATIONS
from quotidian.patients import growth
from quotidian.patients.natural_history import KINDS
from quotidian.web.beside.options import AXES, BESIDE
from quotidian.web.chart_panels import COLOURS, chip
from quotidian.web.mas_criteria_panel import STATES, Lights
from quotidian.web.pages.fields import (
    BARE,
    checkboxes,
    download,
    field,
    number_field,
    prose,
    select,
    slider,
    text_field,
)
from quotidian.web.regimen_form import LETTERS, UNITS, Plan, drug_groups
from quotidian.web.simulations import View
from quotidian.web.state import HORIZONS, ChildState

_SPANS = {
    2: "2 weeks",
    4: "4 weeks",
    12: "12 weeks",
    24: "24 weeks",
    52: "1 year",
    104: "2 years",
    260: "5 years",
}

ABOUT = (
    "One virtual child: values of the model without measurement error, not a forecast for any child.",
    "Triangles are doses; shaded days are flares and infections. In long views, a line is the daily mean",
    "(of temperature, the daily maximum), and the shade around it is the daily range.",
)


def form(state: ChildState) -> Tag:
    """All controls, with the values of a state."""
    return tags.form(
        {"id": "child-form", "autocomplete": "off", "class": "controls"},
        tags.fieldset(
            tags.legend("Child"),
            slider("age", "Age", min(state.age, 17.9), 2, 17.9, 0.1, "years"),
            select("sex", "Sex", state.sex, {"female": "girl", "male": "boy"}),
            slider("weight", "Weight", state.weight, *bounds(state), 0.1, "kg", extra="weight-says"),
        ),
        tags.fieldset(
            tags.legend("Disease"),
            slider("severity", "Severity", state.severity, 0.2, 3, 0.05, "× typical"),
            select("course", "Course", state.course, {k: f"{k}: {v}" for k, v in KINDS.items()}),
            number_field("seed", "Seed of the course", f"{state.seed}", 0, 9999, "seed"),
            text_field("flares", "Flares begin on days", _days(state.flares), "30, 90"),
            text_field("infections", "Infections begin on days", _days(state.infections), "45"),
        ),
        tags.fieldset(
            tags.legend("Treatment"),
            slider("steroid", "Prednisolone, with every regimen", state.steroid, 0, 2, 0.05, "mg/kg a day"),
            *(_plan(state, letter, i) for i, letter in enumerate(LETTERS)),
        ),
        tags.fieldset(
            tags.legend("View"),
            select("weeks", "Show", str(state.weeks), {str(w): _SPANS[w] for w in HORIZONS}),
            text_field(
                "at",
                "MAS criteria evaluated on day",
                "" if state.at is None else f"{state.at:g}",
                "last day shown",
            ),
            checkboxes("beside", "Beside the lines", state.beside, BESIDE),
            checkboxes("log", "Logarithmic axis", state.log, AXES),
        ),
        tags.input(
            {
                "data-shiny-no-bind-input": "",
                "type": "hidden",
                "name": "from",
                "value": f"{state.window[0]:g}" if state.window else "",
            }
        ),
        tags.input(
            {
                "data-shiny-no-bind-input": "",
                "type": "hidden",
                "name": "to",
                "value": f"{state.window[1]:g}" if state.window else "",
            }
        ),
        tags.input(
            {
                "data-shiny-no-bind-input": "",
                "type": "hidden",
                "name": "drawn",
                "value": "-".join(map(str, state.drawn or ())),
            }
        ),
    )


def bounds(state: ChildState) -> tuple[float, float]:
    """Range of weights, kg: 3 SD below to 3 SD above the median, extended to include the child."""
    low, high = (growth.quantile("weight", state.age, state.sex, z) for z in (-3.0, 3.0))
    return round(min(low, state.weight), 1), round(max(high, state.weight), 1)


def weight_words(state: ChildState) -> str:
    """``20.2 kg, 50th centile``; for a child of a trial also its number."""
    said = state.label.split(", ", 1)[1]
    return said if state.drawn is None else f"{said}; child {state.drawn[2]} of a virtual trial"


def _days(days: tuple[float, ...]) -> str:
    return ", ".join(f"{day:g}" for day in days)


def _plan(state: ChildState, letter: str, number: int) -> Tag:
    """The controls of one regimen, collapsed if it is not in use."""
    used = number < len(state.plans)
    plan, own = (state.plans[number] if used else Plan()), letter.lower()
    options = ({"off": "not shown"} if number else {}) | {"none": "no drug"}
    groups = drug_groups(hidden="" if plan.drug == "prednisolone" else "prednisolone")
    chosen, dose = plan.drug if used else "off", "" if plan.dose is None else f"{plan.dose:g}"
    stop = "" if plan.stop is None else f"{plan.stop:g}"
    units = [tags.option({"value": u, "selected": "" if u == plan.unit else None}, u) for u in UNITS]
    summary = tags.summary(
        tags.span({"class": "swatch", "style": f"background:{COLOURS[number]}", "aria-hidden": "true"}),
        f"Regimen {letter}",
    )
    standard = {
        p.name: describe(p.standard) if p.standard else "no standard dose: enter one"
        for p in PREPARATIONS.values()
    }
    return tags.details(
        {"class": "plan", "open": "" if used or number < 2 else None},
        summary,
        select(f"{own}_drug", f"Drug of regimen {letter}", chosen, options, groups, titles=standard),
        field(
            "Dose (if empty: standard dose)",
            tags.span(
                {"class": "pair"},
                tags.input({**BARE, "type": "number", "name": f"{own}_dose", "min": "0", "step": "any",
                            "placeholder": "standard", "value": dose,
                            "aria-label": f"Dose of regimen {letter}"}),
                tags.select(
                    {**BARE, "name": f"{own}_unit", "aria-label": f"Unit of the dose of regimen {letter}"},
                    *units,
                ),
            ),
        ),
        slider(f"{own}_every", "Every", plan.every, 1, 56, 1, "days; applies to an entered dose"),
        tags.span(
            {"class": "pair"},
            text_field(f"{own}_missed", "Doses missed", ",".join(map(str, plan.missed)), "2, 5"),
            text_field(f"{own}_stop", "Stopped on day", stop, "never"),
        ),
    )  # fmt: skip


def _own_data() -> Tag:
    """A table of measurements, by paste or from a file, that the script draws; only the button sends it."""
    area = {
        **BARE,
        "id": "own-text",
        "rows": "5",
        "spellcheck": "false",
        "aria-label": "Table of measurements",
        "placeholder": "DAY,ANALYTE,VALUE,UNIT\n0.35,crp,74,mg/L\n14.35,tocilizumab,24,ug/mL",
    }
    return tags.details(
        {"class": "code"},
        tags.summary("Your own measurements"),
        prose(
            "Paste a table, or drop a file on the charts: one measurement a row (DAY, ANALYTE, VALUE, UNIT),",
            "or time_day and then observables by name, as in the CSV of this page. The browser draws the",
            "points. To fit the child, the page sends the table to the server, which does not store it. A",
            "fit needs one measurement a row. It takes some seconds; the first one may take a minute or two.",
        ),
        tags.textarea({**BARE, **area}),
        field("Or choose a file", tags.input({**BARE, "id": "own-file", "type": "file",
                                              "accept": ".csv,.tsv,.txt,text/csv"})),
        tags.p({"id": "own-says", "role": "status", "class": "caption"}),
        tags.div(
            {"class": "toolbar"},
            tags.button({"type": "button", "id": "own-fit"}, "Fit this child on regimen A"),
        ),
        tags.div({"id": "fit-error", "class": "refusal", "role": "alert", "hidden": ""}),
        tags.div({"id": "child-fit"}),
    )  # fmt: skip


def legend(view: View, band: str = "") -> str:
    """The regimens, notes on their doses, and the band in words, as HTML."""
    rows = []
    for arm in view.arms:
        marks = "".join(f'<small class="mark">{escape(m)}</small>' for m in arm.marks)
        rows.append(f"<li>{chip(arm.letter)} <span>{escape(arm.words)}{marks}</span></li>")
    return f'<ul class="legend">{"".join(rows)}</ul>{f"<p class=caption>{band}</p>" if band else ""}'


def criteria(found: tuple[Lights, ...], day: float) -> str:
    """The MAS criteria as an HTML table with one column per regimen; sign, word and colour show the state."""
    signs = {"met": "●", "clear": "○", "masked": "◐"}
    heads = "".join(f'<th scope="col">{one.letter}</th>' for one in found)
    rows = []
    for i, light in enumerate(found[0].lights):
        cells = "".join(
            f'<td class="light {one.lights[i].state}"><span title="{STATES[one.lights[i].state]}">'
            f'{signs[one.lights[i].state]}<span class="sr"> {STATES[one.lights[i].state]}</span></span> '
            f"{one.lights[i].reading}</td>"
            for one in found
        )
        rows.append(f'<tr><th scope="row">{light.name} <small>{light.threshold}</small></th>{cells}</tr>')
    verdicts = "".join(f'<td class="{"alarm" if one.in_mas else ""}">{one.verdict}</td>' for one in found)
    rows.append(f'<tr class="verdict"><th scope="row">Verdict</th>{verdicts}</tr>')
    return (
        f'<table class="criteria"><caption>MAS, 2016 criteria on day {day:.4g}: fever, '
        "ferritin, and two of the other four. ● met, ○ not met, ◐ not met in MAS (masked).</caption>"
        f'<thead><tr><th scope="col">Criterion</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def page(state: ChildState) -> TagList:
    """Form beside charts."""
    links = TagList(
        download("child-svg", "quotidian-child.svg", "Figure (SVG)"),
        download("child-csv", "quotidian-child.csv", "Data (CSV)"),
        tags.a({"id": "child-link", "class": "button", "href": state.link}, "Link to this view"),
        tags.button({"type": "button", "id": "print", "class": "button"}, "Print"),
    )  # fmt: skip
    return TagList(
        tags.details({"class": "drawer", "open": ""}, tags.summary("Controls"), form(state)),
        tags.div(
            {"class": "charts"},
            tags.div({"id": "child-error", "class": "refusal", "role": "alert", "hidden": ""}),
            tags.div({"id": "child-legend"}),
            tags.div(
                {"class": "toolbar", "role": "toolbar", "aria-label": "Zoom"},
                tags.button({"type": "button", "data-zoom": "in"}, "Zoom in"),
                tags.button({"type": "button", "data-zoom": "out"}, "Zoom out"),
                tags.button({"type": "button", "data-zoom": "all"}, "Whole course"),
                prose("Drag across a chart to zoom; arrow keys move the cursor, + and − zoom.", kind="hint"),
            ),
            tags.div({"id": "child-chart", "class": "chart", "tabindex": "0", "data-skip-to": "",
                      "role": "application",
                      "aria-label": "Charts of the child. Arrow keys move the cursor, plus and minus zoom."}),
            tags.div({"id": "child-reading", "class": "sr", "role": "status", "aria-live": "polite"}),
            prose(*ABOUT),
            _own_data(),
            tags.div({"class": "toolbar"}, links),
            tags.div({"id": "child-lights"}),
            tags.div({"id": "child-beside"}),
            tags.details(
                {"class": "code"},
                tags.summary("Reproduce this view"),
                tags.h2("Command line"), tags.pre({"id": "child-cli", "tabindex": "0"}),
                tags.h2("Python"), tags.pre({"id": "child-python", "tabindex": "0"}),
                prose(
                    "The page solves all regimens with one model that contains all their drugs and only the",
                    "equations of its charts. Its numbers therefore differ from these within the tolerance",
                    "of the solver.",
                ),
            ),
        ),
    )  # fmt: skip
