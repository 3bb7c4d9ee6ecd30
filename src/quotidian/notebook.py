"""Values as notebooks show them: a table in HTML, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> str:
    """A table with a caption, a row of headings unless there is none, and a note below it.

    Numbers are shown to four digits, None as an empty cell.
    """
    top = f"<tr>{''.join(f'<th>{escape(one)}</th>' for one in head)}</tr>" if head else ""
    body = "".join(f"<tr>{''.join(f'<td>{escape(_text(one))}</td>' for one in row)}</tr>" for row in rows)
    below = f"<p>{escape(note)}</p>" if note else ""
    return f"<div><table><caption>{escape(caption)}</caption>{top}{body}</table>{below}</div>"


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)
