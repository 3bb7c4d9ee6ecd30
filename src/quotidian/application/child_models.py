"""Models of children, by name: what a cohort or ``simulate`` can follow."""

from __future__ import annotations

from quotidian.errors import UnknownName, closest

CHILD_MODELS = ("sjia", "healthy_child", "sjia_detailed")
"""The first is the default."""


def refuse_childless(model: str) -> None:
    """Refuse a model that describes no children. Raises UnknownName."""
    if model not in CHILD_MODELS:
        raise UnknownName(
            f"No child can be simulated with the model '{model}'.",
            closest(model, CHILD_MODELS),
            f"The models of children are {', '.join(CHILD_MODELS)}.",
        )
