"""``quotidian explore`` opens a browser for a server that lives, and says nothing where there is none."""

from __future__ import annotations

import time
import webbrowser

import pytest

from quotidian.cli import explore

ADDRESS = "http://127.0.0.1:1/"


def test_no_page_is_opened_for_a_server_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    with explore._browser(ADDRESS):
        pass
    time.sleep(1.3)
    assert opened == []


def test_a_machine_without_a_browser_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: str) -> bool:
        raise OSError("no browser")

    monkeypatch.setattr(webbrowser, "open", absent)
    explore._open(ADDRESS)
