"""Comments of a study survive a change of a field, each beside its value."""

from __future__ import annotations

import pytest

from quotidian.application.study_example import EXAMPLE
from quotidian.application.yaml_positions import lined_text
from quotidian.trials.protocol.library import design_text, names
from quotidian.web.study_builder.answers import study_answer
from quotidian.web.study_builder.comments import Comment, carried, comments
from quotidian.web.study_builder.from_schema import study_widget

UNITS = ("degC", "mm/h")
"""Comments that only name the unit of a value that is left out."""
STUDY = """\
# Protocol of the ward, version 3

name: ours  # short
arms:
  # the licensed dose
  drug:
    give: tocilizumab-iv  # every two weeks
    children: 20
  placebo:
    give: none
    children: 10  # half
primary_week: 12  # weeks; as in TENDER
periods:
  - {name: blinded, kind: randomised, weeks: 12}
visits: [2, 4, 8, 12]  # fasting
about: "crp < 5 # not a comment"
kinetics:
  - {drug: tocilizumab, days: 14}  # of the label
  # worth a look
  - {drug: tocilizumab, days: 28}
# the end
"""


def shown(text: str) -> dict[str, str]:
    return study_widget().show(lined_text(text, "study").value, "")


def changed(text: str, done: str = "fields", **fields: str) -> str:
    form = shown(text) | {name.replace("__", "."): value for name, value in fields.items()}
    return study_answer({"fields": {**form, "study": text}, "what": done})["text"]


def told(text: str) -> list[str]:
    return [one.text for one in comments(text)]


def test_comments_are_found_and_signs_in_values_are_none() -> None:
    found = comments(STUDY)
    assert [one.text for one in found] == [
        "Protocol of the ward, version 3", "short", "the licensed dose", "every two weeks", "half",
        "weeks; as in TENDER", "fasting", "of the label", "worth a look", "the end",
    ]  # fmt: skip
    assert found[:2] == (Comment(1, "Protocol of the ward, version 3", False), Comment(3, "short", True))
    assert comments("a: 'x # y'\nb: p#q\n") == ()


def test_a_changed_field_keeps_every_comment_beside_its_value() -> None:
    text = changed(STUDY, primary_week="8")
    lines = text.splitlines()
    assert set(own := told(text)) - {"days", "weeks"} == {*told(STUDY), "weeks; fasting"} - {"fasting"}
    assert len(own) == len(told(STUDY)) + 2 and lines[-1] == "# the end"  # units of two further fields
    assert "primary_week: 8  # weeks; as in TENDER" in lines and "    children: 10  # half" in lines
    assert lines[lines.index("  # the licensed dose") + 1] == "  drug:"
    assert lines[lines.index("  # worth a look") + 1] == "  - days: 28  # days"
    assert changed(text, primary_week="12") == changed(STUDY)  # and no comment is doubled
    assert lined_text(text, "study").value["primary_week"] == 8


def test_rows_that_are_removed_or_renamed_take_their_comments_along() -> None:
    text = study_answer({"fields": {**shown(STUDY), "study": STUDY}, "what": "remove kinetics.0"})["text"]
    assert set(told(STUDY)) - set(told(text)) == {"of the label", "fasting"}  # weeks; fasting
    assert "# worth a look\nkinetics:\n  days: 28" in text
    (at,) = (name for name, value in shown(STUDY).items() if value == "placebo")
    text = changed(STUDY, **{at: "comparator"})
    assert "  comparator:" in text and "    children: 10  # half" in text.splitlines()


def test_a_comment_of_a_value_that_is_left_out_is_kept_at_the_end() -> None:
    before = "name: a\nweeks: 12\nfever: 38  # degC\nseed_text: x  # why\n"
    assert carried(before, "name: a\nweeks: 12\n").splitlines()[2:] == ["# (seed_text) why"]
    assert carried("no: [yaml", "name: a\n") == "name: a\n"


@pytest.mark.parametrize("name", ["example", *names()])
def test_a_published_study_loses_no_comment(name: str) -> None:
    text = EXAMPLE if name == "example" else design_text(name)
    after = changed(text)
    said = "\n".join(told(after))
    assert all(one in said or one in UNITS for one in told(text))
    again = changed(after)
    assert again == after  # settled after one turn
