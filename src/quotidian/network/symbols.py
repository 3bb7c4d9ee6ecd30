"""LaTeX symbols of names: upright words, safe in Markdown, and made unique where two names share one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from quotidian.network.names import TIME, Covariate, Input, Named, Parameter, Species

_WORD = re.compile(r"([A-Za-z]{2,})(_(?:\w|\{[^{}]*\}))?(.*)")
_INNER_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}")
_ACCENT = re.compile(r"\\(bar|dot|hat|tilde|vec)\{(\w)\}")


def symbols(nouns: Iterable[Named], taken: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give each name a unique symbol.

    Where names share a symbol, the order is species, shared names, covariates and inputs, a module's own
    signals, parameters; each later one gets a prime.

    Parameters
    ----------
    nouns : quantities that need a symbol.
    taken : symbols by name that are already assigned and stay unchanged.
    """
    found = dict(taken or {})
    for noun in sorted({n.name: n for n in nouns}.values(), key=_rank):
        if noun.name not in found:
            found[noun.name] = _primed(upright(noun.latex), set(found.values()))
    return found


def upright(symbol: str) -> str:
    r"""Print words upright: ``DS_0`` as ``\mathrm{DS_0}``, so that it does not look like a product.

    The result is safe in Markdown: no asterisk, no escaped punctuation, and every underscore follows a
    letter or a digit.
    """
    symbol = symbol.replace("^*", r"^{\ast}").replace("*", r"\ast ")
    symbol = _ACCENT.sub(r"\\\1 \2", re.sub(r"\\[,;:!]", " ", symbol))
    if r"\mathrm" in symbol or r"\text" in symbol:
        return symbol
    word = _WORD.fullmatch(symbol)
    if word:
        return rf"\mathrm{{{word[1]}{word[2] or ''}}}{word[3]}"
    return _INNER_WORD.sub(r"\\mathrm{\g<0>}", symbol)


def _rank(noun: Named) -> tuple[int, str]:
    """Priority of a quantity where several share a symbol."""
    if noun == TIME or isinstance(noun, Species):
        return (0, noun.name)
    if isinstance(noun, Parameter):
        return (4, noun.name)
    own = "." in noun.name
    return (3 if own else 2 if isinstance(noun, Covariate | Input) else 1, noun.name)


def _primed(symbol: str, others: set[str]) -> str:
    base = f"{{{symbol}}}" if "^" in symbol else symbol
    while symbol in others:
        base, symbol = base + "'", base + "'"
    return symbol
