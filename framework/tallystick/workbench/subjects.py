"""Subjects for the tests of a rule file: those it names, and their neighbours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, permutations
from typing import Any

from tallystick.decide import Pack
from tallystick.decide.atoms import atoms_of, getter
from tallystick.decide.cases import merge, strip
from tallystick.decide.model import Atom, Invariant
from tallystick.decide.rulebook import typed_fields, typed_subject
from tallystick.decide.yamlnodes import ABSENT

UNKNOWN_WORD = "a word nobody has heard of"
Whole = Mapping[str, Any]
"""A whole subject: every input with its fields, and the params."""


def subject_of(pack: Pack, given: Mapping[str, Any]) -> dict[str, Any]:
    """The whole subject of a test: `given` over `base` over the params' defaults, with what plugins
    derive from it where the test does not say it.
    """
    merged = strip(merge(pack.base, given))
    params = {name: p.default for name, p in pack.params.items()}
    params.update(typed_fields(merged.pop("params", {}), pack.types.single["params"]))
    typed = typed_subject(pack, merged)
    return {"params": params, **(typed if pack.projector is None else pack.projector(typed))}


@dataclass(frozen=True, slots=True)
class Neighbour:
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


def neighbours(pack: Pack, whole: Whole) -> Iterator[Neighbour]:
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
                yield Neighbour(path, value, {**whole, head: changed})
    for head in pack.types.many:
        if head in whole:
            yield Neighbour(head, ABSENT, {k: v for k, v in whole.items() if k != head})
            yield Neighbour(head, None, {**whole, head: None})


def _in_items(whole: Whole, head: str, name: str, values: tuple[Any, ...]) -> Iterator[Neighbour]:
    items = whole.get(head)
    for number, item in enumerate(items if isinstance(items, list) else ()):
        for value in values:
            changed = [*items[:number], strip({**item, name: value}), *items[number + 1 :]]  # type: ignore[index] # a list, see above
            yield Neighbour(f"{head}.{number}.{name}", value, {**whole, head: changed})


def variants(invariant: Invariant, whole: Whole, *, orders_max: int) -> Iterator[dict[str, Any]]:
    """Subjects that an invariant says must get the same decision."""
    for path in invariant.unaffected_by:
        head, _, field = path.partition(".")
        if getter(path)(whole) is ABSENT:
            continue
        for value in ("", UNKNOWN_WORD, None):
            yield {**whole, head: {**whole[head], field: value}}
    items = whole.get(invariant.shuffle) if invariant.shuffle else None
    if isinstance(items, list):
        for order in islice(permutations(items), orders_max):
            yield {**whole, str(invariant.shuffle): list(order)}


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
    values += [v for v in _nearby(atom.value) if not any(_same(v, w) for w in values)]
    if atom.other is not None:
        pool.setdefault(atom.other, [])


def _nearby(value: Any) -> list[Any]:
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
