"""``simulate --plot``: the clinical chart as a file, whole, the same every time, refused in one message."""

from __future__ import annotations

import pytest

ASK = "simulate --age 6 --sex female --weight 20 --regimen tocilizumab-iv --weeks 2"
MAGIC = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


@pytest.mark.parametrize("kind", MAGIC)
def test_the_suffix_names_the_format_and_the_bytes_are_the_same(quotidian, tmp_path, kind: str) -> None:
    files = [tmp_path / f"{name}.{kind}" for name in "ab"]
    for file in files:
        ran = quotidian(f"{ASK} --plot {file}")
        assert ran.code == 0 and f"Chart: {file}" in ran.out
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes().startswith(MAGIC[kind])


def test_a_table_on_standard_output_stands_there_alone(quotidian, tmp_path) -> None:
    ran = quotidian(f"simulate --age 6 --sex f --weeks 1 --output - --plot {tmp_path / 'c.svg'}")
    assert ran.code == 0 and "Chart:" in ran.err and "Chart:" not in ran.out


def test_the_chart_says_who_what_and_what_it_is_not(quotidian, tmp_path) -> None:
    assert quotidian(f"{ASK} --plot {tmp_path}/c.svg").code == 0
    text = (tmp_path / "c.svg").read_text()
    for words in (
        "6-year-old girl",
        "12 mg/kg",
        "medical device",
        "Body temperature",
        "1 dose of 240 mg",
        "CRP",
    ):
        assert words in text, words


def test_an_untreated_and_a_healthy_child_are_drawn_too(quotidian, tmp_path) -> None:
    for options in ("", "--model healthy_child"):
        ran = quotidian(f"simulate --age 4 --sex male --weeks 1 {options} --plot {tmp_path}/c.svg")
        assert ran.code == 0, ran.err


@pytest.mark.parametrize("name", ["c.jpg", "c", "nowhere/c.svg"])
def test_a_place_that_will_not_do_is_refused_before_the_work(quotidian, tmp_path, name: str) -> None:
    ran = quotidian(f"{ASK} --plot {tmp_path}/{name}")
    assert ran.code == 2 and ran.out == ""
    assert list(tmp_path.iterdir()) == []
