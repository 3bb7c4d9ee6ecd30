"""Answers of the study builder: a form for a text, a text for a form, and what is wrong, field by field.

The text is the study. A changed text gives a new form if the form can show all of it. A changed field gives a
new text, unless an entry has no value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from htmltools import Tag, tags

from quotidian.application.old_study_fields import present_names
from quotidian.application.study_file import checked
from quotidian.application.yaml_positions import Lined, lined_text
from quotidian.errors import InvalidInput, InvalidQuantity
from quotidian.trials.methods_text import rules_of
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.fault import Fault
from quotidian.trials.protocol.library import design_text
from quotidian.web.study_builder.comments import carried
from quotidian.web.study_builder.from_schema import sections, study_widget
from quotidian.web.study_builder.parts import grid
from quotidian.web.study_builder.rows import with_row, without_row
from quotidian.web.study_builder.widget import ABSENT, Attributes, CannotShow, Form, Wrong
from quotidian.web.study_builder.writing import study_text
from quotidian.web.trial_answers import MOST_STUDY

MOST_FIELDS = 3000
OF_PUBLICATION = ("title", "about", "citation", "notes", "estimand_because")
"""Fields of a published design that do not hold for a variant of it."""
OPEN = ("Study", "Patients", "Arms", "Periods and visits")
"""Sections that are open at first."""


@dataclass(frozen=True)
class Question:
    """What the page asks: the text, the texts of the controls, and what was done.

    ``done`` is ``text``, ``fields``, ``redraw``, ``add ADDRESS``, ``remove ADDRESS``, ``empty`` or
    ``variant NAME`` of a published design.
    """

    text: str
    form: Form
    done: str

    @staticmethod
    def read(sent: Mapping[str, Any]) -> Question:
        """The question in the message of a browser. Raises InvalidQuantity for a text that is too long."""
        given = sent.get("fields")
        pairs = list(given.items())[:MOST_FIELDS] if isinstance(given, dict) else []
        form = {str(name): text for name, text in pairs if isinstance(text, str)}
        text = form.pop("study", "")
        if len(text) > MOST_STUDY:
            raise InvalidQuantity(
                "The study is too long.", f"The page accepts {MOST_STUDY:,} characters.", "Shorten it."
            )
        return Question(text, form, str(sent.get("what", "text")))


def study_answer(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The content that the page shows. Raises the errors of :meth:`Question.read`, UnknownName."""
    question = Question.read(sent)
    done, _, of = question.done.partition(" ")
    if done == "variant":
        return _of_text(variant(of), writes=True)
    if done == "empty":
        empty = {"arms.0.row": "", "periods.0.row": ""}
        return _of_form(empty, redraws=True)
    if done == "text":
        return _of_text(question.text)
    if done == "add":
        return _of_form(with_row(question.form, of), redraws=True, before=question.text)
    if done == "remove":
        return _of_form(without_row(question.form, of), redraws=True, before=question.text, removes=True)
    return _of_form(question.form, redraws=done == "redraw", before=question.text)


def variant(name: str) -> str:
    """The text of a published design under a name of its own. Raises UnknownName."""
    value = {k: v for k, v in lined_text(design_text(name), name).value.items() if k not in OF_PUBLICATION}
    form = study_widget().show(value | {"name": f"{name}-variant"}, "")
    return study_text(study_widget().read(form, "", []), study_widget())


def _of_text(text: str, writes: bool = False) -> dict[str, Any]:
    """The form of a text; without one, what the form cannot show."""
    if not text.strip():
        return {"form": "", "cannot": "", "faults": [], "rules": "", "file": ""}
    answer: dict[str, Any] = {"text": text} if writes else {}
    try:
        lined = lined_text(text, "study")
        form = study_widget().show(present_names(lined)[0].value, "")
    except InvalidInput as error:
        return answer | _hidden(_said(error))
    except CannotShow as error:
        return answer | _hidden(f"It has no field for '{error}'.") | _checked(lined)
    return answer | {"form": str(drawn(form)), "cannot": ""} | _checked(lined)


def _said(error: InvalidInput) -> str:
    return " ".join(part for part in (error.what, error.why) if part)


def _hidden(why: str) -> dict[str, Any]:
    said = f"The form cannot show this text. {why} The text is kept as it is; edit it there."
    return {"form": "", "cannot": said, "faults": [], "rules": "", "file": ""}


def _of_form(form: Form, redraws: bool, before: str = "", removes: bool = False) -> dict[str, Any]:
    """The text of a form, with the comments of the text before it.

    Entries without a value are named, and leave the text as it was.
    """
    wrong: list[Wrong] = []
    value = study_widget().read(form, "", wrong)
    answer: dict[str, Any] = {"cannot": ""} | ({"form": str(drawn(form))} if redraws else {})
    if wrong:
        faults = [{"at": one.at, "says": one.says} for one in wrong]
        return answer | {"faults": faults, "rules": "", "stale": True}
    text = "" if value is ABSENT else study_text(value, study_widget())
    text = _commented(before, text, removes) if text else text
    if not text:
        return answer | {"text": "", "faults": [], "rules": "", "file": ""}
    try:
        lined = lined_text(text, "study")
    except InvalidInput as error:  # such as a control character, which a study file cannot hold
        return answer | {"faults": [{"at": "", "says": _said(error)}], "rules": "", "stale": True}
    return answer | {"text": text} | _checked(lined)


def _commented(before: str, after: str, removes: bool) -> str:
    """The later text with the comments of the earlier one, which is first written as the form writes it, so
    that rows can be compared."""
    try:
        value = present_names(lined_text(before, "study"))[0].value
        settled = study_text(study_widget().read(study_widget().show(value, ""), "", []), study_widget())
    except (InvalidInput, CannotShow):  # such a text has no form whose fields could change
        return after
    return carried(carried(before, settled), after, removes)


def _checked(lined: Lined) -> dict[str, Any]:
    """All faults of a study with the addresses of their fields; its rules in words if there is none."""
    trial, found = checked(lined)
    rules = "" if found or trial is None else str(_rules(trial))
    return {"faults": [_placed(f, lined.value) for f in found], "rules": rules, "file": _file(lined.value)}


def _placed(fault: Fault, value: Mapping[str, Any]) -> dict[str, str]:
    """A fault at its field, in the words of the schema."""
    at, label = study_widget().find(fault.place, value, "")
    place = ".".join(map(str, fault.place))
    what = (
        f"{label}{fault.what.removeprefix(place)}"
        if fault.what.startswith(place)
        else f"{label}: {fault.what}"
    )
    return {"at": at, "says": " ".join(part for part in (what, fault.why, fault.remedy) if part)}


def _rules(trial: Trial) -> Tag:
    weeks = ", ".join(map(str, (0, *trial.visits)))
    size = f"{trial.size} children over {trial.weeks} weeks, seen at week {weeks}."
    return tags.ul(*(tags.li(text) for text in (size, *rules_of(trial))))


def _file(value: Mapping[str, Any]) -> str:
    """The file name for a study: its name in plain letters."""
    name = re.sub(r"[^\w-]+", "-", str(value.get("name", "")), flags=re.ASCII).strip("-")[:60]
    return f"{name or 'my-study'}.yaml"


def drawn(form: Form) -> Tag:
    """Every section of the form."""
    widgets = study_widget().fields
    made = []
    for title, names in sections().items():
        fields = grid({name: widgets[name] for name in names}, form, "")
        opened: Attributes = {
            "class": "section",
            "data-section": title,
            "open": "" if title in OPEN else None,
        }
        made.append(tags.details(opened, tags.summary(title), fields))
    return tags.div(*made)
