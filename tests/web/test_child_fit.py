"""The fit of the page's child to measurements of a visitor: the numbers of the command, and its refusals."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import quotidian as q
from quotidian.errors import InvalidData
from quotidian.web.child_fit import MOST_CHARACTERS, fit_answer

from .test_browser import page, settle  # noqa: F401 (page is a fixture)

ANNA = """DAY,ANALYTE,VALUE,UNIT
0.35,crp,74,mg/L
14.35,crp,<5,mg/L
14.35,tocilizumab,24,ug/mL
28.35,active_joints,6,1
"""
GIRL = {"age": "6", "sex": "female", "weight": "20", "a_drug": "tocilizumab-iv", "weeks": "12"}


def ask(measurements: str, **changed: str) -> dict:
    return fit_answer({"fields": {**GIRL, "measurements": measurements, **changed}})


def test_the_page_fits_as_the_command_does(tmp_path: Path) -> None:
    file = tmp_path / "anna.csv"
    file.write_text(ANNA, encoding="utf-8")
    fit = q.fit_child(file, q.Child("6 years", "female", "20 kg"), "tocilizumab-iv")
    found = ask(ANNA, severity="2", flares="9")
    assert "Research use" in found["table"] and "--regimen tocilizumab-iv" in found["table"]
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', found["table"])
    assert rows == [(name, f"{value:.3g}") for name, value in zip(fit.names, fit.value, strict=True)]
    assert set(found["bands"]["of"]) == {"crp", "tocilizumab", "active_joints"} == {*fit.observables}
    crp = fit.observables.index("crp")
    np.testing.assert_allclose(found["bands"]["of"]["crp"]["high"], fit.bands[2, :, crp], rtol=1e-4)
    np.testing.assert_allclose(found["bands"]["day"], fit.hours / 24.0, rtol=1e-4)


@pytest.mark.parametrize(
    ("measurements", "says"),
    [
        ("", "'The table' is empty"),
        ("DAY,ANALYTE,VALUE,UNIT\n1,crp,-3,mg/L", "row 1, column VALUE: '-3'"),
        ("time_day,crp [mg/L]\n1,3", "one measurement a row"),
        ("DAY,ANALYTE,VALUE,UNIT\n400,crp,3,mg/L", "within 366 days"),
        ("DAY,ANALYTE,VALUE,UNIT\n" + "".join(f"{k},crp,3,mg/L\n" for k in range(201)), "at most 200"),
        ("x" * (MOST_CHARACTERS + 1), "more than 20,000 characters"),
    ],
)
def test_measurements_that_a_page_does_not_fit_are_refused(measurements: str, says: str) -> None:
    with pytest.raises(InvalidData, match=says):
        ask(measurements)


def test_a_visitor_fits_a_file_and_the_fit_goes_with_its_child(page, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "anna.csv").write_text(ANNA, encoding="utf-8")
    page.goto(page.home + "?age=6&sex=female&weight=20&a_drug=tocilizumab-iv&b_drug=none&weeks=12")
    settle(page)
    page.locator("summary", has_text="Your own measurements").click()
    page.set_input_files("#own-file", tmp_path / "anna.csv")
    page.wait_for_selector("#child-chart .own")
    assert page.inner_text("#own-says") == "4 measurements drawn."
    page.click("#own-fit")
    page.wait_for_selector("#child-fit table", timeout=240_000)
    assert page.locator("#child-chart .own-band").count() == 3
    assert "tocilizumab.CL" in page.inner_text("#child-fit")
    page.click('[data-zoom="in"]')
    settle(page)
    assert page.locator("#child-chart .own-band").count() == 3  # another view of the same child
    page.fill("#own-text", ANNA.replace("mg/L", "mg/dm"))
    page.click("#own-fit")
    page.wait_for_selector("#fit-error:not([hidden])")
    assert "column UNIT: 'mg/dm'" in page.inner_text("#fit-error")
    assert page.locator("#child-chart .own-band").count() == 0
    page.fill("#own-text", ANNA)
    page.click("#own-fit")
    page.wait_for_selector("#child-fit table")
    page.focus('[name="age"]')
    page.keyboard.press("ArrowRight")
    settle(page)
    assert page.locator("#child-chart .own-band").count() == 0 and page.inner_text("#child-fit") == ""
