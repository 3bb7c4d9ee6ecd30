"""A model in DiffSL, the language of diffsol: the engine's own graph of the laws, printed.

What is used more than once, and what only constants enter, is named, so that diffsol computes it once.
"""

from __future__ import annotations

from collections import Counter

from quotidian.engine.expressions.graph import Node, reachable
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.expressions.operations import TINY

_INNER = {"at_least_tiny": f"max({{}}, {TINY})", "safe_log": f"log(max({{}}, {TINY}))"}


def diffsl(problem: OdeSystem) -> str:
    """The rates, as a function of parameters, inputs and start states, in this order of DiffSL's inputs."""
    arguments, states, symbols = _symbols(problem)
    text, named = _expressions(problem, symbols)
    starts = ", ".join(f"{state} = z{i}" for i, state in enumerate(states))
    rates = ", ".join(text[rate.serial] for rate in problem.rates)
    given = ", ".join(f"{name} = 1.0" for name in arguments)
    return "\n".join([f"in_i {{ {given} }}", f"u_i {{ {starts} }}", *named, f"F_i {{ {rates} }}", ""])


def _symbols(problem: OdeSystem) -> tuple[list[str], list[str], dict[str, str]]:
    """DiffSL's inputs, its states, and what it calls each symbol of the graph."""
    constants = {name: f"p{i}" for i, name in enumerate(problem.parameters)}
    inputs = {name: f"w{i}" for i, name in enumerate(problem.inputs)}
    states = {name: f"y{i}" for i, name in enumerate(problem.states)}
    starts = [f"z{i}" for i in range(len(states))]  # a name in DiffSL has no underscore
    symbols = constants | inputs | states | {"time": "t"}
    return [*constants.values(), *inputs.values(), *starts], list(states.values()), symbols


def _expressions(problem: OdeSystem, symbols: dict[str, str]) -> tuple[dict[int, str], list[str]]:
    """Text by serial number of a node, and definitions of the nodes that have a name."""
    nodes = list(reachable(problem.rates))
    users = [*(node.args for node in nodes), problem.rates]
    uses = Counter(argument.serial for arguments in users for argument in arguments)
    text: dict[int, str] = {}
    named: list[str] = []
    for node in nodes:
        written = _written(node, text, symbols)
        if node.args and (uses[node.serial] > 1 or node.serial not in problem.moving):
            named.append(f"e{node.serial} {{ {written} }}")
            written = f"e{node.serial}"
        text[node.serial] = written
    return text, named


def _written(node: Node, text: dict[int, str], symbols: dict[str, str]) -> str:
    arguments = [text[a.serial] for a in node.args]
    if node.op == "symbol":
        return symbols[str(node.value)]
    if node.op == "number":
        return f"({node.value!r})"
    if node.op in "+-*/":
        return f"({f' {node.op} '.join(arguments)})"
    return _INNER.get(node.op, f"{node.op}({{}})").format(*arguments)
