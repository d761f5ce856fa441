"""The parts of a memo's key: all that conditions can tell of a field's value, in numbered cells.

Two subjects in the same cells get the same verdict, whatever their values are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from tallystick.decide.atoms import LISTS, atoms_of, getter
from tallystick.decide.folding import truth
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula
from tallystick.decide.yamlnodes import ABSENT

TABLE_TYPES = (type(None), bool, str, int, date)
"""Types whose values are looked up; equal values of one of them have equal hashes."""
ORDER_TYPES = (int, date)
"""Types whose values compare without exceptions to the rule."""
ATOMS_MAX = 4
"""Atoms over one list in one part of a key; each makes it three times as long."""
Fixed = Mapping[str, Any]
Place = tuple[str, type | None]
"""A path, and the type of its order; None where values are looked up."""


@dataclass(frozen=True, slots=True)
class Table:
    """A field that is only asked what it equals: each value told apart has a cell."""

    path: str
    formulas: tuple[Formula, ...]
    truths: tuple[tuple[int, ...], ...]
    values: tuple[tuple[Any, int], ...]
    other: int


@dataclass(frozen=True, slots=True)
class Order:
    """A field that is compared with constants of one type. `cuts` are (constant, strict), sorted:
    a value's cell is that of the first cut it is below; values of other types are `unsure`.
    """

    path: str
    formulas: tuple[Formula, ...]
    truths: tuple[tuple[int, ...], ...]
    type: type
    cuts: tuple[tuple[Any, bool, int], ...]
    above: int
    unsure: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An atom that is asked each time; its cell is its truth."""

    atom: Atom

    @property
    def path(self) -> str:
        """The left side."""
        return self.atom.path

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The atom as a formula."""
        return (Formula("lit", (), self.atom),)

    @property
    def truths(self) -> tuple[tuple[int, ...], ...]:
        """Each truth is a cell."""
        return ((FALSE,), (TRUE,), (UNKNOWN,))


@dataclass(frozen=True, slots=True)
class Items:
    """Atoms over one list that ask one field of its items: the fields' cells make the answers."""

    path: str
    field: str
    atoms: tuple[Atom, ...]
    item: Table

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The atoms as formulas."""
        return tuple(Formula("lit", (), atom) for atom in self.atoms)

    @property
    def truths(self) -> tuple[tuple[int, ...], ...]:
        """Each combination of truths is a cell."""
        return tuple(product((FALSE, TRUE, UNKNOWN), repeat=len(self.atoms)))


Part = Table | Order | Asked | Items


def parts_of(formulas: Sequence[Formula], fixed: Fixed) -> list[Part]:
    """The parts of a key that tells apart all subjects which the formulas tell apart."""
    places: dict[Place, dict[Formula, None]] = {}
    asked: dict[Atom, None] = {}
    for formula in formulas:
        for member in formula.parts if formula.op == "and" else (formula,):
            atoms = atoms_of(member)
            found = {place_of(atom, fixed) for atom in atoms}
            # a member that reads several fields is taken apart
            alone = [member] if len(found) == 1 else [Formula("lit", (), a) for a in atoms]
            for piece in alone:
                for atom in atoms_of(piece):
                    place = place_of(atom, fixed)
                    if place is None:
                        asked[atom] = None
                    else:
                        places.setdefault(place, {})[piece] = None
    inner: list[Part] = [
        _table(path, tuple(pieces), fixed) if kind is None else _order(path, kind, pieces, fixed)
        for (path, kind), pieces in places.items()
    ]
    return [*inner, *_asked(asked, fixed)]


def _asked(atoms: Iterable[Atom], fixed: Fixed) -> Iterator[Part]:
    lists: dict[tuple[str, str], list[Atom]] = {}
    for atom in atoms:
        field = _field_of_items(atom, fixed)
        if field is None:
            yield Asked(atom)
        else:
            lists.setdefault((atom.path, field), []).append(atom)
    for (path, field), members in lists.items():
        for several in (members[n : n + ATOMS_MAX] for n in range(0, len(members), ATOMS_MAX)):
            wheres = dict.fromkeys(a.where for a in several if a.where is not None)
            item = _table(f"{path}.{field}", tuple(wheres), fixed)
            yield Items(path, field, tuple(several), item)


def _field_of_items(atom: Atom, fixed: Fixed) -> str | None:
    """The one field that a test of a list's items reads, if all it does is look it up."""
    if atom.kind != "q" or atom.where is None or "." in atom.path or atom.path in fixed:
        return None
    inner = atoms_of(atom.where)
    names = {a.path for a in inner}
    plain = all(
        a.kind == "present" or (a.kind == "eq" and a.other is None and type(a.value) in TABLE_TYPES)
        for a in inner
    )
    return names.pop() if plain and len(names) == 1 and "." not in inner[0].path else None


