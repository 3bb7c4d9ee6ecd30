"""The explorer as people meet it: chromium moves controls on each page and reads what changed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

DONE = "() => !document.body.hasAttribute('aria-busy') && document.querySelector('#child-chart svg')"


@pytest.fixture
def page(browser, port: int) -> Iterator[object]:
    """A page that keeps a list of what went wrong in it; nothing may."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None)
    strangers: list[str] = []
    opened.on("request", lambda r: strangers.append(r.url) if urlparse(r.url).port != port else None)
    opened.set_default_timeout(60_000)
    opened.home = f"http://127.0.0.1:{port}/"
    yield opened
    opened.close()
    assert troubles == [] and [u for u in strangers if not u.startswith("blob:")] == []


def settle(page) -> None:
    """Wait for the answer to the newest question."""
    page.wait_for_timeout(120)  # longer than controls are gathered
    page.wait_for_function(DONE)


def last_crp(page) -> float:
    """What a reader hears at the end of the CRP chart: down to the panel with the keyboard, then End."""
    page.focus("#child-chart")
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        if page.inner_text("#child-reading").split(";")[1].strip() == "CRP":
            break
    page.keyboard.press("End")
    found = re.search(r"A CRP[^:]*: ([\d.]+) mg/L", page.inner_text("#child-reading"))
    assert found, page.inner_text("#child-reading")
    return float(found[1])


def test_a_slider_moves_and_the_chart_answers(page) -> None:
    page.goto(page.home + "?a_drug=none&weeks=4")
    settle(page)
    before = last_crp(page)
    page.focus('[name="severity"]')
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    settle(page)
    assert page.inner_text('output[data-of="severity"]') == "1.4"
    assert last_crp(page) > before * 1.05
    assert parse_qs(urlparse(page.url).query)["severity"] == ["1.4"]
    page.focus('[name="age"]')
    page.keyboard.press("End")
    settle(page)
    assert "50th centile" in page.inner_text("#weight-says") and "17" in page.inner_text(
        'output[data-of="age"]'
    )
    assert not page.is_visible("#child-error")


def test_regimens_are_overlaid_zoomed_and_read(page) -> None:
    page.goto(page.home + "?a_drug=tocilizumab-iv&b_drug=none&weeks=12")
    settle(page)
    lines = "[...document.querySelectorAll('#child-chart polyline[data-letter]')]"
    letters = f"[...new Set({lines}.map(p => p.dataset.letter))]"
    assert page.evaluate(letters) == ["A", "B"]
    page.locator("summary", has_text="Regimen C").click()
    page.select_option('[name="c_drug"]', "anakinra")
    settle(page)
    assert page.evaluate(letters) == ["A", "B", "C"]
    box = page.locator("#child-chart svg").bounding_box()
    y, left = box["y"] + 80, box["x"]
    page.mouse.move(left + box["width"] * 0.3, y)
    assert "since dose" in page.inner_text(".tooltip")
    page.mouse.down()
    page.mouse.move(left + box["width"] * 0.36, y, steps=4)
    page.mouse.up()
    settle(page)
    drawn = "document.querySelector('#child-chart svg').dataset"
    assert 3 < page.evaluate(f"Number({drawn}.last) - Number({drawn}.first)") < 8
    page.click('[data-zoom="all"]')
    settle(page)
    assert page.evaluate(f"{drawn}.last") == "84"


def test_a_link_restores_the_page_and_downloads_hold_its_numbers(page, tmp_path: Path) -> None:
    who, given = "age=9.5&sex=male&weight=31&severity=1.3", "a_drug=none&b_drug=tocilizumab-sc&steroid=0.3"
    page.goto(f"{page.home}?{who}&{given}&weeks=4&flares=9")
    settle(page)
    link = page.get_attribute("#child-link", "href")
    page.goto(page.home + link)
    settle(page)
    assert page.get_attribute("#child-link", "href") == link
    assert (
        page.input_value('[name="age"]') == "9.5" and page.input_value('[name="b_drug"]') == "tocilizumab-sc"
    )
    assert "--flare 9" in page.text_content("#child-cli") and "q.Child(age=9.5" in page.text_content(
        "#child-python"
    )
    for name in ("svg", "csv"):
        with page.expect_download() as saved:
            page.click(f"#child-{name}")
        saved.value.save_as(tmp_path / f"child.{name}")
    assert (tmp_path / "child.svg").read_text().startswith("<svg")
    rows = list(csv.DictReader((tmp_path / "child.csv").open()))
    assert {row["regimen"][0] for row in rows} == {"A", "B"}
    shown = last_crp(page)
    end = [float(r["crp [mg/L]"]) for r in rows if r["regimen"][0] == "A"][-1]
    assert shown == pytest.approx(end, rel=0.03)


