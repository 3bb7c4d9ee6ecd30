"""The widget of a part of a study: its fields by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from htmltools import Tag, tags

from quotidian.web.pages.fields import BARE
from quotidian.web.study_builder.widget import (
    ABSENT,
    Attributes,
    CannotShow,
    Form,
    Place,
    Widget,
    Words,
    Wrong,
    join,
    notes,
)

ON = "on"


@dataclass(frozen=True)
class Part:
    """Fields by name; an optional part is switched on by a box."""

    words: Words
    fields: Mapping[str, Widget]
    optional: bool = False

    def show(self, value: Any, at: str) -> dict[str, str]:
        """The texts of every field that is given."""
        if value is None and self.optional:
            return {}
        if not isinstance(value, dict):
            raise CannotShow(at)
        found = {join(at, ON): "yes"} if self.optional else {}
        for name, own in value.items():
            if name not in self.fields:
                raise CannotShow(join(at, name))
            found |= self.fields[name].show(own, join(at, name))
        return found

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The fields that are given; ABSENT if there is none, or the box is not selected."""
        if self.optional and form.get(join(at, ON)) != "yes":
            return ABSENT
        read = {name: field.read(form, join(at, name), wrong) for name, field in self.fields.items()}
        found = {name: value for name, value in read.items() if value is not ABSENT}
        return found if found or self.optional else ABSENT

    def html(self, form: Form, at: str) -> Tag:
        """A group of fields under its name."""
        on = not self.optional or form.get(join(at, ON)) == "yes"
        return tags.fieldset(
            {"class": "part", "data-at": at},
            tags.legend(self._switch(at, on) if self.optional else self.words.title),
            *notes(self.words, at),
            grid(self.fields, form, at) if on else None,
        )

    def _switch(self, at: str, on: bool) -> Tag:
        box: Attributes = {**BARE, "type": "checkbox", "name": join(at, ON), "value": "yes",
               "data-redraw": "", "checked": "" if on else None}  # fmt: skip
        return tags.label({"class": "check"}, tags.input(box), self.words.title)

    def find(self, place: Place, value: Any, at: str) -> tuple[str, str]:
        """The field of the place's first name."""
        name = str(place[0]) if place else ""
        if name not in self.fields:
            return at, self.words.label
        inner = value.get(name) if isinstance(value, dict) else None
        where, said = self.fields[name].find(place[1:], inner, join(at, name))
        return where, f"{said} ({self.words.label})" if at and self.words.label else said


def grid(fields: Mapping[str, Widget], form: Form, at: str) -> Tag:
    """Fields side by side, rare ones folded unless one of them is given."""

    def drawn(rare: bool) -> list[Tag]:
        return [w.html(form, join(at, name)) for name, w in fields.items() if w.words.rare is rare]

    folded = [join(at, name) for name, w in fields.items() if w.words.rare]
    if not folded:
        return tags.div({"class": "grid"}, *drawn(False))
    given = any(form[key] for key in form if key.startswith(tuple(folded)))
    more = tags.details(
        {"class": "wide-field", "data-section": f"{folded[0]} and more", "open": "" if given else None},
        tags.summary("More"), tags.div({"class": "grid"}, *drawn(True)),
    )  # fmt: skip
    return tags.div({"class": "grid"}, *drawn(False), more)
