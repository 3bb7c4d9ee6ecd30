"""``quotidian map``: the mechanisms of a model as one diagram."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotidian.version import RESEARCH_USE


def map_(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="sjia, sjia_detailed, healthy_child, adult_ra, castleman or transgenic_mouse.",
        ),
    ] = "sjia",
    regimen: Annotated[
        str, typer.Option(metavar="REGIMEN", help="Regimen whose drugs are drawn too.")
    ] = "tocilizumab-iv",
    output: Annotated[Path, typer.Option(metavar="FILE", help="The .svg file to write.")] = Path("map.svg"),
) -> None:
    """Draw a model: a box for each mechanism with its species, and an arrow for each effect between them.

    Colour and head of an arrow show whether the target is raised or lowered; the style of its line shows the
    basis of its numbers. Point at an arrow to read its laws. The drawing is generated from the laws that
    the solver integrates.

    Examples:
      quotidian map sjia --output map.svg
      quotidian map healthy_child --regimen none --output healthy.svg
    """
    from quotidian.drugs.catalogue import regimen as prescribed
    from quotidian.models import model as model_named
    from quotidian.reports.files import check_file, whole_file
    from quotidian.reports.mechanism_map import arrows, mechanism_map

    check_file(output, (".svg",))
    drugs = prescribed(regimen).drugs
    drawn = model_named(model, drugs)
    page = mechanism_map(drawn, sorted(drugs))
    with whole_file(output) as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")
    modules = len([m for m in drawn.modules if m.name != "sums"])
    print(f"{model}: {modules} mechanisms, {len(arrows(drawn))} arrows to {output}.\n{RESEARCH_USE}")
