"""A family of endpoints that differ in a number of the design, such as a dose or an interval."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from quotidian.trials.endpoints.endpoint import Endpoint
from quotidian.trials.protocol.design import Trial


@dataclass(frozen=True)
class EndpointFamily:
    """Endpoints whose names and labels contain a number.

    Parameters
    ----------
    pattern : beginning of the names as a regular expression, whose one group is the number.
    members : the endpoints of a number, in the order of tables.
    numbers : the numbers of a design, in the order of tables.
    """

    pattern: str
    members: Callable[[str], tuple[Endpoint, ...]]
    numbers: Callable[[Trial], tuple[str, ...]]

    def find(self, name: str) -> Endpoint | None:
        """The member of that name, for any number; None if the name does not belong to the family."""
        found = re.match(self.pattern, name)
        members = () if found is None else self.members(found[1])
        return next((member for member in members if member.name == name), None)

    def of_trial(self, trial: Trial) -> Iterator[Endpoint]:
        """The members that apply to a design."""
        for number in self.numbers(trial):
            yield from self.members(number)
