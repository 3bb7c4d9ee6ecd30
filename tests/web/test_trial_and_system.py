"""The Trial and System pages in plain values: every run, link, arrow and switch means something."""

from __future__ import annotations

import csv
import re
import time
from dataclasses import replace
from html import escape, unescape
from threading import Thread
from types import SimpleNamespace
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import numpy as np
import pytest

from quotidian.application.study_example import EXAMPLE
from quotidian.application.trial_run import published_trial, run_trial
from quotidian.errors import Cancelled, InvalidInput, InvalidQuantity, StudyTooLarge, UnknownName
from quotidian.network.influences import OUTSIDE
from quotidian.patients.population import draw
from quotidian.reports.tables import endpoints_csv
from quotidian.reports.wording import known_cell
from quotidian.statistics.streams import Streams
from quotidian.trials.protocol.library import design, names
from quotidian.trials.rows import EndpointRow, of_replicates
from quotidian.web import mechanism
from quotidian.web.pages.system import page
from quotidian.web.simulations import follow
from quotidian.web.state import ChildState
from quotidian.web.system_answers import SWITCHES, Change, changed_view, outcomes, system_answer, system_csv
from quotidian.web.trial_answers import (
    MOST_REPLICATES,
    RESULTS,
    TrialRun,
    TrialState,
    trial_csv,
    trial_svg,
)

QUERY = {"trial": "tender", "replicates": "1", "seed": "7"}
KEPT = {"kept": TrialState.read(QUERY).key}
NAMES = {"parameter": "fever.gain", "factor": "0", "drug": "none"}


@pytest.fixture(scope="module")
def answer() -> dict[str, object]:
    return TrialRun(TrialState.read(QUERY)).conduct()


def test_a_trial_is_the_one_of_the_command_line(answer):
    assert trial_csv(KEPT) == endpoints_csv(run_trial(published_trial("tender", 1, 7)).result.rows)
    assert answer["cli"] == "quotidian trial tender --replicates 1 --seed 7"
    assert [f["name"] for f in answer["figures"]][:2] == ["comparison", "responders"]
    for name in ("comparison", "children"):
        assert ElementTree.fromstring(trial_svg({**KEPT, "figure": name})) is not None


def test_members_give_a_second_interval_in_table_and_download(answer) -> None:
    asked = {**QUERY, "members": "2"}
    state = TrialState.read(asked)
    found = TrialRun(state).conduct()
    result = run_trial(published_trial("tender", 1, 7, 2)).result
    assert trial_csv({"kept": state.key}) == endpoints_csv(result.rows) != trial_csv(KEPT)
    compared = [row for row in result.by_arm if row.published is not None]
    table = ElementTree.fromstring(f"<div>{found['table'].replace('&nbsp;', ' ')}</div>")
    cells = [tr.findall("td") for tr in table.iter("tr") if tr.findall("td")]
    assert [td[1].text for td in cells] == [known_cell(row) for row in compared]
    assert found["cli"] == "quotidian trial tender --replicates 1 --seed 7 --members 2"
    assert "members=2)" in found["python"] and TrialState.read(dict(parse_qsl(found["link"][1:]))) == state
    assert answer["table"] == "" and "members" not in answer["link"]
    with pytest.raises(InvalidQuantity, match="0 to 20"):
        TrialState.read({"members": "21"})


def test_too_few_replicates_get_no_verdict(answer, monkeypatch: pytest.MonkeyPatch) -> None:
    result = RESULTS.get(KEPT["kept"]).result  # of one replicate; here each number has an interval
    ends = [{"low": row.virtual - 1.0, "high": row.virtual + 1.0} for row in result.rows]
    rows = tuple(EndpointRow(**vars(r) | e) for r, e in zip(result.rows, ends, strict=True))

    def run(asked, **_):
        return SimpleNamespace(
            result=replace(result, rows=of_replicates(rows, asked.replicates)), records=[None]
        )

    monkeypatch.setattr("quotidian.web.trial_answers.figures", lambda _: [])
    monkeypatch.setattr("quotidian.web.trial_answers.run_trial", run)
    monkeypatch.setattr("quotidian.web.trial_answers.children_of", lambda *_: [])
    monkeypatch.setattr("quotidian.web.trial_answers.dots", lambda *_: "")
    for replicates, said in (
        (2, "Too few replicates to judge: 2 of 20"),
        (MOST_REPLICATES, "agree with the published number"),
    ):
        asked = TrialState.read({**QUERY, "replicates": str(replicates), "seed": "4"})
        assert said in TrialRun(asked).conduct()["agreement"]
        judged = [row["inside"] for row in csv.DictReader(trial_csv({"kept": asked.key}).splitlines())]
        assert any(judged) == (replicates == MOST_REPLICATES)


def test_every_child_of_the_trial_is_a_link_to_that_child(answer):
    links = [unescape(link) for link in re.findall(r'<a href="([^"]*)"', answer["children"])]
    trial = design("tender")
    assert len(links) == len(set(links)) == trial.size
    state = ChildState.read(dict(parse_qsl(links[0][1:])))
    seed, replicate, number = state.drawn or (0, 0, 0)
    assert seed == 7 and state.child == draw(Streams(7), replicate, [number])[0]
    arms = [ChildState.read(dict(parse_qsl(link[1:]))).plans[0].drug for link in links]
    sizes = {name: arm.children for name, arm in trial.arms.items()}
    assert (arms.count("tocilizumab-iv"), arms.count("none")) == (sizes["tocilizumab"], sizes["placebo"])
    assert follow(state).arms[0].values["crp"].min() > 0


