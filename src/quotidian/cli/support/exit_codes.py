"""From an argument list to an exit code: every way a command can end, in one place.

0 success; 1 a fault of the program; 2 a request that cannot be met as written; 3 a computation that could
not be completed; 130 cancelled, for example with Ctrl-C.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import typer

from quotidian.cli.app import app
from quotidian.errors import Cancelled, ComputationFailed, InvalidInput, QuotidianError, StudyTooLarge
from quotidian.version import __version__

SUCCESS, FAULT, INVALID, FAILED, CANCELLED = 0, 1, 2, 3, 130
_USAGE = typer.BadParameter.__mro__[1]  # the usage error of whichever Click this Typer carries


def run(argv: Sequence[str]) -> int:
    """The exit code of one command; messages go to the standard error stream, without a traceback."""
    try:
        code = app(args=list(argv) or ["--help"], prog_name="quotidian", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, Cancelled, typer.Abort):
        code = CANCELLED
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else FAULT
    except Exception as error:
        return _explain(error)
    if code == CANCELLED:
        _print("cancelled, nothing written.")
    return code if isinstance(code, int) else SUCCESS


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
    print(f"quotidian: {message}", file=sys.stderr)


def _reader_gone() -> int:
    """The reader of a pipe has closed it (``| head``): print nothing, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAULT
