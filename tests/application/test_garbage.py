"""Processes that the program owns look rarely for circles of objects; those of users are left alone."""

import gc
from collections.abc import Iterator

import pytest

from quotidian.application.executors import SELDOM
from quotidian.cli.support.exit_codes import run


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_a_command_sets_its_own_process(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0 and gc.get_threshold() == SELDOM


def test_the_python_interface_leaves_that_to_the_user() -> None:
    import quotidian

    assert quotidian.__version__ and gc.get_threshold() == (700, 10, 10)
