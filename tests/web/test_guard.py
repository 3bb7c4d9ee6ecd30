"""Safe by default: what the explorer refuses, what it never tells, and that it needs no other machine."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import threading
from pathlib import Path

import pytest

from quotidian.errors import UnknownName
from quotidian.web import app
from quotidian.web.security import policy
from quotidian.web.work_queue import Busy, Desk, Shelf, message_for


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    """One request with headers of one's own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body=b"x=1" if method == "POST" else None, headers=headers)
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, found, answer.read().decode(errors="replace")


def test_every_answer_carries_the_policy(port: int) -> None:
    for path in ("/", "/assets/explorer.js", "/child.csv?weeks=2", "/nowhere", "/child.svg?age=99"):
        _, headers, _ = ask(port, path)
        rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
        assert rules["default-src"] == "'none'" and rules["connect-src"] == "'self'"
        assert "unsafe" not in rules["script-src"] and "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and "server" not in headers


def test_a_page_names_no_other_machine(port: int) -> None:
    _, _, page = ask(port, "/")
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(addresses) > 8
    assert [a for a in addresses if re.match(r"(?:[a-z]+:)?//", a)] == []
    for file in ("assets/explorer.css", "assets/explorer.js", "assets/chart.js", "assets/icon.svg"):
        status, _, text = ask(port, f"/{file}")
        assert status == 200
        assert [u for u in re.findall(r"https?://[^\s\"')]+", text) if "www.w3.org" not in u] == [], file


def test_a_script_of_the_page_itself_is_not_run_unless_it_is_the_frameworks_own() -> None:
    assert "sha256" not in policy("<script src='x'></script>")
    own = policy("<script>let a = 1</script>")
    assert own.count("sha256-") == 1 and own != policy("<script>let a = 2</script>")


@pytest.mark.parametrize("path", ["/", "/session/x/upload/y", "/child.csv"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_ever_uploaded(port: int, path: str, method: str) -> None:
    assert ask(port, path, method)[0] == 405


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", ""])
def test_it_answers_to_its_own_names_alone(port: int, host: str) -> None:
    assert ask(port, "/", Host=host)[0] == 421
    assert ask(port, "/", Host=f"localhost:{port}")[0] == 200


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/assets/%2e%2e/app.py", "/assets//etc/passwd", "/lib/..%2f..%2fetc/passwd"]
)
def test_no_path_reaches_the_file_system(port: int, path: str) -> None:
    status, _, text = ask(port, path)
    assert status == 404 and "root:" not in text and "Guard" not in text


def test_a_refusal_is_told_in_words_without_path_or_traceback(port: int) -> None:
    status, _, text = ask(port, "/child.csv?age=99")
    assert status == 400 and "2 to 17.9" in text
    assert "Traceback" not in text and "/" not in text and ".py" not in text
    assert ask(port, "/child.csv?a_drug=none%00&age=6")[0] == 400
    assert ask(port, f"/?{'a' * 5000}")[0] == 414


def test_a_link_that_cannot_be_restored_says_so_and_shows_the_usual_child(port: int) -> None:
    status, _, text = ask(port, "/?age=%3Cscript%3Ealert(1)%3C/script%3E")
    assert status == 200 and "could not be restored" in text
    assert "<script>alert" not in text


def handshake(port: int, origin: str, host: str = "") -> str:
    """First line of the answer to a web socket's greeting."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(
            f"GET /websocket/ HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Version: 13\r\nOrigin: {origin}\r\n\r\n".encode()
        )
        return line.recv(200).decode(errors="replace").splitlines()[0]


def test_a_web_socket_opens_for_its_own_page_alone(port: int) -> None:
    assert " 101 " in handshake(port, f"http://127.0.0.1:{port}")
    assert " 403 " in handshake(port, "http://evil.example")
    assert " 403 " in handshake(port, "http://evil.example", "evil.example")
    assert " 403 " in handshake(port, "null")


def test_the_queue_ends() -> None:
    desk, go = Desk(1, 1, "test"), threading.Event()

    async def ask_thrice() -> None:
        work = [asyncio.ensure_future(desk.do(go.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="few seconds"):
            await asyncio.wait_for(desk.do(lambda: None), 5)
        go.set()
        assert await asyncio.gather(*work) == [True, True]
        assert await desk.do(lambda: 7) == 7

    asyncio.run(ask_thrice())
    desk.close()


def test_a_shelf_keeps_the_newest() -> None:
    shelf: Shelf[int, str] = Shelf(2)
    for key in (1, 2, 1, 3):
        shelf.or_make(key, lambda key=key: f"value {key}")
    assert shelf.get(2) is None and shelf.get(1) == "value 1" and shelf.get(3) == "value 3"


def test_an_error_of_the_program_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    said = message_for(FileNotFoundError(2, "No such file", "/home/someone/secret.yaml"))
    assert "secret" not in said and "/" not in said
    assert "secret" in caplog.text
    assert message_for(UnknownName("There is no x.", "Did you mean y?")) == "There is no x. Did you mean y?"


def test_every_file_the_pages_need_is_in_the_package() -> None:
    assert {f.name for f in Path(app.STATIC).iterdir()} == {
        "builder.js",
        "chart.js",
        "explorer.js",
        "explorer.css",
        "icon.svg",
        "map.js",
        "own_data.js",
        "own_fit.js",
        "study_link.js",
    }
