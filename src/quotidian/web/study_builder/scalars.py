"""Widgets of single values: texts, numbers, truth values and choices."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from htmltools import Tag, tags

from quotidian.web.pages.fields import BARE
from quotidian.web.study_builder.widget import (
    ABSENT,
    Attributes,
    CannotShow,
    Form,
    Place,
    Words,
    Wrong,
    leaf,
    notes,
)

NONE = "none"
"""What stands for 'no value' in a field whose default is a value."""
LONGEST = 2000
MOST_SAID = 1e6
"""A range that ends above it only keeps nonsense out, and is not shown."""


@dataclass(frozen=True)
class Leaf:
    """A field with one address."""

    words: Words

    def find(self, place: Place, value: Any, at: str) -> tuple[str, str]:
        """Its own address, whatever is wrong within it."""
        return at, self.words.label


@dataclass(frozen=True)
class Text(Leaf):
    """A text, of one line or of several."""

    long: bool = False

    def show(self, value: Any, at: str) -> dict[str, str]:
        """The text itself."""
        if not isinstance(value, str) or ("\n" in value and not self.long):
            raise CannotShow(at)
        return {at: value}

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The text without blanks around it."""
        return self.words.unless_default(text_of(form, at) or ABSENT)

    def html(self, form: Form, at: str) -> Tag:
        """A field of one line, or of several."""
        size: Attributes = {"maxlength": f"{LONGEST}"}
        if self.long:
            return leaf(self.words, at, tags.textarea({**size, "rows": "3"}, form.get(at, "")))
        hint = self.words.default if isinstance(self.words.default, str) else None
        return leaf(
            self.words, at,
            tags.input({**size, "type": "text", "value": form.get(at, ""), "placeholder": hint or None}),
        )  # fmt: skip


@dataclass(frozen=True)
class Number(Leaf):
    """A number within its range; the server refuses another, in the words of the schema."""

    whole: bool = False
    low: float | None = None
    high: float | None = None

    def show(self, value: Any, at: str) -> dict[str, str]:
        """The number without needless digits; empty or 'none' for no value."""
        if value is None and self.words.nullable:
            return {at: "" if self.words.default is None else NONE}
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CannotShow(at)
        return {at: number_text(value)}

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The number. A text that is none is wrong."""
        text = text_of(form, at)
        if not text:
            return ABSENT
        if text == NONE and self.words.nullable:
            return None
        value = number_of(text)
        if value is None or (self.whole and not isinstance(value, int)):
            kind = "a whole number" if self.whole else "a number"
            wrong.append(Wrong(at, f"{self.words.label}: '{text}' is not {kind}."))
            return ABSENT
        return self.words.unless_default(value)

    @property
    def _help(self) -> str:
        """The help of the field, and its range."""
        if self.low is None or self.high is None or self.high > MOST_SAID:
            return self.words.help
        return f"{self.words.help} {number_text(self.low)} to {number_text(self.high)}.".strip()

    def html(self, form: Form, at: str) -> Tag:
        """A field for numbers, with the default as its hint."""
        default = self.words.default
        given = isinstance(default, int | float) and not isinstance(default, bool)
        attributes: Attributes = {
            "value": form.get(at, ""),
            "placeholder": number_text(default) if given else None,
        }
        if self.words.nullable and default is not None:  # 'none' is a text
            return leaf(self.words, at, tags.input({**attributes, "type": "text"}))
        limits = {"min": self.low, "max": self.high}
        attributes |= {name: number_text(end) for name, end in limits.items() if end is not None}
        return leaf(
            replace(self.words, help=self._help), at,
            tags.input({**attributes, "type": "number", "step": "1" if self.whole else "any"}),
        )  # fmt: skip


@dataclass(frozen=True)
class Flag(Leaf):
    """A truth value. A hidden control tells an unselected box from one that was never shown."""

    def show(self, value: Any, at: str) -> dict[str, str]:
        """'true', or an empty text."""
        if not isinstance(value, bool):
            raise CannotShow(at)
        return {at: "true" if value else ""}

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """Whether the box is selected."""
        return self.words.unless_default("true" in form[at].split(",")) if at in form else ABSENT

    def html(self, form: Form, at: str) -> Tag:
        """A box with its label beside it."""
        on = "true" in form[at].split(",") if at in form else self.words.default is True
        box: Attributes = {**BARE, "type": "checkbox", "id": f"f-{at}", "name": at, "value": "true",
               "checked": "" if on else None, "aria-describedby": f"h-{at} w-{at}"}  # fmt: skip
        return tags.div(
            {"class": "field", "data-at": at},
            tags.input({**BARE, "type": "hidden", "name": at, "value": ""}),
            tags.label({"class": "check", "for": f"f-{at}"}, tags.input(box), self.words.title),
            *notes(self.words, at),
        )


@dataclass(frozen=True)
class Choice(Leaf):
    """One of a few values, each with its words."""

    options: Mapping[str, str] = field(default_factory=dict)
    redraws: bool = False

    def show(self, value: Any, at: str) -> dict[str, str]:
        """The value itself."""
        if value is None and self.words.nullable:
            return {at: ""}
        if value not in self.options:
            raise CannotShow(at)
        return {at: str(value)}

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The chosen value."""
        return self.words.unless_default(text_of(form, at) or ABSENT)

    def html(self, form: Form, at: str) -> Tag:
        """A list; its first line is empty if the field may be."""
        default = self.words.default
        chosen = form.get(at, "") or (default if isinstance(default, str) else "")
        first = {} if isinstance(default, str) else {"": "as usual" if default is None else "choose"}
        listed = [
            tags.option({"value": key, "selected": "" if key == chosen else None}, said)
            for key, said in {**first, **self.options}.items()
        ]
        return leaf(self.words, at, tags.select({"data-redraw": "" if self.redraws else None}, *listed))


def text_of(form: Form, at: str) -> str:
    """The text of a control without blanks around it."""
    return form.get(at, "").replace("\r\n", "\n").strip()


def number_of(text: str) -> int | float | None:
    """The finite decimal number of a text, whole if it is; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value) or "_" in text:
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def number_text(value: float) -> str:
    """A number without needless digits."""
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
