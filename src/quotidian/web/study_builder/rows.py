"""Widgets of several items of one kind, and the addresses of their rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from htmltools import Tag, tags

from quotidian.web.pages.fields import BARE
from quotidian.web.study_builder.parts import Part, grid
from quotidian.web.study_builder.scalars import Choice, Text, text_of
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

KEY, ROW, OWN = "key", "row", "own"
MOST_ROWS = 40


@dataclass(frozen=True)
class Rows:
    """Items of one kind: a list, or a mapping if they have a ``key``.

    ``single`` accepts one item for a list of it; ``short`` is the field of an item that a text alone stands
    for; an item that is no part has its value beside its key.
    """

    words: Words
    item: Widget
    key: Words | None = None
    single: bool = False
    short: str = ""

    def show(self, value: Any, at: str) -> dict[str, str]:
        """The texts of every item."""
        if value is None and self.words.nullable:
            return {}
        found: dict[str, str] = {}
        for i, (key, one) in enumerate(self._items(value, at)):
            row = join(at, i)
            found |= {join(row, ROW): ""} | ({join(row, KEY): key} if self.key else {})
            whole = {self.short: one} if self.short and isinstance(one, str) else one
            found |= self.item.show(whole, self._inner(row))
        return found

    def _items(self, value: Any, at: str) -> list[tuple[str, Any]]:
        """Every item with its key, which is empty in a list."""
        listed = [value] if self.single and isinstance(value, dict) else value
        if self.key and isinstance(value, dict):
            found = list(value.items())
        elif self.key is None and isinstance(listed, list):
            found = [("", one) for one in listed]
        else:
            raise CannotShow(at)
        if len(found) > MOST_ROWS:
            raise CannotShow(at)
        return found

    def _inner(self, row: str) -> str:
        return row if isinstance(self.item, Part) else join(row, "value")

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """Every item that is not empty. Keys are texts of which each stands once."""
        keyed: dict[str, Any] = {}
        listed: list[Any] = []
        for i in indices(form, at):
            row = join(at, i)
            value = self.item.read(form, self._inner(row), wrong)
            key = text_of(form, join(row, KEY))
            if value is ABSENT and not key and (self.key or self._wants):
                continue
            if self.key and (not key or key in keyed):
                says = f"'{key}' stands twice." if key else "is missing."
                wrong.append(Wrong(join(row, KEY), f"{self.key.label}: {says}"))
            value = {} if value is ABSENT else value
            keyed[key] = self._shortened(value)
            listed.append(value)
        if not listed:
            return ABSENT
        if self.key:
            return keyed
        return listed[0] if self.single and len(listed) == 1 else listed

    @property
    def _wants(self) -> bool:
        """Whether an item has a field that must be given, so that an empty row is none."""
        fields = self.item.fields.values() if isinstance(self.item, Part) else ()
        return any(field.words.default is ABSENT for field in fields)

    def _shortened(self, value: Any) -> Any:
        return value[self.short] if self.short and set(value) == {self.short} else value

    def html(self, form: Form, at: str) -> Tag:
        """A frame for each item, and a button for one more."""
        rows = [self._row(form, at, i, n) for n, i in enumerate(indices(form, at), start=1)]
        more: Attributes = {"type": "button", "class": "button", "data-act": f"add {at}"}
        return tags.fieldset(
            {"class": "part rows-of", "data-at": at},
            tags.legend(self.words.title),
            *notes(self.words, at),
            *rows,
            tags.button(more, f"Add {'an' if self.words.one[0] in 'aeiou' else 'a'} {self.words.one}"),
        )

    def _row(self, form: Form, at: str, i: int, n: int) -> Tag:
        row = join(at, i)
        name = text_of(form, join(row, KEY)) or text_of(form, join(row, "name")) or f"{n}"
        one = f"{self.words.one[0].upper()}{self.words.one[1:]}"
        inner = (
            grid(self.item.fields, form, row)
            if isinstance(self.item, Part)
            else self.item.html(form, join(row, "value"))
        )
        return tags.div(
            {"class": "row", "role": "group", "aria-label": f"{one} {name}", "data-at": row},
            tags.input({**BARE, "type": "hidden", "name": join(row, ROW), "value": ""}),
            tags.small({"id": f"w-{row}", "class": "wrong", "hidden": ""}),
            self._key(form, row) if self.key else None,
            inner,
            tags.button(
                {"type": "button", "class": "button", "data-act": f"remove {row}"},
                f"Remove this {self.words.one}", tags.span({"class": "sr"}, f", {name}"),
            ),
        )  # fmt: skip

    def _key(self, form: Form, row: str) -> Tag:
        assert self.key is not None
        return Text(self.key).html(form, join(row, KEY))

    def find(self, place: Place, value: Any, at: str) -> tuple[str, str]:
        """The row of the place's index or key."""
        items: list[Any] = list(value) if isinstance(value, list | dict) else []
        index: int | None = None
        rest = place[1:]
        if place and self.key and place[0] in items:
            index = items.index(place[0])
        elif place and isinstance(place[0], int) and place[0] < len(items):
            index = place[0]
        elif self.single and isinstance(value, dict) and place:
            index, rest = 0, place
        if index is None:
            return at, self.words.label
        inner = value.get(place[0]) if self.key else value[index] if isinstance(value, list) else value
        where, said = self.item.find(rest, inner, self._inner(join(at, index)))
        named = f"{self.words.one} {place[0] if self.key else index + 1}"
        return where, f"{said} of {named}" if said else named


@dataclass(frozen=True)
class ChoiceOrRows:
    """One of a few words, or rows of one's own."""

    choice: Choice
    rows: Rows

    @property
    def words(self) -> Words:
        """Those of the choice."""
        return self.choice.words

    def show(self, value: Any, at: str) -> dict[str, str]:
        """The word, or 'own' and the rows."""
        return (
            {at: OWN} | self.rows.show(value, join(at, OWN))
            if isinstance(value, list)
            else self.choice.show(value, at)
        )

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The word, or the rows."""
        if form.get(at) == OWN:
            rows = self.rows.read(form, join(at, OWN), wrong)
            return [] if rows is ABSENT else rows
        return self.choice.read(form, at, wrong)

    def html(self, form: Form, at: str) -> Tag:
        """A list of words, and the rows if they are chosen."""
        rows = self.rows.html(form, join(at, OWN)) if form.get(at) == OWN else None
        return tags.div({"class": "wide-field"}, self.choice.html(form, at), rows)

    def find(self, place: Place, value: Any, at: str) -> tuple[str, str]:
        """The row of a limit, else the choice."""
        return self.rows.find(place, value, join(at, OWN)) if place else (at, self.words.label)


def indices(form: Form, at: str) -> list[int]:
    """Numbers of the rows at an address, ascending."""
    row = re.compile(rf"{re.escape(at)}\.([0-9]{{1,3}})\.")
    return sorted({int(found[1]) for name in form if (found := row.match(name))})[:MOST_ROWS]


def with_row(form: Form, at: str) -> dict[str, str]:
    """The form with one more row at an address."""
    return {**form, join(join(at, max(indices(form, at), default=-1) + 1), ROW): ""}


def without_row(form: Form, row: str) -> dict[str, str]:
    """The form without the row of that address."""
    return {name: text for name, text in form.items() if not name.startswith(f"{row}.")}
