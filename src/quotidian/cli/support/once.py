"""Commands that take each option once: the second of two values would be ignored without a message."""

from __future__ import annotations

from collections import Counter
from typing import Any

from typer.core import TyperCommand

from quotidian.errors import InvalidInput


class Once(TyperCommand):
    """A command that refuses an option that stands twice."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As any command. Raises InvalidInput for an option with a value that stands more than once."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        counts = Counter(p.name for p in order if p.param_type_name == "option")
        for parameter in order:
            single = not (getattr(parameter, "multiple", False) or getattr(parameter, "is_flag", False))
            if counts[parameter.name] > 1 and single:
                raise InvalidInput(
                    f"{parameter.opts[0]} occurs {counts[parameter.name]} times.",
                    "It takes one value; the others would be ignored.",
                    "Keep one of them; '+' joins regimens, and commas join names.",
                )
        return super().parse_args(ctx, args)
