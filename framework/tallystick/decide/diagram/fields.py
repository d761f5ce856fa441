"""The fields that rules read: where they stand, their types, and which of them a test ties."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tallystick.decide.atoms import atoms_of
from tallystick.decide.model import Atom
from tallystick.decide.packs import Pack
from tallystick.model.catalogue import FieldType
from tallystick.model.money import Money

MONEY = frozenset({"money_eq", "money_lt", "money_le"})
KNOWN_KINDS = MONEY | {"eq", "lt", "le", "present", "blank", "same", "inlist", "matches", "q"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands: a dotted path from the root, or of the items of a list."""

    path: str
    list: str | None = None

    def __str__(self) -> str:
        return self.path if self.list is None else f"{self.list}[].{self.path}"


@dataclass(slots=True)
class Uses:
    """What the tests of all fields that are compared with each other can tell of their values."""

    places: list[Place] = field(default_factory=list)
    known: dict[tuple[type, object], None] = field(default_factory=dict)
    folds: set[str] = field(default_factory=set)
    plain: bool = False
    ordered: bool = False
    blank: bool = False
    patterns: dict[str, None] = field(default_factory=dict)
    currency: bool = False
    strange: list[str] = field(default_factory=list)

    @property
    def literals(self) -> list[Any]:
        """The literals; types tell apart what Python holds equal."""
        return [value for _, value in self.known]

    def add(self, value: object) -> None:
        """One more literal."""
        if value is not None:
            self.known[(type(value), value)] = None


class Unions:
    """Sets that only grow together."""

    def __init__(self) -> None:
        self._parents: dict[Hashable, Hashable] = {}

    def top(self, one: Hashable) -> Hashable:
        """What stands for the set that a member is in."""
        parent = self._parents.setdefault(one, one)
        while parent != self._parents[parent]:
            parent = self._parents[parent]
        self._parents[one] = parent
        return parent

    def join(self, one: Hashable, other: Hashable) -> None:
        """Put two members into one set; the first one's name stays."""
        self._parents[self.top(other)] = self.top(one)


