"""Names of a model as identifiers that SBML takes: one for each thing, no two alike."""

from __future__ import annotations

import re

NAMES, SPACES, REACTIONS, OBSERVABLES = "name", "space", "reaction", "observable"
"""What can share a name with something of another kind and still needs an identifier of its own."""


class Identifiers:
    """Identifiers by kind and name, given on first asking and the same from then on.

    ``joints.k_entry`` becomes ``joints__k_entry``. Where another thing has the identifier already, an
    observable is called ``observed_...`` and anything else gets a number behind it.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] = {}
        self.taken = {"time"}

    def of(self, kind: str, name: str) -> str:
        """The identifier of a thing."""
        if (kind, name) not in self.known:
            self.known[kind, name] = self._free(kind, _spelled(name))
            self.taken.add(self.known[kind, name])
        return self.known[kind, name]

    def new(self, kind: str, name: str) -> str:
        """An identifier for one more thing of that name."""
        found = self._free(kind, _spelled(name))
        self.taken.add(found)
        return found

    def _free(self, kind: str, wanted: str) -> str:
        if kind == OBSERVABLES and wanted in self.taken:
            wanted = f"observed_{wanted}"
        found, number = wanted, 1
        while found in self.taken:
            number += 1
            found = f"{wanted}_{number}"
        return found


def _spelled(name: str) -> str:
    text = re.sub(r"\W", "_", name.replace(".", "__"), flags=re.ASCII)
    return f"_{text}" if text[:1].isdigit() else text
