"""Runs the guides and writes their output into them: ``make guides``, or ``make docs`` with all other pages.

A guide is its own source. Its blocks are run in order in an empty folder, as a reader would run them. The
block below each mark receives the output of the block before it. Figures are written beside the page.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

GUIDES = Path(__file__).with_name("guides")
BLOCK = re.compile(r"(?m)^```(?P<kind>\w+)\n(?P<text>.*?)^```\n", re.DOTALL)
OUTPUT = re.compile(r"(<!-- what it prints -->\n```text\n)(.*?)(^```\n)", re.DOTALL | re.MULTILINE)


OTHERS = ("README.md", "ten-jobs.md")
"""Pages that answer no question: the index, and the jobs, which a test of their own runs."""


def pages() -> list[Path]:
    """Every guide to a question."""
    return sorted(page for page in GUIDES.glob("*.md") if page.name not in OTHERS)


def rendered(page: Path) -> tuple[str, dict[str, str]]:
    """The guide with the present output of its blocks, and the figures that they draw, by name."""
    text, known = page.read_text(encoding="utf-8"), {"__name__": "guide"}
    marks = [found.span() for found in OUTPUT.finditer(text)]
    printed: list[str] = []
    with TemporaryDirectory() as folder, contextlib.chdir(folder):
        for block in BLOCK.finditer(text):
            if any(start <= block.start() < end for start, end in marks):
                continue
            output = _run(block["kind"], block["text"], known, str(page.name))
            printed += [output] if output else []
        drawn = {file.name: file.read_text(encoding="utf-8") for file in sorted(Path().glob("*.svg"))}
    if len(printed) != len(marks):
        raise ValueError(f"{page.name}: {len(printed)} blocks print, and {len(marks)} places take it.")
    each = iter(printed)
    return OUTPUT.sub(lambda found: f"{found[1]}{next(each)}{found[3]}", text), drawn


def _run(kind: str, text: str, known: dict[str, Any], where: str) -> str:
    """The output of one block; a block whose first line names a file is written to that file instead."""
    if named := re.match(r"# file: (\S+)\n", text):
        Path(named[1]).write_text(text, encoding="utf-8")
        return ""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        if kind == "python":
            exec(compile(text, where, "exec"), known)
        elif kind == "sh":
            for line in _commands(text):
                _command(line)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _commands(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            yield line


def _command(line: str) -> None:
    from quotidian.cli.support.exit_codes import run

    program, *arguments = shlex.split(line)
    if program != "quotidian" or (code := run(arguments)):
        raise ValueError(f"{line}: {'only quotidian is run' if program != 'quotidian' else f'exit {code}'}.")


def main() -> None:
    """Write all guides with their present output."""
    os.environ["MPLBACKEND"] = "Agg"
    for page in pages():
        began = time.process_time()
        text, drawn = rendered(page)
        for name, figure in drawn.items():
            (GUIDES / name).write_text(figure, encoding="utf-8", newline="\n")
        page.write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/guides/{page.name}: {time.process_time() - began:.1f} s")


if __name__ == "__main__":
    main()
