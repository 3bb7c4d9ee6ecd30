"""``quotidian page``: one child with sliders, in one HTML file that solves the model itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotidian.cli.simulate import Age, Regimen, Severity, Sex, Weeks, Weight
from quotidian.cli.support import option_types
from quotidian.version import RESEARCH_USE

PAGES = (".html", ".htm")

Drugs = Annotated[
    str,
    typer.Option(
        metavar="NAMES", help="Drugs to choose from besides those of the regimen, separated by commas."
    ),
]
Observables = Annotated[
    str,
    typer.Option(metavar="NAMES", help="Outputs of the package besides those charted, separated by commas."),
]
Output = Annotated[Path, typer.Option(metavar="FILE", help="The .html file to write.")]
Package = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Also write the package quotidian-wasm: code, names and scripts."),
]


def page(
    age: Age = "6",
    sex: Sex = "female",
    weight: Weight = "20",
    severity: Severity = None,
    regimen: Regimen = "tocilizumab-iv",
    weeks: Weeks = "12",
    drugs: Drugs = "",
    observables: Observables = "",
    output: Output = Path("child.html"),
    package: Package = None,
) -> None:
    """Write one HTML file that charts one child with and without treatment, with sliders for child and doses.

    The file contains the compiled model as WebAssembly and needs no server, no network and no installation.
    Its numbers are those of the native engine in portable arithmetic, bit for bit. The options set what the
    page first shows; prednisolone and tocilizumab can always be chosen. The file contains only the part of
    the model on which the charted outputs depend.

    Examples:
      quotidian page --output child.html
      quotidian page --age 11 --sex male --drugs anakinra,canakinumab --output drugs.html
      quotidian page --package quotidian-wasm
    """
    from quotidian.cli.support.subject_options import virtual_child
    from quotidian.drugs.catalogue import regimen as prescribed
    from quotidian.live import bundle as pages
    from quotidian.reports.files import check_file, check_folder, whole_file, whole_folder

    length = option_types.number("--weeks", weeks, "12", most=pages.LONGEST_WEEKS)
    strength = option_types.maybe(option_types.number, "--severity", severity, "1.5")
    child = virtual_child(age, sex, weight, None, strength, None)
    plans = (prescribed("none"), prescribed(regimen))
    check_file(output, PAGES)
    if package is not None:
        check_folder(package, pages.FILES, lambda folder: (folder / "quotidian.wasm").is_file())
    made = pages.Bundle(plans[1].drugs | _names(drugs), tuple(sorted(_names(observables))))
    text = pages.page(made, child, regimen, plans, length)
    with whole_file(output) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    print(f"{child.label}; {regimen}: {len(text.encode()):,} bytes to {output}")
    if package is not None:
        files = pages.package(made)
        with whole_folder(package, "package.json") as folder:
            for name, content in files.items():
                (folder / name).write_bytes(content)
        print(f"quotidian-wasm: {len(files)} files to {package}")
    print(RESEARCH_USE)


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())