def test_what_stands_beside_the_lines_is_chosen_read_and_kept_in_the_link(page) -> None:
    page.goto(page.home + "?weeks=12")
    settle(page)
    assert page.locator("#child-chart .published").count() > 3
    assert last_crp(page) < 10.0
    heard = page.inner_text("#child-reading")
    assert "B − A CRP" in heard and "+" in heard.split("B − A CRP")[1]
    page.focus("#child-chart")
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        if "Tocilizumab" in page.inner_text("#child-reading").split(";")[1]:
            break
    assert "published, TENDER" in page.inner_text("#child-reading")
    assert "Exposure by dosing interval" not in page.inner_text("#child-beside")
    for box in ("exposure", "band"):
        page.check(f'[name="beside"][value="{box}"]')
    page.uncheck('[name="beside"][value="published"]')
    page.check('[name="log"][value="crp"]')
    settle(page)
    page.wait_for_selector("#child-beside >> text=Exposure by dosing interval")
    assert "central 80 %" in page.inner_text("#child-legend")
    assert page.locator("#child-chart .published").count() == 0
    assert page.get_attribute('#child-chart g[data-title="CRP"]', "data-log") == "1"
    page.goto(page.url)
    settle(page)
    assert page.is_checked('[name="beside"][value="band"]') and page.is_checked('[name="log"][value="crp"]')
    assert not page.is_checked('[name="beside"][value="published"]')
    page.wait_for_selector("#child-beside >> text=Exposure by dosing interval")


def test_a_refusal_is_told_and_the_page_goes_on(page) -> None:
    page.goto(page.home)
    settle(page)
    page.fill('[name="flares"]', "soon")
    settle(page)
    assert "cannot be 'soon'" in page.inner_text("#child-error")
    page.fill('[name="flares"]', "20")
    settle(page)
    assert not page.is_visible("#child-error")
    assert "flare" in page.text_content("#child-chart")


def test_a_trial_is_cancelled_run_and_one_of_its_children_opened(page, tmp_path: Path) -> None:
    page.goto(page.home + "?page=trial&seed=3")
    page.wait_for_function(DONE)
    page.fill('[name="replicates"]', "20")
    page.click("#trial-run")
    page.wait_for_function("() => document.getElementById('trial-progress').value > 0")
    page.click("#trial-cancel")
    page.wait_for_selector("#trial-error:not([hidden])")
    assert "cancelled" in page.inner_text("#trial-error")
    page.fill('[name="replicates"]', "1")
    page.locator("summary", has_text="a study of your own").click()
    page.fill('[name="study"]', "name: mine\nvisitors: 3")
    page.click("#trial-run")
    page.wait_for_function("() => document.getElementById('trial-error').textContent.includes('line 2')")
    page.fill('[name="study"]', "")
    page.click("#trial-run")
    page.wait_for_selector("#trial-figures figure svg")
    assert page.locator("#trial-figures figure").count() >= 3
    with page.expect_download() as saved:
        page.click("#trial-csv")
    saved.value.save_as(tmp_path / "trial.csv")
    assert len((tmp_path / "trial.csv").read_text().splitlines()) > 10
    page.locator("#trial-children a").first.click()
    page.wait_for_function(DONE)
    assert "drawn=3-0-" in page.url and "virtual trial" in page.inner_text("#weight-says")


