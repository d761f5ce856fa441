"""Which leaves and cells some subjects reach, of those that there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.atoms import Test, compile_atom, compile_formula, getter, possible_items
from tallystick.decide.diagram.answers import Answer
from tallystick.decide.diagram.cells import Cell, Group, Space
from tallystick.decide.diagram.counting import NOBODY, SEVERAL
from tallystick.decide.diagram.diagrams import Diagram, Leaf, diagram
from tallystick.decide.diagram.residues import Residues
from tallystick.decide.diagram.sampling import answers_at
from tallystick.decide.diagram.spaces import LISTS_APART
from tallystick.decide.diagram.walks import walk_of
from tallystick.decide.packs import Pack

Whole = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was reached. `missed` are leaves without a subject, `missed_cells` likewise.

    `outside` counts subjects that lie in no cell: those that are not well-typed.
    """

    leaves_reached: int
    leaves_possible: int
    cells_reached: int
    cells_possible: int
    missed: tuple[Leaf, ...]
    missed_cells: tuple[tuple[Group, Cell], ...]
    outside: int


class Finder:
    """Finds the cells that a subject lies in."""

    def __init__(self, space: Space) -> None:
        self._groups = [_Placing(group) for group in space.groups]

    def path(self, whole: Whole) -> tuple[int | None, ...]:
        """The cell of each group, by number; None for a group where it lies in none."""
        return tuple(g.cell(whole) for g in self._groups)


class _Placing:
    """The cells of one group by what tells them apart."""

    def __init__(self, group: Group) -> None:
        self._tests: list[Test] = [compile_atom(a) for a in group.atoms]
        self._binds = [
            (b, compile_formula(b.atom.where)) for b in group.binds if b.atom.where is not None
        ]
        self._lists = list(dict.fromkeys(a.path for a in group.atoms if a.kind == "q"))
        self._cells = {(c.values, c.bound): n for n, c in enumerate(group.cells)}

    def cell(self, whole: Whole) -> int | None:
        values = tuple(test(whole, whole) for test in self._tests)
        return self._cells.get((values, self._bound(whole)))

    def _bound(self, whole: Whole) -> tuple[int, ...]:
        seen: dict[str, list[Any]] = {}
        found = []
        for bind, where in self._binds:
            listed = getter(bind.atom.path)(whole)
            items = possible_items(where, whole, listed, certain=bind.certain)
            if not items or any(item != items[0] for item in items):
                found.append(SEVERAL if items else NOBODY)
                continue
            known = seen.setdefault(bind.atom.path, [])
            if items[0] not in known:
                known.append(items[0])
            of = self._lists.index(bind.atom.path)
            found.append(known.index(items[0]) + LISTS_APART * of)
        return tuple(found)


def coverage(pack: Pack, subjects: Iterable[Whole], *, absent: bool = True) -> Coverage:
    """What whole subjects reach of a pack."""
    found = diagram(pack, absent=absent)
    residues = Residues(found.space)
    walk = walk_of(pack, residues)
    finder = Finder(found.space)
    answers: set[Answer] = set()
    reached: set[tuple[int, int]] = set()
    outside = 0
    for whole in subjects:
        path = finder.path(whole)
        reached |= {(g, c) for g, c in enumerate(path) if c is not None}
        known = [c for c in path if c is not None]
        if len(known) < len(path):
            outside += 1
        else:
            answers.add(answers_at([walk], known)[0])
    return _counted(found, answers, reached, outside)


def _counted(
    found: Diagram, answers: set[Answer], reached: set[tuple[int, int]], outside: int
) -> Coverage:
    possible: Sequence[tuple[int, int]] = [
        (g, c) for g, cells in enumerate(found.allowed) for c in cells
    ]
    groups = found.space.groups
    return Coverage(
        sum(leaf.answer in answers for leaf in found.leaves),
        len(found.leaves),
        sum(cell in reached for cell in possible),
        len(possible),
        tuple(leaf for leaf in found.leaves if leaf.answer not in answers),
        tuple((groups[g], groups[g].cells[c]) for g, c in possible if (g, c) not in reached),
        outside,
    )
