"""XML as plain values: names without namespaces, attributes, children, text, lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from quotidian.interchange.safe_files import safe_xml

MATHML = "http://www.w3.org/1998/Math/MathML"


@dataclass
class Element:
    """One element; ``name`` has no prefix, ``raw`` and ``attributes`` keep theirs; ``tail`` is the text
    after it."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""
    raw: str = ""
    tail: str = ""

    def all(self, name: str) -> list[Element]:
        """Elements of a name at any depth, in order."""
        return [found for child in self.children for found in child._walk() if found.name == name]

    def child(self, name: str) -> Element | None:
        """The first child of a name."""
        return next((c for c in self.children if c.name == name), None)

    def _walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child._walk()

    def written(self) -> str:
        """As XML again, with the prefixes it had."""
        attributes = "".join(f" {k}={quoteattr(v)}" for k, v in self.attributes.items())
        inner = escape(self.text) + "".join(c.written() + escape(c.tail) for c in self.children)
        return f"<{self.raw}{attributes}>{inner}</{self.raw}>"

    def as_math(self) -> str:
        """A ``<math>`` element as MathML without prefixes."""

        def plain(e: Element) -> str:
            kept = {k: v for k, v in e.attributes.items() if ":" not in k and k != "xmlns"}
            attributes = "".join(f" {k}={quoteattr(v)}" for k, v in kept.items())
            inner = escape(e.text) + "".join(plain(c) + escape(c.tail) for c in e.children)
            return f"<{e.name}{attributes}>{inner}</{e.name}>"

        return plain(self).replace("<math", f'<math xmlns="{MATHML}"', 1)


def tree_of(data: bytes, label: str) -> Element:
    """The root of a document.

    Raises InvalidInput for no XML, a document type declaration, or too deep a nesting.
    """
    safe_xml(data, label)
    parser = expat.ParserCreate()
    root = Element("", {}, 0)
    path = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name.rpartition(":")[2], attributes, parser.CurrentLineNumber, raw=name)
        path[-1].children.append(element)
        path.append(element)

    def text(data: str) -> None:
        here = path[-1]
        if here.children:
            here.children[-1].tail += data
        else:
            here.text += data

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop() and None
    parser.CharacterDataHandler = text
    parser.Parse(data, True)
    return root.children[0]