def test_a_link_restores_a_pasted_study_without_sending_it(page) -> None:
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url))
    page.goto(page.home + "?page=trial")
    page.wait_for_function(DONE)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.click("#study-example")
    study = page.input_value('[name="study"]').replace("every-2-or-4-weeks", "µ-or-4-weeks")
    fragment = page.evaluate("async (s) => (await withStudy('', s))", study)
    assert fragment.startswith("#study=") and len(fragment) < len(study)
    page.goto("about:blank")
    page.goto(page.home + "?page=trial&seed=7" + fragment)
    page.wait_for_function("() => document.querySelector('[name=study]').value")
    assert page.input_value('[name="study"]') == study.replace("\r\n", "\n")
    assert page.is_visible('[name="study"]') and page.input_value('#trial-form [name="seed"]') == "7"
    assert not any("study=" in url.partition("#")[0] for url in sent)
    page.goto("about:blank")
    page.goto(page.home + "?page=trial" + fragment[:-20])
    page.wait_for_selector("#trial-error:not([hidden])")
    assert "the link is incomplete" in page.inner_text("#trial-error")


def test_the_map_tells_its_laws_and_a_mechanism_is_switched_off(page) -> None:
    page.goto(page.home + "?page=system")
    page.wait_for_selector("#system-table table")
    page.locator('#map .mechanism[data-name="fever"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#system-detail .law")
    assert "Fever" in page.inner_text("#system-detail h3")
    assert page.locator("#system-detail .formula math mfrac").first.bounding_box()["height"] > 20
    page.locator('#map .arrow:not(.grip)[data-target="fever"]').first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#system-detail h3').textContent.includes('→')")
    page.select_option('[name="parameter"]', "fever.gain")
    page.wait_for_function(
        "() => document.getElementById('system-words').textContent.includes('without fever')"
    )
    first = page.inner_text("#system-table tbody tr:first-child td:nth-child(3)")
    page.focus('[name="factor"]')
    page.keyboard.press("End")
    page.wait_for_function("() => document.getElementById('system-words').textContent.includes('× 4')")
    assert float(page.inner_text("#system-table tbody tr:first-child td:nth-child(3)")) > float(first) + 1


def test_the_map_has_focus_and_context(page) -> None:
    page.goto(page.home + "?page=system")
    page.wait_for_selector("#system-table table")
    shown = "t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width"
    size = f"parseFloat(t.getAttribute('font-size')) * {shown}"
    smallest = f"Math.min(...[...document.querySelectorAll('#map text')].map(t => {size}))"
    assert page.evaluate(smallest) > 10.0
    page.click('#map .mechanism[data-name="fever"]')
    page.wait_for_selector("#system-detail .law")
    arrow = "#map .arrow[data-source=tocilizumab]:not(.grip)"
    faint = f"getComputedStyle(document.querySelector('{arrow}')).strokeOpacity"
    assert float(page.evaluate(faint)) < 0.2
    near = page.locator("#system-detail .ways button").first
    source, target = near.get_attribute("data-source"), near.get_attribute("data-target")
    assert page.locator(f'#map .near[data-name="{source}"]').count() == 1
    near.click()
    page.wait_for_function("() => document.querySelector('#system-detail h3').textContent.includes('→')")
    assert page.locator("#map .arrow.chosen").get_attribute("data-target") == target
    page.locator("#map").focus()
    page.keyboard.press("Escape")
    assert float(page.evaluate(faint)) > 0.5 and page.inner_text("#system-detail") == ""


def test_a_telephone_reads_the_map_as_rows(page) -> None:
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(page.home + "?page=system")
    page.wait_for_selector("#system-table table")
    assert not page.is_visible("#map")
    row = page.locator('#map-rows > [data-name="fever"]')
    assert row.bounding_box()["height"] >= 44
    row.click()
    page.wait_for_selector("#system-detail .law")
    laws = page.locator("#system-detail").bounding_box()["y"] - row.bounding_box()["y"]
    assert 0 < laws < 300 and row.get_attribute("aria-expanded") == "true"
    row.click()
    assert page.inner_text("#system-detail") == "" and row.get_attribute("aria-expanded") == "false"


def test_a_telephone_shows_every_page_without_sideways_scrolling(page) -> None:
    page.set_viewport_size({"width": 375, "height": 812})
    for name in ("child", "trial", "system"):
        page.goto(f"{page.home}?page={name}")
        page.wait_for_function(DONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, name
        assert page.is_visible("text=Research use, not a medical device")
    assert page.evaluate("document.querySelector('#child-chart svg').viewBox.baseVal.width") == 360
