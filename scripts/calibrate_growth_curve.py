"""Fit the healthy growth curve to the height reference, once for girls and once for boys.

    python scripts/calibrate_growth_curve.py

The curve is that of biology/growth_curve.py: the growth that is left falls at a pace that steps up in
mid-childhood and again in puberty. With one step whose steepness equals its height this is model 1 of
Preece and Baines 1978 (Ann Hum Biol 5:1; recalled), which alone leaves the median by up to 1.1 cm (0.2 SD) at
4.5 and 11.5 years. Targets: CDC 2000 height for age, 2 to 20 years by quarters, at SD scores -3 to 2; misfit
in SD of the age. Four of the numbers move with the SD score of the child. The steepness of the first step is
hardly informed and set to 2.5 per year for both sexes. The result stands in biology/growth_curve.yaml with
basis "fitted"; this script prints it and its misfit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from quotidian.biology import growth_curve
from quotidian.patients import growth

Floats = NDArray[np.float64]
NAMES = ("adult", "left", "infant_pace", "child_rise", "child_age", "teen_rise", "teen_steepness", "teen_age")
MOVING = ("adult", "left", "infant_pace", "teen_age")
STEEPNESS = 2.5
AGES = np.arange(2.0, 20.01, 0.25)
SCORES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0)
FIRST = {
    "female": [163.0, 10.0, 0.11, 0.045, 5.4, 0.61, 1.6, 11.5],
    "male": [177.0, 12.0, 0.095, 0.025, 6.3, 0.62, 1.26, 13.3],
}


def curve(age: Floats, z: float, q: Floats) -> Floats:
    """Height, cm, at each age for a child of SD score z."""
    at = dict(zip(NAMES, q[: len(NAMES)], strict=True))
    slopes = dict(zip(MOVING, q[len(NAMES) :], strict=False))  # none yet while the median is fitted
    p = {name: value + z * slopes.get(name, 0.0) for name, value in at.items()}
    height = growth_curve.curve(
        age, p["adult"], p["left"], p["infant_pace"], p["child_rise"], STEEPNESS, p["child_age"],
        p["teen_rise"], p["teen_steepness"], p["teen_age"],
    )  # fmt: skip
    return np.asarray(height)


def main() -> None:
    """Fit, and print the values with the largest misfit at each score."""
    for sex, first in FIRST.items():
        sd = (growth.quantile("height", AGES, sex, 1.0) - growth.quantile("height", AGES, sex, -1.0)) / 2

        def misfit(q: Floats, scores: tuple[float, ...], sd: Floats = sd, sex: str = sex) -> Floats:
            data = (growth.quantile("height", AGES, sex, z) for z in scores)
            return np.concatenate([(curve(AGES, z, q) - d) / sd for z, d in zip(scores, data, strict=True)])

        fit = least_squares(misfit, first, x_scale=np.abs(first), args=((0.0,),))  # the median first
        begin = np.concatenate([fit.x, [6.5, 0.5, 0.001, -0.2]])
        scale = np.maximum(np.abs(begin), 0.01)
        fit = least_squares(misfit, begin, x_scale=scale, args=(SCORES,), max_nfev=5000)
        print(sex)
        for name, value in zip((*NAMES, *(f"{n}_by_score" for n in MOVING)), fit.x, strict=True):
            print(f"  {name:20s} {value:.5g}")
        worst = np.abs(fit.fun.reshape(len(SCORES), -1)).max(axis=1)
        print("  largest misfit, SD, at scores -3 to 2:", worst.round(2))


if __name__ == "__main__":
    main()
