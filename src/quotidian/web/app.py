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

from quotidian.errors import QuotidianError
from quotidian.web.pages.layout import document
from quotidian.web.routes import routes
from quotidian.web.security import LOOPBACK, Guard
from quotidian.web.sessions import server_of
from quotidian.web.simulations import ALL, COMMON, warm
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Desk, usual_workers

MOST_WAITING, MOST_TRIALS_WAITING = 120, 8
STATIC = Path(str(files("quotidian.web"))) / "static"


def explorer(hosts: Iterable[str] = LOOPBACK) -> Guard:
    """The application with access control, for an ASGI server. The model is compiled in the background."""
    desk, trials = Desk(usual_workers(), MOST_WAITING, "child"), Desk(1, MOST_TRIALS_WAITING, "trial")
    app = App(_page, server_of(desk, trials), static_assets={"/assets": STATIC})
    app.sanitize_errors = True
    app.starlette_app.router.routes[0:0] = routes(desk)
    Thread(target=_warm, name="warm", daemon=True).start()
    own_scripts = "".join(str(dependency.head or "") for dependency in shiny_deps())
    return Guard(app, hosts, own_scripts)


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
    except Exception:  # the first visitor will see the error
        logging.getLogger("quotidian.web").exception("The model could not be compiled in advance.")


def server(host: str, port: int, hosts: Iterable[str] = LOOPBACK) -> Server:
    """A server of the explorer, not yet started. ``hosts`` are the accepted host names."""
    settings = Config(
        explorer(hosts), host=host, port=port, log_level="warning", access_log=False, ws_max_size=65536,
        timeout_graceful_shutdown=2, ws_per_message_deflate=host not in LOOPBACK, server_header=False,
    )  # fmt: skip
    return Server(settings)


def run(host: str, port: int, hosts: Iterable[str] = LOOPBACK) -> None:
    """Serve until interrupted."""
    asyncio.run(server(host, port, hosts).serve())
