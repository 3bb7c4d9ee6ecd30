"""``quotidian scenarios``: alternatives where published sources disagree."""

from __future__ import annotations

from quotidian.version import RESEARCH_USE


def scenarios() -> None:
    """List the scenarios: alternative values for quantities on which sources disagree.

    Give a name to the option --scenario of 'quotidian simulate'. Combine several with + unless they
    concern the same question. 'quotidian evidence scenarios' shows their values and sources.

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
