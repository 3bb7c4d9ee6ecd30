"""The healthy growth curve of a child: remaining growth declines at a rate that increases twice.

The rate constant of growth is the fraction of the remaining growth that is attained in a year. In model 1 of
Preece and Baines (1978, Ann Hum Biol 5:1; recalled) it rises once, in puberty, and the steepness of that rise
equals its size. Here the steepness is free and a small rise in mid-childhood precedes it, so that the median
stays within 0.14 SD of the reference from 2 to 20 years. The curve uses bone age in place of age: a child
whose bone age lags grows later and enters puberty later.
"""

from __future__ import annotations

import math
from typing import Any

from quotidian.network import TIME, AssignmentRule, Module, Observable, Parameters, Signal
from quotidian.network.flux import itself
from quotidian.network.laws import exp, log
from quotidian.network.names import Parameter
from quotidian.vocabulary import (
    age,
    age_at_start,
    bone_age,
    bone_age_at_start,
    growth_pace,
    height_of_age,
    height_of_bone_age,
    height_reached_in_health,
    lower_height,
    maleness,
    median_height,
    own_adult_height,
    pace_at_start,
    puberty,
    puberty_of_age,
    target_height_score,
)

k = Parameters(__file__)
year, k_1 = k("year", "h/year"), k("child_steepness", "1/year")
below = k("one_below", "1")


def _of(name: str, unit: str, meaning: str, symbol: str) -> tuple[Signal, Parameter, Parameter]:
    """A number of the curve that differs between girls and boys: its signal, and the value of each."""
    signal = Signal(f"growth_curve.{name}", unit, meaning, symbol)
    return signal, k(f"girl_{name}", unit), k(f"boy_{name}", unit)


BY_SEX = (
    _of("adult", "cm", "median adult height", r"\bar{h}_a"),
    _of("adult_by_score", "cm", "adult height, per SD of height", "h_z"),
    _of("left", "cm", "median remaining growth at mid-puberty", r"\bar{d}"),
    _of("left_by_score", "cm", "remaining growth at mid-puberty, per SD of height", "d_z"),
    _of("pace", "1/year", "median rate constant of growth in early childhood", r"\bar{s}_0"),
    _of("pace_by_score", "1/year", "rate constant of growth in early childhood, per SD of height", "s_z"),
    _of("teen_age", "year", "median bone age of mid-puberty", r"\bar{b}_2"),
    _of("teen_age_by_score", "year", "bone age of mid-puberty, per SD of height", "b_z"),
    _of("child_rise", "1/year", "rise of the rate constant in mid-childhood", "r_1"),
    _of("child_age", "year", "bone age of the rise in mid-childhood", "b_1"),
    _of("teen_rise", "1/year", "rise of the rate constant in puberty", "r_2"),
    _of("teen_steepness", "1/year", "steepness of the rise in puberty", "k_2"),
)
ADULT, ADULT_Z, LEFT, LEFT_Z, PACE, PACE_Z, TEEN, TEEN_Z, RISE_1, AGE_1, RISE_2, STEEP_2 = (
    signal for signal, _, _ in BY_SEX
)
LOW = tuple(
    Signal(f"growth_curve.low_{name}", unit, f"{meaning}, one SD below the median", symbol)
    for name, unit, meaning, symbol in (
        ("adult", "cm", "adult height", r"h_a^-"),
        ("left", "cm", "remaining growth at mid-puberty", r"d^-"),
        ("pace", "1/year", "rate constant of growth in early childhood", r"s_0^-"),
        ("teen_age", "year", "bone age of mid-puberty", r"b_2^-"),
    )
)
OWN = (
    own_adult_height,
    Signal("growth_curve.own_left", "cm", "remaining growth at mid-puberty, of the child", "d"),
    Signal(
        "growth_curve.own_pace", "1/year", "rate constant of growth in early childhood, of the child", "s_0"
    ),
    Signal("growth_curve.own_teen_age", "year", "bone age of mid-puberty, of the child", "b_2"),
)
MEDIAN, SLOPES = (ADULT, LEFT, PACE, TEEN), (ADULT_Z, LEFT_Z, PACE_Z, TEEN_Z)


def by_sex(girl: Any, boy: Any, b: Any) -> Any:
    r"""Value for the sex of the child, :math:`x_f + b (x_m - x_f)`"""
    return girl + b * (boy - girl)


