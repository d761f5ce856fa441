"""Two packs side by side: where their answers differ, and whether they ever do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.decide.diagram.answers import Answer
from tallystick.decide.diagram.diagrams import NODES_MAX, drawn
from tallystick.decide.diagram.residues import Residues
from tallystick.decide.diagram.spaces import cells
from tallystick.decide.diagram.tree import allowed_in
from tallystick.decide.diagram.walks import walk_of
from tallystick.decide.packs import Pack


@dataclass(frozen=True, slots=True)
class Region:
    """All vectors on which one pack answers `before` and the other `after`."""

    before: Answer
    after: Answer
    count: int
    witness: Mapping[str, Any]
    needs_absence: bool

    @property
    def changed(self) -> bool:
        """True when the outcome, what happens to fields, or the bound item differs."""
        return not self.before.same(self.after, by=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both packs' answers everywhere; counts are of a sample when it is sampled."""

    regions: tuple[Region, ...]
    vectors: int
    nodes: int
    sampled: bool
    incomplete: tuple[str, ...]

    @property
    def changed(self) -> tuple[Region, ...]:
        """The regions that differ, largest first."""
        found = [r for r in self.regions if r.changed]
        return tuple(sorted(found, key=lambda r: -r.count))

    @property
    def complete(self) -> bool:
        """True when no difference can be anywhere else."""
        return not self.sampled and not self.incomplete


def compare(
    before: Pack, after: Pack, *, absent: bool = True, nodes_max: int = NODES_MAX
) -> Comparison:
    """What changes from one pack to another, over one table of atoms."""
    space = cells(before, after, targets=True)
    residues = Residues(space)
    walks = [walk_of(pack, residues, targets=True) for pack in (before, after)]
    found = drawn(space, walks, allowed_in(space, absent=absent), nodes_max)
    regions = tuple(
        Region(leaf.answers[0], leaf.answers[1], leaf.count, leaf.witness, leaf.needs_absence)
        for leaf in found.leaves
    )
    return Comparison(regions, found.vectors, found.nodes, found.sampled, found.incomplete)


def equal(before: Pack, after: Pack, *, absent: bool = True, by: bool = False) -> bool | None:
    """True when two packs decide alike everywhere, None when that cannot be said for sure.

    `by` asks that the same rule decides too. Defaults of params are not compared.
    """
    found = compare(before, after, absent=absent)
    if not all(r.before.same(r.after, by=by) for r in found.regions):
        return False
    return True if found.complete else None
