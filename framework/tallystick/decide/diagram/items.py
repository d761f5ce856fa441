"""The items of one list: what the rules can tell of each, and lists made of them."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from tallystick.decide.diagram.cells import Bind
from tallystick.decide.diagram.counting import Counting, Look, Results
from tallystick.decide.diagram.parts import Choice, Truths, Unit
from tallystick.decide.diagram.subjects import put
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula
from tallystick.decide.yamlnodes import ABSENT

Rows = tuple[Truths, ...]
_Form = tuple[str, int, tuple[Any, ...]]


class Items:
    """The items of one list of a group. `units` are the fields that the formulas read."""

    def __init__(
        self, name: str, atoms: Sequence[Atom], binds: Sequence[Bind], units: Sequence[Unit]
    ) -> None:
        self.name = name
        self.atoms = tuple(a for a in atoms if a.kind == "q" and a.path == name)
        self.binds = tuple(b for b in binds if b.atom.path == name)
        self.counting = Counting(self.atoms, self.binds)
        self._places = [p for unit in units for p in unit.places]
        numbers = {a: n for n, a in enumerate(a for unit in units for a in unit.atoms)}
        self._forms = [_form(where, numbers) for where in self.counting.wheres]
        read = {p.path for p in self._places}
        self._identity = next((n for n in ("id", "external_id", "name") if n not in read), None)
        self._seen: dict[Any, dict[Results, Rows]] = {}

    def types(self, choices: Sequence[Choice]) -> Mapping[Results, Rows]:
        """Each distinct result of the `where` formulas, with truths that lead to it."""
        key = tuple(tuple(choice) for choice in choices)
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = {}
            for rows in product(*choices):
                truths = [t for row in rows for t in row]
                found.setdefault(tuple([_truth(f, truths) for f in self._forms]), rows)
        return found

    def looks(self, types: Mapping[Results, Rows], *, absent: bool) -> list[tuple[Look, Any]]:
        """Every look, each with the results of a shortest list's items; ABSENT without a list."""
        found: list[tuple[Look, Any]] = list(self.counting.looks(types)[0].items())
        return [*found, (self.counting.unread(), ABSENT)] if absent else found

    def made(self, results: Any, types: Mapping[Results, Rows], choices: Sequence[Choice]) -> Any:
        """The list of a look, each item a record of its own."""
        if results is ABSENT:
            return ABSENT
        found = []
        for number, result in enumerate(results, 1):
            rows = types[result]
            values = [v for c, row in zip(choices, rows, strict=True) for v in c[row]]
            item: dict[str, Any] = {}
            for place, value in zip(self._places, values, strict=True):
                put(item, place.path, value)
            if self._identity is not None:
                item[self._identity] = f"{number}"
            found.append(item)
        return found


def _form(formula: Formula, numbers: Mapping[Atom, int]) -> _Form:
    """A formula whose atoms are numbers: looking an atom up takes longer than the whole rest."""
    if formula.atom is not None:
        return "lit", numbers[formula.atom], (formula.sign,)
    return formula.op, 0, tuple(_form(p, numbers) for p in formula.parts)


def _truth(form: _Form, truths: Sequence[int]) -> int:
    op, number, parts = form
    if op == "lit":
        value = truths[number]
        return value if value == UNKNOWN or parts[0] else 1 - value
    decides, result = (FALSE, TRUE) if op == "and" else (TRUE, FALSE)
    for part in parts:
        value = _truth(part, truths)
        if value == decides:
            return decides
        if value == UNKNOWN:
            result = UNKNOWN
    return result
