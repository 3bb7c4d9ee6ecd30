"""The text of a study file for the values of the form, in the order of the schema, units as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from quotidian.web.study_builder.parts import Part
from quotidian.web.study_builder.rows import Rows
from quotidian.web.study_builder.scalars import number_text
from quotidian.web.study_builder.widget import Widget

_PLAIN = re.compile(r"[A-Za-z][\w ()/.<>=*+-]*(:[\w/.]+[\w ()/.+-]*)*", re.ASCII)
"""A text that YAML reads as itself without quotes."""
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def study_text(value: dict[str, Any], widget: Part) -> str:
    """The study file. A value that is its default is left out by the form."""
    return "\n".join(_fields(value, widget, "")) + "\n"


def _fields(value: dict[str, Any], widget: Widget | None, indent: str) -> Iterator[str]:
    for name, own in value.items():
        inner = widget.fields.get(name) if isinstance(widget, Part) else None
        yield from _field(scalar(name), own, inner, indent)


def _field(name: str, value: Any, widget: Widget | None, indent: str) -> Iterator[str]:
    item = widget.item if isinstance(widget, Rows) else None
    if isinstance(value, dict) and value:
        yield f"{indent}{name}:"
        if isinstance(widget, Rows) and widget.key:
            for key, one in value.items():
                yield from _field(scalar(key), one, item, f"{indent}  ")
        else:
            yield from _fields(value, item if isinstance(widget, Rows) else widget, f"{indent}  ")
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        yield f"{indent}{name}:"
        for one in value:
            lines = list(_fields(one, item, f"{indent}    ")) or [f"{indent}    {{}}"]
            yield f"{indent}  - {lines[0].lstrip()}"
            yield from lines[1:]
    elif isinstance(value, list) and any(" " in str(one) for one in value):
        yield f"{indent}{name}:"
        yield from (f"{indent}  - {scalar(one)}" for one in value)
    elif isinstance(value, list):
        yield f"{indent}{name}: [{', '.join(map(scalar, value))}]{_comment(widget)}"
    else:
        yield f"{indent}{name}: {'{}' if value == {} else scalar(value)}{_comment(widget)}"


def _comment(widget: Widget | None) -> str:
    unit = widget.words.unit if widget is not None else ""
    return f"  # {unit}" if unit else ""


def scalar(value: Any) -> str:
    """One plain value, in quotes where YAML would read another."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return number_text(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)
