"""Writes the generated pages of the documentation: ``make docs``. A test holds the committed ones to it.

The model chapter and the reference are read from the laws, the ledger and the program itself. Variants that
repeat most of another page are written to ``out/model`` and not committed. The guides are run anew at the end
(``guides.py``, a minute).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from quotidian.cli.app import app
from quotidian.models import MODELS, model, observables
from quotidian.network.parameter_table import cell, table
from quotidian.network.typeset import equations
from quotidian.reports.assumption_page import page
from quotidian.reports.assumption_sensitivity import firmness
from quotidian.reports.mechanism_map import mechanism_map

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ("sjia", "transgenic_mouse")
"""Models whose pages are kept; the others differ from sjia by settings, and are made when asked for."""
CHAPTER = """\
# The model

Made by `make docs`; do not edit.

{models}

Every page is typeset from the laws that the solver runs: equations, one block a mechanism, then each number
with its unit, spread, basis and source. Those that are not linked differ from `sjia` by a few settings or one
mechanism; `make docs` writes them, and `quotidian equations MODEL` prints any of them.
[What is firm, what is assumed](../firm-and-assumed.md) ranks the assumptions by what hangs on them.

The mechanisms of `sjia` with tocilizumab, and what each does to the others (`quotidian map sjia`):

![Map of the mechanisms: boxes with their species, arrows that raise or lower](map.svg)
"""
OBSERVABLES = """\
# Observables

Made by `make docs`; do not edit.

What `quotidian observables MODEL` lists, for all models. A unit of 1 is a pure number. What belongs to a drug
that a child is not given is 0.

{observables}
"""
PROGRAM = """\
# The program

Made by `make docs` from what `--help` says; do not edit.

{about}

{verbs}"""


def pages() -> dict[str, str]:
    """Every committed page but the ranking of assumptions: path from the root, text. Takes seconds."""
    texts = {
        "docs/model/README.md": chapter(),
        **{f"docs/model/{name}.md": equations(model(name)) for name in COMMITTED},
        "docs/model/map.svg": mechanism_map(model("sjia"), ["tocilizumab"]),
        "docs/reference/observables.md": observable_page(),
        "docs/reference/cli.md": program_page(),
    }
    return {place: whole(text) for place, text in texts.items()}


def whole(text: str) -> str:
    """The text with one newline at its end."""
    return text.rstrip("\n") + "\n"


def chapter() -> str:
    """The first page of the model chapter."""
    rows = []
    for name, title in MODELS.items():
        found = model(name)
        place = f"[equations]({name}.md)" if name in COMMITTED else f"`out/model/{name}.md`"
        mechanisms = sum(m.name != "sums" for m in found.modules)
        numbers = sum(p.entry is not None for p in found.parameters.values())
        rows.append((f"`{name}`", title, str(mechanisms), str(len(found.species)), str(numbers), place))
    head = ("model", "what it is", "mechanisms", "states", "numbers", "page")
    return CHAPTER.format(models=table(head, iter(rows)))


def observable_page() -> str:
    """Every output of every model."""
    known = {name: observables(name) for name in MODELS}
    every = {o: found for name in MODELS for o, found in known[name].items()}
    rows = ((f"`{name}`", cell(o.unit), cell(o.meaning), _where(name, known)) for name, o in every.items())
    return OBSERVABLES.format(observables=table(("name", "unit", "meaning", "in"), rows))


def _where(name: str, known: Mapping[str, Mapping[str, object]]) -> str:
    held = [m for m in MODELS if name in known[m]]
    return "all models" if len(held) == len(MODELS) else ", ".join(f"`{m}`" for m in held)


def program_page() -> str:
    """Every verb with its options."""
    root: Any = typer.main.get_command(app)
    verbs = [text for name, command in root.commands.items() for text in _verb(f"quotidian {name}", command)]
    return PROGRAM.format(about=root.help, verbs="\n".join(verbs))


def _verb(name: str, command: Any) -> Iterator[str]:
    if hasattr(command, "commands"):
        for own, sub in command.commands.items():
            yield from _verb(f"{name} {own}", sub)
        return
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    text = "\n\n".join(f"```text\n{p}\n```" if "\n  " in p else p for p in paragraphs)
    arguments = " ".join(_metavar(p) for p in command.params if _positional(p))
    usage = " ".join(part for part in (name, arguments, "[OPTIONS]") if part)
    options = table(("option", "meaning", "default"), _options(command))
    yield f"## {name}\n\n`{usage}`\n\n{text}\n\n{options}\n"


def _positional(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _options(command: Any) -> Iterator[tuple[str, ...]]:
    for p in command.params:
        if getattr(p, "hidden", False):
            continue
        metavar = "" if getattr(p, "is_flag", False) else _metavar(p)
        name = metavar if _positional(p) else " ".join(x for x in (", ".join(p.opts), metavar) if x)
        told = not (p.default is None or p.default is False or p.default == "" or callable(p.default))
        yield f"`{name}`", cell(getattr(p, "help", "") or ""), f"`{p.default}`" if told else ""


def main() -> None:
    """Write all of them, and what the guides print."""
    variants = {f"out/model/{name}.md": equations(model(name)) for name in MODELS if name not in COMMITTED}
    for place, text in {**pages(), **variants, "docs/firm-and-assumed.md": page(firmness("sjia"))}.items():
        file = ROOT / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(whole(text), encoding="utf-8", newline="\n")
        print(f"{place}: {len(text.encode()) / 1000:.0f} kB")
    from guides import main as guides  # beside this file

    guides()


if __name__ == "__main__":
    main()
