"""The fit of the child of the page to measurements of a visitor, which nothing keeps."""

from __future__ import annotations

import shlex
from html import escape
from typing import Any

import numpy as np

from quotidian.application.fitting.child_data import ChildRecord, read_child
from quotidian.application.fitting.child_files import effects_rows
from quotidian.application.fitting.child_fit import ChildFit, fit_child
from quotidian.application.fitting.child_measurements import clinic_units
from quotidian.data.table_text import table_of
from quotidian.drugs.catalogue import regimen
from quotidian.errors import InvalidData
from quotidian.patients.child import child
from quotidian.version import RESEARCH_USE
from quotidian.web.server import Sent, fields
from quotidian.web.state import ChildState

FIELD = "measurements"
MOST_CHARACTERS, MOST_MEASUREMENTS, MOST_DAYS = 20_000, 200, 366.0
ELSEWHERE = "Use 'quotidian fit child' for larger data."
ASSUMED = (
    "The fit estimates the severity, and assumes that the untreated disease is steady. Severity, course, "
    "flares and infections of the form are not used."
)


def fit_answer(question: Sent) -> Sent:
    """The fit of the page's child on its first regimen: tables as HTML, and bands for the charts.

    Raises InvalidData for measurements that cannot be used, and the errors of the form and of the fit.
    """
    form = fields(question)
    record, state = _record(form.pop(FIELD, "")), ChildState.read(form)
    plan = next(iter(state.regimens.values()))
    who = child(state.age, state.sex, state.weight)
    fit = fit_child(record, who, regimen(plan), threads=1)
    return {"table": _table(fit, state, plan), "bands": _bands(fit), "seconds": round(fit.seconds, 3)}


def _record(content: str) -> ChildRecord:
    if len(content) > MOST_CHARACTERS:
        raise InvalidData(
            f"The table has more than {MOST_CHARACTERS:,} characters.",
            "The page fits small tables.",
            ELSEWHERE,
        )
    text = table_of("The table", content)
    if "TIME_DAY" in text.columns:
        raise InvalidData(
            "A fit needs one measurement a row, each with its unit.",
            "A table with a column for each observable can be drawn only.",
            "Write the columns DAY, ANALYTE, VALUE and UNIT.",
        )
    record = read_child(text, clinic_units())
    if len(record.hour) > MOST_MEASUREMENTS or np.abs(record.hour).max() > 24.0 * MOST_DAYS:
        raise InvalidData(
            f"The page fits at most {MOST_MEASUREMENTS} measurements within {MOST_DAYS:g} days.",
            "A fit of more takes too long for a page.", ELSEWHERE,
        )  # fmt: skip
    return record


def _bands(fit: ChildFit) -> dict[str, Any]:
    """Days, and by observable the ends and the middle of its 90 % band, for the charts."""
    low, middle, high = fit.bands
    own = {
        name: {"low": _short(low[:, k]), "median": _short(middle[:, k]), "high": _short(high[:, k])}
        for k, name in enumerate(fit.observables)
    }
    return {"day": _short(fit.hours / 24.0), "of": own}


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{x:.5g}") for x in values.tolist()]


def _table(fit: ChildFit, state: ChildState, plan: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(one.name)}</th><td>{one.value:.3g}</td><td>{one.se:.2g}</td>'
        f"<td>{one.learnt}</td></tr>"
        for one in effects_rows(fit)
    )
    count = len(fit.record.value)
    silent = f"These data do not inform: {', '.join(fit.silent)}." if fit.silent else ""
    who = ["--age", f"{state.age:g}", "--sex", state.sex, "--weight", f"{state.weight!r}"]
    command = ["quotidian", "fit", "child", "--data", "measurements.csv", *who]
    command += ["--regimen", plan, "--output", "fit"]
    said = "".join(f"<p>{escape(text)}</p>" for text in (silent, *fit.notes, ASSUMED, RESEARCH_USE) if text)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Fit to the measurements"><table>'
        f"<caption>Fit to {count} measurement{'s' if count > 1 else ''} on regimen A: factors on typical "
        "values (of joints.il6_share the share itself), with standard errors. Learnt is the part of the "
        "prior variance that the data removed. On the charts: the median course and its 90 % band.</caption>"
        '<thead><tr><th scope="col">Parameter</th><th scope="col">Value</th><th scope="col">SE</th>'
        f'<th scope="col">Learnt</th></tr></thead><tbody>{rows}</tbody></table></div>{said}'
        f'<pre tabindex="0">{escape(shlex.join(command))}</pre>'
    )
