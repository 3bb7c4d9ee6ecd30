"""Every page for people who see little, use a keyboard or a telephone: axe-core, and what it does not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from quotidian.web.trial_answers import TrialState

DONE = "() => !document.body.hasAttribute('aria-busy') && document.querySelector('#child-chart svg')"
BEYOND_AXE = Path(__file__).with_name("beyond_axe.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=[(1280, 900), (375, 812)], ids=["desk", "telephone"])
def page(request: pytest.FixtureRequest, browser, port: int) -> Iterator[object]:
    width, height = request.param
    opened = browser.new_page(viewport={"width": width, "height": height}, has_touch=width < 760)
    opened.on("pageerror", lambda error: pytest.fail(str(error)))
    opened.set_default_timeout(60_000)
    opened.home = f"http://127.0.0.1:{port}/"
    yield opened
    opened.close()


def open_all(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")


def none_of(page, findings) -> None:
    """Neither axe-core nor our own script finds a fault."""
    found = [*findings(page), *page.evaluate(BEYOND_AXE)]
    assert found == [], "\n".join(found)


def test_the_child_page_keeps_nobody_out_with_own_data_nor_in_print(page, findings) -> None:
    page.goto(f"{page.home}?beside=published,differences,exposure,band&log=drug")
    page.wait_for_function(DONE)
    open_all(page)
    page.fill("#own-text", "time_day,crp [mg/L],temperature\n-3,80,39.1\n9,500,37\n")
    none_of(page, findings)
    page.emulate_media(media="print")
    none_of(page, findings)
    page.emulate_media(media="screen")


def test_the_trial_page_keeps_nobody_out_before_and_after_a_run(page, findings) -> None:
    page.goto(f"{page.home}?page=trial")
    page.wait_for_function(DONE)
    open_all(page)
    page.click("#study-example")
    page.wait_for_selector("#study-form .section")
    page.fill('[name="entry.fever"]', "380")
    page.wait_for_selector("#study-faults button")
    page.wait_for_function(DONE)
    open_all(page)
    none_of(page, findings)
    page.click("#study-clear")
    page.wait_for_selector("#study-form .section", state="detached")
    page.fill('[name="replicates"]', "1")
    page.fill('[name="members"]', "1")
    page.click("#trial-run")
    page.wait_for_selector("#trial-result:not([hidden]) #trial-children a")
    page.wait_for_selector("#trial-table table")
    open_all(page)
    none_of(page, findings)


def test_the_system_page_keeps_nobody_out_of_its_map_and_laws(page, findings) -> None:
    page.goto(f"{page.home}?page=system")
    page.wait_for_function(DONE)
    page.wait_for_selector("#system-table table")
    open_all(page)
    row = '#map-rows > [data-name="fever"]'
    one = row if page.is_visible(row) else '#map .mechanism[data-name="fever"]'
    page.locator(one).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#system-detail .law")
    none_of(page, findings)


def test_the_keyboard_reaches_the_charts_in_two_steps_and_is_always_seen(page) -> None:
    page.goto(page.home)
    page.wait_for_function(DONE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "child-chart"
    for _ in range(6):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement)"
        assert page.evaluate(f"{style}.outlineStyle") == "solid"
        assert page.evaluate(f"parseFloat({style}.outlineWidth)") >= 2


def test_a_fit_to_own_measurements_keeps_nobody_out(page, findings) -> None:
    page.goto(f"{page.home}?a_drug=tocilizumab-iv&b_drug=none&weeks=4")
    page.wait_for_function(DONE)
    open_all(page)
    page.fill("#own-text", "DAY,ANALYTE,VALUE,UNIT\n-1,crp,90,mg/L\n9,crp,5,mg/L\n")
    page.click("#own-fit")
    page.wait_for_selector("#child-fit table", timeout=240_000)
    page.wait_for_function(DONE)
    none_of(page, findings)


def test_a_tap_reads_a_value_and_own_measurements_are_drawn(page) -> None:
    page.goto(f"{page.home}?a_drug=tocilizumab-iv&b_drug=none&weeks=4")
    page.wait_for_function(DONE)
    sent: list[str] = []
    page.on("websocket", lambda s: s.on("framesent", lambda frame: sent.append(str(frame))))
    box = page.locator("#child-chart svg").bounding_box()
    tap = page.touchscreen.tap if page.viewport_size["width"] < 760 else page.mouse.move
    tap(box["x"] + box["width"] * 0.4, box["y"] + 80)
    assert "Body temperature" in page.inner_text(".tooltip")
    page.locator("summary", has_text="Your own measurements").click()
    page.fill("#own-text", "time_day,crp [mg/L],temperature,crp2\n-3,80,39.1,1\n7,12,,\n9,500,37,\n")
    assert page.locator("#child-chart .own").count() == 5
    assert page.locator("#child-chart .own.beyond").count() == 1
    said = page.inner_text("#own-says")
    assert "no chart shows 'crp2'" in said and "5 measurements drawn" in said
    page.fill("#own-text", "time_day,crp [mg/dL]\n1,2")
    assert "is shown in mg/L, not mg/dL" in page.inner_text("#own-says")
    page.fill("#own-text", "day,crp\n1,2")
    assert "time_day" in page.inner_text("#own-says") and page.locator("#child-chart .own").count() == 0
    assert not any("mg/dL" in frame for frame in sent)


def test_a_study_starts_from_an_example_that_can_be_run(page) -> None:
    page.goto(f"{page.home}?page=trial")
    page.wait_for_function(DONE)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.click("#study-example")
    study = page.input_value('[name="study"]')
    assert TrialState.read({"study": study, "replicates": "1"}).design.name == "every-2-or-4-weeks"
