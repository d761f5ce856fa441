"""Which fields leave a test in doubt, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tallystick.decide.atoms import (
    ITEMS_MAX,
    LISTS,
    Subject,
    atoms_of,
    compile_atom,
    getter,
)
from tallystick.decide.model import UNKNOWN, Atom, Rule
from tallystick.decide.yamlnodes import ABSENT

_NULL_IS_DOUBT = frozenset({"lt", "le", "matches", "money_eq", "money_lt", "money_le"})
Naming = Callable[[Subject, Subject], Sequence[str]]
"""(root, item) -> the fields without which a test cannot be judged; none when it can."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What names the fields that leave a rule in doubt: its tests, and the lists it binds from."""

    tests: tuple[Naming, ...]
    binds: tuple[Naming, ...]


def doubts_of(rule: Rule, made: dict[Atom, Naming]) -> Doubts:
    """The doubts of a rule, made once: looking an atom up takes longer than asking it.

    `made` has those of other rules, so that a test which several rules share is known as one.
    """
    for atom in atoms_of(rule.when):
        if atom not in made:
            made[atom] = _of_atom(atom)
    return Doubts(
        tuple(made[atom] for atom in atoms_of(rule.when)),
        tuple(_of_items(atom) for atom in rule.binds.values()),
    )


def _of_atom(atom: Atom) -> Naming:
    test = compile_atom(atom)
    fields = _of_items(atom) if atom.kind == "q" else _of_sides(atom)

    def naming(root: Subject, item: Subject) -> Sequence[str]:
        return fields(root, item) if test(root, item) == UNKNOWN else ()

    return naming


def _of_sides(atom: Atom) -> Naming:
    """The fields of a test of two sides that is in doubt."""
    blank = (ABSENT, None) if atom.kind in _NULL_IS_DOUBT else (ABSENT,)
    left = getter(atom.path)
    right = None if atom.other is None else getter(atom.other)

    def naming(root: Subject, item: Subject) -> Sequence[str]:
        missing = [] if left(item) not in blank else [atom.path]
        if atom.currency is not None and not missing:
            missing = [atom.currency]
        if right is not None and right(root) in (*blank, None):
            missing.append(str(atom.other))
        return missing or [atom.path]

    return naming


def _of_items(atom: Atom) -> Naming:
    """The fields of a list's items without which it is not known which of them match."""
    get = getter(atom.path)
    inner = () if atom.where is None else tuple((a, _of_atom(a)) for a in atoms_of(atom.where))

    def naming(root: Subject, _item: Subject) -> Sequence[str]:
        items = get(root)
        if not isinstance(items, LISTS) or atom.where is None or len(items) > ITEMS_MAX:
            return [atom.path]
        return [
            f"{atom.path}.{path}" if path == tested.path else path
            for member in items
            for tested, fields in inner
            for path in fields(root, member)
        ]

    return naming
