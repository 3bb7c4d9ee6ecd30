"""The widgets of a study, made from the schema of study files; no field is listed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from quotidian.application.study_file import study_schema
from quotidian.trials.endpoints.registry import endpoints_by_file
from quotidian.web.study_builder.lists import Lines, Picks, Wholes
from quotidian.web.study_builder.parts import Part
from quotidian.web.study_builder.rows import ChoiceOrRows, Rows
from quotidian.web.study_builder.scalars import Choice, Flag, Number, Text
from quotidian.web.study_builder.treatment import Treatment
from quotidian.web.study_builder.widget import ABSENT, Widget, Words

Node = Mapping[str, Any]
NAME = Words("Name")


@cache
def study_widget() -> Part:
    """The whole study."""
    return _part(Words("Study"), study_schema(), optional=False)


@cache
def sections() -> Mapping[str, tuple[str, ...]]:
    """Names of the fields of a study by the section in which the form shows them."""
    found: dict[str, list[str]] = {}
    for name, node in study_schema()["properties"].items():
        found.setdefault(node["x-section"], []).append(name)
    return {title: tuple(names) for title, names in found.items()}


def _part(words: Words, node: Node, optional: bool) -> Part:
    given = node.get("required", ())
    fields = {name: _widget(name, own, name in given) for name, own in node["properties"].items()}
    return Part(words, fields, optional)


def _widget(name: str, node: Node, required: bool) -> Widget:
    """The widget of one field by the kinds of its values."""
    kinds = [_resolved(kind) for kind in node.get("anyOf", [node])]
    some = [kind for kind in kinds if kind.get("type") != "null"]
    words = Words(
        node["title"], node.get("x-unit", ""), node.get("x-help", ""), node.get("x-one", "item"),
        ABSENT if required else node.get("default", None), len(some) < len(kinds), node.get("x-rare", False),
    )  # fmt: skip
    if len(some) == 1:
        return _of_one(name, words, node, some[0])
    return _of_two(name, words, node, *some)


def _resolved(kind: Node) -> Node:
    """The kind, or the part that it refers to."""
    if "$ref" in kind:
        part: Node = study_schema()["$defs"][kind["$ref"].rpartition("/")[2]]
        return part
    return kind


def _of_one(name: str, words: Words, node: Node, kind: Node) -> Widget:
    if "enum" in kind:
        return Choice(words, _said(kind))
    if kind["type"] == "object" and "properties" in kind:
        return _part(words, kind, words.nullable)
    if kind["type"] == "object":
        item = kind["additionalProperties"]
        part = _item(item)
        fields = part.fields if isinstance(part, Part) and "anyOf" in item else ()
        return Rows(words, part, NAME, short=next(iter(fields), ""))  # a text alone is the first field
    if kind["type"] == "array":
        return _of_list(words, _resolved(kind["items"]))
    plain: Mapping[str, Callable[[], Widget]] = {
        "string": lambda: Text(words, node.get("x-long", False)),
        "boolean": lambda: Flag(words),
        "integer": lambda: Number(words, True, kind.get("minimum"), kind.get("maximum")),
        "number": lambda: Number(words, False, kind.get("minimum"), kind.get("maximum")),
    }
    return plain[kind["type"]]()


def _of_list(words: Words, item: Node) -> Widget:
    if "examples" in item:
        return Picks(words, endpoint_groups(), "Further endpoints, separated by commas")
    if "enum" in item:
        return Picks(words, {"": _said(item)})
    if item["type"] == "integer":
        return Wholes(words)
    return Lines(words) if item["type"] == "string" else Rows(words, _item(item))


def _of_two(name: str, words: Words, node: Node, one: Node, other: Node) -> Widget:
    """A field of two kinds: a word or a list, an item or a list of it, one treatment or several."""
    if other["type"] == "object":
        return Treatment(words)
    if "enum" in one:
        rows = Rows(words, _item(_resolved(other["items"])))
        return ChoiceOrRows(Choice(words, {**_said(one), "own": "limits of your own"}, redraws=True), rows)
    if one["type"] == "integer":
        return Wholes(words, single=True)
    return Rows(words, _item(one), single=True)


def _item(kind: Node) -> Widget:
    """An item of a list or mapping."""
    kinds = [_resolved(one) for one in kind.get("anyOf", [kind])]
    whole = next((one for one in kinds if "properties" in one), None)
    if whole is not None:
        return _part(Words(""), whole, optional=False)
    return Number(Words("Value"), kinds[0]["type"] == "integer")


def _said(kind: Node) -> dict[str, str]:
    words = kind.get("x-words", {})
    return {key: words.get(key, key.replace("_", " ")) for key in kind["enum"]}


@cache
def endpoint_groups() -> Mapping[str, Mapping[str, str]]:
    """Labels of the endpoints by group and name."""
    return {
        group.replace("_", " ").capitalize(): {one.name: f"{one.label} ({one.name})" for one in own}
        for group, own in endpoints_by_file().items()
    }
