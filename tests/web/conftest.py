"""A server of the explorer on a free port of this machine, started once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from quotidian.web.app import server
from quotidian.web.simulations import warm


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
