"""Read a YAML file of evidence as it is written: no silent duplicates, and ``1e-3`` is a number."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from quotidian.errors import LedgerError

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_REMEDY = "Correct that line; a text that holds %, # or ': ' needs quotes."


class _Loader(_Fast):  # type: ignore[misc]
    """The safe loader, refusing a key that stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"'{key}' occurs twice", problem_mark=key_node.start_mark)
            seen.add(key)
        pairs: dict[Hashable, Any] = super().construct_mapping(node, deep=True)
        return pairs


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+$"), list("-+0123456789")
)


def read_mapping(path: Path) -> dict[str, Any]:
    """The top-level mapping of a YAML file.

    Raises
    ------
    LedgerError
        The file is missing, is not YAML, holds a key twice, or is not a mapping of names.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise LedgerError(f"{path}: cannot be read.", f"{error.strerror}.", "Create the file.") from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise LedgerError(f"{path}{line}: {error.problem}.", "", _REMEDY) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise LedgerError(f"{path}: is not YAML.", "", "Save it as UTF-8 text.") from None
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        why = "Every entry at top level needs a name that is a text."
        raise LedgerError(
            f"{path}: no mapping of names to entries.", why, "Write 'name:' and its fields below."
        )
    return content
