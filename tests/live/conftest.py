"""The page of the typical girl, its package, and the page open in a browser."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.live.bundle import Bundle, package, page
from quotidian.patients.child import child


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """The model of the page: tocilizumab and prednisolone."""
    return Bundle(frozenset({"tocilizumab"}))


@pytest.fixture(scope="session")
def written(bundle: Bundle) -> str:
    """The page as text."""
    plans = (regimen("none"), regimen("tocilizumab-iv"))
    return page(bundle, child(6, "female", 20), "tocilizumab-iv", plans, 12.0)


@pytest.fixture(scope="session")
def files(bundle: Bundle) -> dict[str, bytes]:
    """The package."""
    return package(bundle)


@pytest.fixture(scope="module")
def opened(browser: Any, written: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The page in a browser, from a file; nothing may go wrong in it and nothing may be asked for."""
    place = tmp_path_factory.mktemp("page") / "child.html"
    place.write_text(written, encoding="utf-8")
    found = browser.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    asked: list[str] = []
    found.on("pageerror", lambda error: troubles.append(str(error)))
    found.on("console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None)
    found.on("request", lambda r: asked.append(r.url) if not r.url.startswith("data:") else None)
    found.set_default_timeout(20_000)
    found.goto(place.as_uri())
    found.wait_for_selector(".q-panel")
    yield found
    found.close()
    assert troubles == [] and set(asked) == {place.as_uri()}


Courses = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def course(opened: Any) -> Courses:
    """A course that the page solves: the bytes of every number, as the native engine would hold them."""
    code = """asked => {
      const m = quotidian.model, c = m.course(asked), text = a => {
        const b = new Uint8Array(a.buffer, a.byteOffset, a.byteLength); let s = "";
        for (let i = 0; i < b.length; i += 4096) s += String.fromCharCode(...b.subarray(i, i + 4096));
        return btoa(s);
      };
      return {parameters: text(m.parameters(c.child)), described: c.described, doses: c.doses,
        times: text(c.times), values: c.values.map(v => Object.values(v).map(text))};
    }"""

    def solved(asked: dict[str, Any]) -> dict[str, Any]:
        found = opened.evaluate(code, asked)
        numbers = lambda text: np.frombuffer(base64.b64decode(text))  # noqa: E731
        found["parameters"], found["times"] = numbers(found["parameters"]), numbers(found["times"])
        found["values"] = np.array([[numbers(t) for t in own] for own in found["values"]])
        return found

    return solved


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of pages go."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def served() -> Iterator[Callable[[Path], str]]:
    """Serve a folder of files on a free port of this machine, and give its address."""
    servers: list[ThreadingHTTPServer] = []

    def serve(folder: Path) -> str:
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()
