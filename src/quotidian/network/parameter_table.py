"""The parameters of a model as Markdown tables, with their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quotidian.evidence import Entry, cited, spread_text
from quotidian.network.model import Model
from quotidian.network.module import Module
from quotidian.network.names import Parameter
from quotidian.units import quantity_text

PARAMETERS = (
    *("symbol", "name", "meaning", "value", "unit"),
    *("variability", "uncertainty", "basis", "source", "note"),
)
CHILD = ("symbol", "name", "meaning", "value", "unit")
VARIANT = "◆"
"""Marks a value that the settings of a variant replace."""


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """Escape text for a Markdown table."""
    for sign, safe in (("|", r"\|"), ("<", "&lt;"), ("*", r"\*"), ("$", r"\$"), ("~", r"\~")):
        text = text.replace(sign, safe)
    return " ".join(text.split())


def parameter_rows(model: Model, module: Module, symbols: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """One row for each parameter that the module reads, with its variant's setting where there is one."""
    for name, noun in module.arguments.items():
        if isinstance(noun, Parameter) and noun.entry is not None:
            entry = model.settings[name] if model.settings and name in model.settings else noun.entry
            yield (
                f"${symbols[name]}$",
                f"`{name.rpartition('.')[2]}`",
                cell(entry.meaning),
                _value(entry, noun.entry),
                _unit(entry, noun.unit),
                cell(spread_text(entry.variability, entry.unit)),
                cell(spread_text(entry.uncertainty, entry.unit)),
                cell(cited(_known_how(entry))),
                cell("; ".join(citations(entry))) or "none needed",
                cell(cited(entry.note)),
            )


def child_rows(model: Model, symbols: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """One row for each covariate and each input."""
    for name, covariate in model.covariates.items():
        mark = f" {VARIANT}" if name in (model.settings or {}) else ""
        value = f"{model.constants[name]:g}{mark}"
        yield f"${symbols[name]}$", f"`{name}`", cell(covariate.meaning), value, covariate.unit
    for name, port in model.inputs.items():
        meaning = cell(port.meaning)
        yield f"${symbols[name]}$", f"`{name}`", meaning, f"{port.resting:g} unless given", port.unit


def _value(entry: Entry, base: Entry) -> str:
    if entry is base:
        return f"{entry.value:g}"
    return f"**{entry.value:g}** {VARIANT} (else {quantity_text(f'{base.value:g}', base.unit)})"


def _unit(entry: Entry, wanted: str) -> str:
    """The unit of the source, and the value in the unit of the law where that is another."""
    same = entry.unit == wanted
    return entry.unit if same else f"{entry.unit} (in the law {entry.value_in(wanted):.4g} {wanted})"


def _known_how(entry: Entry) -> str:
    return f"{entry.basis.word}: {entry.basis.detail}" if entry.basis.detail else entry.basis.word


def citations(entry: Entry) -> Iterator[str]:
    """Each source of an entry: its short citation and the place in it."""
    for source in entry.sources:
        unseen = " (recalled)" if source.status == "recalled" and "recalled" not in source.place else ""
        yield f"{source.citation}: {source.place}{unseen}"
