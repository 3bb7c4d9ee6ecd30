"""``quotidian explore``: the explorer in a browser, served by this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from importlib.util import find_spec
from ipaddress import ip_address
from threading import Timer
from typing import Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.errors import InvalidInput, OutputError, how_to_install
from quotidian.version import RESEARCH_USE

HIGHEST_PORT = 65535


def explore(
    port: Annotated[str, typer.Option(metavar="N", help="Port of the server; 0 takes a free one.")] = "8321",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Address to bind; with the default, other machines cannot connect."
        ),
    ] = "127.0.0.1",
) -> None:
    """Open the interactive explorer in the browser.

    It has three pages: a child on up to four regimens, a virtual trial, and the mechanisms. This machine
    serves the pages; they need no network and store none of your inputs.

    Examples:
      quotidian explore
      quotidian explore --port 9000 --no-browser
    """
    if find_spec("shiny") is None:
        raise InvalidInput(
            "The explorer is not installed.", "It needs the extra 'web'.", how_to_install("web")
        )
    number = option_types.whole_from_zero("--port", port, "8321")
    if number > HIGHEST_PORT:
        raise InvalidInput(
            f"--port cannot be {number}.",
            f"Ports are numbered from 0 to {HIGHEST_PORT}.",
            "Write --port 8321.",
        )
    if not host.strip():
        raise InvalidInput(
            "--host is empty.", "It is the address at which the explorer can be reached.",
            "Leave it out for this machine alone, or write --host 0.0.0.0 for every network of this machine.",
        )  # fmt: skip
    number, own = _free(host, number), is_own(host)
    from quotidian.web.app import run
    from quotidian.web.security import LOOPBACK

    address = f"http://{f'[{host}]' if ':' in host else host}:{number}/"
    print(f"The explorer is at {address} (stop it with Ctrl-C).\n{RESEARCH_USE}", flush=True)
    if not own:
        print("It can be reached from other machines; it has no password.", flush=True)
    with nullcontext() if no_browser else _browser(address):
        run(host, number, (*LOOPBACK, host) if own else ())


@contextmanager
def _browser(address: str) -> Iterator[None]:
    """Open the page once the server had a second to begin; not if it ended before."""
    opening = Timer(1.0, _open, [address])
    opening.daemon = True
    opening.start()
    try:
        yield
    finally:
        opening.cancel()


def _open(address: str) -> None:
    """Open a browser; where none can be started, the address is on the screen."""
    import webbrowser

    with suppress(OSError, webbrowser.Error):
        webbrowser.open(address)


def is_own(host: str) -> bool:
    """Whether only this machine can reach an address."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host.casefold() == "localhost"


def _free(host: str, port: int) -> int:
    """The port, if it can be bound; any free one for 0. Raises OutputError."""
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except (OSError, UnicodeError, TypeError) as error:  # the others for a name that no machine can have
        raise OutputError(
            f"The explorer cannot be served at {host}, port {port}.",
            f"The system reports: {getattr(error, 'strerror', None) or error}.",
            "Choose another --host or --port, or stop the program that uses this one.",
        ) from error
