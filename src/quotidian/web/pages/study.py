"""The study builder of the Trial page: a form made from the schema beside the text of the study file."""

from __future__ import annotations

from htmltools import Tag, tags

from quotidian.application.study_example import EXAMPLE
from quotidian.web.pages.fields import BARE, prose
from quotidian.web.study_builder.widget import Attributes
from quotidian.web.trial_answers import MOST_STUDY

ABOUT = (
    "Build a study by its fields, or edit its text: each follows the other. The text is the study file that",
    "'quotidian study run' reads. A change of a field writes the text again and keeps its comments.",
)


def builder() -> Tag:
    """Ways to start, the form, and the text."""
    return tags.details(
        {"id": "study-builder"},
        tags.summary("Build a study of your own"),
        prose(*ABOUT),
        tags.div(
            {"class": "toolbar", "role": "group", "aria-label": "Start a study"},
            _start("study-variant", "Start from the published design"),
            tags.button(
                {"type": "button", "id": "study-example", "class": "button", "data-study": EXAMPLE},
                "Start from an example",
            ),
            _start("study-empty", "Start with empty fields"),
            _start("study-clear", "Discard the study"),
            tags.button({"type": "button", "id": "study-undo", "class": "button", "disabled": ""}, "Undo"),
        ),
        tags.div({"id": "study-cannot", "class": "caption", "role": "status"}),
        tags.div({"id": "study-faults", "class": "refusal", "role": "status", "hidden": ""}),
        tags.div({"class": "builder"}, tags.form({"id": "study-form", "autocomplete": "off"}), _text()),
    )


def _start(name: str, said: str) -> Tag:
    return tags.button({"type": "button", "id": name, "class": "button"}, said)


def _text() -> Tag:
    area: Attributes = {
        **BARE, "name": "study", "id": "study-text", "form": "trial-form", "rows": "24",
        "maxlength": f"{MOST_STUDY}", "spellcheck": "false", "wrap": "off",
    }  # fmt: skip
    return tags.div(
        {"class": "beside"},
        tags.label({"for": "study-text"}, "Study file in YAML"),
        tags.textarea(area),
        tags.div(
            {"class": "toolbar", "id": "study-downloads", "hidden": ""},
            tags.button({"type": "submit", "form": "trial-form", "class": "button main"}, "Run this study"),
            tags.a({"id": "study-download", "class": "button", "href": "#", "download": "my-study.yaml"},
                   "Study file (YAML)"),
            tags.a({"id": "study-link", "class": "button", "href": "?page=trial"}, "Link to this study"),
        ),
        tags.div({"id": "study-rules", "class": "caption"}),
    )  # fmt: skip
