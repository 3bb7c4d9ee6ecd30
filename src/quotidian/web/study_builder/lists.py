"""Widgets of several plain values: weeks, lines of text, and names that are picked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from htmltools import Tag, tags

from quotidian.web.pages.fields import BARE
from quotidian.web.study_builder.scalars import Leaf, number_of, number_text, text_of
from quotidian.web.study_builder.widget import ABSENT, Attributes, CannotShow, Form, Wrong, leaf, notes


@dataclass(frozen=True)
class Wholes(Leaf):
    """Whole numbers, separated by commas; ``single`` writes one alone as a number."""

    single: bool = False

    def show(self, value: Any, at: str) -> dict[str, str]:
        """``2, 4, 6``."""
        if value is None and self.words.nullable:
            return {at: ""}
        listed = [value] if self.single and not isinstance(value, list) else value
        if not isinstance(listed, list) or not all(type(one) is int for one in listed):
            raise CannotShow(at)
        return {at: ", ".join(map(number_text, listed))}

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The numbers. A text that is none is wrong."""
        found = []
        for text in re.split(r"[\s,;]+", text_of(form, at)):
            value = number_of(text) if text else None
            if isinstance(value, int):
                found.append(value)
            elif text:
                wrong.append(Wrong(at, f"{self.words.label}: '{text}' is not a whole number."))
        if not found:
            return ABSENT
        return found[0] if self.single and len(found) == 1 else found

    def html(self, form: Form, at: str) -> Tag:
        """A field of one line."""
        attributes: Attributes = {"type": "text", "value": form.get(at, ""), "maxlength": "2000"}
        return leaf(self.words, at, tags.input(attributes))


@dataclass(frozen=True)
class Lines(Leaf):
    """Texts, one a line."""

    def show(self, value: Any, at: str) -> dict[str, str]:
        """The texts, one a line."""
        if not isinstance(value, list) or not all(isinstance(x, str) and "\n" not in x for x in value):
            raise CannotShow(at)
        return {at: "\n".join(value)}

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The lines that are not empty."""
        return [line.strip() for line in text_of(form, at).splitlines() if line.strip()] or ABSENT

    def html(self, form: Form, at: str) -> Tag:
        """A field of several lines."""
        return leaf(self.words, at, tags.textarea({"rows": "3", "maxlength": "4000"}, form.get(at, "")))


@dataclass(frozen=True)
class Picks(Leaf):
    """Names, picked from groups of them; ``others`` labels a field for names that are not listed."""

    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    others: str = ""

    @property
    def _known(self) -> set[str]:
        return {name for group in self.groups.values() for name in group}

    def show(self, value: Any, at: str) -> dict[str, str]:
        """Names that are listed, and others."""
        if not isinstance(value, list) or not all(isinstance(x, str) and "," not in x for x in value):
            raise CannotShow(at)
        more = [name for name in value if name not in self._known]
        if more and not self.others:
            raise CannotShow(at)
        return {at: ",".join(n for n in value if n in self._known), f"{at}.others": ", ".join(more)}

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The names, those that are listed first."""
        texts = (form.get(at, ""), form.get(f"{at}.others", ""))
        names = [name.strip() for text in texts for name in text.split(",")]
        return list(dict.fromkeys(name for name in names if name)) or ABSENT

    def html(self, form: Form, at: str) -> Tag:
        """Boxes by group, those of a group with selected names open; selected names keep their order."""
        chosen = list(dict.fromkeys(name for name in form.get(at, "").split(",") if name))
        drawn = [self._group(title, names, chosen, at) for title, names in self.groups.items()]
        if self.others:
            more: Attributes = {**BARE, "type": "text", "id": f"f-{at}.others", "name": f"{at}.others",
                    "value": form.get(f"{at}.others", ""), "maxlength": "2000"}  # fmt: skip
            drawn.append(tags.label({"for": f"f-{at}.others"}, self.others))
            drawn.append(tags.input(more))
        return tags.div(
            {"class": "field wide-field", "role": "group", "aria-labelledby": f"l-{at}", "data-at": at},
            tags.span({"id": f"l-{at}"}, self.words.title), *notes(self.words, at), *drawn,
        )  # fmt: skip

    def _group(self, title: str, names: Mapping[str, str], chosen: list[str], at: str) -> Tag:
        own = [name for name in chosen if name in names]
        boxes = [
            tags.label(
                {"class": "check"},
                tags.input({**BARE, "type": "checkbox", "name": at, "value": name,
                            "checked": "" if name in own else None}),
                tags.span(names[name]),
            )
            for name in [*own, *(name for name in names if name not in own)]
        ]  # fmt: skip
        if not title:
            return tags.div({"class": "picks"}, *boxes)
        said = f"{title} ({len(own)} of {len(names)})" if own else f"{title} ({len(names)})"
        opened: Attributes = {"data-section": f"{at} {title}", "open": "" if own else None}
        return tags.details(opened, tags.summary(said), tags.div({"class": "picks"}, *boxes))
