"""The course of a fitted child: each panel names its observable and unit, and its axis has numbers."""

from __future__ import annotations

import re

import numpy as np

from quotidian.reports.figures.fit_bands import fit_bands

DAYS = np.linspace(0.0, 28.0, 8)
BANDS = np.multiply.outer([0.8, 1.0, 1.2], np.stack([np.full(8, 90.0), np.full(8, 30.0)], axis=1))


def drawn() -> str:
    return fit_bands(
        DAYS, ("crp", "esr"), BANDS, np.array([7.0]), ("crp",), np.array([95.0]),
        np.zeros(1, dtype=np.int64), {"crp": "mg/L", "esr": "mm/h"},
    )  # fmt: skip


def test_panels_are_named_with_units() -> None:
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", drawn())
    assert {"CRP (mg/L)", "ESR (mm/h)"} <= set(texts)


def test_a_narrow_logarithmic_axis_has_numbers_between_the_powers_of_ten() -> None:
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", drawn())
    assert {"100", "20"} <= set(texts)
