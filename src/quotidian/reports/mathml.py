"""Formulas as MathML, which browsers draw without a script.

It reads the LaTeX that laws are printed in: letters, numbers and signs, sub- and superscripts, fractions,
roots, accents, and words in roman type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|'+|\S")
_ENDS = frozenset({"}", ")", r"\right"})
SIGNS: Mapping[str, str] = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ",
}  # fmt: skip
OPERATORS: Mapping[str, str] = {
    "ast": "∗", "cdot": "⋅", "times": "×", "sum": "∑", "le": "≤", "ge": "≥", "pm": "±", "infty": "∞",
    "cos": "cos", "sin": "sin", "ln": "ln", "log": "log", "exp": "exp", "max": "max", "min": "min",
}  # fmt: skip
ACCENTS: Mapping[str, str] = {"bar": "¯", "overline": "¯", "dot": "˙", "hat": "^", "tilde": "~", "vec": "→"}
SPACES: Mapping[str, str] = {"quad": "1em", "qquad": "2em"}


def mathml(latex: str) -> str:
    """A formula as a ``<math>`` element; a command that is not known is shown by its name."""
    row, rest = _row(_TOKEN.findall(latex))
    while rest:  # a bracket that closes nothing
        more, rest = _row(rest[1:])
        row += more
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow>{row}</mrow></math>'


def _row(tokens: list[str]) -> tuple[str, list[str]]:
    """The elements up to an end, and the tokens from there on."""
    found = ""
    while tokens and tokens[0] not in _ENDS:
        base, tokens = _item(tokens)
        scripts: dict[str, str] = {}
        while tokens and (tokens[0] in "_^" or tokens[0][0] == "'"):
            if tokens[0][0] == "'":  # a prime is raised by itself
                base, scripts = f"<mrow>{_scripted(base, scripts)}<mo>{'′' * len(tokens[0])}</mo></mrow>", {}
                tokens = tokens[1:]
            else:
                mark = tokens[0]
                script, tokens = _item(tokens[1:])
                scripts[mark] = f"<mrow>{scripts[mark]}{script}</mrow>" if mark in scripts else script
        found += _scripted(base, scripts)
    return found, tokens


def _scripted(base: str, scripts: Mapping[str, str]) -> str:
    below, above = scripts.get("_", ""), scripts.get("^", "")
    if below and above:
        return f"<msubsup>{base}{below}{above}</msubsup>"
    if below:
        return f"<msub>{base}{below}</msub>"
    return f"<msup>{base}{above}</msup>" if above else base


def _item(tokens: list[str]) -> tuple[str, list[str]]:
    """One element, and the tokens after it."""
    if not tokens:
        return "<mrow></mrow>", tokens
    head, rest = tokens[0], tokens[1:]
    if head == "{":
        inner, rest = _row(rest)
        return f"<mrow>{inner}</mrow>", rest[1:]
    if head in ("(", r"\left"):
        inner, rest = _row(rest[1:] if head == r"\left" else rest)
        rest = rest[2:] if rest[:1] == [r"\right"] else rest[1:]
        return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>", rest
    if head.startswith("\\"):
        return _command(head[1:], rest)
    if head[0].isdigit():
        return f"<mn>{head}</mn>", rest
    if head.isalpha():
        return f"<mi>{head}</mi>", rest
    return f"<mo>{escape({'-': '−'}.get(head, head))}</mo>", rest


def _command(name: str, rest: list[str]) -> tuple[str, list[str]]:
    if name == "frac":
        above, rest = _item(rest)
        below, rest = _item(rest)
        return f"<mfrac>{above}{below}</mfrac>", rest
    if name in ("mathrm", "text"):
        return _words(rest)
    if name == "sqrt":
        inner, rest = _item(rest)
        return f"<msqrt>{inner}</msqrt>", rest
    if name in ACCENTS:
        inner, rest = _item(rest)
        return f'<mover accent="true">{inner}<mo>{ACCENTS[name]}</mo></mover>', rest
    if name in SPACES:
        return f'<mspace width="{SPACES[name]}"/>', rest
    if name in SIGNS:
        return f"<mi>{SIGNS[name]}</mi>", rest
    return f"<mo>{escape(OPERATORS.get(name, name))}</mo>", rest


def _words(rest: list[str]) -> tuple[str, list[str]]:
    """A word in roman type, with its subscript: ``{Hb_6}``."""
    end = rest.index("}")
    inside = rest[1:end]
    at = inside.index("_") if "_" in inside else len(inside)
    word = f'<mi mathvariant="normal">{escape("".join(inside[:at]))}</mi>'
    below = "".join(inside[at + 1 :]).strip("{}")
    return (f"<msub>{word}<mi>{escape(below)}</mi></msub>" if below else word), rest[end + 1 :]
