"""Controls with their labels: native ones, which keyboards, screen readers and telephones know."""

from __future__ import annotations

from collections.abc import Mapping

from htmltools import Tag, tags


def field(label: str, control: Tag) -> Tag:
    """A control under its label."""
    return tags.label({"class": "field"}, tags.span(label), control)


def slider(
    name: str, label: str, value: float, low: float, high: float, step: float, unit: str, extra: str = ""
) -> Tag:
    """A slider that shows its number and unit."""
    shown = tags.output({"data-of": name}, f"{value:.4g}")
    said = tags.span(label, " ", tags.b(shown, f" {unit}"))
    more = tags.small({"id": extra}) if extra else ""
    control = tags.input(
        {"data-shiny-no-bind-input": "", "type": "range", "name": name, "min": f"{low:g}", "max": f"{high:g}", "step": f"{step:g}",
         "value": f"{value:.6g}", "aria-label": f"{label}, {unit}"}
    )  # fmt: skip
    return tags.label({"class": "field"}, said, control, more)


def select(
    name: str, label: str, value: str, options: Mapping[str, str], titles: Mapping[str, str] | None = None
) -> Tag:
    """A list to choose from; ``titles`` say more of an option."""
    made = [
        tags.option({"value": key, "selected": "" if key == value else None, "title": (titles or {}).get(key)}, said)
        for key, said in options.items()
    ]
    return field(label, tags.select({"data-shiny-no-bind-input": "", "name": name}, *made))


def number_field(name: str, label: str, value: str, low: float, high: float, hint: str) -> Tag:
    """A number."""
    return field(
        label,
        tags.input({"data-shiny-no-bind-input": "", "type": "number", "name": name, "value": value, "min": f"{low:g}", "max": f"{high:g}",
                    "placeholder": hint}),
    )  # fmt: skip


def text_field(name: str, label: str, value: str, hint: str) -> Tag:
    """A short text."""
    return field(
        label,
        tags.input({"data-shiny-no-bind-input": "", "type": "text", "name": name, "value": value, "placeholder": hint, "maxlength": "120",
                    "inputmode": "numeric"}),
    )  # fmt: skip
