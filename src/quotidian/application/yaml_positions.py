"""Safe reading of YAML files: plain values only, limited in size, without references, each with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from quotidian.errors import InvalidInput

Place: TypeAlias = tuple[str | int, ...]
MOST_BYTES, MOST_DEPTH, MOST_NODES = 100_000, 12, 20_000
"""A study fills a few kilobytes; ten times that is a mistake, and depth beyond a dozen an attack."""
_REMEDY = "'quotidian study new FILE' writes an example to start from."


class _Loader(yaml.SafeLoader):
    """The safe loader, for which ``1e-3`` is a number."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


_NO_LETTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and halves of letters, which only an escape in quotes can write."""
_HALF = re.compile(r"[\ud800-\udfff]")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*|([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?)")
"""Numbers as people read them: 010 would be eight, 1:30 ninety, and .nan is none."""


@dataclass(frozen=True)
class Lined:
    """Plain values and the line on which each stands, by its place from the top."""

    value: dict[str, Any]
    lines: Mapping[Place, int]
    name: str

    def line(self, place: Place) -> int:
        """Line of a place, or of the nearest one above it that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def refusal(self, place: Place, what: str, why: str = "", remedy: str = "") -> InvalidInput:
        """A refusal that names file and line."""
        return InvalidInput(f"{self.name}, line {self.line(place)}: {what}", why, remedy or _REMEDY)


@dataclass(frozen=True)
class Wording:
    """How refusals call a file: what it is, what stands at its top, and what to do."""

    kind: str = "study"
    top: str = "'arms:' and 'visits:'"
    remedy: str = _REMEDY


_STUDY = Wording()


@dataclass
class _Reading:
    name: str
    wording: Wording = _STUDY
    lines: dict[Place, int] = field(default_factory=dict)

    def refuse(self, line: int, what: str, why: str = "", remedy: str = "") -> InvalidInput:
        return InvalidInput(f"{self.name}, line {line}: {what}", why, remedy or self.wording.remedy)

    def plain(self, node: yaml.Node, place: Place, loader: _Loader) -> Any:
        """The node's value; every mapping's keys are texts that stand once."""
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(one, (*place, i), loader) for i, one in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return self.scalar(node, loader)
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = key_node.value, key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key in found:
                raise self.refuse(line, f"'{key}' occurs twice or is not a name.", "", "Keep each name once.")
            self.lines[(*place, key)] = line
            found[key] = self.plain(value_node, (*place, key), loader)
        return found

    def scalar(self, node: yaml.Node, loader: _Loader) -> Any:
        """A plain value; a number is finite and decimal."""
        value, text = loader.construct_object(node), str(node.value)
        line = node.start_mark.line + 1
        if isinstance(value, int | float) and not isinstance(value, bool) and not _DECIMAL.fullmatch(text):
            raise self.refuse(
                line, f"'{text}' is not a decimal number.", f"YAML reads it as {value}.",
                "Write a finite number in decimal digits, or put a text in quotes.",
            )  # fmt: skip
        return value


def read_lined(path: Path, wording: Wording = _STUDY) -> Lined:
    """The file's mapping with the line of every value.

    Raises InvalidInput, with the line, for a file that is missing, too large, no YAML, no mapping, nested too
    deep, or that holds references, tags or a name twice.
    """
    return lined_text(_text(path, wording), path.name, wording)


def lined_text(text: str, name: str, wording: Wording = _STUDY) -> Lined:
    """A text's mapping, as :func:`read_lined`; ``name`` stands in refusals. Raises what that raises."""
    reading = _Reading(name, wording)
    if odd := _HALF.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise reading.refuse(line, f"a text holds {odd[0]!a}.", "It is half of a letter.", "Remove it.")
    if len(text.encode()) > MOST_BYTES:
        raise reading.refuse(1, "too long.", f"A {wording.kind} has at most {MOST_BYTES:,} bytes.")
    try:
        _survey(reading, text)
        loader = _Loader(text)
        node = loader.get_single_node()
        value = reading.plain(node, (), loader) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise reading.refuse(line, f"{error.problem}.", "It cannot be read as YAML.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise reading.refuse(1, "no YAML text.", str(error).splitlines()[0]) from None
    if not isinstance(value, dict):
        raise reading.refuse(1, f"no {wording.kind}.", f"Its top level has names such as {wording.top}.")
    return Lined(value, reading.lines, name)


def _text(path: Path, wording: Wording) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(
                f"{path.name} has {path.stat().st_size:,} bytes.",
                f"A {wording.kind} file has at most {MOST_BYTES:,}.",
                wording.remedy,
            )
        with path.open("rb") as file:  # a device has no size, and no end
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise InvalidInput(
                f"{path.name} has more than {MOST_BYTES:,} bytes.",
                f"A {wording.kind} file has at most that.", wording.remedy,
            )  # fmt: skip
        return content.decode("utf-8")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read.", f"{error.strerror}.", wording.remedy) from None
    except UnicodeDecodeError:
        raise InvalidInput(
            f"{path} is not a text file.", "It is not UTF-8.", "Save it as UTF-8 text."
        ) from None


def _survey(reading: _Reading, text: str) -> None:
    """Refuse references, tags and depth before anything is built: a small file can unfold into a huge one."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise reading.refuse(
                line, "references (& and *) are refused.", "A few lines of them can expand to gigabytes.",
                "Write the values out.",
            )  # fmt: skip
        if isinstance(event, yaml.ScalarEvent) and (odd := _NO_LETTER.search(event.value)):
            raise reading.refuse(
                line, f"a text holds {odd[0]!a}.", "It is no letter that can be printed.", "Remove it."
            )
        if tag := getattr(event, "tag", None):
            raise reading.refuse(line, f"the tag {tag} is refused.", "Values are plain.", "Remove it.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        nodes += isinstance(event, yaml.NodeEvent)
        if depth > MOST_DEPTH or nodes > MOST_NODES:
            raise reading.refuse(
                line, "too deep or too long.", f"At most {MOST_DEPTH} levels and {MOST_NODES:,} values.",
                f"A {reading.wording.kind} needs only a few levels.",
            )  # fmt: skip