def test_a_trial_can_be_stopped_while_it_runs() -> None:
    run = TrialRun(TrialState.read({**QUERY, "replicates": "20", "seed": "8"}))
    caught: list[Exception] = []

    def work() -> None:
        try:
            run.conduct()
        except Exception as error:
            caught.append(error)

    thread = Thread(target=work)
    thread.start()
    while run.share == 0.0 and thread.is_alive():
        time.sleep(0.01)
    run.cancel()
    thread.join(30)
    assert [type(e) for e in caught] == [Cancelled] and 0.0 < run.share < 1.0


def test_what_was_not_run_cannot_be_fetched() -> None:
    with pytest.raises(InvalidInput, match="no longer stored"):
        trial_csv({"kept": TrialState.read({**QUERY, "seed": "4321"}).key})
    with pytest.raises(InvalidQuantity, match="1 to 20"):
        TrialState.read({"replicates": "500"})
    with pytest.raises(UnknownName, match="tender"):
        TrialState.read({"trial": "tendre"})
    assert TrialState().name in names()


def test_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TrialState.read({**QUERY, "replicates": "20"}).design.name == "tender"
    monkeypatch.setattr("quotidian.web.trial_answers.MOST_CHILD_WEEKS", 20 * 112 * 12 - 1)
    with pytest.raises(StudyTooLarge, match="fewer replicates"):
        _ = TrialState.read({**QUERY, "replicates": "20"}).design
    with pytest.raises(StudyTooLarge, match=r"(?s)and 10 members .* fewer replicates and members, 19"):
        _ = TrialState.read({**QUERY, "replicates": "10", "members": "10"}).design


def test_a_study_of_ones_own_is_read_as_the_command_line_reads_it_and_refused_by_line() -> None:
    state = TrialState.read({"study": EXAMPLE, "replicates": "1"})
    assert state.design.name == "every-2-or-4-weeks" and "study run" in state.command
    for text, said in (
        ("name: [", "line 1"),
        ("a: &x 1\nb: *x", "references"),
        ("a: !!python/object:os.system 1", "tag"),
    ):
        with pytest.raises(InvalidInput, match=said):
            _ = TrialState.read({"study": text}).design
    with pytest.raises(InvalidQuantity, match="too long"):
        TrialState.read({"study": "x" * 20_001})


def test_every_arrow_and_box_of_the_map_says_what_stands_behind_it() -> None:
    drawn = mechanism.picture()
    arrows = re.findall(r'class="arrow" data-source="(\w+)" data-target="(\w+)"', drawn)
    boxes = re.findall(r'class="mechanism" data-name="(\w+)"', drawn)
    assert len(arrows) > 40 and len(boxes) > 15
    for source, target in arrows:
        assert 'class="law"' in mechanism.of_arrow(source, target), (source, target)
    for name in boxes:
        text = mechanism.of_box(name)
        assert name == OUTSIDE or (text.count("<h4>") >= 1 and "<mo>=</mo>" in text), name
        near = re.findall(r'data-source="(\w+)" data-target="(\w+)"', text)
        assert sorted(near) == sorted(p for p in arrows if name in p and p[0] != p[1]), name
    assert re.findall(r'data-name="(\w+)"', mechanism.rows()) == boxes
    with pytest.raises(UnknownName, match="no such arrow"):
        mechanism.of_arrow("fever", "tocilizumab")
    with pytest.raises(UnknownName, match="no mechanism"):
        mechanism.of_box("<script>")


def test_a_value_is_shown_with_its_source_and_basis() -> None:
    text = mechanism.of_box("fever")
    assert "largest rise of the set point" in text and 'data-parameter="fever.gain"' in text
    assert re.search(r'class="(?:measured|derived|fitted|assumed)"', text)


@pytest.mark.parametrize("name", SWITCHES)
def test_every_switch_is_a_parameter_and_switching_it_off_changes_something(name: str) -> None:
    view = changed_view(Change(name, 0.0, "none"))
    a, b = view.arms
    moved = [
        n for n in a.values if not np.allclose(a.values[n][-168:], b.values[n][-168:], rtol=1e-3, atol=1e-9)
    ]
    assert moved and b.words == f"without {SWITCHES[name]}"
    assert Change(name, 2.0, "none").words == f"{SWITCHES[name]} × 2"


def test_a_changed_value_is_named_by_its_meaning() -> None:
    change = Change("acute_phase.k_crp", 2.0, "none")
    assert change.words == "loss of CRP × 2"
    listed = str(page(change))
    assert f">{escape(change.meaning)}</option>" in listed and f"({change.parameter})" not in listed


def test_without_fever_nobody_is_febrile_and_the_table_says_so() -> None:
    view = changed_view(Change.read(NAMES))
    before, after = (arm.values["temperature"][-168:].max() for arm in view.arms)
    assert before > 39.0 and after < 38.0
    row = next(r for r in outcomes(view).split("<tr>") if "Highest temperature" in r)
    assert f"{after - before:+.2f}" in row


def test_a_factor_of_one_changes_nothing() -> None:
    a, b = changed_view(Change("fever.gain", 1.0, "tocilizumab-iv")).arms
    assert all(np.array_equal(a.values[n], b.values[n]) for n in a.values)


def test_the_answers_of_the_system_page() -> None:
    found = system_answer(NAMES, "change", wide=False)
    names: dict[str, object] = {}
    exec(compile(found["python"], "page", "exec"), names)
    run, view = names["run"], changed_view(Change.read(NAMES))
    assert run["temperature"].values[1] == pytest.approx(view.arms[1].values["temperature"], abs=0.02)  # type: ignore[index]
    assert Change.read(dict(parse_qsl(found["link"][1:]))) == Change.read(NAMES)
    assert system_csv(NAMES).startswith("regimen,time_day,")
    with pytest.raises(UnknownName, match=r"fever\.gain"):
        Change.read({"parameter": "fever.gian"})
