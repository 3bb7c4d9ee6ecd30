"""Safety rules of the drugs as rules at visits: readings of the day against the limits of the label's kind.

::

    rules = safety_rules({"tocilizumab"})
    followed = follow(children, REGIMENS["tocilizumab-iv"], rules, visits=[14, 28, 42], days=84)
"""

from __future__ import annotations

from collections.abc import Iterable

from quotidian.drugs.registry import DRUGS
from quotidian.drugs.safety import Limit, decided
from quotidian.patients.rules import Action, Hold, Reduce, Restart, Rule, Stop, Visit


def safety_rules(drugs: Iterable[str]) -> list[Rule]:
    """A rule for each of these drugs that has limits, in the order of the declarations.

    A held drug is taken up again at the first visit where every reading is safe; a stopped one never.
    """
    wanted = set(drugs)
    return [_rule(drug.name, drug.safety) for drug in DRUGS.values() if drug.name in wanted and drug.safety]


def _rule(drug: str, limits: tuple[Limit, ...]) -> Rule:
    reads = tuple(dict.fromkeys(limit.reads for limit in limits))

    def decide(visit: Visit) -> list[Action | None]:
        found: list[Action | None] = []
        for i, state in enumerate(visit.state):
            readings = {name: float(visit.observed[name][i]) for name in reads}
            limit = None if state == "stopped" else decided(limits, readings, held=state == "held")
            found.append(None if limit is None else _action(limit))
        return found

    return Rule(f"safety of {drug}", drug, reads, decide)


def _action(limit: Limit) -> Action:
    match limit.act:
        case "stop":
            return Stop()
        case "hold":
            return Hold()
        case "reduce":
            return Reduce(limit.share)
        case "restart":
            return Restart()