class Fields:
    """What the atoms of some packs read, and how the fields hang together.

    `values` are fields that are compared; `parts` those that some atom reads together; `groups`
    those of one list too. `narrowed` has the only values of fields that `applies_to` closes.
    """

    def __init__(self, packs: Sequence[Pack], atoms: Sequence[Atom]) -> None:
        self._packs = packs
        self.kinds: dict[Place, FieldType] = {}
        self.narrowed = _narrowed(packs)
        self.values = Unions()
        self.parts = Unions()
        self.groups = Unions()
        self._uses: dict[Hashable, Uses] = {}
        self._members: dict[Place, list[Place]] = {}
        self._currency: dict[Hashable, list[Place]] = {}
        found = [(a, None) for a in atoms if a.kind != "q"]
        self._all: list[tuple[Atom, str | None]] = [*found]
        for atom in atoms:
            if atom.kind == "q":
                self._list(atom)
        for atom, of in self._all:
            self._tie(atom, of)
        self._join_currencies()
        for atom, of in self._all:
            self._use(atom, of)
        # the root's fields first: any number of items is compared with each of them
        for place in sorted(self.kinds, key=lambda p: p.list is not None):
            self.uses(place).places.append(place)

    def currencies(self, place: Place) -> Uses | None:
        """What can be told of the currencies beside a place's amounts."""
        found = self._currency.get(self.values.top(place))
        return self.uses(found[0]) if found else None

    def _list(self, atom: Atom) -> None:
        head = Place("", atom.path)
        self.groups.top(head)
        for inner in atoms_of(atom.where) if atom.where is not None else ():
            self._all.append((inner, atom.path))
            for path in (inner.path, inner.currency):
                if path is not None:
                    self.groups.join(head, Place(path, atom.path))

    def _tie(self, atom: Atom, of: str | None) -> None:
        left = self._place(atom.path, of)
        if atom.other is not None:
            right = self._place(atom.other, None)
            self._join(left, right)
            if atom.kind == "inlist":
                members = self._members.setdefault(right, [])
                members.append(left)
                self.values.join(members[0], left)
            else:
                self.values.join(left, right)
        for currency in self._currencies(atom, of):
            self._join(left, currency)
            self._currency.setdefault(self.values.top(left), []).append(currency)

    def _join(self, one: Place, other: Place) -> None:
        self.parts.join(one, other)
        self.groups.join(one, other)

    def _join_currencies(self) -> None:
        """The currencies of amounts that are compared are compared too."""
        joined: dict[Hashable, list[Place]] = {}
        for top, places in self._currency.items():
            joined.setdefault(self.values.top(top), []).extend(places)
        for places in joined.values():
            for other in places[1:]:
                self.values.join(places[0], other)
        self._currency = joined

    def _currencies(self, atom: Atom, of: str | None) -> Iterator[Place]:
        """Where the currencies of an atom's amounts stand."""
        if atom.currency is not None:
            yield self._place(atom.currency, of)
        if atom.other_currency is not None:
            yield self._place(atom.other_currency, None)

    def _place(self, path: str, of: str | None) -> Place:
        place = Place(path, of)
        if place not in self.kinds:
            self.kinds[place] = _kind(self._packs, place)
        self.groups.top(place)
        return place

    def _use(self, atom: Atom, of: str | None) -> None:
        uses = self.uses(Place(atom.path, of))
        if atom.kind == "same" and atom.fold:
            uses.folds.add(atom.fold)
        elif atom.kind in {"eq", "same"}:
            uses.plain = True
        uses.ordered |= atom.kind in {"lt", "le"} | MONEY
        uses.blank |= atom.kind == "blank" or atom.fold is not None
        if atom.kind not in KNOWN_KINDS:
            uses.strange.append(atom.kind)
        elif atom.kind == "matches":
            uses.patterns[str(atom.value)] = None
        elif isinstance(atom.value, Money):
            uses.add(atom.value.minor)
        elif atom.other is None:
            uses.add(atom.value)
        for currency in self._currencies(atom, of):
            of_currency = self.uses(currency)
            of_currency.currency = of_currency.blank = True
            if isinstance(atom.value, Money):
                of_currency.add(atom.value.currency)

    def uses(self, place: Place) -> Uses:
        """What can be told of the values of a place and of those that it is compared with."""
        return self._uses.setdefault(self.values.top(place), Uses())

    def members(self, place: Place) -> list[Place]:
        """The places whose values are looked for in a list field."""
        return list(dict.fromkeys(self._members.get(place, ())))


def _narrowed(packs: Sequence[Pack]) -> dict[str, list[str]]:
    """The record types that the packs are for, by the path that says a subject's type."""
    path = packs[0].point.type_place if packs else ""
    if not path or path.startswith("=") or not all(p.applies_to.types for p in packs):
        return {}
    return {path: list(dict.fromkeys(t for p in packs for t in p.applies_to.types))}


def _kind(packs: Sequence[Pack], place: Place) -> FieldType:
    """The type of a place; what two packs say differently is taken together."""
    found = [k for k in (_kind_in(pack, place) for pack in packs) if k is not None]
    if not found:
        return FieldType(place.path, "text")
    first = found[0]
    closed = all(k.values for k in found)
    values = tuple(dict.fromkeys(v for k in found for v in k.values)) if closed else ()
    return FieldType(
        first.name,
        first.type,
        any(k.nullable for k in found),
        values,
        least=min((k.least for k in found if k.least is not None), default=None),
        most=max((k.most for k in found if k.most is not None), default=None),
    )


def _kind_in(pack: Pack, place: Place) -> FieldType | None:
    if place.list is not None:
        return pack.types.many.get(place.list, {}).get(place.path)
    head, _, name = place.path.partition(".")
    kind = pack.types.single.get(head, {}).get(name)
    if kind is not None and head == "params":
        nullable = pack.params[name].nullable if name in pack.params else True
        return FieldType(name, kind.type, nullable, kind.values)
    return kind
