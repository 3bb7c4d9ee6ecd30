"""``quotidian scenarios``: where sources contradict one another, and what can be chosen."""

from __future__ import annotations

from quotidian.cli.support.console import RESEARCH_USE


def scenarios() -> None:
    """List the scenarios: contested questions, and the answers that can be chosen in place of the ledger's.

    A name goes after --scenario of 'quotidian simulate'; several that do not answer the same question go
    together with + between. Their values and sources: 'quotidian evidence scenarios'.

    Examples:
      quotidian scenarios
    """
    from quotidian.models import SCENARIOS

    width = max(map(len, SCENARIOS))
    question = ""
    for scenario in SCENARIOS.values():
        if scenario.question != question:
            question = scenario.question
            print(f"\n{question}" if scenario is not next(iter(SCENARIOS.values())) else question)
        print(f"  {scenario.name:<{width}}  {scenario.answer}: {scenario.differs}")
    print(f"\n{RESEARCH_USE}")
