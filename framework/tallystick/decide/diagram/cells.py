"""Groups of fields and their cells: all that rules can tell of values, each with an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.decide.model import Atom

WITNESSES_MAX = 4
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bind:
    """A list's item that an outcome speaks of: the first that matches.

    Items before it that could match put it in doubt, but not when only `certain` ones count, as
    for safe outcomes.
    """

    atom: Atom
    certain: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One distinct tuple of values of a group's atoms, and the items that binds speak of.

    `witness` has a value for each path of the group, ABSENT for one that is left out; `others`
    are more examples. `needs_absence` means that something was not fetched.
    """

    values: tuple[int, ...]
    bound: tuple[int, ...]
    witness: Values
    others: tuple[Values, ...] = ()
    needs_absence: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that some test ties together, independent of all other groups.

    `paths` are fields of the root and names of lists. The numbers of the items of `binds` stand
    in a cell's `bound`.
    """

    paths: tuple[str, ...]
    atoms: tuple[Atom, ...]
    binds: tuple[Bind, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Space:
    """All that can be asked of one pack, or of several over one table of atoms.

    `base` is what a subject has beside the fields that rules read. `incomplete` says for which
    fields no claim is made that every cell is there.
    """

    groups: tuple[Group, ...]
    base: Mapping[str, Any]
    incomplete: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """True when each well-typed subject lies in some cell of each group."""
        return not self.incomplete

    def vectors(self, *, absent: bool) -> int:
        """How many vectors there are: the product of the groups' cells."""
        number = 1
        for group in self.groups:
            number *= sum(absent or not c.needs_absence for c in group.cells)
        return number