def by_score(x: Any, slope: Any, z: Any) -> Any:
    r"""Value at an SD score, :math:`x + x_z z`"""
    return x + slope * z


def passing(a_0: Any, t: Any, Y: Any) -> Any:
    r"""Age, :math:`a = a_0 + t/Y`"""
    return a_0 + t / Y


def softened(y: Any) -> Any:
    r"""A step, integrated: :math:`P(y) = \ln(1 + e^y) = y + \ln(1 + e^{-y})`

    In the second form a bone age far beyond the step does not overflow.
    """
    return y + log(1 + exp(-y))


def step(x: Any, k: Any, x_0: Any) -> Any:
    r"""A step from 0 to 1, :math:`1/(1 + e^{-k (x - x_0)})`"""
    return 1 / (1 + exp(-k * (x - x_0)))


def pace(b: Any, s_0: Any, r_1: Any, k_1: Any, b_1: Any, r_2: Any, k_2: Any, b_2: Any) -> Any:
    r"""Growth rate constant, :math:`s = s_0 + r_1/(1 + e^{-k_1 (b - b_1)}) + r_2/(1 + e^{-k_2 (b - b_2)})`"""
    return s_0 + r_1 / (1 + exp(-k_1 * (b - b_1))) + r_2 / (1 + exp(-k_2 * (b - b_2)))


def curve(
    b: Any, h_a: Any, d: Any, s_0: Any, r_1: Any, k_1: Any, b_1: Any, r_2: Any, k_2: Any, b_2: Any
) -> Any:
    r"""Height in health,
    :math:`h_a - d e^{-s_0 (b - b_2)}
    \left(\frac{1 + e^{k_1 (b_2 - b_1)}}{1 + e^{k_1 (b - b_1)}}\right)^{r_1/k_1}
    \left(\frac{2}{1 + e^{k_2 (b - b_2)}}\right)^{r_2/k_2}`

    The solution of :math:`\dot{h} = s (h_a - h)` in which growth d is left at :math:`b_2`. Each power is
    :math:`e^{-r_i S_i}` with :math:`S_i = (P(k_i (b - b_i)) - P(k_i (b_2 - b_i)))/k_i` and
    :math:`P(y) = \ln(1 + e^y)`.
    """
    S_1 = (softened(k_1 * (b - b_1)) - softened(k_1 * (b_2 - b_1))) / k_1
    S_2 = (softened(k_2 * (b - b_2)) - math.log(2)) / k_2
    return h_a - d * exp(-s_0 * (b - b_2) - r_1 * S_1 - r_2 * S_2)


def _pace_at(of: Signal, b: Any) -> AssignmentRule:
    return AssignmentRule(of, pace, b, OWN[2], RISE_1, k_1, AGE_1, RISE_2, STEEP_2, OWN[3])


def _height_at(of: Signal, b: Any, numbers: tuple[Signal, ...]) -> AssignmentRule:
    adult, left, first, teen = numbers
    return AssignmentRule(of, curve, b, adult, left, first, RISE_1, k_1, AGE_1, RISE_2, STEEP_2, teen)


module = Module(
    "growth_curve",
    "Growth in health",
    about="Height in health by bone age; the median height of the same sex, and one SD below it, by age.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(age, passing, age_at_start, TIME, year),
        *(AssignmentRule(signal, by_sex, girl, boy, maleness) for signal, girl, boy in BY_SEX),
        *(
            AssignmentRule(own, by_score, x, slope, target_height_score)
            for own, x, slope in zip(OWN, MEDIAN, SLOPES, strict=True)
        ),
        *(
            AssignmentRule(low, by_score, x, slope, below)
            for low, x, slope in zip(LOW, MEDIAN, SLOPES, strict=True)
        ),
        _pace_at(growth_pace, bone_age),
        _pace_at(pace_at_start, bone_age_at_start),
        AssignmentRule(puberty, step, bone_age, STEEP_2, OWN[3]),
        AssignmentRule(puberty_of_age, step, age, STEEP_2, OWN[3]),
        _height_at(height_of_age, age_at_start, OWN),
        _height_at(height_of_bone_age, bone_age_at_start, OWN),
        _height_at(height_reached_in_health, bone_age, OWN),
        _height_at(median_height, age, MEDIAN),
        _height_at(lower_height, age, LOW),
    ),
    observables=(
        Observable("age", "year", "age", itself, age),
        Observable("puberty", "1", "progress of puberty, 0 to 1", itself, puberty),
    ),
)
