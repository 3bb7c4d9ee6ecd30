"""The report on paper: few pages, without what only a screen can open."""

from __future__ import annotations

import re
from pathlib import Path

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
