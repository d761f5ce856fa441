"""Which fields leave a test in doubt, by name."""

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.decide.atoms import ITEMS_MAX, LISTS, atom_test, atoms_of, getter
from tallystick.decide.model import UNKNOWN, Atom
from tallystick.decide.yamlnodes import ABSENT

_NULL_IS_DOUBT = frozenset({"lt", "le", "matches", "money_eq", "money_lt", "money_le"})


def unknown_paths(
    atom: Atom, whole: Mapping[str, Any], item: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """The fields without which an atom cannot be judged; none when it can."""
    subject = whole if item is None else item
    if atom_test(atom)(whole, subject) != UNKNOWN:
        return
    if atom.kind == "q":
        yield from in_list(atom, whole)
        return
    blank = (ABSENT, None) if atom.kind in _NULL_IS_DOUBT else (ABSENT,)
    missing = [] if _value(atom.path, subject) not in blank else [atom.path]
    if atom.currency is not None and not missing:
        missing = [atom.currency]
    if atom.other is not None and _value(atom.other, whole) in (*blank, None):
        missing.append(atom.other)
    yield from missing or [atom.path]


def _value(path: str, source: Mapping[str, Any]) -> Any:
    return getter(path)(source)


def in_list(atom: Atom, whole: Mapping[str, Any]) -> Iterator[str]:
    """The fields of a list's items without which it is not known which of them match."""
    items = getter(atom.path)(whole)
    if not isinstance(items, LISTS) or atom.where is None or len(items) > ITEMS_MAX:
        yield atom.path
        return
    for member in items:
        for inner in atoms_of(atom.where):
            for path in unknown_paths(inner, whole, member):
                yield f"{atom.path}.{path}" if path == inner.path else path
