"""The blocks of a page: what they hold, whether they are run, and how to run them in a small version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(
    r"(?m)^(?:<!-- not run: (?P<why>[^>]+?) -->\n+)?```(?P<kind>\w+)\n(?P<text>.*?)^```", re.DOTALL
)
SMALL = (
    (r"--replicates \d+", "--replicates 1"),
    (r"--children \d+", "--children 20"),
    (r"--copies \d+", "--copies 100 --no-profiles"),
)


@dataclass(frozen=True)
class Block:
    """One block of code; ``why`` it is not run, if it is not."""

    kind: str
    text: str
    why: str

    @property
    def file(self) -> str:
        """The file that it is, by its first line; empty for code to run."""
        found = re.match(r"# file: (\S+)\n", self.text)
        return found[1] if found else ""

    @property
    def lines(self) -> Iterator[str]:
        """Its commands, whole, without comments."""
        for line in self.text.replace("\\\n", " ").splitlines():
            command = " ".join(re.split(r"\s#", line)[0].split())
            if command:
                yield command


def blocks(page: Path) -> list[Block]:
    """Every block of a page, in order."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(m["kind"], m["text"], m["why"] or "") for m in found]


def small(line: str) -> str:
    """The command with fewer children, replicates and copies."""
    for many, few in SMALL:
        line = re.sub(many, few, line)
    return line