def place_of(atom: Atom, fixed: Fixed) -> Place | None:
    """Where the atom's left side stands if it is a plain field and its right side is constant."""
    head, _, leaf = atom.path.partition(".")
    if atom.item or atom.where is not None or head in fixed or not leaf or "." in leaf:
        return None
    if atom.kind == "present":
        return atom.path, None
    if atom.other is not None and atom.other.partition(".")[0] not in fixed:
        return None
    wanted = constant(atom, fixed)
    if atom.kind == "eq" and type(wanted) in TABLE_TYPES:
        return atom.path, None
    if atom.kind in {"lt", "le"} and type(wanted) in ORDER_TYPES:
        return atom.path, type(wanted)
    if atom.kind == "inlist" and isinstance(wanted, LISTS):
        return (atom.path, None) if all(type(m) in TABLE_TYPES for m in wanted) else None
    return None


def constant(atom: Atom, fixed: Fixed) -> Any:
    """The right side of an atom: its literal, or the value of a fixed input."""
    return atom.value if atom.other is None else getter(atom.other)(fixed)


def surely(atom: Atom, fixed: Fixed) -> int | None:
    """UNKNOWN for an atom whose right side is fixed and leaves it in doubt for every subject."""
    if atom.other is None or atom.other.partition(".")[0] not in fixed:
        return None
    wanted = constant(atom, fixed)
    if atom.kind == "inlist":
        return None if isinstance(wanted, LISTS) else UNKNOWN
    if atom.kind in {"eq", "same"}:
        return UNKNOWN if wanted is ABSENT else None
    return UNKNOWN if atom.kind in {"lt", "le"} and wanted in (ABSENT, None) else None


def _table(path: str, formulas: tuple[Formula, ...], fixed: Fixed) -> Table:
    atoms = [a for f in formulas for a in atoms_of(f)]
    told = {(type(v), v): v for atom in atoms for v in _values(atom, fixed)}
    cells = _Cells(formulas, atoms)
    values = tuple(
        (v, cells.number(lambda a, v=v: _equals(a, v, fixed)))  # type: ignore[misc]
        for v in told.values()
    )
    other = cells.number(lambda a: int(a.kind == "present"))
    return Table(path, formulas, cells.truths, values, other)


def _values(atom: Atom, fixed: Fixed) -> Iterator[Any]:
    if atom.kind == "present":
        yield None
    elif atom.kind == "inlist":
        yield from constant(atom, fixed)
    else:
        yield constant(atom, fixed)


def _equals(atom: Atom, value: Any, fixed: Fixed) -> int:
    if atom.kind == "present":
        return int(value is not None)
    return int(any(type(v) is type(value) and v == value for v in _values(atom, fixed)))


def _order(path: str, kind: type, pieces: Mapping[Formula, None], fixed: Fixed) -> Order:
    formulas = tuple(pieces)
    atoms = [a for f in formulas for a in atoms_of(f)]
    sides = {a: (constant(a, fixed), a.kind == "le") for a in atoms}
    # below a constant comes before equal to it
    marks = sorted(set(sides.values()))
    cells = _Cells(formulas, atoms)
    cuts = tuple(
        (mark[0], not mark[1], cells.number(lambda a, m=mark: int(sides[a] >= m)))  # type: ignore[misc]
        for mark in marks
    )
    above, unsure = cells.number(lambda _: FALSE), cells.number(lambda _: UNKNOWN)
    return Order(path, formulas, cells.truths, kind, cuts, above, unsure)


class _Cells:
    """Numbers the distinct truths of some formulas."""

    def __init__(self, formulas: Sequence[Formula], atoms: Sequence[Atom]) -> None:
        self._formulas = formulas
        self._atoms = atoms
        self._numbers: dict[tuple[int, ...], int] = {}

    def number(self, value: Callable[[Atom], int]) -> int:
        """The number of the cell in which the atoms have these values."""
        values = {a: value(a) for a in self._atoms}
        truths = tuple([truth(f, values) for f in self._formulas])
        return self._numbers.setdefault(truths, len(self._numbers))

    @property
    def truths(self) -> tuple[tuple[int, ...], ...]:
        """The truths of the formulas in each cell."""
        return tuple(self._numbers)


def heads_of(formula: Formula) -> set[str]:
    """The inputs that a formula reads."""
    return {head for atom in atoms_of(formula) for head in _heads(atom, item=False)}


def _heads(atom: Atom, *, item: bool) -> set[str]:
    own = () if item else (atom.path, atom.currency)
    found = {p.split(".")[0] for p in (*own, atom.other, atom.other_currency) if p is not None}
    if atom.where is not None:
        for inner in atoms_of(atom.where):
            found |= _heads(inner, item=True)
    return found
