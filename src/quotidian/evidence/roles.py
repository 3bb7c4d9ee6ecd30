"""Roles of published numbers, frozen in dated files: what may be tuned on, and what judges the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from quotidian.errors import LedgerError
from quotidian.evidence.reading import read_mapping

ROLES = ("calibration", "validation", "context")
"""``calibration``: the model was tuned on it or may be. ``validation``: never. ``context``: not compared."""

_FOLDER = Path(__file__).with_name("roles")
_FIRST = {"date", "rule", "in_view", "earlier", "facts"}
_LATER = {"date", "because", "facts", "changed"}


@dataclass(frozen=True)
class FrozenFile:
    """A file of roles: its name, the date on which it was frozen, and the SHA-256 of its bytes."""

    name: str
    date: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name}, frozen {self.date}, SHA-256 {self.sha256}"


@dataclass(frozen=True)
class FrozenRoles:
    """The roles in force.

    ``earlier`` has those of numbers of version 0.1, by the id of the number; ``facts`` those of the facts
    that came later, by the id of the fact. ``in_view`` names the validation numbers of version 0.1 that the
    design of a later version quotes. ``rule`` says how roles were decided.
    """

    files: tuple[FrozenFile, ...]
    rule: str
    earlier: Mapping[str, str]
    facts: Mapping[str, str]
    in_view: frozenset[str]

    def of(self, claim: str, fact: str) -> str | None:
        """The role of a published number, or of the fact that it is; None for one that is not frozen."""
        return self.facts.get(fact) if fact else self.earlier.get(claim)


@cache
def frozen_roles() -> FrozenRoles:
    """The roles of the package; errors as :func:`read_roles`."""
    return read_roles(sorted(_FOLDER.glob("*.yaml")))


def read_roles(paths: Sequence[Path]) -> FrozenRoles:
    """The roles of dated files, the earliest first. A further file of a day has a letter after the date.

    A later file adds facts. It changes a role only under ``changed: {id: {to: role, because: reason}}``.

    Raises LedgerError for a file that is malformed, for a role that is none, for one decided twice, and for
    calibration that would become validation.
    """
    files, earlier, facts = [], dict[str, str](), dict[str, str]()
    first: Mapping[str, Any] = {}
    for number, path in enumerate(paths):
        content = read_mapping(path)
        if set(content) != (_FIRST if number == 0 else _LATER) or content["date"] != path.stem:
            raise _refused(
                path, f"it must contain {', '.join(sorted(_LATER if number else _FIRST))}, and its date"
            )
        first = first or content
        files.append(FrozenFile(path.name, content["date"], sha256(path.read_bytes()).hexdigest()))
        _add(path, earlier, content.get("earlier", {}))
        _add(path, facts, content["facts"])
        for name, change in content.get("changed", {}).items():
            _change(path, facts if name in facts else earlier, name, change)
    in_view = frozenset(first["in_view"])
    frozen = (MappingProxyType(earlier), MappingProxyType(facts))
    return FrozenRoles(tuple(files), " ".join(first["rule"].split()), *frozen, in_view)


def _add(path: Path, roles: dict[str, str], new: Mapping[str, str]) -> None:
    for name, role in new.items():
        if name in roles or role not in ROLES:
            raise _refused(path, f"'{name}' has a role already, or '{role}' is none of {', '.join(ROLES)}")
        roles[name] = role


def _change(path: Path, roles: dict[str, str], name: str, change: Mapping[str, str]) -> None:
    to, because = change.get("to", ""), change.get("because", "")
    if name not in roles or to not in ROLES or not because.strip():
        raise _refused(path, f"the change of '{name}' needs a known number, a role and a reason")
    if roles[name] == "calibration" and to == "validation":
        raise _refused(path, f"'{name}' was used for calibration and can no longer be used for validation")
    roles[name] = to


def _refused(path: Path, why: str) -> LedgerError:
    return LedgerError(
        f"The roles of {path.name} cannot be used: {why}.",
        "A role is decided once, before a run, so that it does not depend on the result.",
        "Leave dated files as they are; write a later one, named after its date.",
    )
