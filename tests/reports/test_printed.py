"""The report on paper: few pages, without what only a screen can open."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from quotidian.reports.report import render_report
from quotidian.trials.result import TrialResult
from quotidian.trials.rows import EffectRow

MOST_PAGES = 12


def test_a_report_prints_on_few_pages(browser, page: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    shown = browser.new_page()
    shown.goto(file.as_uri())
    printed = shown.pdf(format="A4", prefer_css_page_size=True)
    assert 4 <= len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= MOST_PAGES
    shown.emulate_media(media="print")
    assert shown.locator("details.screen").count() >= 5
    assert not shown.locator("details.screen").first.is_visible()
    shown.close()


def test_effects_of_treatment_are_seen_whole(browser, bare: TrialResult, tmp_path: Path) -> None:
    measure = ("risk difference", "%", 62.3, 57.2, 67.5, 44.0, 74.7, 100.0)
    row = EffectRow("tocilizumab", "placebo", "primary", bare.primary_week, *measure)
    file = tmp_path / "report.html"
    file.write_text(render_report(replace(bare, effects=(row,))), encoding="utf-8")
    shown = browser.new_page(viewport={"width": 1280, "height": 900})
    shown.goto(file.as_uri())
    assert shown.inner_text(".effects tbody td:last-child") == "100"
    assert shown.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('#effects .scroll'))")
    assert shown.locator(".effects tbody th").bounding_box()["width"] > 200
    shown.close()
