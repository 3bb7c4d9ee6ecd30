"""From an argument list to an exit code: every way a command can end, in one place.

0 success; 1 a fault of the program; 2 a request that cannot be met as written; 3 a computation that could
not be completed; 130 cancelled, for example with Ctrl-C.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

import typer

from quotidian.application.executors import look_rarely
from quotidian.application.signals import stopped_like_ctrl_c
from quotidian.cli.app import app
from quotidian.cli.support import plain_letters
from quotidian.errors import Cancelled, ComputationFailed, InvalidInput, QuotidianError, StudyTooLarge
from quotidian.reports.files import WHILE_WRITING, errno_of
from quotidian.version import __version__

EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)
"""Errors of a system that has no further file, process or memory to give."""
SUCCESS, FAULT, INVALID, FAILED, CANCELLED = 0, 1, 2, 3, 130
_USAGE = typer.BadParameter.__mro__[1]  # the usage error of whichever Click this Typer carries


def run(argv: Sequence[str]) -> int:
    """The exit code of one command; messages go to the standard error stream, without a traceback."""
    _make_streams_safe()
    look_rarely()
    try:
        with stopped_like_ctrl_c():
            code = app(args=list(argv) or ["--help"], prog_name="quotidian", standalone_mode=False)
            sys.stdout.flush()
            if code == CANCELLED:  # as the parser reports Ctrl-C
                raise KeyboardInterrupt
    except (KeyboardInterrupt, Cancelled, typer.Abort) as error:
        _print(str(error) if isinstance(error, Cancelled) and error.why else "cancelled, nothing written.")
        return CANCELLED
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else FAULT
    except OSError as error:
        if error.filename is None and errno_of(error) in WHILE_WRITING:
            return _unwritten(error)
        return _refused_by_system(error) if _is_of_system(error) else _explain(error)
    except Exception as error:
        return _explain(error)
    return code if isinstance(code, int) else SUCCESS


def _make_streams_safe() -> None:
    """Standard streams that take every letter, in any encoding, and exist where they were closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors=plain_letters.register())


def _unwritten(error: OSError) -> int:
    """Standard output took no more, as on a full disk: what was printed is incomplete."""
    _reader_gone()
    _print(
        "standard output cannot be written.\n"
        f"  The system reports: {(error.strerror or str(error)).lower()}.\n"
        "  Send it elsewhere, or free some space; files named by options are complete or absent."
    )
    return INVALID


def _is_of_system(error: OSError) -> bool:
    """Whether the machine lacks something or denies it: space, permission, processes, a temporary folder."""
    return errno_of(error) in (*WHILE_WRITING, *EXHAUSTED) or "temporary directory" in str(error)


def _refused_by_system(error: OSError) -> int:
    """The system refused a file or a resource that the command needs."""
    what = "a resource that is needed" if error.filename is None else f"'{error.filename}'"
    _print(
        f"the system refuses {what}.\n"
        f"  It reports: {(error.strerror or str(error)).lower()}.\n"
        "  Check permissions, free space and limits; files named by options are complete or absent."
    )
    return INVALID


def _explain(error: Exception) -> int:
    """Print the error, and return its exit code."""
    if os.environ.get("QUOTIDIAN_DEBUG") == "1":
        traceback.print_exception(error)
    if isinstance(error, MemoryError):
        error = StudyTooLarge(
            "the study does not fit into the memory of this machine.",
            "The memory was exhausted during the computation; nothing was written.",
            "Ask for fewer replicates, fewer observables or a longer --every.",
        )
    if isinstance(error, _USAGE):
        _print(_usage(error))
        return INVALID
    if isinstance(error, QuotidianError):
        _print(str(error))
        return _code_of(error)
    _print(
        f"{type(error).__name__}: {' '.join(str(error).split()) or 'no message'}\n"
        "  This is a fault of the program, not of your request; nothing was written.\n"
        f"  Run it again with QUOTIDIAN_DEBUG=1, and report what it prints with the command "
        f"and the version, {__version__}."
    )
    return FAULT


def _code_of(error: QuotidianError) -> int:
    """The exit code of a branch of the tree of errors."""
    if isinstance(error, InvalidInput):
        return INVALID
    return FAILED if isinstance(error, ComputationFailed) else FAULT


def _usage(error: Exception) -> str:
    """An error of the argument parser in the form of the other errors."""
    what = str(error.format_message()).strip()  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "quotidian"
    return f"{what}\n  '{command} --help' shows its options, with examples."


def _print(message: str) -> None:
    try:
        print(f"quotidian: {message}", file=sys.stderr, flush=True)
    except OSError:  # the exit code says it all the same
        _drop(sys.stderr)


def _reader_gone() -> int:
    """The reader of a pipe has closed it (``| head``): print nothing, not even at exit."""
    _drop(sys.stdout)
    return FAULT


def _drop(stream: TextIO) -> None:
    """Send what a stream still holds to nowhere."""
    with suppress(OSError, ValueError):  # a stream of a test has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
