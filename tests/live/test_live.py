"""The page as people meet it: quick, alone, readable on a telephone, and driven by the keyboard."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

import quotidian as q

CONTROLS = {
    "age",
    "sex",
    "weight",
    "severity",
    "drug",
    "dose",
    "interval",
    "steroid",
    "taper",
    "weeks",
    "regimen",
}


def test_it_opens_and_answers_at_once(opened: Any) -> None:
    """Wall time to the first chart; processor time of a slider's answer, since the machine may be shared."""
    opens = []
    for _ in range(5):
        opened.reload()
        opened.wait_for_selector(".q-panel")
        opens.append(opened.evaluate("performance.getEntriesByName('first-chart')[0].startTime"))
    session = opened.context.new_cdp_session(opened)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        found = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        return 1000.0 * found["TaskDuration"]

    answers = []
    for i in range(12):
        before = worked()
        opened.evaluate(
            f"new Promise(done => {{ const l = quotidian.live; l.state.severity = 1 + {i} / 50; l.answer();"
            "requestAnimationFrame(() => setTimeout(done)); })"
        )
        answers.append(worked() - before)
    print(f"first chart after {min(opens):.0f} ms, a slider is answered in {sorted(answers)[6]:.0f} ms")
    slower = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))  # others work on this machine
    assert min(opens) < 500.0 * slower, opens
    assert min(answers) < 100.0 * slower, answers


def test_charts_out_of_sight_follow_when_the_control_rests_or_they_come_near(opened: Any) -> None:
    opened.reload()
    opened.wait_for_selector(".q-panel")
    paths = "[...p.querySelectorAll('.q-line')].map(l => l.getAttribute('d')).join()"
    find = "t => [...document.querySelectorAll('.q-panel')].find(p => p.textContent.includes(t))"
    lines = f"() => ['temperature', 'Neutrophils'].map({find}).map(p => {paths})"
    before = opened.evaluate(lines)
    opened.wait_for_timeout(300)
    move = "(() => { const l = quotidian.live; l.state.severity += 0.5; l.answer(); })()"
    at_once = opened.evaluate(f"() => {{ {move}; return ({lines})(); }}")
    assert at_once[0] != before[0] and at_once[1] == before[1]
    opened.wait_for_timeout(400)
    assert opened.evaluate(lines)[1] != before[1]


@pytest.fixture
def fresh(opened: Any) -> Any:
    opened.reload()
    opened.wait_for_selector(".q-panel")
    return opened


def number(page: Any, title: str, which: int) -> float:
    """A figure of the last day: 0 treated, 1 without drug."""
    tile = page.locator(".q-tiles div", has_text=title).locator("b, span").nth(which)
    return float(tile.inner_text().replace("\u2009", ""))


def test_every_control_moves_the_course(fresh: Any) -> None:
    names = {f.get_attribute("name") for f in fresh.locator(".q-controls [name]").all()}
    assert names == CONTROLS
    for name, title in (
        ("severity", "CRP"), ("dose", "Trough"), ("interval", "Trough"), ("age", "Trough"),
        ("weeks", "joints"), ("steroid", "joints"),
    ):  # fmt: skip
        before = number(fresh, title, 0)
        fresh.focus(f'[name="{name}"]')
        for _ in range(3):
            fresh.keyboard.press("ArrowRight")
        assert number(fresh, title, 0) != before, name
    assert fresh.is_visible('[name="taper"]')


def test_a_missed_dose_shows(fresh: Any) -> None:
    before = number(fresh, "Trough", 0)
    fresh.click('.q-doses [data-dose="5"]')
    assert fresh.get_attribute('.q-doses [data-dose="5"]', "aria-pressed") == "false"
    assert fresh.input_value('[name="regimen"]') == "tocilizumab-iv missing=5"
    assert "without dose 5" in fresh.inner_text(".q-legend")
    assert number(fresh, "Trough", 0) < 0.7 * before


def test_a_typed_regimen_is_read_and_refused(fresh: Any) -> None:
    fresh.fill('[name="regimen"]', "tocilizumab-iv:8mg/kg/4wk")
    assert "every 28 days" in fresh.inner_text(".q-legend")
    crp = number(fresh, "CRP", 0)
    fresh.fill('[name="regimen"]', "tocilizumab-iv:8mq/kg/4wk")
    assert "cannot be read" in fresh.inner_text(".q-refusal") and number(fresh, "CRP", 0) == crp
    fresh.fill('[name="regimen"]', "tocilizumab-sc + prednisolone:0.2mg/kg/1d")
    assert not fresh.is_visible(".q-refusal")
    assert "Prednisolone" in fresh.inner_text(
        ".q-plot"
    ) and "without this drug: prednisolone" in fresh.inner_text(".q-legend")


