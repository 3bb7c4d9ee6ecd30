"""``quotidian bench``: the error it holds solvers to, the tolerances it picks, what it says is missing."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotidian.cli.benchmarking import bench_report, costs, event_costs, measure, probe
from quotidian.cli.benchmarking import benchmark_case as task_module
from quotidian.cli.benchmarking import contest as contesting
from quotidian.cli.benchmarking.amici_peer import Amici
from quotidian.cli.benchmarking.benchmark_case import EXACT, Task
from quotidian.cli.benchmarking.benchmark_case import task as drawn_task
from quotidian.cli.benchmarking.contest import Line, contest, missing
from quotidian.cli.benchmarking.costs import Cost
from quotidian.cli.benchmarking.diffsol import Diffsol
from quotidian.cli.benchmarking.measure import BEYOND, RTOLS, Measure, Setting, error, loosest
from quotidian.cli.benchmarking.roadrunner import RoadRunner
from quotidian.engine import Tolerance

from .conftest import Ran

Command = Callable[[str], Ran]
QUICK = Tolerance(rtol=1e-4, atol=1e-6)
PEERS: dict[str, Any] = {"roadrunner": RoadRunner, "pydiffsol": Diffsol, "amici": Amici}
INSTALLED = ("roadrunner", "pydiffsol")


@pytest.fixture(scope="module")
def task() -> Task:
    return drawn_task(3)


@dataclass(frozen=True)
class Built:
    """A peer that is built once: compiling its model takes longer than all its runs in the tests."""

    name: str
    package: str
    extra: str
    solver: Any

    def __call__(self, task: Task) -> Any:
        return self.solver


@pytest.fixture(scope="module")
def built(task: Task) -> Callable[[str], Built]:
    """A peer by the module that it needs."""

    @cache
    def build(module: str) -> Built:
        pytest.importorskip(module)
        kind = PEERS[module]
        return Built(kind.name, kind.package, kind.extra, kind(task))

    return build


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No peer is installed."""
    for module in PEERS:
        monkeypatch.setitem(sys.modules, module, None)


def test_the_error_is_relative_and_spares_what_is_nearly_nothing() -> None:
    reference = np.array([100.0, 0.0, -2.0])
    assert error(np.array([101.0, 0.0, -2.0]), reference) == pytest.approx(0.01)
    assert error(np.array([100.0, 3e-6, -2.0]), reference) == pytest.approx(3.0)
    assert error(np.array([100.0, 0.0, 2.0]), reference) == pytest.approx(2.0, rel=1e-5)
    assert error(np.array([100.0, np.nan, -2.0]), reference) == np.inf


def test_each_state_has_a_floor_of_its_own_and_the_worst_is_named() -> None:
    own = Measure("", ("small", "large"), np.array([1e-6, 10.0]))
    reference = np.array([[[1e-3, 50.0]]])
    for found, size, state in (([1e-3, 56.0], 0.1, "large"), ([1.2e-3, 56.0], 0.2, "small")):
        reached, worst = own.of(np.array([[found]]), reference)
        assert worst == state
        assert reached == pytest.approx(size, rel=1e-2)
    assert own.of(np.array([[[np.nan, 56.0]]]), reference) == (np.inf, "small")


def test_the_loosest_tolerance_that_reaches_the_error_is_found() -> None:
    for target in (1e-6, 5e-5, 3e-3, 1.0):
        found = loosest(lambda rtol: 40 * rtol, target)
        assert found == max((r, 40 * r) for r in RTOLS if 40 * r <= target)
    assert loosest(lambda rtol: 1.0, 0.5) is None


def test_a_lucky_looser_tolerance_counts_too() -> None:
    lucky = RTOLS[18 - 1 - BEYOND]
    errors = {r: 1.0 if i < 18 else 0.0 for i, r in enumerate(RTOLS)} | {lucky: 0.25}
    assert loosest(errors.__getitem__, 0.5) == (lucky, 0.25)


def test_children_differ_and_are_the_same_each_time(task: Task) -> None:
    for name in ("body_weight", "severity", "tocilizumab.CL"):
        assert len(set(task.machine.parameter(task.parameters, name))) == task.children
    np.testing.assert_array_equal(drawn_task(3).parameters, task.parameters)


def test_segments_cover_the_run(task: Task) -> None:
    """Six infusions of an hour cut 84 days into thirteen parts, with the infusion on in every other one."""
    parts = list(task.segments(0))
    assert len(parts) == 13
    assert [p.begin for p in parts[1:]] == [p.end for p in parts[:-1]]
    assert (parts[0].begin, parts[-1].end) == (0.0, 84 * 24.0)
    np.testing.assert_array_equal(np.concatenate([p.times for p in parts]), task.times[1:])
    assert [p.inputs["tocilizumab_infusion"] > 0 for p in parts] == [False, True] * 6 + [False]


