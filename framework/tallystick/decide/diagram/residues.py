"""What is left of formulas once the cells of some groups are known; equal ones are made once."""

from collections.abc import Iterable

from tallystick.decide.diagram.cells import Space
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula

_Node = tuple[str, tuple[int, ...]]


class Residues:
    """A table of formulas by number. The numbers 0, 1 and 2 are false, true and unknown."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._nodes: list[_Node] = [("const", ()), ("const", ()), ("const", ())]
        self._masks: list[int] = [0, 0, 0]
        self._numbers: dict[_Node, int] = {}
        self._made: dict[Formula, int] = {}
        self._left: dict[tuple[int, int, int], int] = {}
        self._atoms: dict[Atom, tuple[int, int]] = {
            atom: (g, n)
            for g, group in enumerate(space.groups)
            for n, atom in enumerate(group.atoms)
        }

    def number(self, formula: Formula) -> int:
        """A formula as a number."""
        found = self._made.get(formula)
        if found is None:
            if formula.atom is not None:
                group, place = self._atoms[formula.atom]
                found = self._node("lit", (group, place, int(formula.sign)), 1 << group)
            else:
                found = self._joined(formula.op, [self.number(p) for p in formula.parts])
            self._made[formula] = found
        return found

    def groups(self, number: int) -> int:
        """The groups that a formula still mentions, as bits."""
        return self._masks[number]

    def left(self, number: int, group: int, cell: int) -> int:
        """What is left of a formula when the cell of a group is known."""
        if not (self._masks[number] >> group) & 1:
            return number
        op, parts = self._nodes[number]
        if op == "lit":
            value = self.space.groups[group].cells[cell].values[parts[1]]
            return value if value == UNKNOWN or parts[2] else 1 - value
        key = (number, group, cell)
        found = self._left.get(key)
        if found is None:
            found = self._joined(op, [self.left(part, group, cell) for part in parts])
            self._left[key] = found
        return found

    def _joined(self, op: str, parts: Iterable[int]) -> int:
        """And, or: a deciding part decides, parts that change nothing are dropped."""
        decides: int
        idle: int
        decides, idle = (FALSE, TRUE) if op == "and" else (TRUE, FALSE)
        found = dict.fromkeys(p for p in parts if p != idle)
        if decides in found:
            return decides
        if not found:
            return idle
        if len(found) == 1:
            (only,) = found
            return only
        mask = 0
        for part in found:
            mask |= self._masks[part]
        return self._node(op, tuple(sorted(found)), mask)

    def _node(self, op: str, parts: tuple[int, ...], mask: int) -> int:
        node = (op, parts)
        found = self._numbers.get(node)
        if found is None:
            found = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
            self._masks.append(mask)
        return found
