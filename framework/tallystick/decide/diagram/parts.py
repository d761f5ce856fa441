"""Fields that atoms read together, and every way their values can look to the atoms."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product
from math import prod
from typing import Any

from tallystick.decide.atoms import Test, compile_atom, getter
from tallystick.decide.diagram.cells import WITNESSES_MAX, Values
from tallystick.decide.diagram.fields import Fields, Place, Unions
from tallystick.decide.diagram.pools import pool
from tallystick.decide.diagram.subjects import put
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom
from tallystick.decide.yamlnodes import ABSENT

COMBINATIONS_MAX = 50_000
Truths = tuple[int, ...]
Choice = Mapping[Truths, tuple[Any, ...]]
"""The distinct truths of the atoms on some fields of an item, each with values that have them."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Fields of a list's items that atoms read together, and those atoms."""

    list: str
    places: tuple[Place, ...]
    atoms: tuple[Atom, ...]


@dataclass(slots=True)
class Row:
    """One way a part can look: the truths of its atoms, what items can be beside it, examples."""

    truths: Truths
    choices: tuple[Choice, ...]
    witnesses: list[Values]


class Part:
    """The fields of the root that are tied by atoms, and the fields of items tied to them."""

    def __init__(
        self, fields: Fields, places: Sequence[Place], atoms: Sequence[Atom], inner: Sequence[Atom]
    ) -> None:
        self._fields = fields
        self.roots = [p for p in places if p.list is None]
        self.atoms = tuple(atoms)
        self._truths = _Truths(atoms)
        self.units = _units(places, inner)
        self._unit_tests = [[compile_atom(a) for a in unit.atoms] for unit in self.units]
        self.incomplete: list[str] = []

    def rows(self) -> tuple[list[Row], list[Row]]:
        """Every way the part can look: without absent fields, and with them behind those."""
        found: dict[Any, Row] = {}
        ways: list[list[Row]] = []
        for with_absent in (False, True):
            fetched = set(found)
            pools = [pool(self._fields, p, absent=with_absent) for p in self.roots]
            items = [self._pools(unit, absent=with_absent) for unit in self.units]
            for chosen in self._chosen(pools):
                self._row(found, fetched, chosen, items)
            ways.append(list(found.values()))
        return ways[0], ways[1]

    def _pools(self, unit: Unit, *, absent: bool) -> list[tuple[Any, ...]]:
        pools = [pool(self._fields, p, absent=absent) for p in unit.places]
        return list(self._chosen(pools))

    def _chosen(self, pools: Sequence[Sequence[Any]]) -> Iterable[tuple[Any, ...]]:
        if prod(map(len, pools)) <= COMBINATIONS_MAX:
            return product(*pools)
        self.incomplete.append(f"{', '.join(map(str, self.roots))}: too many combinations")
        return islice(_spread(pools), COMBINATIONS_MAX)

    def _row(
        self,
        found: dict[Any, Row],
        fetched: set[Any],
        chosen: tuple[Any, ...],
        items: Sequence[Sequence[tuple[Any, ...]]],
    ) -> None:
        witness = {p.path: v for p, v in zip(self.roots, chosen, strict=True)}
        whole: dict[str, Any] = {}
        for path, value in witness.items():
            put(whole, path, value)
        truths = self._truths.of(whole)
        choices = tuple(
            _choice(unit, tests, whole, values)
            for unit, tests, values in zip(self.units, self._unit_tests, items, strict=True)
        )
        key = (truths, tuple(frozenset(c) for c in choices))
        row = found.get(key)
        if row is None:
            found[key] = Row(truths, choices, [witness])
        elif not choices and len(row.witnesses) < WITNESSES_MAX and key not in fetched:
            row.witnesses.append(witness)


class _Truths:
    """The atoms of a part, asked of a subject. Equality with literals is looked up: a rule may
    list a thousand of them, and each of a thousand values would be asked of each.
    """

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self._number = len(atoms)
        self._tests: list[tuple[int, Test]] = []
        paths: dict[str, dict[tuple[type, Any], int]] = {}
        for number, atom in enumerate(atoms):
            if atom.kind == "eq" and atom.other is None and type(atom.value) is not Decimal:
                paths.setdefault(atom.path, {})[(type(atom.value), atom.value)] = number
            else:
                self._tests.append((number, compile_atom(atom)))
        self._equal = [(getter(path), numbers) for path, numbers in paths.items()]

    def of(self, whole: Mapping[str, Any]) -> Truths:
        """The truth of each atom."""
        truths = [FALSE] * self._number
        for number, test in self._tests:
            truths[number] = test(whole, whole)
        for get, numbers in self._equal:
            value = get(whole)
            if value is ABSENT:
                for number in numbers.values():
                    truths[number] = UNKNOWN
            elif isinstance(value, Hashable):
                equal = numbers.get((type(value), value))
                if equal is not None:
                    truths[equal] = TRUE
        return tuple(truths)


def _units(places: Sequence[Place], inner: Sequence[Atom]) -> list[Unit]:
    """The places of items, those together that one atom reads; an atom is of its list's unit."""
    tied = Unions()
    of_items = [p for p in places if p.list is not None]
    for place in of_items:
        for atom in inner:
            if atom.path == place.path and atom.currency is not None:
                tied.join(place, Place(atom.currency, place.list))
    found: dict[Any, list[Place]] = {}
    for place in of_items:
        found.setdefault(tied.top(place), []).append(place)
    return [
        Unit(
            str(own[0].list),
            tuple(own),
            tuple(a for a in inner if Place(a.path, own[0].list) in own),
        )
        for own in found.values()
    ]


def _choice(
    unit: Unit, tests: Sequence[Test], whole: Mapping[str, Any], pool: Sequence[tuple[Any, ...]]
) -> Choice:
    """The distinct truths on an item's fields, given the root, each with an example."""
    found: dict[Truths, tuple[Any, ...]] = {}
    for values in pool:
        item: dict[str, Any] = {}
        for place, value in zip(unit.places, values, strict=True):
            put(item, place.path, value)
        found.setdefault(tuple([test(whole, item) for test in tests]), values)
    return found


def _spread(pools: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Combinations without an order that favours the last field: a walk with odd steps."""
    step = 0
    while True:
        rest, chosen = step * 2_654_435_761 + step // 7, []
        for values in pools:
            rest, at = divmod(rest, len(values))
            chosen.append(values[at])
        yield tuple(chosen)
        step += 1