@pytest.mark.parametrize("module", PEERS)
def test_a_peer_agrees_with_our_engine(task: Task, built: Callable[[str], Built], module: str) -> None:
    """Other solvers, each from another form of the model, arrive at the same states."""
    found = built(module).solver.solve(3e-10, 3e-12)
    assert error(found, task.solve(EXACT)) < 1e-6


def test_every_solver_gets_a_line(
    task: Task, built: Callable[[str], Built], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contesting, "PEERS", tuple(map(built, INSTALLED)))
    monkeypatch.setattr(measure, "RTOLS", RTOLS[::4])
    lines = contest(task, targets=(1e-3,), rounds=1)
    assert [line.name for line in lines] == [
        "quotidian",
        "quotidian single",
        "libRoadRunner",
        "pydiffsol",
    ] * 2
    for line in lines:
        assert line.setting is not None and 0 < line.setting.error <= 1e-3
        assert line.cpu_us is not None and line.cpu_us > 0
        first = next(one for one in lines if one.measure == line.measure)
        assert line.ratio == pytest.approx(line.cpu_us / first.cpu_us)  # type: ignore[operator]
        assert line.setting.state in task.machine.ode_system.states
    text = r"(?m)^  libRoadRunner \S+ .* us +[\d.]+ x  \S+(  \(\d+ tr\w+ failed\))?$"
    assert re.search(text, page_of(task, lines))


def page_of(task: Task, lines: list[Line], *found: Cost) -> str:
    return bench_report.table(bench_report.figures(task, lines, found))


@pytest.mark.usefixtures("alone")
def test_a_missing_peer_is_said(task: Task) -> None:
    lines = contest(task, targets=(1e-3,), rounds=1)
    assert [line.why for line in lines] == ["", "", missing("bench"), missing("bench"), missing("amici")] * 2
    page = page_of(task, lines)
    assert re.search(r"(?m)^  libRoadRunner +not installed\. In .* run: pip install '\.\[bench\]'$", page)
    assert re.search(r"(?m)^  AMICI +not installed\. In .* run: pip install '\.\[amici\]'$", page)
    assert re.search(r"(?m)^  quotidian \d.* 1 x  \S+$", page)
    assert re.search(r"(?m)^  quotidian single \d.* 0\.\d x  \S+$", page)
    assert page.count("quotidian single: stages of a step in single precision") == 1
    assert page.count("at an error of 0.001 at most, 1 % of usual size as floor") == 1


