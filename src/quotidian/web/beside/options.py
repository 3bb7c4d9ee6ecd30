"""What a page may show beside its lines, and which axes are logarithmic: names, words and defaults."""

from __future__ import annotations

from collections.abc import Mapping

BESIDE: Mapping[str, str] = {
    "published": "Published group values",
    "differences": "Differences between regimens",
    "exposure": "Exposure to the drugs",
    "band": "Population band, up to one year",
    "uncertainty": "Uncertainty band, up to one year",
}
"""What can be shown, by its name in a link."""
USUAL_BESIDE = ("published", "differences")
SLOW = frozenset({"exposure", "band", "uncertainty"})
"""What needs a simulation of its own."""
AXES: Mapping[str, str] = {
    "drug": "drug",
    "il6": "IL-6",
    "sil6r": "soluble receptor",
    "crp": "CRP",
    "ferritin": "ferritin",
    "il18": "IL-18",
}
"""Charts whose axis can be linear or logarithmic, by name."""
USUAL_LOG = ("il6", "sil6r", "ferritin", "il18")
NONE = "none"
"""Written in a link where nothing is chosen, since an absent field stands for the default."""


def in_link(name: str, chosen: tuple[str, ...], usual: tuple[str, ...]) -> dict[str, str]:
    """The field of a link that restores a choice; none for the default."""
    return {} if chosen == usual else {name: ",".join(chosen) or NONE}
