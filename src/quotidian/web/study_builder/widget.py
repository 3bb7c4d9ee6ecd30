"""What every widget of the study form does: show a value, read it again, draw itself, and find a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from htmltools import HTML, Tag, tags

from quotidian.web.pages.fields import BARE

Attributes: TypeAlias = dict[str, str | float | bool | HTML | None]
Form: TypeAlias = Mapping[str, str]
"""The texts of controls by their address, such as ``arms.0.children``."""
Place: TypeAlias = Sequence[str | int]
ABSENT: Final = object()
"""The value of a field that is left to its default."""


class CannotShow(Exception):
    """A value for which the form has no control; its address."""


@dataclass(frozen=True)
class Wrong:
    """An entry that has no value: the address of its control, and what is wrong."""

    at: str
    says: str


@dataclass(frozen=True)
class Words:
    """Words and rules of a field in the schema. ``default`` is ABSENT for a field that must be given."""

    label: str
    unit: str = ""
    help: str = ""
    one: str = ""
    default: Any = ABSENT
    nullable: bool = False
    rare: bool = False

    @property
    def title(self) -> str:
        """The label with its unit, unless it names it."""
        named = not self.unit or self.unit.rstrip("s") in self.label.lower()
        return self.label if named else f"{self.label}, {self.unit}"

    def unless_default(self, value: Any) -> Any:
        """The value; ABSENT for the default."""
        return ABSENT if self.default is not ABSENT and value == self.default else value


class Widget(Protocol):
    """A field of the schema as controls of a form."""

    @property
    def words(self) -> Words:
        """Its words."""

    def show(self, value: Any, at: str) -> dict[str, str]:
        """The texts of its controls for a value. Raises CannotShow."""

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The value of its controls, or ABSENT; entries without a value are added to ``wrong``."""

    def html(self, form: Form, at: str) -> Tag:
        """Its controls."""

    def find(self, place: Place, value: Any, at: str) -> tuple[str, str]:
        """Address and words of the control nearest to a place within its value."""


def join(at: str, name: str | int) -> str:
    """The address of a part."""
    return f"{at}.{name}" if at else str(name)


def leaf(words: Words, at: str, control: Tag) -> Tag:
    """A control under its label, with its help and a place for what is wrong."""
    control.attrs.update({**BARE, "id": f"f-{at}", "name": at, "aria-describedby": f"h-{at} w-{at}"})
    label = tags.label({"for": f"f-{at}"}, words.title)
    return tags.div({"class": "field", "data-at": at}, label, control, *notes(words, at))


def notes(words: Words, at: str) -> tuple[Tag, Tag]:
    """The help of a field, and a place for what is wrong."""
    return (
        tags.small({"id": f"h-{at}", "hidden": None if words.help else ""}, words.help),
        tags.small({"id": f"w-{at}", "class": "wrong", "hidden": ""}),
    )
