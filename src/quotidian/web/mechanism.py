"""Details of an arrow or a box of the map: laws, values, their basis and sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape

from quotidian.errors import UnknownName, closest
from quotidian.evidence import Entry
from quotidian.models import model as model_named
from quotidian.network import Model, Module
from quotidian.network.flux import Use
from quotidian.network.formula import latex, words
from quotidian.network.influences import OUTSIDE
from quotidian.network.names import Parameter
from quotidian.network.typeset import section_symbols, shared_symbols
from quotidian.reports.mathml import mathml
from quotidian.reports.mechanism_map import SAYS, Arrow, arrows, boxes, mechanism_map
from quotidian.reports.wording import unit_sign
from quotidian.units import quantity_text

DRAWN = ("tocilizumab", "prednisolone")
"""Drugs drawn on the map."""
MODEL = "sjia"


@cache
def drawn_model() -> Model:
    """The model that the map shows."""
    return model_named(MODEL, DRAWN)


@cache
def picture() -> str:
    """The map as an SVG element; every arrow and box has a name that a page can request."""
    return mechanism_map(drawn_model(), DRAWN)


@cache
def _arrows() -> dict[tuple[str, str], Arrow]:
    return {(a.source, a.target): a for a in arrows(drawn_model())}


def _module(name: str) -> Module:
    known = {m.name: m for m in drawn_model().modules if m.name != "sums"}
    if name not in known:
        raise UnknownName(f"There is no mechanism '{name[:40]}'.", closest(name, known))
    return known[name]


def of_arrow(source: str, target: str) -> str:
    """All laws of an arrow, as HTML. Raises UnknownName for an unknown arrow."""
    found = _arrows().get((source, target))
    if found is None:
        raise UnknownName(
            "There is no such arrow.", "The one mechanism does not act on the other.", "Choose another arrow."
        )
    laws = {part.law for part in found.parts}
    said = sorted({f"{escape(p.through.replace('_', ' '))} {SAYS[p.sign]} the target" for p in found.parts})
    both = [_module(m) for m in (target, source) if m != OUTSIDE]
    uses = [(m, u) for m in both for u in _uses(m) if u.law.__name__ in laws]
    head = f"<h3>{_button(source)} → {_button(target)}</h3><p>{'; '.join(said)}.</p>"
    return head + _laws(uses)


def of_box(name: str) -> str:
    """Neighbours and all laws of a mechanism, as HTML. Raises UnknownName for an unknown mechanism."""
    if name == OUTSIDE:
        said = "Age, size and sex, doses, the course of the disease: set on the Child page."
        return f"<h3>{_title(OUTSIDE)}</h3><p>{said}</p>{_neighbours(OUTSIDE)}"
    module = _module(name)
    about = escape(module.about) if getattr(module, "about", "") else ""
    laws = _laws([(module, use) for use in _uses(module)])
    return f"<h3>{escape(module.title)}</h3><p>{about}</p>{_neighbours(name)}{laws}"


def rows() -> str:
    """The map as rows for a narrow page: every mechanism as a button, with the number of its neighbours."""
    found = []
    for box in boxes(drawn_model(), DRAWN):
        before, after = _beside(box.name)
        said = f"acted on by {len(before)}, acts on {len(after)}"
        found.append(
            f'<button type="button" aria-expanded="false" data-name="{box.name}"><b>{escape(box.title)}</b> '
            f"<small>{escape(', '.join(box.lines))}</small> <small>{said}</small></button>"
        )
    return "".join(found)


def _beside(name: str) -> tuple[list[str], list[str]]:
    """Mechanisms that act on one, and those on which it acts."""
    pairs = [pair for pair in _arrows() if pair[0] != pair[1]]
    return [a for a, b in pairs if b == name], [b for a, b in pairs if a == name]


def _neighbours(name: str) -> str:
    """Both as buttons; each opens the laws of its arrow."""
    before, after = _beside(name)
    ways = (
        ("Acted on by", [(other, name, other) for other in before]),
        ("Acts on", [(name, other, other) for other in after]),
    )
    return "".join(
        f'<p class="ways">{said} '
        + " ".join(
            f'<button type="button" data-source="{a}" data-target="{b}">{escape(_title(c))}</button>'
            for a, b, c in own
        )
        + "</p>"
        for said, own in ways
        if own
    )


def _button(name: str) -> str:
    return f'<button type="button" data-name="{name}">{escape(_title(name))}</button>'


def _title(name: str) -> str:
    return "The child and its setting" if name == OUTSIDE else _module(name).title


def _uses(module: Module) -> Iterator[Use]:
    yield from module.definitions
    yield from module.fluxes


@cache
def _symbols(module: str) -> Mapping[str, str]:
    """The symbols of a mechanism in LaTeX, as on its page of the documentation."""
    return section_symbols(_module(module), shared_symbols(drawn_model()))


def _laws(uses: Sequence[tuple[Module, Use]]) -> str:
    shown = []
    for module, use in {id(use): (module, use) for module, use in uses}.values():
        names = _symbols(module.name)
        shown.append(
            f'<section class="law"><h4>{escape(words(use.law) or use.law.__name__)}</h4>'
            f'<div class="formula">{mathml(_formula(use, names))}</div>{_values(use, names)}</section>'
        )
    return "".join(shown)


def _formula(use: Use, names: Mapping[str, str]) -> str:
    left = names[use.of.name] if hasattr(use, "of") else r"\mathrm{rate}"
    return f"{left} = {latex(use, names)}"


def _values(use: Use, names: Mapping[str, str]) -> str:
    entries = [a for a in use.arguments if isinstance(a, Parameter) and a.entry is not None]
    rows = "".join(_row(a, names[a.name]) for a in entries)
    if not rows:
        return ""
    return (
        '<div class="scroll"><table><thead><tr><th scope="col">Symbol</th><th scope="col">Meaning</th>'
        '<th scope="col">Value</th><th scope="col">Basis</th><th scope="col">Source</th>'
        '<th scope="col"><span class="sr">Change</span></th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(parameter: Parameter, symbol: str) -> str:
    entry: Entry = parameter.entry  # type: ignore[assignment]
    used = drawn_model().constants[parameter.name]
    value = quantity_text(f"{used:.4g}", unit_sign(parameter.unit))
    sources = "; ".join(f"{s.citation} ({s.place})" if s.place else s.citation for s in entry.sources)
    basis = f"{entry.basis.word} {entry.basis.detail}".strip()
    short = parameter.name.rpartition(".")[2]
    return (
        f'<tr><th scope="row">{mathml(symbol)} <code>{escape(short)}</code></th>'
        f"<td>{escape(entry.meaning)}</td>"
        f'<td class="value">{escape(value)}</td><td class="{entry.basis.word}">{escape(basis)}</td>'
        f"<td>{escape(sources) or '–'}</td>"
        f'<td><button type="button" data-parameter="{escape(parameter.name)}" '
        f'data-words="{escape(entry.meaning)}" '
        f'aria-label="Change {escape(short)}">Change it</button></td></tr>'
    )
