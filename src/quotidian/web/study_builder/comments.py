"""Comments of a study file, carried from the text before a change of a field to the text after it.

A comment belongs to the value on its line, or to the next value below it. Values are found again by their
place; rows of a list by their content where rows were added or removed, a renamed row by its content, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import yaml

from quotidian.application.old_study_fields import present_names
from quotidian.application.yaml_positions import Lined, Place, lined_text
from quotidian.errors import InvalidInput
from quotidian.units import check as check_unit

END: Place = ("",)
"""Place of comments below the last value."""


@dataclass(frozen=True)
class Comment:
    """The text of a comment without its sign, its line from 1, and whether a value stands beside it."""

    line: int
    text: str
    beside: bool


def carried(before: str, after: str, removes: bool = False) -> str:
    """The later text with the comments of the earlier one.

    A comment whose value is no longer written, because it is now the default, is kept at the end with the
    name of the value. Where the change ``removes`` a row, its comments go with it.
    """
    try:
        old, new = present_names(lined_text(before, "study"))[0], lined_text(after, "study")
    except InvalidInput:
        return after
    places = dict(_same(old.value, new.value, (), ()))
    lines, above, ends = after.splitlines(), dict[int, list[str]](), list[str]()
    for one in comments(before):
        was = _place(old, one)
        line = new.lines.get(places[was]) if was in places else None
        if line is not None and one.beside:
            lines[line - 1] = _joined(lines[line - 1], one.text)
        elif line is not None:
            above.setdefault(line, []).append(one.text)
        elif was == END:
            ends.append(one.text)
        elif not (removes and len(was) > 1) and not _is_unit(one.text):
            ends.append(f"({'.'.join(map(str, was))}) {one.text}")
    found = [*_written(lines, above), *(_line("", text) for text in ends)]
    return "\n".join(found) + "\n"


def comments(text: str) -> tuple[Comment, ...]:
    """Every comment of a YAML text; a # in a value begins none."""
    inside = _values(text)
    found = []
    for number, line in enumerate(text.splitlines()):
        for column, letter in enumerate(line):
            begins = letter == "#" and (column == 0 or line[column - 1] in " \t")
            if begins and not any(a <= (number, column) < b for a, b in inside.get(number, ())):
                said = line[column + 1 :].removeprefix(" ").rstrip()
                found.append(Comment(number + 1, said, bool(line[:column].strip(" -"))))
                break
    return tuple(found)


def _values(text: str) -> dict[int, list[tuple[tuple[int, int], tuple[int, int]]]]:
    """Begin and end of the values that may hold a #, by each line that they touch."""
    found: dict[int, list[tuple[tuple[int, int], tuple[int, int]]]] = {}
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken) and not (token.plain and "#" not in token.value):
            a, b = token.start_mark, token.end_mark
            span = ((a.line, a.column), (b.line, b.column))
            for line in range(a.line, b.line + 1):
                found.setdefault(line, []).append(span)
    return found


def _place(lined: Lined, comment: Comment) -> Place:
    """The outermost value that begins on the line of a comment, or on the next line with one.

    A unit is that of the innermost.
    """
    sign = -1 if _is_unit(comment.text) else 1
    own = [
        (line, sign * len(place), place)
        for place, line in lined.lines.items()
        if place and line >= comment.line
    ]
    if comment.beside:
        own = [one for one in own if one[0] == comment.line]
    return min(own, key=lambda one: one[:2])[2] if own else END


def _same(old: Any, new: Any, was: Place, now: Place) -> Iterator[tuple[Place, Place]]:
    """Places of the old value that are in the new one, each with its present place."""
    yield was, now
    if isinstance(old, dict) and isinstance(new, dict):
        keys = {key: key for key in old if key in new}
        gone, come = [k for k in old if k not in new], [k for k in new if k not in old]
        keys |= {
            k: other for k in gone for other in come if old[k] == new[other] and isinstance(old[k], dict)
        }
        for key, other in keys.items():
            yield from _same(old[key], new[other], (*was, key), (*now, other))
    elif isinstance(old, list) and isinstance(new, list):
        for i, j in _rows(old, new):
            yield from _same(old[i], new[j], (*was, i), (*now, j))
    elif isinstance(old, list) and new in old:  # a single row may stand without a list
        yield from _same(new, new, (*was, old.index(new)), now)
    elif isinstance(new, list) and old in new:
        yield from _same(old, old, was, (*now, new.index(old)))


def _rows(old: list[Any], new: list[Any]) -> Iterator[tuple[int, int]]:
    if len(old) == len(new):
        yield from ((i, i) for i in range(len(old)))
        return
    texts = [[json.dumps(one, sort_keys=True) for one in rows] for rows in (old, new)]
    for i, j, size in SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_matching_blocks():
        yield from ((i + k, j + k) for k in range(size))


def _joined(line: str, text: str) -> str:
    """A line with a comment beside its value; after the unit that the line states."""
    known = [one.text for one in comments(line) if one.beside]
    if not known:
        return f"{line}  # {text}"
    if text == known[0] or known[0] == text.partition(";")[0]:
        return line.removesuffix(known[0]) + text
    return f"{line}; {text}"


def _is_unit(text: str) -> bool:
    """Whether a comment only names a unit: of a value that is left out it says nothing."""
    try:
        check_unit(text)
    except InvalidInput:
        return False
    return True


def _written(lines: list[str], above: Mapping[int, list[str]]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        indent = line[: len(line) - len(line.lstrip())]
        yield from (_line(indent, text) for text in above.get(number, ()))
        yield line


def _line(indent: str, text: str) -> str:
    return f"{indent}# {text}".rstrip()
