"""Install both archives as others would, and run their own tests: ``python scripts/packages.py [WORDS ...]``.

Source archive and wheel of the last commit are built. Each is installed into a fresh environment, with the
locked versions of everything else. Then the tests of the unpacked source archive run on the installed copy:
as the present user and, if that is root, as nobody, who has no home folder and can write none of the files.
Words are those of pytest; without any the quick tests run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from release import build, exported

QUICK = ("-m", "not slow")
NOBODY = 65534
PROBE = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"
PIP = ("-m", "pip", "install", "--quiet", "--no-deps")
WHERE = "import quotidian; print(quotidian.__file__)"


@dataclass(frozen=True)
class Run:
    """One run of the tests: the ending of the archive, the user, and the home folder that is named."""

    name: str
    suffix: str
    user: int | None = None
    home: str | None = None


RUNS = (
    Run("source archive", ".tar.gz"),
    Run("source archive, as nobody without HOME", ".tar.gz", NOBODY),
    Run("wheel", ".whl"),
    Run("wheel, as nobody with a HOME that does not exist", ".whl", NOBODY, "/nonexistent"),
)


def main(words: Sequence[str] | None = None) -> None:
    """Build, install and test; leave with code 1 if a run has failed."""
    words = tuple(sys.argv[1:] if words is None else words) or QUICK
    runs = [run for run in RUNS if run.user is None or os.geteuid() == 0]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)  # another user must reach what is in it
        tree = place / "checkout"
        exported(tree)
        archives = build(tree, place / "dist", datetime.now(UTC).date())
        unpacked = _unpacked(place)
        locked = _locked(place, unpacked)
        environments = {name: _installed(place, name, locked) for name in archives}
        for run in runs:
            python = next(p for name, p in environments.items() if name.endswith(run.suffix))
            done = tested(python, unpacked, run, words)
            failed += done != 0
            print(f"{run.name}: {'passed' if done == 0 else f'FAILED, code {done}'}", flush=True)
    print(f"{len(runs)} runs of the tests in fresh environments: {failed} failed")
    sys.exit(bool(failed))


def tested(python: Path, tree: Path, run: Run, words: Sequence[str]) -> int:
    """The exit code of the tests, run on the copy that is installed beside ``python``."""
    with tempfile.TemporaryDirectory() as scratch:
        if run.user is not None:
            os.chown(scratch, run.user, run.user)
        variables = variables_of(run, os.environ, scratch)
        command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=", *words]
        return subprocess.run(
            command, cwd=tree, env=variables, check=False, user=run.user, group=run.user,
            extra_groups=None if run.user is None else [],
        ).returncode  # fmt: skip


def variables_of(run: Run, present: Mapping[str, str], scratch: str) -> dict[str, str]:
    """The variables of a run: those of the present user, or for another one only the few that it needs."""
    own = {"TMPDIR": scratch, "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    if run.user is None:
        return {name: value for name, value in present.items() if name != "PYTHONPATH"} | own
    kept = {name: present[name] for name in ("PATH", "LANG") if name in present}
    return kept | own | ({} if run.home is None else {"HOME": run.home})


def _unpacked(place: Path) -> Path:
    """The tree in the source archive, unpacked."""
    with tarfile.open(next((place / "dist").glob("*.tar.gz"))) as archive:
        if hasattr(tarfile, "data_filter"):  # from Python 3.11.4 on
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(place / "source")
    (tree,) = (place / "source").iterdir()
    return tree


def _locked(place: Path, tree: Path) -> Path:
    """The folder of the locked packages, which the environments share."""
    _done([_base(), "-m", "venv", str(place / "locked")])
    python = place / "locked/bin/python"
    _done(
        [
            str(python),
            *PIP,
            "--require-hashes",
            "--only-binary",
            ":all:",
            "-r",
            str(tree / "requirements.lock"),
        ]
    )
    return Path(_done([str(python), "-c", SITE]))


def _installed(place: Path, archive: str, locked: Path) -> Path:
    """The interpreter of a fresh environment with an archive, which reads the locked packages."""
    folder = place / f"environment-{archive.rpartition('.')[2]}"
    python = folder / "bin/python"
    _done([_base(), "-m", "venv", str(folder)])
    site = Path(_done([str(python), "-c", SITE]))
    (site / "locked.pth").write_text(f"{locked}\n")
    _done([str(python), *PIP, "--no-build-isolation", str(place / "dist" / archive)])
    found = _done([str(python), "-c", WHERE])
    if not Path(found).is_relative_to(site):
        raise SystemExit(f"packages: {found} would be tested, and not the installed {archive}.")
    return python


def _base() -> str:
    """An interpreter of which environments are made. One in the home folder of root is closed to others."""
    user = NOBODY if os.geteuid() == 0 else None
    for name in (sys._base_executable, *map(shutil.which, ("python3.11", "python3")), "/usr/bin/python3"):  # type: ignore[attr-defined]
        if name and _fits(name, user):
            return str(name)
    raise SystemExit(
        "packages: no Python 3.11 or newer with venv can be used by another user.\n"
        "  Install one outside the home folder of root."
    )


def _fits(name: str, user: int | None) -> bool:
    try:
        real = os.path.realpath(name)
        return subprocess.run([real, "-c", PROBE], user=user, cwd="/", capture_output=True).returncode == 0
    except OSError:
        return False


def _done(command: Sequence[str]) -> str:
    """What a command printed. Ends with its complaint if it fails."""
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"packages: '{' '.join(command[:5])}' failed:\n{done.stderr[-2000:]}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
