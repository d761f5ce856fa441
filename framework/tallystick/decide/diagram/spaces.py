"""How the cells of some packs are found: pools of values, run through the real atoms."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from tallystick.decide.atoms import atoms_of
from tallystick.decide.diagram.cells import WITNESSES_MAX, Bind, Cell, Group, Space, Values
from tallystick.decide.diagram.fields import Fields, Place
from tallystick.decide.diagram.items import Items
from tallystick.decide.diagram.parts import Choice, Part, Row
from tallystick.decide.diagram.pools import gaps
from tallystick.decide.diagram.subjects import base_of, put
from tallystick.decide.model import Atom
from tallystick.decide.packs import Pack
from tallystick.decide.strategies import sequence
from tallystick.decide.yamlnodes import ABSENT

CELLS_MAX = 100_000
LISTS_APART = 1000
"""Between the numbers of items of different lists."""
Found = dict[tuple[tuple[int, ...], tuple[int, ...]], list[Values]]


def cells(*packs: Pack, targets: bool = False) -> Space:
    """The groups of the packs' fields and their cells, over one table of atoms.

    `targets` tells cells apart by the bound items of safe outcomes too.
    """
    atoms = list(
        dict.fromkeys(a for p in packs for n in sequence(p) for a in atoms_of(p.rules[n].when))
    )
    binds = list(dict.fromkeys(b for p in packs for b in _binds(p, targets=targets)))
    fields = Fields(packs, [*atoms, *(b.atom for b in binds)])
    members: dict[Any, list[Atom]] = {}
    for atom in atoms:
        members.setdefault(fields.groups.top(_place(atom)), []).append(atom)
    incomplete: list[str] = [g for place in fields.kinds for g in gaps(fields, place)]
    groups = []
    for top, own in members.items():
        mine = [b for b in binds if fields.groups.top(_place(b.atom)) == top]
        maker = _Maker(fields, top, own, mine)
        groups.append(maker.group())
        incomplete += maker.incomplete
    return Space(tuple(groups), _base(packs, fields), tuple(dict.fromkeys(incomplete)))


def _base(packs: Sequence[Pack], fields: Fields) -> dict[str, Any]:
    """What a subject has beside the fields that are set; no folded key of one that is."""
    base = base_of(packs)
    for place in fields.kinds:
        key = f"{place.path}_key"
        if place.list is None and Place(key) not in fields.kinds:
            put(base, key, ABSENT)
    return base


def _binds(pack: Pack, *, targets: bool) -> Iterator[Bind]:
    """The bound items that an answer depends on, or all that an outcome speaks of."""
    for rule in pack.rules:
        safe = rule.then.outcome == pack.point.safe
        if rule.then.bind is not None and (targets or not safe):
            yield Bind(rule.binds[rule.then.bind], safe)


def _place(atom: Atom) -> Place:
    return Place("", atom.path) if atom.kind == "q" else Place(atom.path)


class _Maker:
    """Finds the cells of one group: every way its parts can look, and every list beside them."""

    def __init__(
        self, fields: Fields, top: Any, atoms: Sequence[Atom], binds: Sequence[Bind]
    ) -> None:
        self._atoms, self._binds = tuple(atoms), tuple(binds)
        counted = [*atoms, *(b.atom for b in binds)]
        inner = list(dict.fromkeys(i for a in counted if a.where for i in atoms_of(a.where)))
        parts: dict[Any, list[Place]] = {}
        for place in fields.kinds:
            if fields.groups.top(place) == top:
                parts.setdefault(fields.parts.top(place), []).append(place)
        self._parts = [
            Part(fields, own, [a for a in atoms if a.kind != "q" and Place(a.path) in own], inner)
            for own in parts.values()
        ]
        units = [u for part in self._parts for u in part.units]
        names = dict.fromkeys(a.path for a in atoms if a.kind == "q")
        self._lists = [
            Items(name, atoms, binds, [u for u in units if u.list == name]) for name in names
        ]
        self._unit_lists = [u.list for u in units]
        made = [
            *(a for p in self._parts for a in p.atoms),
            *(a for i in self._lists for a in i.atoms),
        ]
        self._order = [made.index(a) for a in atoms]
        bound = [b for i in self._lists for b in i.binds]
        self._bound_order = [bound.index(b) for b in binds]
        self._rows: list[tuple[list[Row], list[Row]]] = []
        self.incomplete: list[str] = []

    def group(self) -> Group:
        """The group, cells without absent fields first."""
        found: Found = {}
        self._rows = [part.rows() for part in self._parts]
        self._pass(found, absent=False)
        fetched = len(found)
        self._pass(found, absent=True)
        made = tuple(
            Cell(values, bound, seen[0], tuple(seen[1:]), number >= fetched)
            for number, ((values, bound), seen) in enumerate(found.items())
        )
        roots = (p.path for part in self._parts for p in part.roots)
        for part in self._parts:
            self.incomplete += part.incomplete
        return Group((*roots, *(i.name for i in self._lists)), self._atoms, self._binds, made)

    def _pass(self, found: Found, *, absent: bool) -> None:
        for rows in product(*(rows[absent] for rows in self._rows)):
            choices: dict[str, list[Choice]] = {i.name: [] for i in self._lists}
            for name, choice in zip(
                self._unit_lists, (c for row in rows for c in row.choices), strict=True
            ):
                choices[name].append(choice)
            self._cells(found, rows, choices, absent=absent)
            if len(found) > CELLS_MAX:
                names = ", ".join(i.name for i in self._lists)
                self.incomplete.append(f"{names}: there are too many cells")
                return

    def _cells(
        self,
        found: Found,
        rows: Sequence[Row],
        choices: Mapping[str, Sequence[Choice]],
        *,
        absent: bool,
    ) -> None:
        """The cells beside one look of each part."""
        kinds = [items.types(choices[items.name]) for items in self._lists]
        looks = [i.looks(t, absent=absent) for i, t in zip(self._lists, kinds, strict=True)]
        for items, types in zip(self._lists, kinds, strict=True):
            if not items.counting.looks(types)[1]:
                self.incomplete.append(f"{items.name}: its lists can look in too many ways")
        truths = [t for row in rows for t in row.truths]
        for choice in product(*looks):
            values = [*truths, *(v for look, _ in choice for v in look.values)]
            bound = [
                n if n < 0 else n + LISTS_APART * place
                for place, (look, _) in enumerate(choice)
                for n in look.bound
            ]
            key = (
                tuple([values[n] for n in self._order]),
                tuple([bound[n] for n in self._bound_order]),
            )
            if key not in found:
                lists = {
                    items.name: items.made(results, types, choices[items.name])
                    for items, types, (_, results) in zip(self._lists, kinds, choice, strict=True)
                }
                found[key] = _witnesses(rows, lists)


def _witnesses(rows: Sequence[Row], lists: Values) -> list[Values]:
    """Values for every path of a group; more than once where the parts have several examples."""
    number = min(WITNESSES_MAX, max((len(row.witnesses) for row in rows), default=1))
    found: list[Values] = []
    for n in range(number):
        witness: dict[str, Any] = {}
        for row in rows:
            witness.update(row.witnesses[n % len(row.witnesses)])
        found.append({**witness, **lists})
    return found
