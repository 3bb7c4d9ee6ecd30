"""Height over years: remaining growth proceeds at a healthy rate, reduced by disease and by drugs.

IGF-1, inflammation near the growth plate and glucocorticoid each slow it by a factor of their own. Bone age
lags too, but by less. A part of the growth that is missed while bones age is lost permanently. The
rest is a lag: more growth remains than in a healthy child of the same bone age. The lag raises velocity.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Flux,
    InitialCondition,
    Module,
    Observable,
    Parameters,
    Signal,
    Species,
)
from quotidian.network.flux import itself
from quotidian.vocabulary import (
    age_at_start,
    bone_age,
    bone_age_at_start,
    growth_pace,
    growth_suppression,
    height,
    height_at_start,
    height_of_age,
    height_of_bone_age,
    height_reached_in_health,
    igf1_relative,
    lower_height,
    median_height,
    own_adult_height,
    pace_at_start,
    plate_inflammation,
)

k = Parameters(__file__)
a, delta, lost = k("igf1_power", "1"), k("delay_share", "1"), k("lost_share", "1")
c = k("catch_up", "1")
year, lead, usual = k("year", "h/year"), k("lead", "year"), k("usual_velocity", "cm/year")

adult_height = Species("adult_height", "cm", "attainable adult height", "h_1", (40, 200))
plate = Signal("growth.plate", "1", "growth relative to health", "g")
maturation = Signal("growth.maturation", "1", "ageing of the bones relative to health", r"\mu")
in_reach = Signal("growth.adult_height_at_start", "cm", "attainable adult height on day 0", "h_{1,0}")
lag = Signal("growth.lag", "cm", "height deficit that can be caught up", "D")
speed = Signal("growth.velocity", "cm/year", "height velocity", r"v_h")


def plate_speed(x: Any, a: Any, chi_G: Any, chi_I: Any) -> Any:
    r"""Speed of the growth plate, :math:`g = x^a / ((1 + \chi_G)(1 + \chi_I))`"""
    return x**a / ((1 + chi_G) * (1 + chi_I))


def bone_ageing(g: Any, delta: Any) -> Any:
    r"""Speed of bone ageing, :math:`\mu = g^\delta`"""
    return g**delta


def lagging_height(h_1: Any, h: Any, h_a: Any, h_b: Any) -> Any:
    r"""Lag that can be caught up, :math:`D = (h_1 - h) - (h_a - \bar{h}(b))`

    Growth left, less what health has left at that bone age; zero in a healthy child at all times.
    """
    return (h_1 - h) - (h_a - h_b)


def velocity(g: Any, s: Any, h_1: Any, h: Any, c: Any, D: Any) -> Any:
    r"""Height velocity, :math:`v_h = g s (h_1 - h + c D)`"""
    return g * s * (h_1 - h + c * D)


def per_year(x: Any, Y: Any) -> Any:
    r"""Change per hour, from a rate per year, :math:`v = x / Y`"""
    return x / Y


def forfeited(phi: Any, mu: Any, g: Any, s: Any, h_1: Any, h: Any, Y: Any) -> Any:
    r"""Growth lost permanently, :math:`v = \varphi (\mu - g) s (h_1 - h) / Y`"""
    return phi * (mu - g) * s * (h_1 - h) / Y


def lagging(a_0: Any, delta: Any, h_a: Any, h_0: Any, v: Any) -> Any:
    r"""Bone age on day 0, :math:`b_0 = a_0 - \delta (\bar{h}_0 - h_0)/v_u`

    A child shorter than in health has bones that lag by the share of its height's lag that goes with it.
    """
    return a_0 - delta * (h_a - h_0) / v


def reachable(h_a: Any, phi: Any, h_b: Any, h_0: Any) -> Any:
    r"""Attainable adult height, :math:`h_{1,0} = h_a - \varphi (\bar{h}_b - h_0)`"""
    return h_a - phi * (h_b - h_0)


def earlier(b_0: Any, lead: Any) -> Any:
    r"""Bone age when the run begins, :math:`b_0 - \ell`"""
    return b_0 - lead


def shorter(h_0: Any, lead: Any, s: Any, h_1: Any) -> Any:
    r"""Height when the run begins, :math:`h_0 - \ell s_{(0)} (h_{1,0} - h_0)`"""
    return h_0 - lead * s * (h_1 - h_0)


def sd_score(h: Any, median: Any, lower: Any) -> Any:
    r"""SD score of height, :math:`(h - h_{50})/(h_{50} - h_{16})`"""
    return (h - median) / (median - lower)


module = Module(
    "growth",
    "Growth",
    about="A part of missed growth is lost permanently; the rest is caught up in proportion to the deficit.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(plate, plate_speed, igf1_relative, a, growth_suppression, plate_inflammation),
        AssignmentRule(maturation, bone_ageing, plate, delta),
        AssignmentRule(lag, lagging_height, adult_height, height, own_adult_height, height_reached_in_health),
        AssignmentRule(speed, velocity, plate, growth_pace, adult_height, height, c, lag),
        AssignmentRule(
            bone_age_at_start, lagging, age_at_start, delta, height_of_age, height_at_start, usual
        ),
        AssignmentRule(in_reach, reachable, own_adult_height, lost, height_of_bone_age, height_at_start),
    ),
    fluxes=(
        Flux(NOTHING >> bone_age, per_year, maturation, year),
        Flux(NOTHING >> height, per_year, speed, year),
        Flux(
            adult_height >> NOTHING,
            forfeited,
            lost,
            maturation,
            plate,
            growth_pace,
            adult_height,
            height,
            year,
        ),
    ),
    starts=(
        InitialCondition(bone_age, earlier, bone_age_at_start, lead),
        InitialCondition(height, shorter, height_at_start, lead, pace_at_start, in_reach),
        InitialCondition(adult_height, itself, in_reach),
    ),
    observables=(
        Observable("height", "cm", "height", itself, height),
        Observable("height_velocity", "cm/year", "height velocity", itself, speed),
        Observable(
            "height_sds", "1", "height for age, SD score", sd_score, height, median_height, lower_height
        ),
        Observable("adult_height", "cm", "attainable adult height", itself, adult_height),
        Observable("height_lag", "cm", "height deficit that can be caught up", itself, lag),
        Observable("bone_age", "year", "bone age", itself, bone_age),
    ),
)
