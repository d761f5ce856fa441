"""Cells of fields: all that the literals over a field, or over a few, can tell of its value."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.decide.atoms import Test, atoms_of, getter
from tallystick.decide.memo import Key
from tallystick.decide.model import Atom, Formula
from tallystick.decide.yamlnodes import ABSENT

VALUES_MAX = 4096
PATHS_MAX = 3
_CONSTANT = frozenset({"eq", "lt", "le", "present", "blank", "same", "inlist"})


class Fields:
    """One field of the subject, or a few, with the literals that read nothing else but fixed
    inputs. Values are looked up; the literals are asked once for each distinct combination.
    """

    __slots__ = ("_cells", "_getters", "_places", "_seen", "_tests", "_truths", "numbers")

    def __init__(self, paths: Sequence[str], numbers: Sequence[int], tests: Sequence[Test]) -> None:
        self.numbers = tuple(numbers)
        self._getters = [getter(path) for path in paths]
        heads = [path.partition(".") for path in paths]
        plain = len(paths) == 1 and heads[0][2] and "." not in heads[0][2]
        self._places = (heads[0][0], heads[0][2]) if plain else None
        self._tests = [tests[n] for n in numbers]
        self._seen: dict[Any, int] = {}
        self._cells: dict[Key, int] = {}
        self._truths: list[Key] = []

    def cell(self, whole: Mapping[str, Any]) -> int:
        """The number of the cell that the subject's values are in."""
        # True, 1 and Decimal(1) are equal, so the type is part of the key
        if self._places is not None:
            head, leaf = self._places
            inner = whole.get(head)
            value = inner.get(leaf, ABSENT) if type(inner) is dict else self._getters[0](whole)
            key: Any = (type(value), value)
        else:
            values = [get(whole) for get in self._getters]
            key = (*values, *map(type, values))
        try:
            found = self._seen.get(key)
        except TypeError:  # a list or an object, which no look-up takes
            return self._number(whole)
        if found is None:
            if len(self._seen) >= VALUES_MAX:
                self._seen.clear()
            found = self._seen[key] = self._number(whole)
        return found

    def _number(self, whole: Mapping[str, Any]) -> int:
        truths = tuple([test(whole, whole) for test in self._tests])
        if truths not in self._cells:
            self._cells[truths] = len(self._truths)
            self._truths.append(truths)
        return self._cells[truths]

    def truths(self, cell: int) -> Key:
        """The truth of each literal in a cell."""
        return self._truths[cell]


def value_paths(formula: Formula, fixed: set[str]) -> tuple[str, ...]:
    """The few paths that a formula reads beside fixed inputs; none if there are many, or lists."""
    paths: set[str] = set()
    for atom in atoms_of(formula):
        if atom.kind not in _CONSTANT or atom.where is not None:
            return ()
        paths |= {p for p in (atom.path, atom.other) if p and p.split(".")[0] not in fixed}
    return tuple(sorted(paths)) if len(paths) <= PATHS_MAX else ()


def heads_of(formula: Formula) -> set[str]:
    """The inputs that a formula reads."""
    return {head for atom in atoms_of(formula) for head in _heads(atom, item=False)}


def _heads(atom: Atom, *, item: bool) -> set[str]:
    found = set() if item else {atom.path.split(".")[0]}
    if atom.other is not None:
        found.add(atom.other.split(".")[0])
    if atom.where is not None:
        for inner in atoms_of(atom.where):
            found |= _heads(inner, item=True)
    return found
