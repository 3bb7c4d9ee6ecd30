"""How a command ends: signals, output that takes no more, and consoles of another encoding."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from quotidian.cli.support import exit_codes
from quotidian.cli.support.exit_codes import run
from quotidian.cli.support.plain_letters import plain
from quotidian.reports.files import check_folder

SRC = str(Path(__file__).parents[3] / "src")
LONG = """
import sys, time
from pathlib import Path
from quotidian.cli.support import exit_codes
from quotidian.reports.files import whole_folder

def app(**options):
    with whole_folder(Path(sys.argv[1]), last="a.csv") as partial:
        (partial / "a.csv").write_text("half")
        print("ready", flush=True)
        # a signal between a check of Python's and one long sleep would wait for its end
        for _ in range(1200):
            time.sleep(0.05)

exit_codes.app = app
sys.exit(exit_codes.run([]))
"""
PLAIN = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
"""A console of ASCII, of which Python makes letters of bytes that are none."""
PROGRAM = "from quotidian.cli import main; main()"
SIGNALLED_TWICE = f"""
import os, signal
from concurrent.futures import ProcessPoolExecutor
from threading import Timer
from quotidian.application.executors import Shares

update, shutdown = Shares.update, ProcessPoolExecutor.shutdown

def shown(self, shares):
    print("working" if max(shares) > 0.0 else "starting", flush=True)
    update(self, shares)

def interrupted(self, **options):
    Timer(0.02, os.kill, (os.getpid(), signal.SIGTERM)).start()
    shutdown(self, **options)

Shares.update, ProcessPoolExecutor.shutdown = shown, interrupted
{PROGRAM}
"""


def default_signals() -> None:
    """Whatever the tests were started with: ``nohup`` ignores SIGHUP, and children inherit that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def started(code: str, *words: str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": SRC, **options.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], text=True, env=environment, stderr=subprocess.PIPE,
        stdout=options.pop("stdout", subprocess.PIPE), preexec_fn=default_signals, **options,
    )  # type: ignore[call-overload, no-any-return]  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_stopping_signal_is_ctrl_c(tmp_path: Path, number: signal.Signals) -> None:
    process = started(LONG, str(tmp_path / "d"))
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "quotidian: cancelled, nothing written.\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("moment", ["starting", "working"])
def test_a_stopped_run_leaves_no_process_and_no_part_of_a_file(tmp_path: Path, moment: str) -> None:
    words = "scoreboard --replicates 2 --threads 2 --trials tender,woo-2005 --output".split()
    process = started(SIGNALLED_TWICE, *words, str(tmp_path / "d"), start_new_session=True)
    try:
        assert process.stdout is not None and f"{moment}\n" in iter(process.stdout.readline, "")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)  # to the end of a stream that the workers hold open too
        assert process.returncode == 130 and "The same command continues" in err and "Traceback" not in err
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert all(path.suffix == ".json" for path in tmp_path.rglob("*") if path.is_file())


def test_what_a_killed_run_leaves_is_cleared_by_the_next(tmp_path: Path) -> None:
    process = started(LONG, str(tmp_path / "d"))
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.kill()
    process.communicate(timeout=60)
    assert len(list(tmp_path.iterdir())) == 1
    check_folder(tmp_path / "d", ("a.csv",), lambda path: False)
    assert not list(tmp_path.iterdir())


def test_a_signal_that_is_ignored_remains_ignored(tmp_path: Path) -> None:
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)" + LONG.replace("1200", "60")
    process = started(ignoring, str(tmp_path / "d"))
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 0 and (tmp_path / "d/a.csv").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("words", ["drugs", "trials", "study schema", "--version", "drugs --help"])
def test_output_that_takes_no_more_is_no_fault_of_the_program(words: str) -> None:
    with open("/dev/full", "w") as full:
        process = started(PROGRAM, *words.split(), stdout=full)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 2, err
    assert "standard output cannot be written" in err and "no space left" in err
    assert "fault of the program" not in err and "Traceback" not in err and "Exception" not in err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EMFILE, errno.EAGAIN])
def test_what_the_system_refuses_is_no_fault_of_the_program(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def app(**options: object) -> None:
        raise OSError(number, os.strerror(number), "/there")

    monkeypatch.setattr(exit_codes, "app", app)
    assert run([]) == 2
    err = capsys.readouterr().err
    assert "the system refuses '/there'" in err and os.strerror(number).lower() in err


def test_a_machine_without_temporary_folders_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "a.omex", "w") as packed:
        packed.writestr("manifest.xml", "<omexManifest/>")
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: [str(tmp_path / "nowhere")])
    assert run(["run-archive", str(tmp_path / "a.omex"), "--output", str(tmp_path / "out")]) == 2
    assert "No usable temporary directory".lower() in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("words", ["drugs", "nosuch"])
def test_a_message_that_cannot_be_written_changes_no_exit_code(words: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, words], stdout=full, stderr=full, check=False,
            env=os.environ | {"PYTHONPATH": SRC},
        )  # fmt: skip
    assert done.returncode == 2


def test_closed_streams_end_nothing() -> None:
    code = f"import os; os.close(1); import sys; sys.stdout = None; {PROGRAM}"
    process = started(code, "drugs", stdout=None)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    "env", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, PLAIN]
)
def test_a_console_of_another_encoding_gets_everything(env: dict[str, str]) -> None:
    process = started(PROGRAM, "evidence", "sgp130", env=env)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0 and "sgp130" in out and err == ""


@pytest.mark.parametrize(
    "words", [("study", "schema"), ("equations", "healthy_child"), ("evidence", "--json")]
)
def test_letters_that_a_plain_console_has_not_are_escaped(words: tuple[str, ...]) -> None:
    process = started(PROGRAM, *words, env=PLAIN)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "") and "\\" in out
    if words != ("equations", "healthy_child"):
        json.loads(out)


def test_units_are_readable_on_a_plain_console() -> None:
    out, _ = started(PROGRAM, "evidence", "neutrophils without IL-6", env=PLAIN).communicate(timeout=120)
    assert "value        2.55*10^9/L" in out and "\\xb7" not in out
    assert plain("µg·day/mL, 10⁻¹², 37 °C – ✓, ∑") == "ug*day/mL, 10^-12, 37 degC - +, \\u2211"


def test_a_name_that_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    process = started(PROGRAM, "study", "run", os.fsdecode(b"caf\xe9.yaml"), cwd=tmp_path)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2 and "cannot be read" in err and "Traceback" not in err


def test_without_a_home_the_machine_code_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from quotidian.engine.runtime import jit

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("QUOTIDIAN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    path = jit.cache_folder() / "code.o"
    jit._write(path, "key", b"code")
    assert jit._read(path, "key") is None


@pytest.mark.parametrize(
    "words", ["run-events --data x.csv --model", "power", "cohort --children 1 --output", "study run"]
)
def test_a_name_of_three_hundred_letters_is_refused_in_words(
    words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("ID,TIME\n1,0\n")
    assert run([*words.split(), "a" * 300]) == 2
    err = capsys.readouterr().err
    assert "fault" not in err and len(err.splitlines()) > 1 and len(list(tmp_path.iterdir())) == 1


def test_without_docstrings_a_model_is_refused_and_not_written_otherwise(tmp_path: Path) -> None:
    words = [sys.executable, "-OO", "-c", PROGRAM, "export", "healthy_child", "--output", "m.xml"]
    environment = {**os.environ, "PYTHONPATH": SRC}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Python removes these with -OO" in done.stderr
    assert not list(tmp_path.iterdir())
