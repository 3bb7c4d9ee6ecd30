"""The report of a virtual trial: one self-contained HTML file without scripts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.evidence import Ledger, all_ledgers, spread_text
from quotidian.reports import evidence_view, narrative, wording
from quotidian.reports.effect_tables import main_effects, short
from quotidian.reports.figures import Picture, bands, chart, comparison, first_week, responders, staying
from quotidian.reports.files import write_atomically
from quotidian.reports.tables import endpoints_csv
from quotidian.trials.agreement import RULE
from quotidian.trials.result import BaselineRow, TrialResult
from quotidian.trials.rows import EndpointRow
from quotidian.units import quantity_text
from quotidian.version import RESEARCH_USE, __version__

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATES = Path(__file__).with_name("templates")
_FIRST_BANDS = ("temperature_max", "crp")


@dataclass(frozen=True)
class Block:
    """Rows of a table that share an endpoint, and the number of visits among them."""

    name: str
    rows: tuple[EndpointRow, ...]
    weeks: int


def write_report(result: TrialResult, path: str | Path) -> Path:
    """Write the report of a trial, completely or not at all; the same result gives the same bytes.

    Returns the path. Raises OutputError if it cannot be written.
    """
    return write_atomically(path, render_report(result))


def render_report(result: TrialResult, ledgers: Sequence[Ledger] | None = None) -> str:
    """The report as HTML text, with the evidence of the given ledgers, or of those of the trial."""
    ledgers = evidence_view.used_by(result, all_ledgers()) if ledgers is None else ledgers
    groups = evidence_view.grouped(ledgers)
    references = evidence_view.references_of(result, ledgers)
    others = [row for row in result.by_arm if row.published is None]
    return template("report.html.j2").render(
        result=result,
        device=RESEARCH_USE.rstrip("."),
        version=result.provenance.get("version", __version__),
        headline=narrative.headline(result),
        agreement=narrative.agreement(result.rows),
        at_entry=narrative.at_entry(result.name),
        judged=any(row.inside is not None for row in result.rows),
        outside=narrative.outside(result.rows),
        known=wording.has_known(result.rows),
        rule=RULE,
        effects=main_effects(result),
        replicates=narrative.replicates_of(result),
        pictures=pictures_of(result),
        compared=_blocks(wording.compared(result.rows)),
        others=_blocks(others),
        hidden=len(others),
        csv=_data(endpoints_csv(result.rows)),
        groups=groups,
        values=_data(evidence_view.evidence_csv(ledgers)),
        entries=sum(len(group.entries) for group in groups),
        references=references,
        trial_reference=references.find(result.citation),
    )


def known_table(result: TrialResult) -> str:
    """The table of a report with both intervals of the endpoints; empty for a trial without members.

    The rows are those with a published number, or all where nothing is published.
    """
    if not wording.has_known(result.rows):
        return ""
    compared = wording.compared(result.by_arm)
    blocks = _blocks(compared or result.by_arm)
    return template("known.html.j2").render(blocks=blocks, published=bool(compared))


def _data(table: str) -> str:
    """The address of a table that the page itself holds."""
    return f"data:text/csv;charset=utf-8;base64,{b64encode(table.encode()).decode()}"


def pictures_of(result: TrialResult) -> dict[str, list[Picture]]:
    """The available figures, by section."""
    others = [band.quantity for band in result.bands if band.quantity not in _FIRST_BANDS]
    found = {
        "comparison": [comparison(result)],
        "bands": [bands(result, name) for name in wording.in_order([*_FIRST_BANDS, *others])],
        "responders": [responders(result), staying(result)],
        "child": [chart(result), first_week(result)],
    }
    return {section: [one for one in ones if one is not None] for section, ones in found.items()}


def _blocks(rows: Sequence[EndpointRow]) -> list[Block]:
    """The rows by endpoint, in order of appearance; within an endpoint, by arm and visit."""
    keys = dict.fromkeys((row.endpoint, row.unit) for row in rows)
    return [
        Block(_titled(own), tuple(own), len({row.week for row in own}))
        for own in ([row for row in rows if (row.endpoint, row.unit) == key] for key in keys)
    ]


def _titled(rows: Sequence[EndpointRow]) -> str:
    """Endpoint, its week if there is only one, and unit."""
    weeks = {row.week for row in rows}
    week = f"week {rows[0].week}" if len(weeks) == 1 else ""
    parts = (wording.row_name(rows[0]), week, wording.unit_sign(rows[0].unit))
    return ", ".join(part for part in parts if part)


def _ratio(row: BaselineRow) -> str:
    """Ratio of virtual to published value with two decimals; a dash if it is undefined."""
    return f"{row.virtual / row.published:.2f}" if row.published else wording.MISSING


def _with_spread(value: float | None, spread: float | None, unit: str) -> str:
    """``9.6 ± 4.4``; the value alone if no spread is known."""
    text = wording.number(value, unit)
    return text if value is None or spread is None else f"{text} ± {wording.number(spread, unit)}"


@cache
def template(name: str) -> Template:
    """A page made from the template of that name, with the functions that all templates use."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    words = (
        "arm_name counted discrepancy_cell has_known known_cell published_cell thousands unit_sign verdict "
        "virtual_cell"
    )
    environment.globals.update({name: getattr(wording, name) for name in words.split()})
    environment.globals.update(
        short=short, row_name=wording.row_name, quantity_text=quantity_text, spread_text=spread_text
    )
    environment.globals.update(ratio=_ratio, with_spread=_with_spread, bases=evidence_view.BASES)
    environment.globals["style"] = Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8"))
    environment.filters["svg"] = Markup  # a drawing of this program, whose texts were escaped
    return environment.get_template(name)
