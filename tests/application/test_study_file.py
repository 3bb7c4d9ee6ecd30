"""Study files: the example runs, published designs fit the schema, broken files name line and remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from quotidian.application.study_example import EXAMPLE
from quotidian.application.study_file import json_schema, read_study
from quotidian.application.yaml_positions import MOST_BYTES, read_lined
from quotidian.errors import InvalidInput
from quotidian.trials.protocol import library

DESIGNS = sorted((Path(library.__file__).parents[1] / "published" / "designs").glob("*.yaml"))
assert DESIGNS


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
    "half a letter": ("title: Tocil", 'title: "\\ud800" # ', "a text holds '\\ud800'.", "Remove it."),
    "a control character": ("about: Does", 'about: "\\0" # ', "a text holds '\\x00'.", "Remove it."),
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
        "'blinding' is not a field", "Known",
    ),
    "unknown field of a part": (
        "  share: 0.9 ", "  shares: 0.9 ",
        "'shares' is not a field", "share",
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
        "'missed' occurs twice", "once",
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
    "exposure between doses": (
        "days: 28, first: 0, steady: 8}", "days: 28, first: 0, steady: 7}",
        "tocilizumab is not given at week 7", "Choose the week of a dose",
    ),
    "exposure over two doses": (
        "days: 28, first: 0, steady: 8}", "days: 84, first: 0, steady: 8}",
        "tocilizumab is given again within 84 days of week 0", "Shorten 'days'",
    ),
    "a field of an interval": (
        "days: 28, first: 0, steady: 8}", "days: 28, first: 0, stedy: 8}",
        "'stedy' is not a field here", "'steady'",
    ),
    "octal": (
        "joints: 5\n  joints_with", "joints: 05\n  joints_with",
        "'05' is not a decimal number", "decimal digits",
    ),
    "no number": (
        "missed: 0.03", "missed: .nan",
        "'.nan' is not a decimal number", "finite number",
    ),
    "an hour of minutes": (
        "crp_above: 10 ", "crp_above: 1:30 ",
        "'1:30' is not a decimal number", "finite number",
    ),
    "a truth value": (
        "visits: [2, 4,", "visits: [true, 4,",
        "visits.0", "study new",
    ),
    "a number in quotes": (
        "primary_week: 12", "primary_week: '12'",
        "primary_week", "study new",
    ),
    "the name of a published trial": (
        "name: every-2-or-4-weeks", "name: tender",
        "'tender' is the name of a published trial", "another name",
    ),
    "a long name": (
        "name: every-2-or-4-weeks", f"name: {'x' * 300}",
        "a name of 300 letters", "a short one",
    ),
    "no name": (
        "name: every-2-or-4-weeks", "name: ' '",
        "a name of 0 letters", "a short one",
    ),
    "exposure within a second": (
        "days: 28, first", "days: 1e-5, first",
        "an interval of 1e-05 days", "Correct it",
    ),
    "no YAML": (
        "missed: 0.03", "missed: [0.03",
        "", "study new",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_study_is_refused_with_line_and_remedy(refusal: Callable[[str], str], case: str) -> None:
    old, new, what, remedy = BROKEN[case]
    assert EXAMPLE.count(old) == 1, "the case must change the example"
    message = refusal(EXAMPLE.replace(old, new))
    assert message.startswith("study.yaml, line ") and what in message and remedy in message, message
    line = int(message.split("line ")[1].split(":")[0])
    assert abs(line - line_of(EXAMPLE, old)) <= 3 or case in ("a billion", "no YAML"), message


def test_a_whole_number_may_be_written_with_a_point(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(EXAMPLE.replace("primary_week: 12", "primary_week: 12.0"), encoding="utf-8")
    assert read_study(path).primary_week == 12


def test_what_no_arm_gives_cannot_be_observed_but_its_level_can_be_sampled(
    tmp_path: Path, refusal: Callable[[str], str]
) -> None:
    message = refusal(EXAMPLE.replace("missed: 0.03", "observables: [sarilumab]\nmissed: 0.03"))
    assert "no observable 'sarilumab'" in message
    path = tmp_path / "study.yaml"
    path.write_text(EXAMPLE.replace("drug: tocilizumab, days", "drug: sarilumab, days"), encoding="utf-8")
    assert "sarilumab" in read_study(path).drugs


def test_exposure_may_have_several_intervals(tmp_path: Path, refusal: Callable[[str], str]) -> None:
    one = EXAMPLE[EXAMPLE.index("kinetics:") : EXAMPLE.index("define:")]
    several = EXAMPLE.replace(one, "kinetics: [{days: 28, steady: [4, 8]}, {days: 14, first: 0}]\n")
    path = tmp_path / "study.yaml"
    path.write_text(several, encoding="utf-8")
    assert [(i.occasion, i.week, i.days) for i in read_study(path).dosing_intervals] == [
        ("first", 0, 28.0), ("steady", 4, 28.0), ("steady", 8, 28.0), ("first", 0, 14.0),
    ]  # fmt: skip
    message = refusal(several.replace("[4, 8]", "[4, 7]"))
    assert "tocilizumab is not given at week 7" in message
    message = refusal(several.replace("{days: 14,", "{drug: sarilumab, days: 14,"))
    assert "tocilizumab and sarilumab cannot be measured in one trial" in message


def test_a_study_of_nobody_is_not_told_to_enrol_fewer(refusal: Callable[[str], str]) -> None:
    message = refusal(EXAMPLE.replace("children: 40", "children: 0"))
    assert "a replicate of 0 children is refused" in message and "Enrol some in each arm" in message


def test_a_taper_without_steroid_is_refused_at_the_taper(refusal: Callable[[str], str]) -> None:
    document = yaml.safe_load(EXAMPLE)
    del document["steroid"]
    text = yaml.safe_dump(document, sort_keys=False)
    message = refusal(text)
    assert message.startswith(f"study.yaml, line {line_of(text, 'taper:')}: a taper without steroid")
    assert "Add 'steroid:" in message


EVENTS = yaml.safe_load(EXAMPLE) | {
    "periods": [{"name": "blinded", "kind": "randomised", "weeks": 24}],
    "stop": {"events": 20, "kind": "escape", "accrual_weeks": 52},
}
RULE = EVENTS["stop"]
OPEN = {
    "periods": [{"name": "a", "kind": "open", "weeks": 24}],
    "escape": None,
    "arms": {"one": {"give": "tocilizumab-iv", "children": 80}},
    "kinetics": None,
}
STOPS: dict[str, tuple[dict[str, object], str, str]] = {
    "none": ({"stop": RULE | {"events": 0}}, "at event 0 ", "from 1"),
    "many": ({"stop": RULE | {"events": 81}}, "event 81 ", "80 children"),
    "negative": ({"stop": RULE | {"accrual_weeks": -1}}, "over -1 weeks", "for example 52"),
    "absurd": ({"stop": RULE | {"accrual_weeks": 5200}}, "over 5200 weeks", "520 weeks"),
    "no number": (
        {"stop": RULE | {"accrual_weeks": float("nan")}},
        "'.nan' is not a decimal",
        "a finite number",
    ),
    "impossible": ({"stop": RULE | {"kind": "flare"}}, "kind 'flare'", "or 'kind: escape' in"),
    "no escape": ({"escape": None}, "kind 'escape'", "Write an 'escape:' with 'kind: escape'."),
    "open": (OPEN, "without a randomised period", "kind: randomised"),
    "extension": ({"periods": yaml.safe_load(EXAMPLE)["periods"]}, "followed by another period", "Remove it"),
    "unknown": ({"stop": {"event": 20, "accrual_weeks": 52}}, "'event' is not a field", "events"),
}


@pytest.mark.parametrize("case", STOPS)
def test_an_end_by_events_that_cannot_be_is_refused_at_the_stop(
    tmp_path: Path, refusal: Callable[[str], str], case: str
) -> None:
    changed, what, remedy = STOPS[case]
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(EVENTS), encoding="utf-8")
    assert read_study(path).stop is not None
    text = yaml.safe_dump(EVENTS | changed, sort_keys=False)
    message = refusal(text)
    assert what in message and remedy in message, message
    line, stop = int(message.split("line ")[1].split(":")[0]), line_of(text, "\nstop:") + 1
    assert stop <= line <= stop + 3, message


def test_small_files_that_unfold_are_refused_before_they_do(refusal: Callable[[str], str]) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a, *a]\n" for i in range(30))
    assert "references (& and *) are refused" in refusal(bomb)
    assert "too deep or too long" in refusal("a: " + "[" * 500)
    assert f"at most {MOST_BYTES:,}" in refusal("# " + "x" * MOST_BYTES + "\na: 1")


def test_what_is_no_mapping_or_no_text_is_refused(tmp_path: Path, refusal: Callable[[str], str]) -> None:
    assert "no study" in refusal("- a\n- b\n")
    assert "no study" in refusal("")
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="is not a text file"):
        read_lined(path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_lined(tmp_path / "absent.yaml")


def test_the_schema_is_json_schema_and_closed() -> None:
    schema = json.loads(json_schema())
    assert set(schema["required"]) >= {"name", "arms", "periods", "visits", "primary_week"}
    assert schema["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())
