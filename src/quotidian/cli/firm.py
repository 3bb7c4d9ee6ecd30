"""``quotidian firm``: the assumed values of a model, ranked by their effect on the outcomes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotidian.version import RESEARCH_USE


def firm(
    model: Annotated[
        str, typer.Argument(metavar="[MODEL]", help="sjia, sjia_detailed or healthy_child.")
    ] = "sjia",
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a .md file instead of printing.")
    ] = None,
) -> None:
    """Rank the assumed numbers of a model by their influence on the main outcomes.

    Each number is set to the lower and to the upper end of its range while all others stay the same. The
    typical child is simulated untreated and on tocilizumab. The table gives the changes with their signs,
    and the reason and source of each value.

    Examples:
      quotidian firm
      quotidian firm sjia --output firm.md
    """
    from quotidian.cli.support.progress import progress
    from quotidian.reports.assumption_page import page
    from quotidian.reports.assumption_sensitivity import assumption_sensitivity
    from quotidian.reports.files import check_file, whole_file

    if output is not None:
        check_file(output, (".md",))
    with progress("Varying each assumed value"):
        found = assumption_sensitivity(model)
    text = page(found)
    if output is None:
        print(text)
        return
    with whole_file(output) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    print(f"{model}: {len(found.effects)} assumed values, ranked, written to {output}.\n{RESEARCH_USE}")
