"""The study builder as people meet it: chromium fills fields, reads the text, runs and restores it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from quotidian.application.study_file import read_study

DONE = "() => !document.body.hasAttribute('aria-busy') && document.querySelector('#child-chart svg')"


@pytest.fixture(params=[(1280, 900), (375, 812)], ids=["desk", "telephone"])
def page(request: pytest.FixtureRequest, browser, port: int) -> Iterator[object]:
    """The Trial page with the builder open; nothing may go wrong in it."""
    width, height = request.param
    opened = browser.new_page(viewport={"width": width, "height": height})
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None)
    opened.set_default_timeout(60_000)
    opened.home = f"http://127.0.0.1:{port}/?page=trial"
    opened.goto(opened.home)
    opened.wait_for_function(DONE)
    opened.locator("summary", has_text="study of your own").click()
    yield opened
    opened.close()
    assert troubles == []


def settle(page) -> None:
    page.wait_for_timeout(450)  # longer than keystrokes are gathered
    page.wait_for_function(DONE)


def text(page) -> str:
    return str(page.input_value("#study-text"))


def test_a_study_is_built_by_fields_run_saved_and_restored(page, tmp_path: Path) -> None:
    page.click("#study-empty")
    page.wait_for_selector("#study-form .section")
    for at, value in {
        "name": "mine", "arms.0.key": "anakinra", "arms.0.children": "4", "periods.0.name": "open",
        "periods.0.weeks": "2", "visits": "1, 2", "primary_week": "2",
    }.items():  # fmt: skip
        page.fill(f'[id="f-{at}"]', value)
    page.select_option('[id="f-arms.0.give.0.drug"]', "anakinra")
    page.select_option('[id="f-periods.0.kind"]', "open")
    settle(page)
    assert not page.is_visible("#study-faults") and "weeks: 2  # weeks" in text(page)
    assert "4 children over 2 weeks" in page.inner_text("#study-rules")
    with page.expect_download() as saved:
        page.click("#study-download")
    assert saved.value.suggested_filename == "mine.yaml"
    saved.value.save_as(tmp_path / "mine.yaml")
    assert (tmp_path / "mine.yaml").read_bytes() == text(page).encode()
    assert read_study(tmp_path / "mine.yaml").arms["anakinra"].give == "anakinra"
    page.fill('[name="replicates"]', "1")
    page.click("#trial-run")
    page.wait_for_selector("#trial-result:not([hidden])")
    settle(page)
    whole, link = text(page), page.get_attribute("#study-link", "href")
    page.goto("about:blank")
    page.goto(page.home.partition("?")[0] + link)
    page.wait_for_selector("#study-form .section")
    assert text(page) == whole and page.input_value('[id="f-arms.0.key"]') == "anakinra"
    assert "study=" not in urlparse(page.url).query


def test_a_fault_is_named_at_its_field_and_reached_by_keyboard(page) -> None:
    page.click("#study-variant")
    page.wait_for_selector("#study-form .section")
    page.fill('[name="entry.fever"]', "380")
    settle(page)
    assert "Fever from (Entry criteria) is 380" in page.inner_text('[id="w-entry.fever"]')
    assert page.get_attribute('[name="entry.fever"]', "aria-invalid") == "true"
    page.focus("#study-faults button")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "entry.fever"
    page.keyboard.press("Control+A")
    page.keyboard.type("38.5")
    settle(page)
    assert not page.is_visible("#study-faults") and "fever: 38.5  # °C" in text(page)
    page.fill('[name="visits"]', "2, four")
    settle(page)
    page.click("#trial-run")
    assert "not changed" in page.inner_text("#trial-error") and "four" not in text(page)


def test_a_row_is_added_by_keyboard_and_a_change_undone(page) -> None:
    page.click("#study-variant")
    page.wait_for_selector("#study-form .section")
    before = text(page)
    page.focus('[data-act="add arms"]')
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-at="arms.2"]')
    assert page.evaluate("document.activeElement.name") == "arms.2.key"
    page.keyboard.type("half dose")
    settle(page)
    assert "half dose" in text(page) and "'give' is missing" in page.inner_text("#study-faults")
    page.focus('[data-act="remove arms.2"]')
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-at="arms.2"]', state="detached")
    assert page.evaluate("document.activeElement.dataset.act") == "add arms"
    assert text(page) == before
    page.click("#study-undo")
    page.wait_for_selector('[data-at="arms.2"]')
    assert "half dose" in text(page)


def test_a_text_that_the_form_cannot_show_is_kept(page) -> None:
    page.click("#study-example")
    page.wait_for_selector("#study-form .section")
    odd = text(page).replace("  joints: 5\n", "  joints: five\n")
    page.fill("#study-text", odd)
    page.wait_for_selector("#study-form .section", state="detached")
    assert "entry.joints" in page.inner_text("#study-cannot") and text(page) == odd
    page.fill("#study-text", odd.replace("five", "6"))
    page.wait_for_selector("#study-form .section")
    assert page.input_value('[name="entry.joints"]') == "6" and page.inner_text("#study-cannot") == ""
    assert "# degC" in text(page)  # a text keeps its comments until a field is changed
