"""What a plugin adds to the words of rules is held against the words that are there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tallystick.decide.packs import STRATEGIES
from tallystick.decide.points import POINTS
from tallystick.model.catalogue import FieldType, Input, Projection, RecordType
from tallystick.model.connection import MODULES
from tallystick.model.decision import DecisionPoint
from tallystick.model.fold import FOLDS
from tallystick.records.base import Record
from tallystick.records.catalogue import CANONICAL, record_type

_WORD = r"[a-z][a-z0-9]{0,20}(?:_[a-z0-9]{1,20}){0,3}"
_TYPE = re.compile(rf"^({_WORD})/({_WORD})$")
_DECISION = re.compile(rf"^({_WORD})\.({_WORD})$")
_NAME = re.compile(rf"^{_WORD}$")
_TYPES = ("text", "integer", "boolean", "date", "instant", "decimal", "list")
_RESERVED = ("params", "otherwise", "unknown")


@dataclass(slots=True)
class Vocabulary:
    """Record types, decision points and projections: the host's own, and those of plugins."""

    record_types: dict[str, type[Record]] = field(default_factory=dict)
    points: dict[str, DecisionPoint] = field(default_factory=dict)
    projections: list[Projection] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    """By record type and decision, the plugin that offers it."""

    def types(self) -> dict[str, RecordType]:
        """Every record type as data, with what is derived from its rows."""
        classes = (*CANONICAL, *self.record_types.values())
        return {
            cls.type_name: replace(record_type(cls), derived=self._derived(cls.type_name))
            for cls in classes
        }

    def all_points(self) -> tuple[DecisionPoint, ...]:
        """Every decision point, the host's first, with the lists that plugins derive."""
        known = (*POINTS, *self.points.values())
        return tuple(replace(p, derived=self._derived(p.name)) for p in known)

    def _derived(self, of: str) -> dict[str, Projection]:
        return {p.field.name: p for p in self.projections if p.of == of}

    def taken(self, more: "Vocabulary") -> "Vocabulary":
        """These words and those."""
        return Vocabulary(
            self.record_types | more.record_types,
            self.points | more.points,
            [*self.projections, *more.projections],
            self.owners | more.owners,
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """What one plugin offers; `names` are its own and those of its connectors."""

    plugin: str
    names: frozenset[str]
    connectors: Sequence[Any]
    record_types: Sequence[Any]
    points: Sequence[Any]
    projections: Sequence[Any]

    @property
    def brought(self) -> tuple[str, ...]:
        """What it adds beside connectors, each in words."""
        return (
            *(f"record type {cls.type_name}" for cls in self.record_types),
            *(f"question {point.name}" for point in self.points),
            *(f"value {one.of}.{one.field.name}" for one in self.projections),
        )

    def words(self, known: Vocabulary) -> Vocabulary:
        """The words that are added. Raises TypeError with what is wrong with one of them."""
        made = Vocabulary()
        if self.plugin in MODULES and (self.record_types or self.points):
            _demand(f"a plugin with words of its own cannot be called {self.plugin}")
        for cls in self.record_types:
            _demand(_type_flaw(cls, self.names, {*known.record_types, *made.record_types}))
            made.record_types[cls.type_name] = cls
        classes = {cls.type_name: cls for cls in CANONICAL} | made.record_types
        _demand(next(_reads_flaws(self.connectors, classes), None))
        for cls in made.record_types.values():
            _demand(_parents_flaw(cls, classes))
        for point in self.points:
            _demand(_point_flaw(point, self.names, {*known.points, *made.points}))
            _demand(next(_asking_flaws(point, classes), None))
            made.points[point.name] = point
        for projection in self.projections:
            _demand(_projection_flaw(projection, self.names, known.taken(made), made))
            made.projections.append(projection)
        made.owners = dict.fromkeys([*made.record_types, *made.points], self.plugin)
        return made


def _demand(flaw: str | None) -> None:
    if flaw is not None:
        raise TypeError(flaw)


def _type_flaw(cls: type[Record], names: frozenset[str], taken: set[str]) -> str | None:
    name = cls.type_name
    found = _TYPE.match(name)
    if found is None or found[1] not in names:
        return f"record type {name}: it is called CONNECTOR/TYPE, with a name of this plugin"
    if name in taken:
        return f"the record type {name} is offered twice"
    if hasattr(cls, "__table__"):
        return f"record type {name}: the host makes its table, so it is declared without table=True"
    for column, info in cls.model_fields.items():
        base = Record.model_fields.get(column)
        if base is not None and base.annotation != info.annotation:
            return f"record type {name}: {column} is every record's and stays as it is"
        if base is None and not _NAME.match(column):
            return f"record type {name}: {column} is no name of a column"
        kind = record_type(cls).fields[column]
        if kind.type not in (*_TYPES, "object"):
            return f"record type {name}: {column} cannot be {kind.type}"
    own = cls.model_fields.keys() - Record.model_fields.keys()
    if not own:
        return f"record type {name} has no columns"
    for column, (source, fold) in cls.folded.items():
        if not {column, source} <= own or fold not in FOLDS:
            return f"record type {name}: folded[{column!r}] names no column or no fold"
    lost = [c for c in (*cls.looked_up, *cls.parents) if c not in own]
    return f"record type {name} has no column {lost[0]}" if lost else None


def _parents_flaw(cls: type[Record], classes: Mapping[str, Any]) -> str | None:
    lost = [t for t in cls.parents.values() if t not in classes]
    return f"record type {cls.type_name}: there is no record type {lost[0]}" if lost else None


def _reads_flaws(connectors: Sequence[Any], classes: Mapping[str, Any]) -> Iterator[str]:
    for connector in connectors:
        for name, spec in connector.reads.items():
            for wanted in (name, spec.per):
                if wanted is not None and "/" in wanted and wanted not in classes:
                    yield f"connector {connector.name} reads {wanted}, which it does not offer"


def _point_flaw(point: Any, names: frozenset[str], taken: set[str]) -> str | None:
    if not isinstance(point, DecisionPoint):
        return f"{point!r} is no decision point"
    name = str(point.name)
    if any(p.name == name for p in POINTS):
        return f"the decision {name} is Tallystick's own; a rule file can decide it, no other point"
    if name in taken:
        return f"the decision {name} is offered twice"
    found = _DECISION.match(name)
    if found is None or found[1] not in names:
        return f"decision {name}: it is called CONNECTOR.QUESTION, with a name of this plugin"
    if not isinstance(point.title, str) or not point.title:
        return f"decision {name} has no title"
    if point.about or point.derived:
        return f"decision {name}: about and derived are not for plugins"
    return _outcomes_flaw(point)


def _outcomes_flaw(point: DecisionPoint) -> str | None:
    name, outcomes = point.name, point.outcomes
    if (
        not isinstance(outcomes, tuple)
        or len(set(outcomes)) < 2
        or len(set(outcomes)) < len(outcomes)
    ):
        return f"decision {name}: outcomes are a tuple of at least two different words"
    for outcome in outcomes:
        if not isinstance(outcome, str) or not _NAME.match(outcome) or outcome in _RESERVED:
            return f"decision {name}: {outcome!r} cannot be an outcome"
    if point.safe not in outcomes:
        return f"decision {name}: safe must be one of {', '.join(outcomes)}"
    lost = [o for o in point.meanings if o not in outcomes]
    if lost:
        return f"decision {name}: there is no outcome {lost[0]} to have a meaning"
    odd = [s for s in point.strategies if s not in STRATEGIES]
    return f"decision {name}: there is no strategy {odd[0]}" if odd else None


def _asking_flaws(point: DecisionPoint, classes: Mapping[str, type[Record]]) -> Iterator[str]:
    """What keeps the host from filling the inputs of a point of a plugin."""
    name = point.name
    if point.asked_of not in classes:
        yield f"decision {name}: asked_of names no record type, so nothing would ever ask it"
        return
    if not isinstance(point.inputs, Mapping):
        yield f"decision {name}: inputs map names to Input"
        return
    for head, wanted in point.inputs.items():
        if not isinstance(head, str) or not _NAME.match(head) or head in _RESERVED:
            yield f"decision {name}: {head!r} cannot be an input"
        elif not isinstance(wanted, Input) or len(wanted.types) != 1:
            yield f"decision {name}: input {head} must be an Input of one record type"
        elif wanted.types[0] not in classes:
            yield f"decision {name}: input {head}: there is no record type {wanted.types[0]}"
        elif wanted.own:
            yield (
                f"decision {name}: nobody would fill the own fields of input {head}; "
                "offer a projection"
            )
        elif any(c not in classes[wanted.types[0]].model_fields for c in wanted.only):
            yield f"decision {name}: input {head}: only names no column"
        else:
            flaw = _place_flaw(point, wanted, classes)
            if flaw is not None:
                yield f"decision {name}: input {head}: {flaw}"
    mine = [w for w in point.inputs.values() if not w.many and w.types == (point.asked_of,)]
    if len(mine) != 1:
        yield f"decision {name}: exactly one input is the {point.asked_of} that is asked about"


def _place_flaw(
    point: DecisionPoint, wanted: Input, classes: Mapping[str, type[Record]]
) -> str | None:
    """What keeps an input from being the record, its parent, or its children."""
    type_, asked = wanted.types[0], point.asked_of
    if not wanted.many and type_ == asked:
        return None
    child, parent = (type_, asked) if wanted.many else (asked, type_)
    columns = [c for c, t in classes[child].parents.items() if t == parent]
    if len(columns) == 1:
        return None
    return f"{child} must refer to {parent} by exactly one column of its parents"


def _projection_flaw(
    projection: Any, names: frozenset[str], known: Vocabulary, own: Vocabulary
) -> str | None:
    if not isinstance(projection, Projection):
        return f"{projection!r} is no projection"
    kind, of = projection.field, projection.of
    if not isinstance(kind, FieldType) or not _NAME.match(str(kind.name)):
        return f"projection of {of}: {kind!r} is no field"
    if not callable(projection.value):
        return f"projection {of}.{kind.name} has no function"
    mine = of in own.record_types or of in own.points
    if not mine and not any(kind.name.startswith(f"{n}_") for n in names):
        return f"projection {of}.{kind.name}: of what others offer it is called {min(names)}_..."
    if any(p.of == of and p.field.name == kind.name for p in known.projections):
        return f"the projection {of}.{kind.name} is offered twice"
    types = known.types()
    if of in types:
        return _of_type_flaw(kind, types[of])
    points = {p.name: p for p in known.all_points()}
    if of not in points:
        return f"projection {kind.name}: {of} is no record type and no decision"
    if kind.type != "list" or not kind.item or kind.name in points[of].inputs:
        return f"projection {of}.{kind.name}: of a decision it is a list with item fields, and new"
    return next((f for i in kind.item.values() if (f := _field_flaw(i))), None)


def _of_type_flaw(kind: FieldType, of: RecordType) -> str | None:
    if kind.name in of.fields:
        return f"projection {of.name}.{kind.name}: there is a column of that name"
    if kind.item is not None:
        return f"projection {of.name}.{kind.name}: only a projection of a decision has item fields"
    return _field_flaw(kind)


def _field_flaw(kind: Any) -> str | None:
    if not isinstance(kind, FieldType) or kind.type not in _TYPES:
        return f"{getattr(kind, 'name', kind)}: a field is one of {', '.join(_TYPES)}"
    return None
