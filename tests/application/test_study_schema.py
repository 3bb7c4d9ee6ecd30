"""The schema that reader, forms and documentation share, and all errors of a study at once."""

from __future__ import annotations

import json
from pathlib import Path

from quotidian.application import study_file
from quotidian.application.study_example import EXAMPLE
from quotidian.application.study_file import checked, json_schema
from quotidian.application.yaml_positions import lined_text
from quotidian.evidence.reading import read_mapping


def test_every_field_of_the_schema_has_words() -> None:
    schema = json.loads(json_schema())
    parts = (
        {"Trial": schema} | schema["$defs"] | {"Match": schema["$defs"]["Population"]["properties"]["match"]}
    )
    words = read_mapping(Path(study_file.__file__).with_name("study_words.yaml"))
    assert {part: set(own) for part, own in words.items()} == {
        part: set(own["properties"]) for part, own in parts.items()
    }
    for field in schema["properties"].values():
        assert field["title"] and field["x-section"]
    fever = schema["$defs"]["Entry"]["properties"]["fever"]
    assert (fever["title"], fever["x-unit"], fever["minimum"]) == ("Fever from", "°C", 36.0)
    steroid = schema["$defs"]["Steroid"]["properties"]
    assert steroid["share"]["maximum"] == 1.0 and schema["properties"]["missed"]["maximum"] == 0.5


def test_all_errors_of_a_study_are_found_with_their_places() -> None:
    broken = EXAMPLE.replace("fever: 38.0   ", "fever: 380   ").replace("youngest: 2  ", "youngest: 20  ")
    trial, found = checked(lined_text(broken, "study"))
    assert trial is not None
    assert {fault.place for fault in found} >= {("entry", "fever"), ("population",)}
    trial, found = checked(lined_text("name: [1]\nvisits: [2]", "study"))
    assert trial is None and {("name",), ("arms",), ("primary_week",)} < {f.place for f in found}
