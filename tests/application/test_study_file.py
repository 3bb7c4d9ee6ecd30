"""Study files: the example runs, published designs fit the schema, broken files name line and remedy."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from quotidian.application.study_example import EXAMPLE
from quotidian.application.study_file import json_schema, read_study
from quotidian.application.yaml_positions import MOST_BYTES, read_lined
from quotidian.errors import InvalidInput
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol import library
from quotidian.trials.protocol.recording import recording_faults

DESIGNS = sorted((Path(library.__file__).parents[1] / "published" / "designs").glob("*.yaml"))
assert DESIGNS


def refusal(tmp_path: Path, text: str) -> str:
    """What reading this text as a study is refused with."""
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        read_study(path)
    return str(refused.value)


def line_of(text: str, part: str) -> int:
    return 1 + text[: text.index(part)].count("\n")


@pytest.mark.parametrize("path", DESIGNS, ids=lambda p: p.stem)
def test_published_designs_are_study_files(path: Path) -> None:
    assert read_study(path) == library.design(path.stem)


def test_the_example_is_a_study(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    trial = read_study(path)
    assert trial.size == 80 and trial.weeks == 24 and trial.drugs >= {"tocilizumab", "background_steroid"}


BROKEN = {
    "unknown endpoint": (
        "[primary, acr30,", "[primary, acr35,",
        "no endpoint 'acr35'", "acr30",
    ),
    "unknown observable": (
        "missed: 0.03", "observables: [crpp]\nmissed: 0.03",
        "no observable 'crpp'", "crp",
    ),
    "weight of zero": (
        "    children: 40\nstrat", "    children: 0\nstrat",
        "weight of 0", "1 child or more",
    ),
    "a billion": (
        "    children: 40\nstrat", "    children: 1000000000\nstrat",
        "1,000,000,040", "Enrol fewer",
    ),
    "late visit": (
        "16, 20, 24]", "16, 20, 26]",
        "week 26 comes after the end", "Lengthen a period",
    ),
    "unsorted": (
        "[2, 4, 6,", "[2, 6, 4,",
        "out of order", "Sort",
    ),
    "period between visits": (
        "[2, 4, 6, 8, 10, 12, 16,", "[2, 4, 6, 8, 10, 16,",
        "no visit at week 12", "Add week 12",
    ),
    "unknown regimen": (
        "  give: tocilizumab-iv\n", "  give: tocilizumabb\n",
        "tocilizumabb", "tocilizumab-iv",
    ),
    "unreadable dose": (
        "12mg/kg/4wk", "12mgkg/4wk",
        "12mgkg", "Write for example",
    ),
    "unknown field": (
        "primary_week: 12", "primary_week: 12\nblinding: double",
        "'blinding' is no field", "Known",
    ),
    "unknown field of a part": (
        "  share: 0.9 ", "  shares: 0.9 ",
        "'shares' is no field", "share",
    ),
    "not a number": (
        "missed: 0.03", "missed: often",
        "missed", "often",
    ),
    "no primary": (
        "primary_week: 12", "primary_week: 13",
        "no visit at week 13", "Choose one of",
    ),
    "twice": (
        "missed: 0.03", "missed: 0.03\nmissed: 0.1",
        "'missed' stands twice", "once",
    ),
    "alias": (
        "missed: 0.03", "notes: &a [x]\nabout2: *a",
        "references", "Write the values out",
    ),
    "tag": (
        "missed: 0.03", "notes: !!python/object:os.system x",
        "tag", "Remove",
    ),
    "match": (
        "  # match: {age: 9.8, joints: 19.8}", "  match: {shoes: 3}\n  #",
        "matched on 'shoes'", "Known",
    ),
    "no YAML": (
        "missed: 0.03", "missed: [0.03",
        "", "study new",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_study_is_refused_with_line_and_remedy(tmp_path: Path, case: str) -> None:
    old, new, what, remedy = BROKEN[case]
    assert EXAMPLE.count(old) == 1, "the case must change the example"
    told = refusal(tmp_path, EXAMPLE.replace(old, new))
    assert told.startswith("study.yaml, line ") and what in told and remedy in told, told
    line = int(told.split("line ")[1].split(":")[0])
    assert abs(line - line_of(EXAMPLE, old)) <= 3 or case in ("a billion", "no YAML"), told


def test_what_no_arm_gives_cannot_be_observed_but_its_level_can_be_sampled(tmp_path: Path) -> None:
    told = refusal(tmp_path, EXAMPLE.replace("missed: 0.03", "observables: [sarilumab]\nmissed: 0.03"))
    assert "no observable 'sarilumab'" in told
    path = tmp_path / "study.yaml"
    path.write_text(EXAMPLE.replace("drug: tocilizumab, days", "drug: sarilumab, days"), encoding="utf-8")
    assert "sarilumab" in read_study(path).drugs


def test_a_study_of_nobody_is_not_told_to_enrol_fewer(tmp_path: Path) -> None:
    told = refusal(tmp_path, EXAMPLE.replace("children: 40", "children: 0"))
    assert "a replicate of 0 children is refused" in told and "Enrol some in each arm" in told


def test_a_taper_without_steroid_is_refused_at_the_taper(tmp_path: Path) -> None:
    document = yaml.safe_load(EXAMPLE)
    del document["steroid"]
    text = yaml.safe_dump(document, sort_keys=False)
    told = refusal(tmp_path, text)
    assert told.startswith(f"study.yaml, line {line_of(text, 'taper:')}: a taper without steroid")
    assert "Add 'steroid:" in told


EVENTS = yaml.safe_load(EXAMPLE) | {
    "periods": [{"name": "blinded", "kind": "randomised", "weeks": 24}],
    "stop": {"events": 20, "kind": "escape", "accrual_weeks": 52},
}
RULE = EVENTS["stop"]
OPEN = {
    "periods": [{"name": "a", "kind": "open", "weeks": 24}],
    "escape": None,
    "arms": {"one": {"give": "tocilizumab-iv", "children": 80}},
}
STOPS: dict[str, tuple[dict[str, object], str, str]] = {
    "none": ({"stop": RULE | {"events": 0}}, "at event 0 ", "from 1"),
    "many": ({"stop": RULE | {"events": 81}}, "event 81 ", "80 children"),
    "negative": ({"stop": RULE | {"accrual_weeks": -1}}, "over -1 weeks", "for example 52"),
    "absurd": ({"stop": RULE | {"accrual_weeks": 5200}}, "over 5200 weeks", "520 weeks"),
    "no number": ({"stop": RULE | {"accrual_weeks": float("nan")}}, "over nan", "for example 52"),
    "impossible": ({"stop": RULE | {"kind": "flare"}}, "kind 'flare'", "or 'kind: escape' in"),
    "no escape": ({"escape": None}, "kind 'escape'", "Write an 'escape:' with 'kind: escape'."),
    "open": (OPEN, "no randomised period to end", "kind: randomised"),
    "extension": ({"periods": yaml.safe_load(EXAMPLE)["periods"]}, "after the randomised one", "Remove it"),
    "unknown": ({"stop": {"event": 20, "accrual_weeks": 52}}, "'event' is no field", "events"),
}


@pytest.mark.parametrize("case", STOPS)
def test_an_end_by_events_that_cannot_be_is_refused_at_the_stop(tmp_path: Path, case: str) -> None:
    changed, what, remedy = STOPS[case]
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(EVENTS), encoding="utf-8")
    assert read_study(path).stop is not None
    text = yaml.safe_dump(EVENTS | changed, sort_keys=False)
    told = refusal(tmp_path, text)
    assert what in told and remedy in told, told
    line, stop = int(told.split("line ")[1].split(":")[0]), line_of(text, "\nstop:") + 1
    assert stop <= line <= stop + 3, told


def test_small_files_that_unfold_are_refused_before_they_do(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a, *a]\n" for i in range(30))
    assert "references (& and *) are refused" in refusal(tmp_path, bomb)
    assert "too deep or too long" in refusal(tmp_path, "a: " + "[" * 500)
    assert f"at most {MOST_BYTES:,}" in refusal(tmp_path, "# " + "x" * MOST_BYTES + "\na: 1")


def test_what_is_no_mapping_or_no_text_is_refused(tmp_path: Path) -> None:
    assert "no study" in refusal(tmp_path, "- a\n- b\n")
    assert "no study" in refusal(tmp_path, "")
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="is no text"):
        read_lined(path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_lined(tmp_path / "absent.yaml")


def test_the_schema_is_json_schema_and_closed() -> None:
    schema = json.loads(json_schema())
    assert set(schema["required"]) >= {"name", "arms", "periods", "visits", "primary_week"}
    assert schema["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())


OLD = """
name: old
arms: {all: {give: "tocilizumab-iv:8mg/kg/4wk", children: 4}}
periods: [{name: open, kind: open, weeks: 12}]
visits: [4, 12]
primary_week: 12
"""


@pytest.mark.parametrize(
    ("fields", "name", "old"),
    [
        ("population: {kind: polyarticular}", "pjia", "'population: kind'"),
        ("population: {kind: infants}", "sjia_infants", "'population: kind'"),
        ("model: adult_ra\npopulation: {kind: adults}", "adult_ra", "'model' and 'population: kind'"),
        ("model: adult_ra", "adult_ra", "'model'"),
        ("population: {kind: sjia, youngest: 4}", "sjia", "'population: kind'"),
    ],
)
def test_earlier_fields_name_the_indication_with_a_note(
    tmp_path: Path, fields: str, name: str, old: str
) -> None:
    path, notes = tmp_path / "old.yaml", []
    path.write_text(OLD + fields)
    trial = read_study(path, notes.append)
    assert trial.indication == name
    assert notes == [f"old.yaml: {old} is now written 'indication: {name}'."]
    assert trial.population.youngest == (4 if "youngest: 4" in fields else None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            "population: {kind: infants, youngest: 2, oldest: 18}",
            "'youngest' and 'oldest' of the population are left out, as before: patients are 1 to below 2",
        ),
        (
            "model: adult_ra\npopulation: {kind: adults, oldest: 60}",
            "'oldest' of the population is left out, as before: patients are 18 to below 90",
        ),
    ],
)
def test_ages_that_never_applied_are_mentioned_in_the_note(tmp_path: Path, fields: str, said: str) -> None:
    path, notes = tmp_path / "old.yaml", []
    path.write_text(OLD + fields)
    trial = read_study(path, notes.append)
    assert trial.ages == (trial.disease.youngest, trial.disease.oldest)
    assert len(notes) == 1 and said in notes[0]


def test_an_earlier_name_of_a_field_is_read_with_a_note_and_its_line(tmp_path: Path) -> None:
    path, notes = tmp_path / "old.yaml", []
    rule = 'respacing: {give: "GIVE", from_week: 4, quiet_weeks: 4}'
    path.write_text(OLD + rule.replace("GIVE", "tocilizumab-iv:8mg/kg/8wk"))
    assert read_study(path, notes.append).interval_extension is not None
    assert notes == ["old.yaml: 'respacing' is now called 'interval_extension'."]
    assert "line 7" in refusal(tmp_path, OLD + rule.replace("GIVE", "nothing-known"))


def test_earlier_names_of_population_values_are_read_with_a_note(tmp_path: Path) -> None:
    path, notes = tmp_path / "old.yaml", []
    path.write_text(OLD + "population: {values: {CL: 0.4, girls: 0.8}, because: adults}")
    assert read_study(path, notes.append).population.values == {"tocilizumab.omega_CL": 0.4, "girls": 0.8}
    assert notes == ["old.yaml: 'CL' of a population is now called 'tocilizumab.omega_CL'."]


def test_an_unknown_indication_is_refused_with_the_nearest(tmp_path: Path) -> None:
    text = refusal(tmp_path, OLD + "indication: adult_r")
    assert "there is no indication 'adult_r'" in text and "'adult_ra'" in text


def test_ages_outside_the_indication_are_refused(tmp_path: Path) -> None:
    text = refusal(tmp_path, OLD + "indication: adult_ra\npopulation: {youngest: 10}")
    assert "no patient can be 10 to 90 years old" in text


def test_an_endpoint_whose_observable_is_not_recorded_is_refused_with_its_line(tmp_path: Path) -> None:
    text = refusal(tmp_path, OLD + "endpoints:\n  - crp\n  - igf1_sds\n")
    assert text.startswith("study.yaml, line 9: the endpoint 'igf1_sds' needs igf1_sds")
    assert "Write 'observables: [igf1_sds]', or leave the endpoint out." in text


@pytest.mark.parametrize("name", ["neutropenia", "mas_rate_recognised", "mas_recognised", "rash_free"])
def test_an_endpoint_names_what_it_reads(tmp_path: Path, name: str) -> None:
    assert f"the endpoint '{name}' needs" in refusal(tmp_path, OLD + f"endpoints: [{name}]")


@pytest.mark.parametrize(
    "fields",
    [
        "endpoints: [igf1_sds]\nobservables: [igf1_sds]",
        "endpoints: [mas_rate, cmax, crp]",
        "indication: castleman\nendpoints: [haemoglobin_change]",
    ],
)
def test_an_endpoint_whose_observable_is_recorded_is_accepted(tmp_path: Path, fields: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(OLD + fields)
    assert read_study(path).endpoints


def test_an_endpoint_that_the_model_cannot_have_is_only_to_be_left_out() -> None:
    trial = replace(library.design("woo-2005"), endpoints=("crp", "igf1_sds"))
    (fault,) = recording_faults(trial, ENDPOINTS, dict.fromkeys([*trial.disease.assessments, "tocilizumab"]))
    assert fault.place == ("endpoints", 1) and fault.why == "The model has no igf1_sds."
    assert fault.remedy == "Leave the endpoint out."
