"""Native form controls with labels, for keyboards, screen readers and telephones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from htmltools import Tag, tags

from quotidian.web.beside.options import NONE

BARE = {"data-shiny-no-bind-input": ""}
"""The form is sent as a whole, so the web framework must not send each control as well."""


def download(name: str, file: str, said: str, href: str = "") -> Tag:
    """A link that saves a file; the script sets its address when an answer arrives."""
    return tags.a({"id": name, "class": "button", "download": file, "href": href or None}, said)


def prose(*said: str, kind: str = "caption") -> Tag:
    """A paragraph."""
    return tags.p({"class": kind}, " ".join(said))


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
        {**BARE, "type": "range", "name": name, "min": f"{low:g}", "max": f"{high:g}", "step": f"{step:g}",
         "value": f"{value:.6g}", "aria-label": f"{label}, {unit}"}
    )  # fmt: skip
    return tags.label({"class": "field"}, said, control, more)


def select(
    name: str, label: str, value: str, options: Mapping[str, str],
    groups: Mapping[str, Mapping[str, str]] | None = None, titles: Mapping[str, str] | None = None,
) -> Tag:  # fmt: skip
    """A list of options, then groups of more under their headings; ``titles`` describe them."""

    def listed(own: Mapping[str, str]) -> list[Tag]:
        return [
            tags.option(
                {"value": key, "selected": "" if key == value else None, "title": (titles or {}).get(key)},
                said,
            )
            for key, said in own.items()
        ]

    grouped = [tags.optgroup({"label": group}, *listed(own)) for group, own in (groups or {}).items()]
    return field(label, tags.select({**BARE, "name": name}, *listed(options), *grouped))


def checkboxes(name: str, label: str, chosen: Collection[str], options: Mapping[str, str]) -> Tag:
    """Options of which any number can be chosen. The field is sent even if none is."""
    boxes = [
        tags.label(
            {"class": "check"},
            tags.input({**BARE, "type": "checkbox", "name": name, "value": key,
                        "checked": "" if key in chosen else None}),
            said,
        )
        for key, said in options.items()
    ]  # fmt: skip
    nothing = tags.input({**BARE, "type": "hidden", "name": name, "value": NONE})
    return tags.div(
        {"class": "field", "role": "group", "aria-label": label}, tags.span(label), nothing, *boxes
    )


def number_field(name: str, label: str, value: str, low: float, high: float, hint: str) -> Tag:
    """A number."""
    return field(
        label,
        tags.input({**BARE, "type": "number", "name": name, "value": value, "placeholder": hint,
                    "min": f"{low:g}", "max": f"{high:g}"}),
    )  # fmt: skip


def text_field(name: str, label: str, value: str, hint: str) -> Tag:
    """A short text."""
    return field(
        label,
        tags.input({**BARE, "type": "text", "name": name, "value": value, "placeholder": hint,
                    "maxlength": "120", "inputmode": "numeric"}),
    )  # fmt: skip
