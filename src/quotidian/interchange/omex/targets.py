"""What an XPath of SED-ML points at in a model: by names of elements, whatever their namespace."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quotidian.errors import InvalidInput
from quotidian.interchange.omex.xml_tree import Element

_STEP = re.compile(r"/(?:[\w.-]+:)?(?P<name>\w+)(?:\[@(?P<key>\w+)\s*=\s*(['\"])(?P<value>.*?)\3\])?")
_ATTRIBUTE = re.compile(r"/@(?P<attribute>\w+)$")
QUANTITIES = {"species", "parameter", "compartment", "reaction", "localParameter", "speciesReference"}


@dataclass(frozen=True)
class Target:
    """``steps`` are name, key and value of each element on the way; ``attribute`` may be empty."""

    steps: tuple[tuple[str, str, str], ...]
    attribute: str
    text: str

    @property
    def quantity(self) -> str:
        """The id of the quantity that it points at, as a run knows it.

        Raises InvalidInput where it points at something else.
        """
        name, key, value = self.steps[-1]
        if name not in QUANTITIES or key != "id":
            raise _unusable(
                self.text, "It points at no species, parameter, compartment or reaction by its id"
            )
        owner = [v for n, _, v in self.steps[:-1] if n == "reaction"]
        return f"{owner[0]}__{value}" if owner and name in ("parameter", "localParameter") else value

    def find(self, root: Element) -> Element:
        """The element. Raises InvalidInput where there is none, or several."""
        here = [Element("", {}, 0, [root])]
        for name, key, value in self.steps:
            here = [c for e in here for c in e.children
                    if c.name == name and (not key or c.attributes.get(key) == value)]  # fmt: skip
        if len(here) != 1:
            raise _unusable(self.text, f"The model has {len(here)} elements there")
        return here[0]


def target(text: str) -> Target:
    """An XPath. Raises InvalidInput for one of another form."""
    attribute = _ATTRIBUTE.search(text)
    path = text[: attribute.start()] if attribute else text
    steps, at = [], 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise _unusable(text, "Only a path of elements is read, each with at most one [@id='...']")
        steps.append((match["name"], match["key"] or "", match["value"] or ""))
        at = match.end()
    if not steps:
        raise _unusable(text, "It is empty")
    return Target(tuple(steps), attribute["attribute"] if attribute else "", text)


def _unusable(text: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"The target '{text}' cannot be used.", f"{why}.",
        "Write for example /sbml:sbml/sbml:model/sbml:listOfSpecies/sbml:species[@id='S1'].",
    )  # fmt: skip
