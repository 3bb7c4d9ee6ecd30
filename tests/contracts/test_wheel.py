"""The wheel, installed outside the checkout, runs from a read-only folder without a writable HOME.

No network is needed: the fresh environment borrows the locked dependencies by a ``.pth`` file that names the
site-packages of this environment. Only the wheel is installed into the fresh one, and a test checks that this
copy runs. These tests cannot show that a package index has the dependencies; ``make`` installs them by the
lock. The user may be root, whom permissions do not stop, so HOME is not a folder and, where there is one, the
working folder is one of the kernel's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.request
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def python(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment that has the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (wheel,) = folder.glob("quotidian-*.whl")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env/bin/python"
    site = Path(query(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([sys.executable, *install, str(wheel)], check=True, capture_output=True)
    (site / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_the_source_archive_has_every_file_and_passes_tests_of_its_own(root: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        if hasattr(tarfile, "data_filter"):  # from Python 3.11.4 on
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(tmp_path)
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode == 0:  # not itself an unpacked archive
        there = [name for name in listed.stdout.splitlines() if (root / name).is_file()]
        assert [name for name in there if not (unpacked / name).is_file()] == []
    own = ["tests/contracts/test_dependencies.py", "tests/dosing/test_notation.py"]
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *own], cwd=unpacked,
        env={**os.environ, "PYTHONPATH": str(unpacked / "src")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tests.returncode == 0, tests.stdout


def query(python: Path, code: str) -> str:
    """What a line of Python prints in that environment."""
    done = subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def world(tmp_path: Path) -> dict[str, str]:
    """Variables of a user without a writable HOME, whose working folder (PWD) is read-only."""
    here = Path("/proc")
    if not here.exists():
        here = tmp_path / "read-only"
        here.mkdir(mode=0o555)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": os.devnull, "PWD": str(here), "COLUMNS": "100"}


@pytest.fixture
def run(python: Path, world: dict[str, str]) -> Run:
    """The installed program, run to its end."""
    program = "from quotidian.cli import main; main()"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [python, "-c", program, *arguments]
        return subprocess.run(
            command, cwd=world["PWD"], env=world, capture_output=True, text=True, check=False
        )

    return run


def test_the_installed_copy_is_the_one_that_runs(python: Path, root: Path) -> None:
    file = query(python, "import quotidian; print(quotidian.__file__)")
    assert Path(file).is_relative_to(python.parent.parent)
    assert not Path(file).is_relative_to(root)


def test_simulate(run: Run) -> None:
    done = run("simulate", "--age", "6", "--sex", "female", "--weight", "20", "--weeks", "2")
    assert done.returncode == 0, done.stderr
    assert "crp" in done.stdout


def test_trial(run: Run, tmp_path: Path) -> None:
    done = run("trial", "tender", "--replicates", "1", "--seed", "1", "--output", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/report.html").exists()


def test_export(run: Run, tmp_path: Path) -> None:
    done = run("export", "sjia", "--output", str(tmp_path / "sjia.xml"))
    assert done.returncode == 0, done.stderr
    assert "<sbml" in (tmp_path / "sjia.xml").read_text()[:500]


def test_explore(python: Path, world: dict[str, str]) -> None:
    line = "from quotidian.cli import main; main()"
    command = [python, "-u", "-c", line, "explore", "--port", "0", "--no-browser"]
    with subprocess.Popen(
        command, cwd=world["PWD"], env=world, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address = next(word for word in server.stdout.readline().split() if word.startswith("http://"))
            assert "Quotidian" in fetched(address)
        finally:
            server.terminate()


def fetched(address: str, seconds: float = 60.0) -> str:
    """A page, as soon as the server answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=seconds) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
