"""The web application: pages, sessions, downloads and access control."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from threading import Thread

from htmltools import TagList
from shiny import App
from shiny.html_dependencies import shiny_deps
from starlette.requests import Request
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from quotidian.errors import QuotidianError
from quotidian.simulation import keep_at_most
from quotidian.web.beside.published_points import published_points
from quotidian.web.child_answers import child_answers
from quotidian.web.pages.layout import document
from quotidian.web.routes import routes
from quotidian.web.security import LOOPBACK, Guard
from quotidian.web.server import Direct
from quotidian.web.sessions import answers_of, server_of
from quotidian.web.simulations import ALL, COMMON, warm
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Desk, Together, usual_workers

MOST_TOGETHER = 4
"""Questions that one worker answers together."""
MOST_WAITING, MOST_DOWNLOADS_WAITING, MOST_TRIALS_WAITING, MOST_FITS_WAITING = 120, 24, 8, 8
FIRST_REQUEST_S = 5.0
"""Time for the first request of a connection."""
STATIC = Path(str(files("quotidian.web"))) / "static"


MOST_MODELS = 10
"""Compiled models that are kept: those of the pages, and a few of studies that visitors paste."""


def explorer(hosts: Iterable[str] = LOOPBACK) -> Guard:
    """The application with access control, for an ASGI server. The model is compiled in the background."""
    keep_at_most(MOST_MODELS)
    children = Together(usual_workers(), MOST_WAITING, MOST_TOGETHER, "child", child_answers)
    desk, trials = Desk(1, MOST_WAITING, "system"), Desk(1, MOST_TRIALS_WAITING, "trial")
    fits = Desk(1, MOST_FITS_WAITING, "fit")
    downloads = Desk(1, MOST_DOWNLOADS_WAITING, "download")  # of its own, so that pages never wait for them
    app = App(_page, server_of(trials), static_assets={"/assets": STATIC})
    app.sanitize_errors = True
    app.starlette_app.router.routes[0:0] = routes(downloads)
    Thread(target=_warm, name="warm", daemon=True).start()
    own_scripts = "".join(str(dependency.head or "") for dependency in shiny_deps())
    direct = Direct(app, lambda: answers_of(children, desk, fits))
    desks = (children, desk, trials, fits, downloads)
    return Guard(direct, hosts, own_scripts, [one.close for one in desks])


def _page(request: Request) -> TagList:
    query = dict(request.query_params)
    try:
        state = ChildState.read(query)
        trouble = ""
    except QuotidianError as error:
        state, trouble = (
            ChildState(),
            f"This link could not be restored: {error.what} The default child is shown.",
        )
    return document(state, query.get("page", "child"), trouble, query)


def _warm() -> None:
    try:
        warm(COMMON)
        warm(ALL)
        published_points(ChildState())  # reads the published values once
    except Exception:  # the first visitor will see the error
        logging.getLogger("quotidian.web").exception("The model could not be compiled in advance.")


class Punctual(H11Protocol):
    """HTTP that closes a connection which has not sent a complete request within ``FIRST_REQUEST_S``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self.loop.call_later(FIRST_REQUEST_S, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if getattr(self, "cycle", None) is None and self.transport.get_protocol() is self:
            self.transport.close()


def server(host: str, port: int, hosts: Iterable[str] = LOOPBACK) -> Server:
    """A server of the explorer, not yet started. ``hosts`` are the accepted host names."""
    settings = Config(
        explorer(hosts), host=host, port=port, log_level="warning", access_log=False, ws_max_size=65536,
        timeout_graceful_shutdown=2, ws_per_message_deflate=host not in LOOPBACK, server_header=False,
        http=Punctual,
    )  # fmt: skip
    return Server(settings)


def run(host: str, port: int, hosts: Iterable[str] = LOOPBACK) -> None:
    """Serve until interrupted."""
    asyncio.run(server(host, port, hosts).serve())
