"""Scenarios: where sources contradict one another, each value can be chosen, and none is averaged.

The values of a scenario stand in ``scenarios/NAME.yaml``, a ledger of settings like those of a model. Each
leaves the untreated child where it was measured: what is made follows by balance from what is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.evidence import Ledger, read_ledger

FOLDER = Path(__file__).with_name("scenarios")


class ScenarioRefused(InvalidInput):
    """Scenarios that answer one question twice, or that concern something the model lacks."""


@dataclass(frozen=True)
class Scenario:
    """One answer to a contested question.

    ``differs`` says what it changes in the course of a child.
    """

    name: str
    question: str
    answer: str
    differs: str

    @property
    def ledger(self) -> Ledger:
        """Its values, by name of the parameter, with their evidence."""
        return _values(self.name)


@cache
def _values(name: str) -> Ledger:
    return read_ledger(FOLDER / f"{name}.yaml")


_SGP130 = "How much sgp130 is in plasma?"
_KD = "What is the affinity of sIL-6R for IL-6?"
_LOSS = "How fast is free IL-6 eliminated?"
_BOUND = "How much IL-6 is bound, relative to free?"
_LIVER = "At which IL-6 is the CRP response of the liver half-maximal?"
_SIL6R = "How much sIL-6R is there in active disease?"
_TRANS = "Which fraction of the liver's signal is trans-signalling?"
_JOINT = "Which fraction of the joint's signal is trans-signalling?"
_OWN = "Does IL-6 inhibit its own production?"
_TAKEN = "Is the membrane receptor internalised with IL-6?"
_SATURATES = "At which concentration is saturable clearance of tocilizumab half-maximal?"

SCENARIOS = {
    s.name: s
    for s in (
        Scenario("sgp130-low", _SGP130, "43 ng/mL (Mitsuyama 2006)", "less bound IL-6, same free IL-6"),
        Scenario("kd-tight", _KD, "K_d 1 nM (Ward 1996)", "more IL-6 is bound"),
        Scenario("kd-loose", _KD, "K_d 20 nM (Ward 1995)", "less IL-6 is bound"),
        Scenario(
            "il6-slow", _LOSS, "0.033/h (Machavaram 2013)",
            "IL-6 varies less, and rises more than tenfold under the drug, more than was observed",
        ),
        Scenario(
            "il6-fast", _LOSS, "35/h (Dwivedi 2014)",
            "IL-6 has narrow peaks and rises threefold under the drug",
        ),
        Scenario(
            "bound-low", _BOUND, "less than free (Baran 2018)",
            "little IL-6 is bound; IL-6 rises threefold under the drug",
        ),
        Scenario("bound-high", _BOUND, "20 times free (De Benedetti 1994)", "more IL-6 is bound"),
        Scenario(
            "liver-sensitive", _LIVER, "73 pg/mL (human CYP3A4, Machavaram 2013)", "CRP rises at lower IL-6"
        ),
        Scenario("sil6r-low", _SIL6R, "48 ng/mL (Mallalieu 2017)", "lower sIL-6R, also under the drug"),
        Scenario("sil6r-raised", _SIL6R, "above health (Keul 1998)", "higher sIL-6R, also under the drug"),
        Scenario("trans-none", _TRANS, "none", "CRP depends on membrane IL-6R alone"),
        Scenario("trans-most", _TRANS, "0.05, the most that CRP allows", "CRP under the drug is higher"),
        Scenario("joint-classic", _JOINT, "0.1", "sgp130Fc has little effect on joints"),
        Scenario("joint-trans", _JOINT, "0.7", "sgp130Fc has a large effect on joints"),
        Scenario(
            "self-limiting", _OWN, "yes, as after endotoxin (Dobreva 2021)",
            "flatter peaks of IL-6; IL-6 rises more under the drug",
        ),
        Scenario(
            "receptor-internalised", _TAKEN, "yes (Zohlnhofer 1992)",
            "a healthy child has more membrane IL-6R than one with active disease",
        ),
        Scenario(
            "km-low", _SATURATES, "0.37 ug/mL (Gibiansky 2012)",
            "low concentrations decline more abruptly; troughs of doses every two weeks hardly differ",
        ),
    )
}  # fmt: skip
"""Every scenario by name. Answers that the ledger holds already, such as sgp130 390 ng/mL, need none."""


def chosen(text: str) -> tuple[Scenario, ...]:
    """The scenarios that a text names, with ``+`` between.

    Raises
    ------
    UnknownName : a name not in ``SCENARIOS``.
    ScenarioRefused : two that answer the same question or set the same value.
    """
    names = [name.strip() for name in text.split("+")]
    for name in names:
        if name not in SCENARIOS:
            remedy = "'quotidian scenarios' lists them all."
            raise UnknownName(f"There is no scenario '{name}'.", closest(name, SCENARIOS), remedy)
    found = tuple(SCENARIOS[name] for name in names)
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            _refuse_together(one, other)
    return found


def under(text: str, model: str, settings: Ledger) -> Ledger:
    """The settings of a model with those of the scenarios that a text names.

    Raises
    ------
    UnknownName, ScenarioRefused : as :func:`chosen`; also a scenario of what the model sets for itself.
    """
    entries = dict(settings)
    for scenario in chosen(text):
        if clash := _common(scenario.ledger, settings):
            raise ScenarioRefused(
                f"Scenario '{scenario.name}' cannot be used in the model {model}.",
                f"Both set {clash}: the scenario describes active systemic disease.",
                "Choose the model sjia, or leave the scenario out.",
            )
        entries |= scenario.ledger
    return Ledger(settings.module, entries)


def _refuse_together(one: Scenario, other: Scenario) -> None:
    clash = _common(one.ledger, other.ledger)
    if one.question == other.question or clash:
        why = f"Both answer: {one.question}" if one.question == other.question else f"Both set {clash}."
        raise ScenarioRefused(
            f"Scenarios '{one.name}' and '{other.name}' cannot be combined.",
            why,
            "Choose one of them, or run the child once with each.",
        )


def _common(one: Iterable[str], other: Iterable[str]) -> str:
    return ", ".join(name for name in one if name in set(other))
