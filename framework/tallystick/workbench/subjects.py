"""Subjects for the tests of a rule file: those it names, and their neighbours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tallystick.decide import Pack
from tallystick.decide.atoms import atoms_of
from tallystick.decide.model import Atom
from tallystick.decide.rulebook import typed_fields, typed_subject
from tallystick.decide.yamlnodes import ABSENT

UNKNOWN_WORD = "a word nobody has heard of"


def subject_of(pack: Pack, given: Mapping[str, Any]) -> dict[str, Any]:
    """The whole subject of a test: `given` over `base` over the params' defaults."""
    merged = strip(merge(pack.base, given))
    params = {name: p.default for name, p in pack.params.items()}
    params.update(typed_fields(merged.pop("params", {}), pack.types.single["params"]))
    return {"params": params, **typed_subject(pack, merged)}


def merge(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings merged one level deep; lists and scalars of `given` win whole."""
    merged = dict(base)
    for name, value in given.items():
        known = merged.get(name)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            merged[name] = {**known, **value}
        else:
            merged[name] = value
    return merged


def strip(value: Any) -> Any:
    """A value without its absent fields."""
    if isinstance(value, Mapping):
        return {k: strip(v) for k, v in value.items() if v is not ABSENT}
    if isinstance(value, list):
        return [strip(v) for v in value]
    return value


@dataclass(frozen=True, slots=True)
class Change:
    """A subject with one field set to another value; `path` names the field, items by number."""

    path: str
    value: Any
    subject: Mapping[str, Any]

    @property
    def field(self) -> str:
        """The path without the numbers of items."""
        return ".".join(p for p in self.path.split(".") if not p.isdigit())

    def __str__(self) -> str:
        return f"{self.path} = {self.value!r}"


def changes(pack: Pack, whole: Mapping[str, Any]) -> Iterator[Change]:
    """The subject with each field that rules read changed, one at a time.

    To null, to an unknown word, to absent, and to each value that the rules can tell from others.
    """
    pool = values_by_field(pack)
    for path in pool:
        head, _, name = path.partition(".")
        values = (None, UNKNOWN_WORD, ABSENT, *pool[path])
        if head in pack.types.many:
            yield from _in_items(whole, head, name, values)
        elif isinstance(whole.get(head), Mapping):
            for value in values:
                changed = strip({**whole[head], name: value})
                yield Change(path, value, {**whole, head: changed})
    for head in pack.types.many:
        if head in whole:
            yield Change(head, ABSENT, {k: v for k, v in whole.items() if k != head})
            yield Change(head, None, {**whole, head: None})


def _in_items(
    whole: Mapping[str, Any], head: str, name: str, values: tuple[Any, ...]
) -> Iterator[Change]:
    items = whole.get(head)
    for number, item in enumerate(items if isinstance(items, list) else ()):
        for value in values:
            changed = [*items[:number], strip({**item, name: value}), *items[number + 1 :]]  # type: ignore[index] # a list, see above
            yield Change(f"{head}.{number}.{name}", value, {**whole, head: changed})


def values_by_field(pack: Pack) -> dict[str, list[Any]]:
    """Each field that rules read, with the values their tests compare it to and the next ones."""
    pool: dict[str, list[Any]] = {}
    for rule in pack.rules:
        for atom in atoms_of(rule.when):
            _collect(atom, "", pool)
    return pool


def _collect(atom: Atom, prefix: str, pool: dict[str, list[Any]]) -> None:
    if atom.kind == "q":
        for inner in atoms_of(atom.where) if atom.where is not None else ():
            _collect(inner, f"{atom.path}.", pool)
        return
    values = pool.setdefault(f"{prefix}{atom.path}", [])
    values += [v for v in _neighbours(atom.value) if not any(_same(v, w) for w in values)]
    if atom.other is not None:
        pool.setdefault(atom.other, [])


def _neighbours(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, bool):
        return [value, not value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return [value, value - timedelta(days=1), value + timedelta(days=1)]
    if isinstance(value, int):
        return [value, value - 1, value + 1]
    return [value]


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
