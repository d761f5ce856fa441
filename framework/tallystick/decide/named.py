"""What a pack names of its inputs: all that a decision can have seen."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tallystick.decide.atoms import atoms_of
from tallystick.decide.model import Atom, Rule
from tallystick.decide.packs import Pack
from tallystick.decide.projecting import together
from tallystick.decide.wording import PLACE


class Named:
    """The inputs and fields that the rules, sentences and codes of packs name.

    A list is named as a whole; `items` has what conditions ask of each of its items.
    """

    def __init__(self, *packs: Pack) -> None:
        fields: dict[str, set[str] | None] = {}
        self.items = _items(r for pack in packs for r in pack.rules)
        for rule in (r for pack in packs for r in pack.rules):
            for path in _paths(rule):
                head, _, rest = path.partition(".")
                leaf = rest.partition(".")[0]
                known = fields.setdefault(head, set())
                if not leaf:
                    fields[head] = None
                elif known is not None:
                    known.add(leaf)
        self._fields = {h: None if f is None else tuple(sorted(f)) for h, f in fields.items()}
        self._derive = together([pack.projector for pack in packs])

    def of(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """What a subject holds of them."""
        found: dict[str, Any] = {}
        if self._derive is not None:
            subject = self._derive(subject)
        for head, leaves in self._fields.items():
            if head not in subject:
                continue
            value = subject[head]
            if leaves is None or not (type(value) is dict or isinstance(value, Mapping)):
                found[head] = value
            else:
                found[head] = {leaf: value[leaf] for leaf in leaves if leaf in value}
        return found


def _items(rules: Iterable[Rule]) -> dict[str, tuple[str, ...]]:
    """By list, the fields of an item that a condition tests."""
    found: dict[str, set[str]] = {}
    for atom in (a for rule in rules for a in atoms_of(rule.when) if a.where is not None):
        for inner in atoms_of(atom.where) if atom.where is not None else ():
            names = found.setdefault(atom.path, set())
            names.add(inner.path.partition(".")[0])
            if inner.fold is not None:
                names.add(f"{inner.path}_key")
    return {path: tuple(sorted(names)) for path, names in found.items()}


def _paths(rule: Rule) -> Iterator[str]:
    for atom in atoms_of(rule.when):
        yield from _of_atom(atom)
    for text in (rule.because, rule.fix or ""):
        yield from (p for p in PLACE.findall(text) if p.partition(".")[0] not in rule.binds)
    yield from (p for p in _of_code(rule.code) if p.partition(".")[0] not in rule.binds)


def _of_atom(atom: Atom, *, item: bool = False) -> Iterator[str]:
    if not item:
        yield atom.path
        if atom.fold is not None:
            yield f"{atom.path}_key"
    others = (atom.other, atom.currency, atom.other_currency)
    yield from (p for p in others if p is not None)
    if atom.fold is not None and atom.other is not None:
        yield f"{atom.other}_key"
    for inner in atoms_of(atom.where) if atom.where is not None else ():
        yield from _of_atom(inner, item=True)


def _of_code(code: Any) -> Iterator[str]:
    if isinstance(code, Mapping):
        yield str(code["by"])
        for value in code.values():
            yield from _of_code(value)
