"""Read a file that others made, and check its XML before any parser of SBML sees it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.parsers import expat

from quotidian.errors import InvalidInput

LARGEST = 20 * 2**20
"""Bytes of the largest file that is read; the largest of the curated published models has about 5 MB."""
UTF_8 = "utf-8-sig"
"""The usual encoding, with or without a mark of byte order."""
_NUMBER = re.compile(r"\s*([-+0-9.eE\s]*|[-+]?(INF|inf|Infinity|NaN|nan))\s*")
"""Letters of a number; libSBML would read 1_0 as 1 and 0x1F as 31."""
SBML = "http://www.sbml.org/sbml/"
DEEPEST = 200
"""Levels of XML elements; libSBML reads with recursion, and its stack ends somewhere beyond ten thousand."""
MOST_OPERANDS = 5_000
"""Operands of one operation, which libSBML turns into levels; published models have at most hundreds."""


def read_bytes(source: str | Path) -> tuple[bytes, str]:
    """Bytes of a path, or of a text that starts with ``<``, and how a message names it."""
    if isinstance(source, str) and source.lstrip().startswith("<"):
        data, label = source.encode(), "The text"
    else:
        path, label = Path(source), f"'{source}'"
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            why = f"The system reports: {(error.strerror or str(error)).lower()}."
            raise InvalidInput(f"{label} cannot be read.", why, "Name an SBML file.") from None
    if len(data) > LARGEST:
        raise InvalidInput(
            f"{label} is too large.",
            f"It has more than {LARGEST // 2**20} MB; the largest published models have a quarter of that.",
            "Leave out annotations and layout, which carry no equation.",
        )
    return data, label


def safe_xml(data: bytes, label: str) -> str:
    """The encoding of the text; refuses what could exhaust memory or stack before libSBML sees it."""
    parser, encoding = expat.ParserCreate(), UTF_8
    children: list[int] = []  # of each element that is open
    numbers = _Numbers(parser, label)

    def declared(_: str, stated: str | None, __: int) -> None:
        nonlocal encoding
        if stated and stated.lower() != "utf-8":
            encoding = stated

    def doctype(*_: object) -> None:
        raise InvalidInput(
            f"{label} declares a document type.",
            "It could define entities that grow without end, or that stand in other files; SBML needs none.",
            "Remove the <!DOCTYPE ...> line.",
        )

    def start(name: str, attributes: dict[str, str]) -> None:
        if not children and name.rpartition(":")[2] == "sbml":
            _check_root(attributes, label)
        if children:
            children[-1] += 1
        if name.rpartition(":")[2] == "cn":
            numbers.begin()
        children.append(0)
        if len(children) > DEEPEST:
            raise InvalidInput(
                f"{label} is nested too deeply.",
                f"Line {parser.CurrentLineNumber} stands more than {DEEPEST} elements deep.",
                "Give parts of the formula names of their own with assignment rules.",
            )

    def end(name: str) -> None:
        if name.rpartition(":")[2] == "cn":
            numbers.end()
        if children.pop() > MOST_OPERANDS and name.rpartition(":")[2] == "apply":
            raise InvalidInput(
                f"{label} has an operation with more than {MOST_OPERANDS:,} operands.",
                f"It ends at line {parser.CurrentLineNumber}.",
                "Give parts of the formula names of their own with assignment rules.",
            )

    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler = declared, doctype
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InvalidInput(f"{label} is not XML.", f"{error}.", "Name an SBML file.") from None
    except (LookupError, ValueError) as error:
        raise InvalidInput(
            f"{label} states an encoding that cannot be read.", f"It is '{encoding}': {error}.",
            "Save the file as UTF-8, and write encoding='UTF-8' in its first line.",
        ) from None  # fmt: skip
    return encoding


class _Numbers:
    """The texts of numbers in formulas, one after another."""

    def __init__(self, parser: expat.XMLParserType, label: str) -> None:
        self._parser, self._label = parser, label
        self._parts: list[str] = []

    def begin(self) -> None:
        """An element begins that holds a number."""
        self._parts.clear()
        self._parser.CharacterDataHandler = self._parts.append

    def end(self) -> None:
        """It ends. Raises InvalidInput for a text that is no decimal number."""
        self._parser.CharacterDataHandler = None
        text = "".join(self._parts)
        if not _NUMBER.fullmatch(text):
            raise InvalidInput(
                f"{self._label} has a number that cannot be read.",
                f"It is '{text.strip()[:40]}', at line {self._parser.CurrentLineNumber}.",
                "Write decimal digits.",
            )


def _check_root(attributes: dict[str, str], label: str) -> None:
    """Refuse a level, version or namespace that no SBML has: libSBML ends the program at some of them."""
    level, version = attributes.get("level", ""), attributes.get("version", "")
    known = {
        ("1", "1"): f"{SBML}level1", ("1", "2"): f"{SBML}level1", ("2", "1"): f"{SBML}level2",
        **{("2", v): f"{SBML}level2/version{v}" for v in "2345"},
        **{("3", v): f"{SBML}level3/version{v}/core" for v in "12"},
    }  # fmt: skip
    spaces = {value for key, value in attributes.items() if key.split(":")[0] == "xmlns"}
    if known.get((level, version)) not in spaces:
        raise InvalidInput(
            f"{label} is not valid SBML.",
            f"It states level '{level}' and version '{version}', but its namespace is that of another.",
            "Correct it, or export it again.",
        )
