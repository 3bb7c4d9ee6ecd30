"""The widget of a treatment: a drug with its standard or another dose, for all or for each band."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from htmltools import Tag, tags

from quotidian.web.pages.fields import BARE
from quotidian.web.regimen_form import NAMES, UNITS, drug_groups
from quotidian.web.study_builder.rows import ROW, indices
from quotidian.web.study_builder.scalars import text_of
from quotidian.web.study_builder.widget import (
    ABSENT,
    Attributes,
    CannotShow,
    Form,
    Place,
    Words,
    Wrong,
    join,
    notes,
)

WRITTEN = "written"
"""The choice of a regimen that is written as on the command line."""
WRITTEN_SO = "tocilizumab-iv:8mg/kg/2wk x6"
PERIODS = {"wk": "weeks", "d": "days", "h": "hours"}
_PLAIN = re.compile(
    r"([\w-]+)(?::([0-9]+(?:\.[0-9]+)?)(mg/kg|mg/m2|mg)/([0-9]+(?:\.[0-9]+)?)?(wk|d|h))?", re.ASCII
)


@dataclass(frozen=True)
class Treatment:
    """A regimen, or one for each band."""

    words: Words

    def show(self, value: Any, at: str) -> dict[str, str]:
        """A row for each band; the band of a regimen for all is empty."""
        if value is None and self.words.nullable:
            return {}
        by_band = {"": value} if isinstance(value, str) else value
        if not isinstance(by_band, dict) or not all(isinstance(text, str) for text in by_band.values()):
            raise CannotShow(at)
        found: dict[str, str] = {}
        for i, (band, text) in enumerate(by_band.items()):
            row = join(at, i)
            found |= {join(row, ROW): "", join(row, "band"): band}
            found |= {join(row, name): said for name, said in split(text).items()}
        return found

    def read(self, form: Form, at: str, wrong: list[Wrong]) -> Any:
        """The regimen, or those of the bands."""
        found: dict[str, str] = {}
        for i in indices(form, at):
            row = join(at, i)
            band, text = text_of(form, join(row, "band")), joined(form, row)
            if not text and not band:
                continue
            if not text:
                wrong.append(Wrong(row, f"{self.words.label}: choose the drug of '{band}'."))
            if band in found:
                wrong.append(Wrong(row, f"{self.words.label}: each band differs, as 'below 30 kg' does."))
            found[band] = text
        if not found:
            return ABSENT
        if "" in found and len(found) > 1:
            says = f"{self.words.label}: each of several regimens needs its band, such as 'below 30 kg'."
            wrong.append(Wrong(at, says))
        return found[""] if set(found) == {""} else found

    def html(self, form: Form, at: str) -> Tag:
        """A row for each band, and a button for one more."""
        rows = indices(form, at) or ([] if self.words.nullable else [0])
        more: Attributes = {"type": "button", "class": "button", "data-act": f"add {at}"}
        return tags.fieldset(
            {"class": "part wide-field", "data-at": at},
            tags.legend(self.words.title),
            *notes(self.words, at),
            *(self._row(form, join(at, i), len(rows) > 1) for i in rows),
            tags.button(more, f"Add a {self.words.one if rows else 'treatment'}"),
        )

    def _row(self, form: Form, row: str, several: bool) -> Tag:
        written = form.get(join(row, "drug")) == WRITTEN
        remove = tags.button(
            {"type": "button", "class": "button", "data-act": f"remove {row}"},
            "Remove this band",
        )
        band = _input(form, join(row, "band"), "Band", "all children", "below 30 kg")
        return tags.div(
            {"class": "give", "data-at": row},
            tags.input({**BARE, "type": "hidden", "name": join(row, ROW), "value": ""}),
            band if several or form.get(join(row, "band")) else None,
            _drug(form, row),
            _input(form, join(row, "text"), "Regimen as on the command line", "", WRITTEN_SO)
            if written else _dose(form, row),
            remove if several else None,
            tags.small({"id": f"w-{row}", "class": "wrong", "hidden": ""}),
        )  # fmt: skip

    def find(self, place: Place, value: Any, at: str) -> tuple[str, str]:
        """The whole treatment: a refusal names the regimen."""
        return at, self.words.label


def split(text: str) -> dict[str, str]:
    """The controls of a regimen; one that they cannot show is written."""
    found = _PLAIN.fullmatch(text.strip())
    if found is None or found[1] not in NAMES or (found[1] == "none" and found[2]):
        return {"drug": WRITTEN, "text": text}
    names = ("drug", "dose", "unit", "every", "per")
    return {name: said for name, said in zip(names, found.groups(), strict=True) if said}


def joined(form: Form, row: str) -> str:
    """The regimen of the controls in the notation of the command line; empty without a drug."""
    own = {name: text_of(form, join(row, name)) for name in ("drug", "dose", "unit", "every", "per", "text")}
    if own["drug"] == WRITTEN:
        return own["text"]
    if own["drug"] in ("", "none") or not own["dose"]:
        return own["drug"]
    return f"{own['drug']}:{own['dose']}{own['unit'] or UNITS[0]}/{own['every']}{own['per'] or 'wk'}"


def _drug(form: Form, row: str) -> Tag:
    at, chosen = join(row, "drug"), form.get(join(row, "drug"), "")

    def option(key: str, said: str) -> Tag:
        return tags.option({"value": key, "selected": "" if key == chosen else None}, said)

    grouped = [
        tags.optgroup({"label": group}, *(option(key, said) for key, said in own.items()))
        for group, own in drug_groups().items()
    ]
    select = tags.select(
        {**BARE, "id": f"f-{at}", "name": at, "data-redraw": ""},
        option("", "choose"), option("none", "no drug"), *grouped, option(WRITTEN, "written out"),
    )  # fmt: skip
    return tags.div({"class": "field"}, tags.label({"for": f"f-{at}"}, "Drug"), select)


def _dose(form: Form, row: str) -> Tag | None:
    if form.get(join(row, "drug"), "") in ("", "none"):
        return None
    return tags.div(
        {"class": "dose"},
        _input(form, join(row, "dose"), "Dose", "standard"),
        _list(form, join(row, "unit"), "Unit", {unit: unit for unit in UNITS}),
        _input(form, join(row, "every"), "Every", "1"),
        _list(form, join(row, "per"), "Interval in", PERIODS),
    )


def _input(form: Form, at: str, label: str, empty: str, example: str = "") -> Tag:
    own: Attributes = {
        **BARE,
        "type": "text",
        "id": f"f-{at}",
        "name": at,
        "value": form.get(at, ""),
        "maxlength": "200",
    }
    hint = empty or (f"such as {example}" if example else None)
    own |= {"placeholder": hint} if hint else {}
    return tags.div({"class": "field"}, tags.label({"for": f"f-{at}"}, label), tags.input(own))


def _list(form: Form, at: str, label: str, options: dict[str, str]) -> Tag:
    listed = [
        tags.option({"value": key, "selected": "" if key == form.get(at) else None}, said)
        for key, said in options.items()
    ]
    select = tags.select({**BARE, "id": f"f-{at}", "name": at}, *listed)
    return tags.div({"class": "field"}, tags.label({"for": f"f-{at}"}, label), select)
