"""``quotidian evidence``: values of the ledger, with basis and source."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support.console import console, print_json
from quotidian.units import quantity_text
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.evidence import Entry


def evidence(
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TEXT]...", help="Words that must all occur; without words, every entry is listed."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print all fields of the entries as JSON.")] = False,
) -> None:
    """Search the ledger: every number of the model with its unit, variability between subjects,
    uncertainty, basis and source.

    The search covers names, meanings, notes and citations. It finds parts of words and ignores case.

    Examples:
      quotidian evidence sgp130
      quotidian evidence assumed fever
      quotidian evidence --json > ledger.json
    """
    from quotidian.evidence import as_dict, search

    found = search(" ".join(text or ()))
    if json:
        print_json([as_dict(entry) for entry in found])
        return
    _print_cards(found, " ".join(text or ()))


def _print_cards(found: list[Entry], text: str) -> None:
    from rich.text import Text

    screen = console()
    for entry in found:
        place = entry.module.rpartition(".")[2]
        screen.print(Text.assemble((f"{place}.{entry.name}", "bold"), f"  {entry.meaning}"))
        for label, said in _lines(entry):
            screen.print(Text(_hung(label, said, screen.width)))
        screen.print()
    count = f"{len(found)} {'entry' if len(found) == 1 else 'entries'}"
    if not found:
        count = (
            f"No entry has all of: {text}. Try fewer or shorter words; 'quotidian evidence' lists every entry"
        )
    print(f"{count}. {RESEARCH_USE}")


def _hung(label: str, said: str, width: int) -> str:
    """A line of a card, its continuation under its text rather than under its label."""
    return fill(
        said, width, initial_indent=f"  {label:<13}", subsequent_indent=" " * 15, break_on_hyphens=False
    )


def _lines(entry: Entry) -> list[tuple[str, str]]:
    """What stands in each line of a card: label and text."""
    from quotidian.evidence import spread_text

    low, high = entry.plausible
    value = quantity_text(f"{entry.value:g}", entry.unit)
    basis = f"{entry.basis.word} {entry.basis.detail}".strip()
    lines = [
        ("value", f"{value}, plausible {low:g} to {high:g}"),
        ("variability", spread_text(entry.variability, entry.unit)),
        ("uncertainty", spread_text(entry.uncertainty, entry.unit)),
        ("basis", basis),
        ("status", entry.status),
    ]
    for source in entry.sources:
        lines.append(("source", f"{source.key} ({source.status}), {source.place}: {source.citation}"))
    return [*lines, ("note", entry.note)] if entry.note else lines
