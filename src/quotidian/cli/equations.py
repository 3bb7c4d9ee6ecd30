"""``quotidian equations``: print a model as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotidian.version import RESEARCH_USE


def equations(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="sjia, sjia_detailed, healthy_child, adult_ra, castleman or transgenic_mouse.",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a .md file instead of printing.")
    ] = None,
) -> None:
    """Print a model: its equations, one section per mechanism, and its parameters with their sources.

    The page is Markdown with LaTeX. It is generated from the laws that the solver integrates.

    Examples:
      quotidian equations sjia
      quotidian equations healthy_child --output healthy_child.md
    """
    from quotidian.models import model as model_named
    from quotidian.network.typeset import equations as typeset
    from quotidian.reports.files import check_file, whole_file

    if output is not None:
        check_file(output, (".md",))
    page = typeset(model_named(model))
    if output is None:
        print(page)
        return
    with whole_file(output) as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")
    print(f"{model}: {len(page.splitlines())} lines to {output}.\n{RESEARCH_USE}")
