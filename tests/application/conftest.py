"""A small cohort to ask for, the bytes a folder holds, and how a text is refused as a study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quotidian.application.cohort_request import CohortRequest
from quotidian.application.study_file import read_study
from quotidian.errors import InvalidInput

SMALL = {
    "children": 40,
    "seed": 3,
    "regimen": "tocilizumab-iv",
    "model": "sjia",
    "days": 7.0,
    "every_hours": 24.0,
    "observables": {"crp": "mg/L", "tocilizumab": "ug/mL"},
    "part": 16,
}


@pytest.fixture(scope="session")
def asked() -> Callable[..., CohortRequest]:
    """The small request, with anything replaced."""
    return lambda **other: CohortRequest(**(SMALL | other))


@pytest.fixture(scope="session")
def held() -> Callable[[Path], dict[str, bytes]]:
    """Every file of a folder with its bytes."""
    return lambda folder: {item.name: item.read_bytes() for item in sorted(folder.iterdir())}


@pytest.fixture(scope="session")
def whole(asked, tmp_path_factory) -> Path:
    """The small request, run without interruption. Not to be changed."""
    from quotidian.application.cohort_run import run_cohort

    folder = tmp_path_factory.mktemp("cohort") / "whole"
    run_cohort(asked(), folder, threads=1)
    return folder


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[str], str]:
    """What reading a text as a study is refused with."""

    def read(text: str) -> str:
        path = tmp_path / "study.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidInput) as refused:
            read_study(path)
        return str(refused.value)

    return read
