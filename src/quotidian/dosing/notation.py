"""Read regimens from one line of text, for the command line.

The grammar, with spaces allowed around ``+``, ``:`` and ``/`` and between a number and its unit::

    regimen  = part { "+" part }                      given in parallel
    part     = ( "none" | name | name ":" dose ) { option } { suffix }
    dose     = amount "/" ( interval | "once" )
    amount   = number ( "mg" | "g" | "ug" ) [ "/kg" | "/m2" ]
    interval = [ number ] ( "h" | "d" | "wk" )        also hour, day, week, w and plurals
    option   = ",taper=" percent "/" interval         each step takes that share of the dose before it
             | ",floor=" amount                       where the taper ends; without one the drug is stopped
    suffix   = "x" count                              number of doses
             | "missing=" number { "," number }       doses that were missed; the first is number 1
             | "@" time                               start; moves every dose
             | ".." time                              end; a dose exactly at the end is not given
    time     = number ( "h" | "d" | "wk" )

A name alone is a standard regimen; a name with a dose is a drug and its route. Suffixes may be in any
order, each once in a part, with a space before ``x``. Start and end are both counted from day 0.

>>> from quotidian.dosing import describe, infusion
>>> routes = {
...     "tocilizumab-iv": ("tocilizumab", "infusion", 1.0),
...     "prednisolone": ("prednisolone", "oral", 0.0),
... }
>>> standard = infusion("8 mg/kg", of="tocilizumab", over="1 hour").every("4 weeks")
>>> def words(text):
...     return describe(parse(text, {"tocilizumab-iv": standard}, routes))
>>> words("none")
'no drug'
>>> words("tocilizumab-iv")
'tocilizumab 8 mg/kg, infused over 1 hour every 28 days'
>>> words("tocilizumab-iv:12mg/kg/14d")
'tocilizumab 12 mg/kg, infused over 1 hour every 14 days'
>>> words("tocilizumab-iv:162mg/1wk ..84d")
'tocilizumab 162 mg, infused over 1 hour every 7 days until day 84'
>>> words("tocilizumab-iv:8mg/kg/2wk x6 @7d")
'tocilizumab 8 mg/kg, infused over 1 hour every 14 days for 6 doses starting on day 7'
>>> words("tocilizumab-iv:8mg/kg/2wk x6 missing=2,5")
'tocilizumab 8 mg/kg, infused over 1 hour every 14 days for 6 doses without doses 2 and 5'
>>> words("tocilizumab-iv:8mg/kg/once")
'tocilizumab 8 mg/kg, infused over 1 hour, once'
>>> words("prednisolone: 40 mg/m2 / 12 h @2wk..4wk")
'prednisolone 40 mg/m2, by mouth every 12 hours starting on day 14 until day 28'
>>> words("prednisolone:1mg/kg/day,taper=20%/2wk,floor=0.2mg/kg")
'prednisolone 1 mg/kg, by mouth every day, 20 % less every 14 days, down to 0.2 mg/kg'
>>> words("tocilizumab-iv+prednisolone:1mg/kg/1d")  # doctest: +ELLIPSIS
'tocilizumab 8 mg/kg, ... every 28 days; together with prednisolone 1 mg/kg, by mouth every day'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import NamedTuple

from quotidian.dosing.amount import amount
from quotidian.dosing.dose import Dose
from quotidian.dosing.regimen import Regimen, no_drug
from quotidian.dosing.single_dose import Route
from quotidian.dosing.taper import Taper
from quotidian.dosing.wording import describe
from quotidian.errors import RegimenError, UnknownName, closest

__all__ = ["RouteOf", "describe", "parse"]

RouteOf = tuple[str, Route, float]
"""Meaning of a name before a dose: drug, route, usual infusion time in hours (0 if no infusion)."""

_NUMBER = r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?"
_UNITS = {"h": "hour", "d": "day", "w": "week"}
_TIME = re.compile(rf"({_NUMBER})?(h|hours?|d|days?|w|wk|weeks?)")
_AMOUNT = re.compile(rf"({_NUMBER})(ug|mg|g)(/kg|/m2)?")
_GAPS = re.compile(
    r"\s*([:/])\s*|(?<=[0-9])\s+(?=(?:ug|mg|g|h|hours?|d|days?|w|wk|weeks?)(?![\w-]))|(?:(?<=@)|(?<=\.\.))\s+"
)
_SPLIT = re.compile(r"\s+|(?=@)|(?=\.\.)")


class _Suffix(NamedTuple):
    form: re.Pattern[str]
    apply: Callable[[Regimen, str], Regimen]
    remedy: str


# Applied in this order, in whatever order they are written: count, miss, start, end.
_SUFFIXES = (
    _Suffix(
        re.compile(r"x(-?[0-9]{1,9})"), lambda r, n: r.times(int(n)), "Change the count, or leave it out."
    ),
    _Suffix(
        re.compile(r"missing=([0-9]{1,4}(?:,[0-9]{1,4})*)"),
        lambda r, n: r.without([int(i) for i in n.split(",")]),
        "Give numbers of doses, the first is 1: 'missing=2,5'.",
    ),
    _Suffix(re.compile(r"@(.*)"), lambda r, t: r.starting(_time(t, "start")), "Write for example '@7d'."),
    _Suffix(re.compile(r"\.\.(.*)"), lambda r, t: r.until(_time(t, "end")), "Write for example '..84d'."),
)


def parse(text: str, defaults: Mapping[str, Regimen], routes: Mapping[str, RouteOf]) -> Regimen:
    """Read a regimen from one line of text; the grammar is at the head of this module.

    Parameters
    ----------
    text : the line.
    defaults : standard regimens by name.
    routes : drug, route and infusion time by the name before a dose.

    Raises
    ------
    UnknownName : a name that is in neither table.
    RegimenError : the text cannot be read, or a dose, interval or count is out of range.
    """
    parts = [_part(part, defaults, routes) for part in text.split("+")]
    return reduce(Regimen.alongside, parts, no_drug())


def _part(text: str, defaults: Mapping[str, Regimen], routes: Mapping[str, RouteOf]) -> Regimen:
    head, *rest = _SPLIT.split(_GAPS.sub(r"\1", text.strip()))
    name, colon, dose = head.partition(":")
    if not name:
        what = f"'{text.strip()}'" if text.strip() else "an empty part"
        why = "Each part starts with a name, and '+' separates two parts."
        raise _unreadable(what, why, _example(next(iter(routes), "drug")))
    dose, *options = dose.split(",") if colon else [""]
    if not colon:
        name, *options = name.split(",")
    regimen = _free(name, dose, defaults, routes) if colon else _named(name, defaults, routes)
    if options:
        regimen = _tapered(regimen, options, head)
    return _suffixed(regimen, [token for token in rest if token], head)


def _named(name: str, defaults: Mapping[str, Regimen], routes: Mapping[str, RouteOf]) -> Regimen:
    if name == "none":
        return no_drug()
    if name in defaults:
        return defaults[name]
    if name in routes:
        why = "A name alone means its standard regimen, and this name has none."
        raise RegimenError(f"'{name}' has no standard regimen.", why, f"Add a dose: '{name}:1mg/kg/1d'.")
    hint = closest(name, {"none", *defaults, *routes})
    raise UnknownName(f"there is no regimen '{name}'.", "", hint)


def _free(name: str, dose: str, defaults: Mapping[str, Regimen], routes: Mapping[str, RouteOf]) -> Regimen:
    if name not in routes:
        if name == "none" or name in defaults:
            why = "It is a complete regimen and already has its doses."
            raise RegimenError(f"no dose may follow '{name}'.", why, f"Write '{name}' alone.")
        raise UnknownName(f"there is no drug '{name}' to dose.", "", closest(name, routes))
    how_much, interval = _halves(dose, name)
    drug, route, over_h = routes[name]
    try:
        single = Dose(amount(how_much), drug, route, over_h)
        return single if interval == "once" else single.every(_time(interval, "interval"))
    except RegimenError as error:
        raise _located(error, f"'{name}:{dose}'", _example(name)) from error


def _tapered(regimen: Regimen, options: list[str], head: str) -> Regimen:
    found = dict(option.partition("=")[::2] for option in options)
    share, _, interval = found.get("taper", "").partition("/")
    floor = found.get("floor")
    example = "Write for example 'prednisolone:1mg/kg/1d,taper=20%/2wk,floor=0.2mg/kg'."
    if not interval or len(found) < len(options) or found.keys() - {"taper", "floor"}:
        why = "A dose may be followed by ',taper=' with a share and an interval, then ',floor=' with a dose."
        raise _unreadable(f"',{','.join(options)}' in '{head}'", why, example)
    if floor is not None and not _AMOUNT.fullmatch(floor):
        raise _unreadable(f"the floor '{floor}' in '{head}'", "A floor is an amount.", example)
    try:
        return Taper(share, _time(interval, "interval"), floor).of(regimen)
    except RegimenError as error:
        raise _located(error, f"'{head}'", example) from error


def _halves(dose: str, name: str) -> tuple[str, str]:
    """The amount and the interval of ``8mg/kg/2wk``, each as written."""
    first, *rest = dose.split("/")
    per = rest.pop(0) if rest and rest[0] in ("kg", "m2") else ""
    how_much, interval = f"{first}/{per}" if per else first, "/".join(rest)
    if not _AMOUNT.fullmatch(how_much):
        why = "An amount is a number and mg, g or ug, with /kg or /m2 if it depends on size."
        raise _unreadable(f"the amount '{how_much}' in '{name}:{dose}'", why, _example(name))
    if not interval:
        why = "The amount is followed by '/' and an interval, or by '/once'."
        raise RegimenError(f"'{name}:{dose}' states no interval.", why, _example(name))
    return how_much, interval


def _suffixed(regimen: Regimen, tokens: list[str], head: str) -> Regimen:
    found = [_suffix(token, head) for token in tokens]
    for suffix in _SUFFIXES:
        values = [
            (token, value) for token, (kind, value) in zip(tokens, found, strict=True) if kind is suffix
        ]
        if len(values) > 1:
            why = f"'{head}' already has '{values[0][0]}'."
            raise RegimenError(f"'{values[1][0]}' repeats an option.", why, "Keep one of the two.")
        for token, value in values:
            try:
                regimen = suffix.apply(regimen, value)
            except RegimenError as error:
                raise _located(error, f"'{token}' after '{head}'", suffix.remedy) from error
    return regimen


def _suffix(token: str, head: str) -> tuple[_Suffix, str]:
    for suffix in _SUFFIXES:
        if found := suffix.form.fullmatch(token):
            return suffix, found[1]
    why = "After a regimen: a count (x6), doses missed (missing=2,5), a start (@7d) or an end (..84d)."
    example = f"{head}:{token}" if ":" not in head and _AMOUNT.match(token) else f"{head} @7d"
    raise _unreadable(f"'{token}' after '{head}'", why, f"Write for example '{example}'.")


def _time(text: str, noun: str) -> str:
    """``2wk`` as the length of time ``2 week``; the number of an interval may be omitted."""
    found = _TIME.fullmatch(text)
    if not found or (noun != "interval" and not found[1]):
        raise _unreadable(f"the {noun} '{text}'", "A time is a number and h, d or wk.", "")
    return f"{found[1] or 1} {_UNITS[found[2][0]]}"


def _unreadable(what: str, why: str, remedy: str) -> RegimenError:
    return RegimenError(f"{what} cannot be read.", why, remedy)


def _located(error: RegimenError, place: str, remedy: str) -> RegimenError:
    """The same error, with its place in the line and a remedy that can be typed there."""
    return RegimenError(f"{place}: {error.what}", error.why, remedy)


def _example(name: str) -> str:
    return f"Write for example '{name}:8mg/kg/2wk'."
