"""Values of the ledger that a user states for one run: ``--set name=value``, ``parameters={...}``.

A value stands in the unit of the ledger, or as a text with its own unit. It must be physically possible;
outside its plausible range it is used and remarked on. What a run does not read is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from quotidian.drugs.registry import DRUGS
from quotidian.errors import InvalidInput, InvalidQuantity, UnknownName, closest
from quotidian.evidence import NO_OVERLAY, Entry, Overlay
from quotidian.evidence.overlay import entries, full_name
from quotidian.models import USUAL
from quotidian.models import model as model_named
from quotidian.network.model import model_entries
from quotidian.patients.child import Child
from quotidian.patients.treatment import subjects_of
from quotidian.trials.conduct.unread import why_unread
from quotidian.trials.protocol.design import Trial
from quotidian.units import quantity_text

Given = Mapping[str, float | str]
Reads = Callable[[str], str]
"""Why a run does not read an entry by its full name; empty for one that it reads."""
POPULATION = ("patients.variability.", "patients.natural_history.")
CHANCE = ("patients.chance_events.", "patients.mas_episodes.")


@dataclass(frozen=True)
class StatedParameters:
    """Values by full name of the entry, in the unit of the ledger, in order of name; hashable."""

    values: tuple[tuple[str, float], ...] = ()

    @property
    def overlay(self) -> Overlay:
        """The values, and those derived from them."""
        return Overlay.of(dict(self.values)) if self.values else NO_OVERLAY

    @property
    def text(self) -> str:
        """``name=value`` of each, with ``; `` between, for a manifest."""
        return "; ".join(f"{name}={value!r}" for name, value in self.values)

    @property
    def options(self) -> str:
        """The options of the command line that state the same, each after a blank."""
        return "".join(f" --set {name}={value!r}" for name, value in self.values)

    @property
    def remarks(self) -> tuple[str, ...]:
        """One line a value: what it is, what the ledger has, and whether it is plausible."""
        return tuple(_remark(entries()[name], value) for name, value in self.values)


NONE_STATED = StatedParameters()
"""No value replaced."""


def stated_parameters(given: Given, reads: Reads) -> StatedParameters:
    """The values as stated.

    Parameters
    ----------
    given : by full name, such as ``biology.fever.gain``, or its unambiguous end; a number in the unit of the
        ledger, or a text with a unit.
    reads : as :data:`Reads`.

    Raises UnknownName for a name that no ledger holds, InvalidInput for one that two have, that is stated
    twice or that the run does not read, InvalidQuantity for a value that is impossible.
    """
    found: dict[str, float] = {}
    for text, value in given.items():
        entry = entry_named(text)
        name = full_name(entry)
        if name in found:
            raise InvalidInput(f"{name} is stated twice.", "It has one value in a run.", "Keep one of them.")
        if why := reads(name):
            raise InvalidInput(
                f"This run does not read {name}.", f"{why[0].upper()}{why[1:]}.", "Leave it out."
            )
        found[name] = _value(entry, value)
    return StatedParameters(tuple(sorted(found.items())))


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """Values by name from texts such as ``biology.fever.gain=0.5``. Raises InvalidInput for another form."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not (name and sign and value):
            raise InvalidInput(
                f"--set cannot be '{text}'.",
                "It takes the name of an entry of the ledger and its value.",
                "Write for example --set drugs.tocilizumab.CL=0.2; 'quotidian evidence' lists names.",
            )
        if name in found:
            raise InvalidInput(f"{name} is stated twice.", "It has one value in a run.", "Keep one of them.")
        found[name] = value
    return found


def entry_named(text: str) -> Entry:
    """The entry of that full name, or of that unambiguous end of one. Raises as :func:`stated_parameters`."""
    known, name = entries(), text.strip()
    if name in known:
        return known[name]
    ends = [full for full in known if full.partition(".")[2] == name]
    ends = ends or [full for full in known if full.endswith(f".{name}")]
    if len(ends) > 1:
        raise InvalidInput(
            f"'{name}' names {len(ends)} entries of the ledger.",
            f"They are {', '.join(ends)}.",
            "Write one in full.",
        )
    if not ends:
        remedy = "'quotidian evidence WORD' and q.parameters() find names, values and units."
        raise UnknownName(f"No ledger contains '{name}'.", closest(name, _spellings(known)), remedy)
    return known[ends[0]]


def _spellings(known: Iterable[str]) -> list[str]:
    """Full names, and names without the folder."""
    return [*known, *(name.partition(".")[2] for name in known)]


