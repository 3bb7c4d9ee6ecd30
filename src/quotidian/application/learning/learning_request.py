"""What to learn, from what, and how large the ensemble is."""

from __future__ import annotations

from dataclasses import dataclass

from quotidian.errors import InvalidInput

TRIALS = (
    "tender", "canakinumab-single", "canakinumab-febrile", "canakinumab-afebrile", "moscow-cohort",
    "anakinra",
)  # fmt: skip
"""Trials that are read by default: those with calibration rows of response, and of inflammation at entry.

The values of tofacitinib would have to be learnt with its rows. Trials of two years cost as much as all of
these, for three rows of withdrawal and safety and seven of growth.
"""
FEWEST = 8
"""Runs of a step, and at the centre of the prior, below which sampling variation is not estimated."""


@dataclass(frozen=True)
class LearningRequest:
    """What to learn, from what, and how large the ensemble is.

    Parameters
    ----------
    trials : whose calibration rows are read; ``leave_out`` are taken from them.
    values : full names of the values; empty for the default ones.
    members, steps : of the smoother. Without steps all members are of the prior, and the smoother moves them
        once without a further run, for comparison. replicates : trials at the centre that measure chance.
    repeats : trials of each design with each member; their differences measure chance at its values.
    refined : members drawn from the posterior of a first surrogate and run; another one is then learnt
        from all runs. 0 keeps the first one.
    draws : members that are kept. confirmed : how many of these are run for real. confirmed_repeats :
        trials of each design with each of these; their chance must be small beside the surrogate's error.
    """

    trials: tuple[str, ...] = TRIALS
    leave_out: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    seed: int = 1
    members: int = 100
    steps: int = 4
    repeats: int = 2
    replicates: int = 40
    refined: int = 100
    draws: int = 200
    confirmed: int = 40
    confirmed_repeats: int = 20

    @property
    def at_centre(self) -> int:
        """Runs at the centre: so many that their repeats make up the replicates."""
        return -(-self.replicates // self.repeats)

    @property
    def runs(self) -> int:
        """Members that are run, all steps together."""
        return self.at_centre + self.members * (self.steps + 1) + self.refined + self.confirmed

    @property
    def trials_of_a_design(self) -> int:
        """Virtual trials of each design, all members together."""
        return (self.runs - self.confirmed) * self.repeats + self.confirmed * self.confirmed_repeats


def refuse_small(request: LearningRequest) -> None:
    """Raises InvalidInput for an ensemble from which sampling variation cannot be estimated."""
    if min(request.members, request.at_centre) < FEWEST:
        raise InvalidInput(
            f"The ensemble is too small: {request.members} members, and {request.at_centre} at the centre of "
            f"the prior ({request.replicates} replicates, {request.repeats} for each).",
            f"Sampling variation and the smoother need at least {FEWEST} of each.",
            f"Give at least {FEWEST} members, and {FEWEST * request.repeats} replicates.",
        )
    if 0 < request.refined < FEWEST:
        raise InvalidInput(
            f"The ensemble is too small: {request.refined} refined members.",
            f"Sampling variation at these members needs at least {FEWEST} of them.",
            f"Give at least {FEWEST} refined members, or 0 for none.",
        )