def test_the_keyboard_reads_the_charts(fresh: Any) -> None:
    fresh.focus(".q-charts")
    fresh.keyboard.press("End")
    said = fresh.text_content(".q-reading")
    found = re.match(
        r"day 84, 00:00\. Body temperature: treated ([\d.]+), without drug ([\d.]+) °C", said or ""
    )
    assert found and float(found[1]) < float(found[2]), said
    fresh.keyboard.press("Shift+ArrowLeft")
    assert (fresh.text_content(".q-reading") or "").startswith("day 83, 23:00.")


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_it_fits_every_width(fresh: Any, screenshots: Path, width: int) -> None:
    fresh.set_viewport_size({"width": width, "height": 812})
    fresh.reload()
    fresh.wait_for_selector(".q-panel")
    assert fresh.evaluate("document.documentElement.scrollWidth") <= width
    assert fresh.is_visible("text=Research use, not a medical device")
    edges = "[...document.querySelectorAll('.q-panel svg')].map(s => s.getBoundingClientRect().right)"
    assert max(fresh.evaluate(edges)) <= width
    if width <= 760:
        assert not fresh.is_visible('[name="age"]')
        fresh.click(".q-controls > summary")
    assert fresh.is_visible('[name="age"]')
    fresh.screenshot(path=screenshots / f"page-{width}.png", full_page=True)
    fresh.set_viewport_size({"width": 1280, "height": 900})


def test_every_control_has_a_name(fresh: Any) -> None:
    bare = fresh.evaluate(
        "[...document.querySelectorAll('input, select, button')]"
        ".filter(e => !e.labels?.length && !e.getAttribute('aria-label') && !e.textContent.trim()).length"
    )
    assert bare == 0


def test_without_webassembly_the_picture_stays(browser: Any, written: str, tmp_path: Path) -> None:
    place = tmp_path / "child.html"
    place.write_text(written.replace("<head>", "<head><script>delete globalThis.WebAssembly</script>"))
    page = browser.new_page()
    page.goto(place.as_uri())
    page.wait_for_selector("#still-note:not([hidden])")
    assert "cannot run the model" in page.inner_text("#still-note")
    assert page.is_visible(".still svg") and not page.locator(".q-panel").count()
    page.close()


def test_figures_of_a_package_live_on_a_page_of_a_file_server(
    browser: Any, files: dict[str, bytes], tmp_path: Path, served: Any
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "index.html").write_text(
        '<!doctype html><link rel="stylesheet" href="live.css"><link rel="icon" href="data:,">'
        """<div class="quotidian-live" data-settings='{"panels": ["crp"], "controls": ["dose"]}'></div>"""
        '<script type="module">import { figures } from "./figures.js"; await figures();</script>'
    )
    home = served(tmp_path)
    page, asked = browser.new_page(), []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(home + "index.html")
    page.wait_for_selector(".q-panel")
    assert page.locator(".q-panel").count() == 1 and page.locator(".q-controls [name]").count() == 1
    assert all(url.startswith((home, "data:")) for url in asked)
    page.close()


def test_a_page_of_other_drugs(browser: Any, tmp_path: Path) -> None:
    place = q.page(
        tmp_path / "other.html", q.Child(6, "female", 20), "canakinumab", weeks=8, drugs=("anakinra",)
    )
    page = browser.new_page()
    page.goto(place.as_uri())
    page.wait_for_selector(".q-panel")
    assert "Canakinumab in plasma" in page.inner_text(".q-plot") and number(page, "CRP", 0) < 20.0
    assert "Tocilizumab in plasma" not in page.inner_text(".q-plot")
    page.select_option('[name="drug"]', "anakinra")
    assert "Anakinra in plasma" in page.inner_text(".q-plot")
    assert "Anakinra 2 mg/kg" in page.inner_text(".q-legend")
    assert page.inner_text(".q-doses") == "all" and page.is_visible("text=Trough")
    page.close()


@pytest.mark.parametrize("width", [1280, 375])
def test_the_page_keeps_nobody_out(fresh: Any, findings: Any, width: int) -> None:
    fresh.set_viewport_size({"width": width, "height": 900})
    found = findings(fresh)
    fresh.set_viewport_size({"width": 1280, "height": 900})
    assert found == [], "\n".join(found)