def test_a_solver_that_never_gets_there_is_said(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    class Astray(contesting.Ours):
        name, package, extra = "astray", "numpy", "bench"

        def solve(self, rtol: float, atol: float) -> np.ndarray:
            raise RuntimeError("gave up")

    monkeypatch.setattr(contesting, "PEERS", (Astray,))
    lines = contest(task, targets=(1e-3,), rounds=1)
    assert [line.why for line in lines] == ["", "", "no tolerance reaches this error"] * 2
    assert lines[2].ratio is None
    assert lines[0].failed == lines[1].failed == 0 < lines[2].failed


def test_single_precision_is_tried_down_to_its_tightest_tolerance(task: Task) -> None:
    """An error that its rounding forbids is out of reach, and no tolerance is one that the engine refuses."""
    solver, exact, usual = contesting.OursInSingle(task), task.solve(EXACT), measure.measures(task)[0]
    coarse, fine = (measure.search(solver, exact, target, usual) for target in (1e-4, 1e-6))
    assert coarse.failed == fine.failed == 0 and not fine.settings
    assert all(setting.rtol >= solver.tightest and setting.error <= 1e-4 for setting in coarse.settings)
    assert len(coarse.settings) == len(solver.shares)


def test_failed_tries_are_counted_and_what_they_print_is_discarded(
    task: Task, capfd: pytest.CaptureFixture[str]
) -> None:
    class Strict(contesting.Ours):
        shares = (1e-2,)

        def solve(self, rtol: float, atol: float) -> np.ndarray:
            os.write(2, b"corrector convergence failed")
            if rtol > 2e-5:
                raise RuntimeError("gave up")
            return super().solve(1e-9, 1e-11)

    found = measure.search(Strict(task), task.solve(EXACT), 1e-5, measure.measures(task)[0])
    assert [setting.rtol for setting in found.settings] == [max(r for r in RTOLS if r <= 2e-5)]
    assert found.failed >= BEYOND
    assert "corrector" not in capfd.readouterr().err
    os.write(2, b"spoken")
    assert capfd.readouterr().err == "spoken"
    line = Line("a", "1", 1e-5, found.settings[0], 1.0, 1.0, failed=found.failed)
    assert page_of(task, [line]).count(f"({found.failed} tries failed)") == 1


def test_the_table_tells_costs_and_what_could_not_be_had(task: Task) -> None:
    line = Line("quotidian", "1", 5e-5, Setting(1e-5, 1e-7, 4e-5), 1234.5, 1.0)
    page = page_of(
        task, [line], Cost("on 1 thread", 612.0, "children/s"), Cost("memory", None, "MB", "no disk")
    )
    assert "rtol 1.0e-05  error 4.0e-05     1,234 us     1 x" in page
    assert re.search(r"on 1 thread +612 children/s", page)
    assert re.search(r"memory +not measured: no disk", page)
    assert page.endswith("Research use, not a medical device.")


def test_threads_are_compared(task: Task) -> None:
    found = costs.speeds(task, (1, 2), QUICK)
    assert [c.what for c in found] == ["on 1 thread", "on 2 threads"]
    assert all(c.value and c.value > 0 for c in found)


def test_tangents_are_counted_in_plain_runs(task: Task) -> None:
    (found,) = costs.tangents(task, (1,), QUICK)
    assert (found.what, found.unit) == ("tangents, 1 direction at once, each", "plain runs")
    assert found.value is not None and found.value > 1  # a differentiated run is a plain run and more
    assert set(task_module.DIRECTIONS) <= set(task.model.constants)


def test_copies_of_children_are_the_children(task: Task) -> None:
    copies = task.repeated(2).solve(EXACT)
    assert len(copies) == 2 * task.children
    np.testing.assert_array_equal(copies[: task.children], copies[task.children :])


def test_peak_memory_is_of_this_process_and_grows() -> None:
    before = probe.peak()
    block = np.ones(40_000_000)  # 320 MB, touched
    assert probe.peak() - before > 100e6 or before > block.nbytes


def test_a_process_of_its_own_is_timed_or_its_complaint_told() -> None:
    assert costs._asked([sys.executable, "-c", "print('a word'); print(2.5)"]) == 2.5
    assert costs._asked([sys.executable, "-c", "raise SystemExit('no room')"]) == "no room"


@pytest.mark.usefixtures("alone")
def test_the_verb_writes_what_it_tells(
    quotidian: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contesting, "COPIES", 1)
    monkeypatch.setattr(event_costs, "event_costs", lambda: [Cost("event tables", 1.0, "s CPU")])
    monkeypatch.setattr(costs, "starts", lambda: [Cost("import quotidian", 0.1, "s")])
    monkeypatch.setattr(
        costs, "memory", lambda children, threads: [Cost("memory", 1.0 * len(children), "MB")]
    )
    monkeypatch.setattr(
        costs, "tangents", lambda task, widths, *_: [Cost(f"{max(widths)} directions", 1.8, "plain runs")]
    )
    file = tmp_path / "bench.json"
    ran = quotidian(f"bench --children 2 --threads 2 --json {file}")
    assert ran.code == 0, ran.err
    content = json.loads(file.read_text())
    assert content.keys() == {"format", "version", "note", "task", "host", "cpu_at_equal_error", "costs"}
    assert content["task"]["children"] == 2
    assert [line["target"] for line in content["cpu_at_equal_error"]] == [5e-5] * 10 + [1e-6] * 10
    ours = content["cpu_at_equal_error"][0]
    of_line = {"name", "version", "target", "setting", "cpu_us", "ratio", "why", "measure", "failed"}
    assert ours.keys() == of_line
    assert ours["setting"].keys() == {"rtol", "atol", "error", "state"}
    told_of = {"on 1 thread", "on 2 threads", "4 directions", "import quotidian"}
    assert told_of <= {c["what"] for c in content["costs"]}
    assert "CPU per child at an error of 1e-06 at most" in ran.out
    assert "Research use, not a medical device." in ran.out


@pytest.mark.parametrize("options", ["--children 0", "--children many", "--threads 0", "--json figures.txt"])
def test_a_mistake_is_told_before_anything_runs(quotidian: Command, options: str) -> None:
    ran = quotidian(f"bench {options}")
    assert ran.code == 2
    assert not ran.out


def test_an_event_table_costs_less_than_with_the_peer_and_predicts_the_same() -> None:
    ours, theirs = event_costs.event_costs(subjects=40, sample=3)  # the values are compared within
    assert ours.what.startswith("400 records of 40 subjects") and ours.value > 0
    assert theirs.unit == "x" and (theirs.value is None or theirs.value > 0)
