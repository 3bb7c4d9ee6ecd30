"""The study builder in plain values: text and form become each other, and faults find their fields."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from quotidian.application.study_example import EXAMPLE
from quotidian.application.study_file import design_from, json_schema
from quotidian.application.yaml_positions import lined_text
from quotidian.errors import InvalidQuantity, UnknownName
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design_text, names
from quotidian.web.study_builder.answers import drawn, study_answer, variant
from quotidian.web.study_builder.from_schema import sections, study_widget
from quotidian.web.study_builder.widget import CannotShow, Wrong
from quotidian.web.study_builder.writing import scalar, study_text


def shown(text: str) -> dict[str, str]:
    return study_widget().show(lined_text(text, "study").value, "")


def written(form: dict[str, str]) -> str:
    wrong: list[Wrong] = []
    value = study_widget().read(form, "", wrong)
    assert wrong == []
    return study_text(value, study_widget())


def read(text: str) -> Trial:
    """The design under a name of its own; endpoints are reported in the order of tables, not of the file."""
    trial = design_from(lined_text(re.sub(r"(?m)^name: .*$", "name: mine", text), "study"))
    return replace(trial, endpoints=tuple(sorted(trial.endpoints)))


def ask(form: dict[str, str], done: str = "fields") -> dict:
    return study_answer({"fields": form, "what": done})


@pytest.mark.parametrize("name", ["example", *names()])
def test_every_published_design_survives_the_form(name: str) -> None:
    text = EXAMPLE if name == "example" else design_text(name)
    form = shown(text)
    again = written(form)
    assert read(again) == read(text)
    assert written(shown(again)) == again  # writing is settled after one turn


def test_the_form_has_a_control_for_every_field_of_the_schema() -> None:
    schema = json.loads(json_schema())
    parts = {
        "Arm": "arms.0", "Period": "periods.0", "Entry": "entry", "Steroid": "steroid", "Escape": "escape",
        "Escalation": "escalation", "Taper": "taper", "IntervalExtension": "interval_extension",
        "Stop": "stop", "SafetyLimit": "safety.own.0", "Kinetics": "kinetics.0", "OwnEndpoint": "define.0",
        "Population": "population",
    }  # fmt: skip
    assert set(parts) == set(schema["$defs"])
    form = {f"{at}.row": "" for at in parts.values() if at[-1] == "0"} | {"safety": "own"}
    form |= {f"{name}.on": "yes" for name in schema["properties"]}
    html = unescape(str(drawn(form)))
    places = [
        *schema["properties"],
        *(f"{at}.{f}" for p, at in parts.items() for f in schema["$defs"][p]["properties"]),
    ]
    for place in places:
        assert f'data-at="{place}"' in html, place
    assert sum(len(own) for own in sections().values()) == len(schema["properties"])
    assert "Fever from, °C" in html and 'max="42"' in html and 'placeholder="38"' in html


def test_a_fault_stands_at_its_field_in_the_words_of_the_schema() -> None:
    form = shown(EXAMPLE)
    (fault,) = ask(form | {"entry.fever": "380"})["faults"]
    assert fault["at"] == "entry.fever"
    assert fault["says"].startswith("Fever from (Entry criteria) is 380. It lies from 36 to 42")
    written_out = {"arms.1.give.0.drug": "written", "arms.1.give.0.text": "tocilzumab"}
    (fault,) = [one for one in ask(form | written_out)["faults"] if one["at"] == "arms.1.give"]
    assert "of arm every 4 weeks" in fault["says"]
    assert "tocilizumab-iv" in fault["says"]
    found = ask({"name": "mine", "arms.0.key": "drug", "periods.0.weeks": "12"})["faults"]
    at = {one["at"] for one in found}
    assert at >= {
        "visits",
        "primary_week",
        "arms.0.give",
        "arms.0.children",
        "periods.0.name",
        "periods.0.kind",
    }


def test_an_entry_without_a_value_leaves_the_text_as_it_is() -> None:
    form = shown(EXAMPLE)
    for at, text, says in (
        ("entry.fever", "hot", "'hot' is not a number"),
        ("primary_week", "1.5", "'1.5' is not a whole number"),
        ("visits", "2, four", "'four' is not a whole number"),
        ("arms.1.key", "every 2 weeks", "stands twice"),
        ("arms.1.key", "", "is missing"),
        ("arms.0.give.1.band", "below 30 kg", "each band differs"),
    ):
        answer = ask(form | {at: text})
        assert answer["stale"] and "text" not in answer
        assert says in answer["faults"][0]["says"]
        assert answer["faults"][0]["at"] in (at, at.removesuffix(".band"))
    (fault,) = ask(form | {"arms.0.give.1.band": ""})["faults"]
    assert fault["at"] == "arms.0.give" and "needs its band" in fault["says"]


def test_earlier_names_of_fields_are_shown_under_present_ones() -> None:
    rule = "respacing: {give: tocilizumab-iv, from_week: 12, quiet_weeks: 8}\n"
    answer = study_answer({"fields": {"study": EXAMPLE + rule}, "what": "text"})
    assert answer["cannot"] == "" and 'value="8"' in answer["form"].partition("quiet_weeks")[2]


def test_what_the_form_cannot_show_stays_text() -> None:
    for text, says in (
        (EXAMPLE.replace(" joints: 5\n", " joints: five\n"), "entry.joints"),
        (EXAMPLE.replace(" joints: 5\n", " elbows: 5\n"), "entry.elbows"),
        ("name: [", "line 1"),
        ("name: mine\nvisits: 3", "visits"),
    ):
        answer = study_answer({"fields": {"study": text}, "what": "text"})
        assert says in answer["cannot"] and answer["form"] == "" and "text" not in answer
    with pytest.raises(CannotShow):
        shown("title: 3")
    with pytest.raises(InvalidQuantity, match="too long"):
        study_answer({"fields": {"study": "x" * 20_001}, "what": "text"})


def test_rows_are_added_and_removed_and_parts_switched_on() -> None:
    form = shown(EXAMPLE)
    answer = ask(form, "add arms")
    assert 'data-at="arms.2"' in answer["form"] and answer["faults"] == []  # an empty row is none
    answer = ask(form | {"arms.2.key": "none", "arms.2.give.0.drug": "none", "arms.2.children": "20"})
    assert list(read(answer["text"]).arms) == ["every 2 weeks", "every 4 weeks", "none"]
    answer = ask(form, "remove arms.0")
    assert list(read(answer["text"]).arms) == ["every 4 weeks"]
    answer = ask({**form, "escalation.on": "yes"}, "redraw")
    assert 'name="escalation.ladder"' in answer["form"]
    assert {"escalation.ladder", "escalation.crp_above"} == {one["at"] for one in answer["faults"]}
    answer = ask({name: text for name, text in form.items() if name != "taper.on"}, "redraw")
    assert "taper:" not in answer["text"]
    assert ask({}, "empty")["faults"] == [] and 'data-at="arms.0"' in ask({}, "empty")["form"]


def test_a_treatment_is_written_as_the_command_line_reads_it() -> None:
    form = shown(EXAMPLE)
    dose = {"drug": "anakinra", "dose": "2", "unit": "mg/kg", "every": "", "per": "d"}
    answer = ask(form | {f"arms.0.give.0.{name}": text for name, text in dose.items()})
    assert "below 30 kg: anakinra:2mg/kg/d" in answer["text"] and answer["faults"] == []
    answer = ask(form | {"arms.0.give.0.dose": ""})
    assert "below 30 kg: tocilizumab-iv\n" in answer["text"]


def test_a_published_design_begins_a_study_and_its_rules_are_said() -> None:
    answer = study_answer({"fields": {}, "what": "variant tender"})
    assert read(answer["text"]).arms == read(design_text("tender")).arms
    assert answer["text"].startswith("name: tender-variant\n") and "citation" not in answer["text"]
    assert answer["faults"] == [] and answer["file"] == "tender-variant.yaml"
    assert (
        "112 children over 12 weeks" in answer["rules"]
        and "Entry: at least 5 active joints" in answer["rules"]
    )
    with pytest.raises(UnknownName, match="tender"):
        variant("tendre")


@pytest.mark.parametrize(
    "text",
    ["yes", "12", "1e3", "a: b", "a #b", "- a", "é", "2026-11-30", "", " a", "a\nb", '"', "'", "[a", "a, b",
     "tocilizumab-iv:8mg/kg/2wk", "x:y: z", "null",
     "~", "=", "acr50 & crp < 15", "30 kg and above", "0x1f", "a:"],
)  # fmt: skip
def test_a_text_is_read_back_as_it_was_written(text: str) -> None:
    found = lined_text(f"{scalar(text or 'k')}: [{scalar(text)}, 1]\n", "study").value
    assert found == {text or "k": [text, 1]}


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "\x7f"])
def test_a_character_that_no_file_can_hold_is_named(odd: str) -> None:
    answer = ask(shown(EXAMPLE) | {"title": f"a{odd}b"})
    assert answer["stale"] and "text" not in answer and "study, line" in answer["faults"][0]["says"]
    answer = study_answer({"fields": {"study": f"name: a\ntitle: a{odd}b"}, "what": "text"})
    assert "cannot show" in answer["cannot"] and answer["form"] == ""


def test_names_of_a_study_are_escaped() -> None:
    form = shown(EXAMPLE) | {"name": '<b>"&', "arms.0.key": "<script>alert(1)</script>"}
    answer = ask(form, "redraw")
    assert "<script>" not in answer["form"] and "<script>" not in answer["rules"]
    assert read(answer["text"]).arms.keys() >= {"<script>alert(1)</script>"} and answer["file"] == "b.yaml"
