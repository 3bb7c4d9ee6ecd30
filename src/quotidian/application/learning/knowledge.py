"""What is known: an ensemble of values of the ledger, shipped with the package or learnt by a user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quotidian.application.learning.learnt_files import MEMBERS, ROWS, ledger_checksums, read_manifest
from quotidian.application.learning.learnt_values import learnt_prior, overlay_of
from quotidian.errors import InvalidInput
from quotidian.evidence import Overlay
from quotidian.evidence.ledger import PACKAGE
from quotidian.evidence.overlay import entries
from quotidian.notebook import html_table
from quotidian.statistics.streams import Streams

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]
SHIPPED = PACKAGE / "knowledge"
"""The folder of the ensemble that the package carries."""
PRIOR_SEED = 1
"""Seed of the draws of the prior, whatever the seed of a trial: each label rests on the same values."""


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Members: sets of values that the published results leave plausible, equally probable.

    Attributes
    ----------
    names : full names of the values. values : [member, value] in the unit of the ledger.
    manifest : how they were found. folder : where they are kept.
    """

    names: tuple[str, ...]
    values: Floats
    manifest: Mapping[str, Any]
    folder: Path

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"<Knowledge: {len(self)} members, sets of {len(self.names)} values, in {self.folder}>"

    def _repr_html_(self) -> str:
        """Median and central 90 % of each value over the members, for notebooks."""
        low, middle, high = np.quantile(self.values, (0.05, 0.5, 0.95), axis=0)
        units = [entries()[name].unit if name in entries() else "" for name in self.names]
        rows = zip(self.names, middle.tolist(), low.tolist(), high.tolist(), units, strict=True)
        return html_table(repr(self), ("value", "median", "5 %", "95 %", "unit"), rows)

    def overlay(self, member: int) -> Overlay:
        """The values of one member as an overlay."""
        return Overlay.of(dict(zip(self.names, self.values[member].tolist(), strict=True)))

    def overlays(self, count: int) -> tuple[Overlay, ...]:
        """The first members. Raises InvalidInput for more members than there are."""
        if not 1 <= count <= len(self):
            raise InvalidInput(
                f"{count} members were requested.",
                f"The ensemble has {len(self)}.",
                f"Ask for 1 to {len(self)}.",
            )
        return tuple(self.overlay(member) for member in range(count))

    @cached_property
    def frame(self) -> polars.DataFrame:
        """The members as a table, one column for each value."""
        import polars

        return polars.DataFrame({name: self.values[:, i] for i, name in enumerate(self.names)})

    @cached_property
    def rows(self) -> polars.DataFrame:
        """The published numbers that were read, with their intervals."""
        import polars

        return polars.read_parquet(self.folder / ROWS)

    @property
    def version(self) -> str:
        """The version of the program that learnt it."""
        return str(self.manifest["version"])

    @property
    def rows_read(self) -> tuple[str, ...]:
        """Ids of the published numbers that were read."""
        return tuple(self.manifest["rows_read"])

    @property
    def stale(self) -> tuple[str, ...]:
        """Ledgers that have changed since, by module; none if the members belong to the present model."""
        then, now = self.manifest["ledgers"], ledger_checksums()
        return tuple(sorted(name for name in {*then, *now} if then.get(name) != now.get(name)))


def read_knowledge(folder: Path | None = None) -> Knowledge:
    """The ensemble of the package, or that of a folder of ``quotidian learn``.

    Raises InvalidInput for a folder without a finished run, and for an ensemble that is stale beyond use: a
    value that no ledger holds any more, or one outside the plausible range of the present ledger.
    """
    import polars

    place = SHIPPED if folder is None else folder
    manifest = read_manifest(place)
    if manifest is None or not (place / MEMBERS).is_file():
        raise InvalidInput(
            f"'{place}' holds no completed run of learning.",
            "",
            "Run 'quotidian learn --output' there first.",
        )
    frame = polars.read_parquet(place / MEMBERS).drop("member")
    names = tuple(frame.columns)
    if lost := [name for name in names if name not in entries()]:
        raise InvalidInput(
            f"The ledger no longer contains {', '.join(lost)}.",
            "The ensemble is of an earlier model.",
            "Run 'quotidian learn' again.",
        )
    values = frame.to_numpy()
    if outside := [name for i, name in enumerate(names) if not _plausible(name, values[:, i])]:
        raise InvalidInput(
            f"The ensemble holds values of {', '.join(outside)} outside their present plausible ranges.",
            "The ensemble is of an earlier model.",
            "Run 'quotidian learn' again.",
        )
    return Knowledge(names, values, manifest, place)


def _plausible(name: str, values: Floats) -> bool:
    """Whether all values lie within the limits of the present ledger, to rounding."""
    low, high = entries()[name].plausible
    room = 1e-9 * max(abs(low), abs(high))
    return bool((values >= low - room).all() and (values <= high + room).all())


def member_overlays(count: int) -> tuple[Overlay, ...]:
    """The first members of the ensemble of the package; none for 0.

    Raises InvalidInput as :func:`read_knowledge` does, and for more members than there are.
    """
    return read_knowledge().overlays(count) if count else ()


def prior_overlays(count: int) -> tuple[Overlay, ...]:
    """Draws of the prior of the values of the package's ensemble, before any row was read; none for 0."""
    if not count:
        return ()
    prior = learnt_prior(read_knowledge().names)
    values = prior.at(prior.draw(Streams(PRIOR_SEED), count))
    return tuple(overlay_of(prior, row) for row in values)
