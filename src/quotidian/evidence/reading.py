"""Read a YAML file of evidence as it is written: no silent duplicates, and ``1e-3`` is a number."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from quotidian.errors import LedgerError

_DEFAULT: dict[type[yaml.Node], str] = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}
_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_REMEDY = "Correct that line; a text that holds %, # or ': ' needs quotes."


class _Loader(_Fast):  # type: ignore[misc]
    """The safe loader, which also reads ``1e-3`` as a number; without resolvers by path, which cost time."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        if kind is yaml.ScalarNode and implicit[0]:
            for tag, pattern in self.yaml_implicit_resolvers.get(value[:1], ()):
                if pattern.match(value):
                    return str(tag)
        return _DEFAULT[kind]

    def descend_resolver(self, current_node: yaml.Node, current_index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def read_mapping(path: Path) -> dict[str, Any]:
    """The top-level mapping of a YAML file.

    Raises
    ------
    LedgerError
        The file is missing, is not YAML, holds a key twice, or is not a mapping of names.
    """
    try:
        content = _content(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LedgerError(f"{path}: cannot be read.", f"{error.strerror}.", "Create the file.") from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise LedgerError(f"{path}{line}: {error.problem}.", "", _REMEDY) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise LedgerError(f"{path}: is not YAML.", "", "Save it as UTF-8 text.") from None
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        why = "Every entry at top level needs a name that is a text."
        raise LedgerError(
            f"{path}: no mapping of names to entries.", why, "Write 'name:' and its fields below."
        )
    return content


def _content(text: str) -> Any:
    """The values of a document; its nodes are read directly, several times as fast as the loader does."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        return None if node is None else _value(loader, node)
    finally:
        loader.dispose()


def _value(loader: _Loader, node: yaml.Node) -> Any:
    match node.tag:
        case "tag:yaml.org,2002:str":
            return node.value
        case "tag:yaml.org,2002:seq":
            return [_value(loader, item) for item in node.value]
        case "tag:yaml.org,2002:map":
            return _mapping(loader, node)
    return loader.construct_object(node, deep=True)


def _mapping(loader: _Loader, node: yaml.Node) -> dict[Hashable, Any]:
    """A mapping, refused where a key stands twice in it or is no single value."""
    found: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key is no single value", problem_mark=key_node.start_mark)
        key = _value(loader, key_node)
        if key in found:
            raise yaml.MarkedYAMLError(
                problem=f"'{key_node.value}' occurs twice", problem_mark=key_node.start_mark
            )
        found[key] = _value(loader, value_node)
    return found