def physical_range(entry: Entry) -> tuple[float, float]:
    """Values that are possible at all, in the unit of the entry.

    What is plausible only above zero cannot be negative; a share (unit 1, plausible within 0 to 1) cannot
    exceed 1.
    """
    low, high = entry.plausible
    least = 0.0 if low >= 0.0 else -math.inf
    return least, 1.0 if entry.unit == "1" and low >= 0.0 and high <= 1.0 else math.inf


def _value(entry: Entry, given: float | str) -> float:
    from quotidian.units import plain_number, quantity

    name = full_name(entry)
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise InvalidQuantity(f"{name} cannot be {given!r}.", "It is a number.", f"Its unit is {entry.unit}.")
    value = plain_number(given) if isinstance(given, str) else float(given)
    if isinstance(given, str) and math.isnan(value) and given.strip().lower() != "nan":
        value = quantity(given, entry.unit)
    low, high = physical_range(entry)
    if not (math.isfinite(value) and low <= value <= high) or (value == 0.0 < entry.plausible[0]):
        limits = "above zero" if high == math.inf else f"from {low:g} to {high:g}"
        raise InvalidQuantity(
            f"{name} cannot be {quantity_text(f'{value:g}', entry.unit)}.",
            f"{entry.meaning[0].upper()}{entry.meaning[1:]}: {limits if low == 0.0 else 'a finite number'}.",
            f"The ledger has {entry.value:g}; {entry.plausible[0]:g} to {entry.plausible[1]:g} is plausible.",
        )
    return value


def _remark(entry: Entry, value: float) -> str:
    low, high = entry.plausible
    odd = "" if low <= value <= high else f"; outside the plausible range, {low:g} to {high:g}"
    return (
        f"Set: {full_name(entry)} = {quantity_text(f'{value:g}', entry.unit)} (ledger: {entry.value:g}{odd})"
    )


def reads_of_children(
    children: Sequence[Child],
    model: str,
    scenario: str,
    drugs: Iterable[str],
    *,
    drawn: bool,
    chance: bool = False,
) -> Reads:
    """What a simulation of these children reads: laws and drugs of their model, without their own traits.

    With ``drawn`` also the population from which they are drawn, with ``chance`` chance events.
    """
    held = model_named(model, {*USUAL, *drugs}, scenario=scenario)
    traits = subjects_of(children)
    stated = {name for name, column in traits.values.items() if all(x is not None for x in column)}
    laws = {full_name(e): name for name, e in model_entries(held).items()}
    against = _antibody_names(drugs)
    sizes = [own.sizes for d in {*USUAL, *drugs} if (own := DRUGS[d].variability) is not None]
    varied = {f"drugs.{name}" for own in sizes for name in own}

    def why(name: str) -> str:
        if name in laws:
            own_value = laws[name] in stated or laws[name] in traits.covariates
            return "each child has a value of its own" if own_value else ""
        if name in against or (drawn and (name.startswith(POPULATION) or name in varied)):
            return ""
        if chance and name.startswith(CHANCE):
            return ""
        return _elsewhere(name, model, drawn)

    return why


def _antibody_names(drugs: Iterable[str]) -> set[str]:
    """Full names of the entries on antibodies against these drugs."""
    ledgers = [own.ledger for d in drugs if (own := DRUGS[d].antibodies) is not None and own.ledger]
    return {full_name(e) for ledger in ledgers for e in ledger.values() if e.name.startswith("antibody_")}


def _elsewhere(name: str, model: str, drawn: bool) -> str:
    folder, module = name.split(".")[:2]
    if folder == "drugs" and module in DRUGS:
        return f"no such value of {module} is part of the model of this regimen"
    if name.startswith(CHANCE):
        return "no chance event happens in a steady course"
    if module == "laboratory" or folder == "trials":
        return "it describes errors of measurements, and a course has no measurements"
    if folder == "patients" and not drawn:
        return "the children are given, and not drawn from a population"
    return f"the model {model} takes it from another entry, or does not contain it"


def reads_of_trial(trial: Trial) -> Reads:
    """What a trial reads: all but what :mod:`quotidian.trials.conduct.unread` lists, and other drugs."""

    def why(name: str) -> str:
        folder, drug = name.split(".")[:2]
        absent = folder == "drugs" and drug in DRUGS and drug not in {*trial.drugs, *USUAL}
        return why_unread(name) or (f"{drug} is not a drug of {trial.name}" if absent else "")

    return why
