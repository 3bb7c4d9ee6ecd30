"""Weight of a mouse from its length, proportional to the cube of the length."""

from __future__ import annotations

from typing import Any

from quotidian.network import Module, Observable, Parameters
from quotidian.vocabulary import height, own_adult_height

k = Parameters(__file__)
W = k("adult_weight", "g")


def weight(W: Any, h: Any, h_a: Any) -> Any:
    r"""Weight, :math:`W (h/h_a)^3`"""
    return W * (h / h_a) ** 3


module = Module(
    "mouse_size",
    "Size of a mouse",
    about="Studies of mice report size as weight; the growth plate determines length.",
    ledger=k.ledger,
    observables=(Observable("weight", "g", "body weight of the mouse", weight, W, height, own_adult_height),),
)
