"""Notebooks as pages: the cells are run, and what they print, return and draw stands below them."""

from __future__ import annotations

import ast
import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import polars as pl


def page(notebook: Path, pictures: Path) -> str:
    """A notebook as Markdown, run from its first cell to its last; figures are written beside it."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    known: dict[str, Any] = {"__name__": "__main__"}
    made = []
    for number, cell in enumerate(cells):
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            made.append(text)
            continue
        made.append(f"```python\n{text}\n```")
        made += shown(text, known)
        for figure in map(plt.figure, plt.get_fignums()):
            name = f"{notebook.stem}-{number}.svg"
            figure.savefig(pictures / name, bbox_inches="tight", metadata={"Date": None})
            made.append(f"![Drawn by the cell above]({name})")
        plt.close("all")
    return "\n\n".join(made) + "\n"


def shown(text: str, known: dict[str, Any]) -> list[str]:
    """What a cell prints, and the value of its last expression."""
    tree = ast.parse(text)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    value, printed = None, io.StringIO()
    with redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), known)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), known)
    parts = [f"```text\n{printed.getvalue().rstrip()}\n```"] if printed.getvalue() else []
    if value is not None and not type(value).__module__.startswith("matplotlib"):
        parts.append(f"```text\n{written(value)}\n```")
    return parts


def written(value: object) -> str:
    """A value as text; tables with all of their columns."""
    with pl.Config(tbl_cols=20, tbl_width_chars=160, tbl_rows=20, tbl_hide_dataframe_shape=True):
        return str(value)
