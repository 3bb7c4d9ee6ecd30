"""The equations page: a model as Markdown with LaTeX, printed from the laws that the solver integrates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from quotidian.network.conservation import totals
from quotidian.network.flux import Flux, Transfer
from quotidian.network.formula import latex, words
from quotidian.network.model import Model
from quotidian.network.module import Module, volumes
from quotidian.network.names import TIME, Side, Species
from quotidian.network.parameter_table import (
    CHILD,
    PARAMETERS,
    VARIANT,
    cell,
    child_rows,
    parameter_rows,
    table,
)
from quotidian.network.symbols import symbols
from quotidian.version import RESEARCH_USE

Symbols: TypeAlias = Mapping[str, str]
Rates: TypeAlias = list[tuple[str, Flux, str]]
"""Every flux with the name of its module and the symbol of its rate."""

DAILY_MEAN = r"\overline{H("
OF_DAILY_MEAN = (
    r"Some initial values contain $\overline{H(x_0 c; E, n)}$. This is the mean over one day of the Hill "
    r"function $\frac{x^n}{E^n + x^n}$ of $x = x_0 c$. Here $x_0$ is a daily mean at the start, and $c$ is "
    r"the daily rhythm, which has the mean 1."
)
OBSERVABLES = ("name", "unit", "meaning", "formula")


def equations(model: Model) -> str:
    """Print the whole model on one page.

    A section for each mechanism (assignment rules, reactions, initial values), the rate of change of each
    species, the observables, and every parameter with its evidence. Symbols are valid within their section;
    those of species, and the rates :math:`v_i`, are valid throughout.

    Returns
    -------
    Markdown with ``$$`` blocks, the same text at every call.
    """
    shared = shared_symbols(model)
    blocks = {m.name: section_symbols(m, shared) for m in model.modules}
    fluxes = [(m.name, flux) for m in model.modules for flux in m.fluxes]
    rates = [(name, flux, f"v_{{{i}}}") for i, (name, flux) in enumerate(fluxes, start=1)]
    parts = [*_opening(model)]
    for module in model.modules:
        parts += _mechanism(module, blocks[module.name], rates)
    parts += [*_changes(model, shared, rates), *_conserved(model, shared)]
    parts += [*_observed(model, blocks), *_numbers(model, blocks, shared)]
    if any(DAILY_MEAN in part for part in parts):
        parts.insert(len([*_opening(model)]), OF_DAILY_MEAN)
    return "\n\n".join(parts) + "\n"


def shared_symbols(model: Model) -> dict[str, str]:
    """Symbols valid throughout: time, species, volumes, covariates and inputs."""
    spaces = [v for flux in model.fluxes for v in volumes(flux)]
    return symbols([TIME, *model.species, *spaces, *model.covariates.values(), *model.inputs.values()])


def section_symbols(module: Module, shared: Symbols) -> dict[str, str]:
    """Symbols of every quantity in a section; shared symbols stay reserved for their quantity."""
    moved = [s for flux in module.fluxes for s in flux.arrow.species]
    owned = [*(d.of for d in module.definitions), *(s.of for s in module.starts)]
    return symbols([*module.arguments.values(), *moved, *owned], shared)


def _shown(formula: str) -> str:
    return f"$$\n{formula}\n$$"


def _opening(model: Model) -> Iterator[str]:
    yield f"# {model.title}"
    yield f"> {RESEARCH_USE}"
    if model.about:
        yield model.about
    mechanisms = sum(m.name != "sums" for m in model.modules)
    yield (
        f"Model `{model.name}`: {len(model.species)} species (states), {len(model.fluxes)} reactions, "
        f"{len(model.parameters)} parameters in {mechanisms} mechanisms. "
        "Each formula is printed from the law that the solver integrates. "
        "Time $t$ is in hours from midnight of day 0; $\\varnothing$ stands for what enters or leaves the "
        "model. "
        "Symbols of species, volumes, covariates, inputs and rates $v_i$ are valid throughout. "
        "Other symbols may have several meanings: that of a definition or parameter of the same section, "
        "or else that of a definition in another section."
    )


def _mechanism(module: Module, names: Symbols, rates: Rates) -> Iterator[str]:
    """The block of one module."""
    yield f"## {module.title}"
    if module.about:
        yield module.about
    for d in module.definitions:
        yield f"{_sentence(d.of.meaning or d.of.name)} [{d.of.unit}]:"
        yield _shown(f"{names[d.of.name]} = {latex(d, names)}")
    for owner, flux, rate in rates:
        if owner == module.name:
            arrow = (
                f"{_side(flux.arrow.takes, names)} \\xrightarrow{{{rate}}} {_side(flux.arrow.makes, names)}"
            )
            yield f"{words(flux.law) or flux.name} [{_rate_unit(flux)}]:"
            yield _shown(f"{arrow} \\qquad {rate} = {latex(flux, names)}")
    if module.starts:
        yield "Initial values:"
        yield "\n".join(f"- ${names[s.of.name]}(0) = {latex(s, names)}$" for s in module.starts)


def _sentence(text: str) -> str:
    """With a capital, unless it starts with a name such as ``pH``."""
    first = text.split(" ")[0].rstrip(",;:").split("-")[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def _side(side: Side, names: Symbols) -> str:
    terms = (names[s.name] if count == 1 else f"{count} {names[s.name]}" for s, count in side.counts.items())
    return " + ".join(terms) or r"\varnothing"


def _rate_unit(flux: Flux) -> str:
    """An amount per hour for a transfer between compartments, else the unit of the species per hour."""
    species = next(iter(flux.arrow.net))
    volume = species.volume if isinstance(flux, Transfer) else None
    return f"{species.unit}·{volume.unit}/h" if volume is not None else f"{species.unit}/h"


def _changes(model: Model, names: Symbols, rates: Rates) -> Iterator[str]:
    """The rate of change of each species."""
    yield "## Rates of change"
    for species in model.species:
        place = f", {species.within.name}" if species.within is not None else ""
        yield f"{_sentence(species.meaning or species.name)} (`{species.name}`, {species.unit}{place}):"
        change = _change(species, names, rates)
        yield _shown(f"\\frac{{\\mathrm{{d}}{names[species.name]}}}{{\\mathrm{{d}}t}} = {change}")


def _change(species: Species, names: Symbols, rates: Rates) -> str:
    moved = [(flux.arrow.net[species], flux, v) for _, flux, v in rates if species in flux.arrow.net]
    divided = [(count, v) for count, flux, v in moved if isinstance(flux, Transfer) and species.volume]
    plain = [(count, v) for count, flux, v in moved if not (isinstance(flux, Transfer) and species.volume)]
    if not divided or species.volume is None:
        return _sum(plain)
    sign = -1 if all(count < 0 for count, _ in divided) else 1
    above = _sum((sign * count, v) for count, v in divided)
    fraction = f"{'- ' if sign < 0 else ''}\\frac{{{above}}}{{{names[species.volume.name]}}}"
    return fraction + (_sum(plain, first=False) if plain else "")


def _sum(terms: Iterable[tuple[int, str]], first: bool = True) -> str:
    text = ""
    for count, rate in terms:
        sign = "-" if count < 0 else "+"
        size = rate if abs(count) == 1 else f"{abs(count)} {rate}"
        text += f" {sign} {size}" if text or not first or sign == "-" else size
    return text.strip() if first else text


def _conserved(model: Model, names: Symbols) -> Iterator[str]:
    """Totals that binding and transport conserve."""
    moieties, fixed = totals(model, exchange=False), set(totals(model))
    if moieties:
        yield "## Conserved totals"
        yield "Only synthesis and elimination change these totals:"
        lines = []
        for total in moieties:
            terms = (names[n] if w == 1 else f"{w:.4g} {names[n]}" for n, w in total.weights)
            lines.append(f"- ${' + '.join(terms)}${', which is constant' if total in fixed else ''}")
        yield "\n".join(lines)


def _observed(model: Model, blocks: Mapping[str, Symbols]) -> Iterator[str]:
    """The table of observables."""
    rows = (
        (f"`{o.name}`", o.unit, cell(o.meaning), f"${latex(o, blocks[m.name])}$")
        for m in model.modules
        for o in m.observables
    )
    yield "## Observables"
    yield table(OBSERVABLES, rows)


def _numbers(model: Model, blocks: Mapping[str, Symbols], shared: Symbols) -> Iterator[str]:
    """Covariates, inputs, and the parameters of each mechanism with their evidence."""
    if model.covariates or model.inputs:
        yield "## Covariates and inputs"
        yield table(CHILD, child_rows(model, shared))
    yield "## Parameters and their evidence"
    if model.settings:
        yield f"{VARIANT} marks a value that `{model.name}` sets in place of the one in parentheses."
    for module in model.modules:
        rows = list(parameter_rows(model, module, blocks[module.name]))
        if rows:
            yield f"### {module.title}: parameters"
            yield table(PARAMETERS, iter(rows))
