"""The equations page: complete, true to the laws, readable as Markdown, the same every time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quotidian.evidence import Ledger
from quotidian.models import MODELS, model
from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Flux,
    InitialCondition,
    Model,
    Module,
    Observable,
    Signal,
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.formula import latex, words
from quotidian.network.laws import cos, exp, hill, log, sqrt
from quotidian.network.names import Named
from quotidian.network.typeset import equations

from .conftest import Tiny, binding, entry, nothing, parameter

BLOCK = re.compile(r"^\$\$\n(.+)\n\$\$$", re.MULTILINE)


@pytest.fixture(scope="module", params=MODELS)
def page(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param, equations(model(request.param))


@pytest.fixture(scope="module")
def sjia() -> str:
    return equations(model("sjia"))


def formulas(text: str) -> Iterator[str]:
    """Every formula of a page, displayed or within a line."""
    yield from BLOCK.findall(text)
    yield from re.findall(r"\$([^$\n]+)\$", text.replace("$$", ""))


def printed(law: Any, **named: str) -> str:
    """A law printed with these symbols for its arguments."""
    nouns = [Named(name, "1", symbol=symbol) for name, symbol in named.items()]
    return latex(AssignmentRule(Signal("x", "1"), law, *nouns), named)


# ---- formulas
@pytest.mark.parametrize(
    ("law", "symbols", "formula"),
    [
        (lambda a, b, ab, on, off: on * a * b - off * ab, "A B C k_1 k_2", r"k_1 A B - k_2 C"),
        (lambda v, d, k: v * d / (k + d), "V D K", r"\frac{V D}{K + D}"),
        (hill, "x a n", r"\frac{\left(\frac{x}{a}\right)^{n}}{1 + \left(\frac{x}{a}\right)^{n}}"),
        (lambda q, x: 1 - q + q * x, "q x", "1 - q + q x"),
        (lambda a, b, c: a - (b + c), "a b c", r"a - \left(b + c\right)"),
        (lambda a, b, c: a - b - c, "a b c", "a - b - c"),
        (lambda a, b, c: (c + b) * a, "a b c", r"\left(c + b\right) a"),
        (lambda t: cos(6.283185307179586 * t / 24), "t", r"\cos {\frac{2 \pi t}{24}}"),
        (lambda x, e: x * exp(-e), "x e", r"x \mathrm{e}^{- e}"),
        (lambda x: log(sqrt(x)), "x", r"\ln{\left(\sqrt{x} \right)}"),
        (lambda x: 1.0 * x + 0.5, "x", "1 x + 0.5"),
        (lambda: 0.0, "", "0"),
    ],
)  # fmt: skip
def test_laws_are_printed_in_the_order_in_which_they_are_written(
    law: Any, symbols: str, formula: str
) -> None:
    assert printed(law, **{f"n{i}": symbol for i, symbol in enumerate(symbols.split())}) == formula


def test_a_long_series_is_printed_as_its_docstring_states_it() -> None:
    def series(x: Any) -> Any:
        r"""The exponential, :math:`\sum_m x^m / m!`"""
        total: Any = 1.0
        for m in range(40, 0, -1):
            total = 1 + total * x / m
        return total

    assert printed(series, x="x") == r"\sum_m x^m / m!"
    assert words(series) == "The exponential"


def test_a_stated_formula_has_the_symbols_of_the_page() -> None:
    def series(x: Any, top: Any, E_max: Any) -> Any:
        r"""A series, :math:`top x_0 e^{-x/E_{max}}`"""
        total: Any = 1.0
        for m in range(40, 0, -1):
            total = 1 + total * x * top * E_max / m
        return total

    assert printed(series, n0="a", n1="C", n2="K") == r"C x_0 \mathrm{e}^{-a/K}"


# ---- the page of the tiny network, whole
def test_the_page_of_the_tiny_network(tiny: Tiny) -> None:
    text = equations(tiny.model)
    for line in (
        "# A tiny network",
        "> Research use, not a medical device.",
        "## Tiny",
        "A ligand and its receptor.",
        "Ligand by mass [ug/L]:",
        "m_A = A m",
        "Net association [nM/h]:",
        r"A + B \xrightarrow{v_{1}} \mathrm{AB} \qquad "
        r"v_{1} = k_{\mathrm{on}} A B - k_{\mathrm{off}} \mathrm{AB}",
        r"B \xrightarrow{v_{2}} \varnothing \qquad v_{2} = B k",
        "Moved [nM·L/h]:",
        r"A \xrightarrow{v_{3}} P \qquad v_{3} = Q \left(A - P\right)",
        r"- $\mathrm{AB}(0) = 0$",
        r"\frac{\mathrm{d}A}{\mathrm{d}t} = - \frac{v_{3}}{V} - v_{1}",
        r"\frac{\mathrm{d}B}{\mathrm{d}t} = - v_{1} - v_{2}",
        r"\frac{\mathrm{d}\mathrm{AB}}{\mathrm{d}t} = v_{1}",
        r"\frac{\mathrm{d}P}{\mathrm{d}t} = \frac{v_{3}}{V_t}",
        r"- $A + \mathrm{AB} + 3 P$, which is constant",
        r"- $B + \mathrm{AB}$",
        "| `ligand` | ng/mL | ligand by mass | $m_A$ |",
        r"| $k_{\mathrm{off}}$ | `off` | the off \| of tests | 12 | 1/day (in the law 0.5 1/h) "
        "| none: one value for all | unknown: nobody measured it "
        "| assumed: because a test needs it | none needed |  |",
    ):
        assert line in text.splitlines(), line


def test_stoichiometry_shows_in_arrow_and_rate(tiny: Tiny) -> None:
    pair = Species("pair", "nM", "two of a kind", "A_2")
    arrow = Flux(2 * tiny.a >> pair, binding, tiny.a, tiny.a, pair, tiny.on, tiny.off)
    text = equations(tiny.plus(fluxes=(arrow,), starts=(InitialCondition(pair, nothing),)))
    assert r"2 A \xrightarrow{v_{4}} A_2" in text
    assert r"\frac{\mathrm{d}A}{\mathrm{d}t} = - \frac{v_{3}}{V} - v_{1} - 2 v_{4}" in text


def test_a_setting_is_marked_and_shows_what_it_replaces(tiny: Tiny) -> None:
    settings = Ledger("settings", {"tiny.loss": entry("tiny.loss", 0.2, "1/h")})
    text = equations(replace(tiny.model, settings=settings))
    assert "◆ marks a value that `tiny` sets in place of the one in parentheses." in text
    assert "| **0.2** ◆ (else 0.1 1/h) | 1/h |" in text
    assert "◆" not in equations(tiny.model)


def test_a_name_that_shares_a_symbol_gets_a_prime_all_over_its_block(tiny: Tiny) -> None:
    twin = entry("twin", 1.0, "nM", symbol="A")
    seen = Observable("x", "nM", "x", lambda a, twin: a + twin, tiny.a, parameter(twin, "nM"))
    text = equations(tiny.plus(observables=(seen,)))
    assert "| `x` | nM | x | $A + A'$ |" in text
    assert "| $A'$ | `twin` |" in text


# ---- the pages of the models
def test_every_parameter_stands_in_the_table_of_its_mechanism(page: tuple[str, str]) -> None:
    name, text = page
    sections = dict(re.findall(r"^### (.+): parameters\n\n((?:\|.*\n)+)", text, re.MULTILINE))
    for module in model(name).modules:
        for entry_name in module.ledger or {}:
            assert f"| `{entry_name}` |" in sections[module.title]


def test_every_species_has_one_rate_of_change_one_start_and_every_observable_a_row(
    page: tuple[str, str],
) -> None:
    name, text = page
    rates = [block for block in BLOCK.findall(text) if block.startswith(r"\frac{\mathrm{d}")]
    left = [block.split(" = ")[0] for block in rates]
    assert len(left) == len(set(left)) == len(model(name).species)
    assert len(re.findall(r"^- \$.+\(0\) = ", text, re.MULTILINE)) == len(model(name).species)
    for species in model(name).species:
        assert len(re.findall(rf"\(`{species.name}`, ", text)) == 1
    for observable in model(name).observables:
        assert f"| `{observable}` | " in text


def test_every_flux_is_defined_once_and_read_by_what_it_moves(page: tuple[str, str]) -> None:
    name, text = page
    changes = text.split("## Rates of change")[1].split("\n## ")[0]
    for i, flux in enumerate(model(name).fluxes, start=1):
        assert text.count(rf"\qquad v_{{{i}}} = ") == 1
        assert changes.count(f"v_{{{i}}}") == len(flux.arrow.net)


def test_nothing_of_the_machinery_shows(page: tuple[str, str]) -> None:
    _, text = page
    for trace in ("Symbol(", "<quotidian", "object at", "6.28", "Float", "None", "<lambda", "_0.0"):
        assert trace not in text


def test_every_formula_means_nothing_to_markdown(page: tuple[str, str]) -> None:
    """No asterisk, no escaped punctuation, no underscore that could open emphasis, braces in pairs."""
    found = list(formulas(page[1]))
    assert len(found) > 200
    for formula in found:
        assert not re.search(r"\*|\\[^A-Za-z ]|(?<![A-Za-z0-9])_|[<>~`]", formula), formula
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\left") == formula.count(r"\right")
        assert "|" not in formula


def test_tables_have_as_many_cells_as_their_heads(page: tuple[str, str]) -> None:
    for lines in re.findall(r"(?:^\|.*\n)+", page[1], re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in lines.splitlines()}
        assert len(counts) == 1


def test_every_display_stands_alone(page: tuple[str, str]) -> None:
    """GitHub and other readers want a blank line before and after $$."""
    assert page[1].count("$$") == 2 * len(BLOCK.findall(page[1]))
    assert all(f"\n\n$$\n{block}\n$$\n\n" in page[1] for block in BLOCK.findall(page[1]))


def test_a_source_that_nobody_looked_up_says_so_once(sjia: str) -> None:
    entries = [e for module in model("sjia").modules for e in (module.ledger or {}).values()]
    unseen = [(e, s) for e in entries for s in e.sources if s.status == "recalled"]
    assert unseen
    for e, source in unseen:
        rows = [line for line in sjia.splitlines() if f"| `{e.name}` |" in line and source.citation in line]
        assert len(rows) == 1
        assert "recalled" in rows[0]
    assert "(recalled) (recalled)" not in sjia


def test_the_page_is_the_same_in_another_process(sjia: str, root: Path) -> None:
    code = "from quotidian.models import model; from quotidian.network.typeset import equations; "
    code += "import sys; sys.stdout.buffer.write(equations(model('sjia')).encode())"
    env = {"PYTHONPATH": str(root / "src"), "PYTHONHASHSEED": "17", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=env)
    assert done.stdout.decode() == sjia, done.stderr
    assert equations(model("sjia")) == sjia


def test_a_model_without_numbers_or_totals_has_a_page_all_the_same() -> None:
    x, signal, rate = Species("x", "nM", "x", "X"), Signal("s", "nM", "s", "s"), Signal("r", "nM/h", "r", "r")
    shown = Observable("o", "nM", "o", itself, signal)
    lonely = Module("m", "M", definitions=(AssignmentRule(signal, itself, x),), observables=(shown,))
    mover = Module(
        "n", "N", fluxes=(Flux(NOTHING >> x, itself, rate),), starts=(InitialCondition(x, nothing),)
    )
    text = equations(Model("two", "Two", (lonely, mover)))
    assert r"\varnothing \xrightarrow{v_{1}} X \qquad v_{1} = r" in text
    assert "Conserved totals" not in text
    assert ": parameters" not in text
