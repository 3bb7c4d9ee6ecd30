"""Files and folders that are written completely or not at all, at paths that are checked before a run
starts.

Everything is written under a hidden name in the same folder and renamed when it is complete, so neither
Ctrl-C nor a full disk leaves an incomplete result.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quotidian.errors import OutputError
from quotidian.reports.leftovers import clear_leftovers, is_leftover, under_way

STDOUT = Path("-")
"""The path that denotes standard output."""
TABLES = (".csv", ".parquet")
"""Suffixes of the formats a table can be written in."""
WHILE_WRITING = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM,
    errno.ENAMETOOLONG,
)  # fmt: skip
"""Errors of the file system while writing; any other error is a fault of the program."""
ELSEWHERE = "Choose another place with --output."


def write_atomically(path: str | Path, content: str | bytes) -> Path:
    """Write bytes, or text as UTF-8, to a temporary file and rename it, so that no reader sees an
    incomplete file.

    After any interruption, including Ctrl-C, the old file is unchanged and no temporary file remains.

    Returns
    -------
    The path written.

    Raises
    ------
    OutputError
        The folder is missing, is not a folder, or cannot be written.
    """
    path = Path(path)
    beside = under_way(path, "part")
    try:
        beside.write_bytes(
            content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
        )
        os.replace(beside, path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written.",
            f"{error.strerror or error}.",
            "Name a file in an existing folder that you may write to.",
        ) from None
    finally:
        with suppress(OSError):  # a failure here must not hide the first one
            beside.unlink(missing_ok=True)
    return path


def check_file(path: Path, suffixes: Collection[str]) -> None:
    """Refuse a file that could not be written at the end.

    What a killed run left of the file is removed. Raises OutputError for another suffix, a folder of that
    name, a missing parent folder, or no permission.
    """
    with _as_output_error(path):
        if path.is_dir():
            raise OutputError(f"'{path}' is a folder.", "A file is needed.", "Name a file in it.")
        if path.suffix.lower() not in suffixes:
            why = f"The suffix names the format: {' or '.join(suffixes)}."
            remedy = f"Write for example --output {path.stem or 'result'}{next(iter(suffixes))}."
            raise OutputError(f"'{path}' has an unknown suffix.", why, remedy)
        if path.exists() and not path.is_file():
            raise OutputError(f"'{path}' is a device.", "A file is needed.", ELSEWHERE)
        if not path.parent.is_dir():
            why, remedy = (
                f"There is no folder '{path.parent}'.",
                f"Create it first: mkdir -p '{path.parent}'.",
            )
            raise OutputError(f"'{path}' cannot be written.", why, remedy)
        clear_leftovers(path.resolve().parent, of=path.resolve().name)
        _try(path.resolve().parent, path)


def check_folder(path: Path, files: Collection[str], earlier: Callable[[Path], bool]) -> None:
    """Refuse a folder that could not be written at the end, or that contains files which must not be
    replaced.

    Parameters
    ----------
    files : names of the files and subfolders of a result; ``earlier`` decides whether a folder contains such
        a result. What killed runs left in it and in them is removed and does not count.

    Raises
    ------
    OutputError : a file in the way, other files, or no permission.
    """
    with _as_output_error(path):
        if path.exists() and not path.is_dir():
            raise OutputError(f"'{path}' is a file.", "A folder is needed.", ELSEWHERE)
        target = path.resolve()
        if path.is_dir():
            for place in (target, *(target / name for name in files)):
                clear_leftovers(place)
        else:
            clear_leftovers(_workshop(target), of=target.name)
        there = {item.name for item in path.iterdir()} if path.is_dir() else set()
        there = {name for name in there if not is_leftover(name)}
        if there and (there - set(files) or not earlier(path)):
            foreign = ", ".join(sorted(there - set(files) or there)[:3])
            why = f"It holds something other than an earlier result: {foreign}."
            raise OutputError(
                f"'{path}' cannot be the output folder.", why, "Name a new or an empty folder with --output."
            )
        _try(_workshop(path.resolve()), path)


def make_folder(path: Path) -> None:
    """Create a folder, and those that it lies in, where they are missing. Raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"The system reports: {(error.strerror or str(error)).lower()}."
        raise OutputError(f"The folder '{path}' cannot be created.", why, ELSEWHERE) from None


@contextmanager
def folder_in_use(path: Path) -> Iterator[None]:
    """A folder that is created if it is missing, and removed again if the block leaves it empty.

    A request that is refused within the block leaves no folder. Raises OutputError.
    """
    missing = [place for place in (path, *path.parents) if not place.exists()]
    make_folder(path)
    try:
        yield
    finally:
        with suppress(OSError):  # the first that is not empty ends it
            for place in missing:
                place.rmdir()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path to write to, renamed to ``path`` if the block succeeds and removed if it fails.

    Raises OutputError if the file system reports an error.
    """
    target = path.resolve()  # a symbolic link is followed, so that it remains a link
    partial = under_way(target)
    try:
        with _as_output_error(path, WHILE_WRITING):
            yield partial
            os.replace(partial, target)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path, last: str) -> Iterator[Path]:
    """A temporary folder to write to. Its files are moved to ``path`` if the block succeeds and removed if
    it fails.

    Parameters
    ----------
    last : name of the file that is moved after all others, if ``path`` exists already.

    Raises OutputError if the file system reports an error.
    """
    target = path.resolve()
    partial = _workshop(target) / under_way(target).name
    try:
        with _as_output_error(path, WHILE_WRITING):
            partial.mkdir()
            yield partial
            _put_in_place(partial, target, last)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _put_in_place(partial: Path, target: Path, last: str) -> None:
    """A new folder is renamed; in an existing folder, which may be a mount or in use, the files are moved
    one by one."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.rename(target)
        return
    for item in sorted(partial.iterdir(), key=lambda item: (item.name == last, item.name)):
        os.replace(item, target / item.name)


def _workshop(target: Path) -> Path:
    """The folder of temporary files: the folder itself if it exists, else its nearest existing parent."""
    return next(p for p in (target, *target.parents) if p.is_dir())


def _try(folder: Path, wanted: Path) -> None:
    """Create a file in the folder and remove it. Permissions alone are not sufficient (root, read-only
    file systems)."""
    probe = folder / under_way(wanted.resolve()).name
    with _as_output_error(wanted):
        probe.touch(exist_ok=False)
        probe.unlink()


def errno_of(error: Exception) -> int | None:
    """Number of an error of the file system; libraries in Rust state it in the text alone, of an error of
    their own too. None for another error."""
    stated = re.search(r"os error ([0-9]+)", str(error))
    own = error.errno if isinstance(error, OSError) else None
    return own or (int(stated[1]) if stated else None)


@contextmanager
def _as_output_error(path: Path, kinds: Collection[int] = ()) -> Iterator[None]:
    """Convert an operating system error to OutputError; if error numbers (errno) are given, only these."""
    try:
        yield
    except Exception as error:
        number = errno_of(error)
        if (kinds or not isinstance(error, OSError)) and number not in (kinds or WHILE_WRITING):
            raise
        said = getattr(error, "strerror", None) or (os.strerror(number) if number else str(error))
        why = f"The system reports: {said.lower()}."
        raise OutputError(f"'{path}' cannot be written.", why, ELSEWHERE) from error
