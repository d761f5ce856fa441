"""Cells of single fields: all that the literals over one field can tell of its value."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.decide.atoms import Test, atoms_of, getter
from tallystick.decide.memo import Key
from tallystick.decide.model import Atom, Formula

VALUES_MAX = 4096
_CONSTANT = frozenset({"eq", "lt", "le", "present", "blank", "inlist"})


class Field:
    """One field of the subject with the literals that read nothing else but fixed inputs.

    A value is looked up; the literals are asked once for each distinct value of each type.
    """

    __slots__ = ("_cells", "_get", "_head", "_leaf", "_seen", "_tests", "_truths", "numbers")

    def __init__(self, path: str, numbers: Sequence[int], tests: Sequence[Test]) -> None:
        self.numbers = tuple(numbers)
        self._get = getter(path)
        head, _, leaf = path.partition(".")
        self._head, self._leaf = head, leaf if "." not in leaf else ""
        self._tests = [tests[n] for n in numbers]
        self._seen: dict[tuple[type, Any], int] = {}
        self._cells: dict[Key, int] = {}
        self._truths: list[Key] = []

    def cell(self, subject: Mapping[str, Any], whole: Mapping[str, Any]) -> int:
        """The number of the cell that the subject's value is in."""
        inner = subject.get(self._head)
        if self._leaf and type(inner) is dict and self._leaf in inner:
            value = inner[self._leaf]
        else:
            value = self._get(whole)
        try:
            # True, 1 and Decimal(1) are equal, so the type is part of the key
            found = self._seen.get((type(value), value))
        except TypeError:  # a list or an object, which no look-up takes
            return self._number(whole)
        if found is None:
            if len(self._seen) >= VALUES_MAX:
                self._seen.clear()
            found = self._seen[type(value), value] = self._number(whole)
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


def single_path(formula: Formula, fixed: set[str]) -> str | None:
    """The one path that a formula reads beside fixed inputs; None if there are more, or lists."""
    paths: set[str] = set()
    for atom in atoms_of(formula):
        if atom.kind not in _CONSTANT or atom.where is not None:
            return None
        paths |= {p for p in (atom.path, atom.other) if p and p.split(".")[0] not in fixed}
    return paths.pop() if len(paths) == 1 else None


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
