"""A server of the explorer on a free port of this machine, and a browser, each started once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from quotidian.web.app import server
from quotidian.web.simulations import warm

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
MISSING = "BROWSER TESTS NOT RUN: there is no chromium. Install it with: apt-get install -y chromium"


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """Port of a warm explorer that runs in a thread of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    warm()
    served = server("127.0.0.1", free)
    thread = Thread(target=lambda: asyncio.run(served.serve()), daemon=True)
    thread.start()
    while not served.started:
        thread.join(0.05)
        assert thread.is_alive(), "the explorer did not start"
    yield free
    served.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")  # while it is open, its own event loop runs in this thread
def browser() -> Iterator[object]:
    """Debian's chromium, driven by Playwright; skips, and says so loudly, where there is none."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield found
        found.close()
