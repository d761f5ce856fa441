"""Which records a rule file is for: `applies_to` narrows it to connectors, types, integrations."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tallystick.decide.atoms import getter
from tallystick.decide.values import suggestion
from tallystick.decide.yamlnodes import ABSENT, Loader, Mark, Node
from tallystick.model.catalogue import FieldType
from tallystick.model.decision import DecisionPoint

DIMENSIONS = ("connectors", "types", "integrations")
NAMES_MAX = 100


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """What a file is narrowed to; an empty dimension is not narrowed. `marks` are the places."""

    connectors: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    integrations: tuple[str, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        return bool(self.connectors or self.types or self.integrations)

    def __str__(self) -> str:
        """As people say it: `zoho_projects, time_entry`."""
        return ", ".join(n for d in DIMENSIONS for n in getattr(self, d))

    def within(self, other: "AppliesTo") -> bool:
        """True when the other file is for every record that this one is for."""
        pairs = [(getattr(self, d), getattr(other, d)) for d in DIMENSIONS]
        return all(not wide or (narrow and set(narrow) <= set(wide)) for narrow, wide in pairs)

    def meets(self, other: "AppliesTo") -> bool:
        """True when one record could be of both files."""
        pairs = [(getattr(self, d), getattr(other, d)) for d in DIMENSIONS]
        return all(not a or not b or set(a) & set(b) for a, b in pairs)

    def holds(self, about: "About") -> tuple[bool | None, tuple[str, ...]]:
        """Whether a record is one of those; None with the names of what is not known of it."""
        unknown = []
        for dimension, value in (
            ("connectors", about.connector),
            ("types", about.type),
            ("integrations", about.integration),
        ):
            names = getattr(self, dimension)
            if not names:
                continue
            if value is None:
                unknown.append(f"applies_to.{dimension}")
            elif value not in names:
                return False, ()
        return (None, tuple(unknown)) if unknown else (True, ())


EVERYTHING = AppliesTo()


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a record: its type, the connector it came through, its integration."""

    type: str | None = None
    connector: str | None = None
    integration: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where records come from: connector and integration by connection id, and those of records
    that name no connection.
    """

    connections: Mapping[str, About] = field(default_factory=dict)
    other: About = field(default_factory=About)

    def about(self, point: DecisionPoint, whole: Mapping[str, Any]) -> About:
        """What is known of the record that a subject is about."""
        found = self.other
        for name in point.inputs:
            value = whole.get(name)
            connection = value.get("connection_id") if isinstance(value, Mapping) else None
            if connection is not None:
                found = self.connections.get(str(connection), found)
                break
        return About(type_of(point, whole), found.connector, found.integration)


def type_of(point: DecisionPoint, whole: Mapping[str, Any]) -> str | None:
    """The record type a subject is about, as far as it says."""
    path = point.type_place
    if path.startswith("="):
        return path[1:]
    value = getter(path)(whole) if path else ABSENT
    return value if isinstance(value, str) else None


def types_of(
    point: DecisionPoint, fields: Mapping[str, Mapping[str, FieldType]]
) -> Collection[str]:
    """Every record type that subjects of a decision can be about."""
    path = point.type_place
    if path.startswith("="):
        return (path[1:],)
    head, _, name = path.partition(".")
    kind = fields.get(head, {}).get(name)
    return kind.values if kind is not None else ()


def parse_applies_to(loader: Loader, node: Node | None, known_types: Collection[str]) -> AppliesTo:
    """`applies_to` of a file. Raises `RuleFileError` with the place."""
    if node is None or node.value is None:
        return EVERYTHING
    if not isinstance(node.value, dict) or not node.value:
        text = f"applies_to names {', '.join(DIMENSIONS)}, each with a list."
        raise loader.fail(text, node.mark, "RUL-12")
    marks: dict[str, Mark] = {}
    found: dict[str, tuple[str, ...]] = {}
    for name, members in node.value.items():
        if name not in DIMENSIONS:
            hint = suggestion(name, DIMENSIONS)
            text = f"applies_to has no key {name}.{hint}"
            raise loader.fail(text, node.keys[name], "RUL-11")
        found[name] = _names(loader, name, members, marks)
    for name in found.get("types", ()):
        if name not in known_types:
            hint = suggestion(name, known_types)
            known = ", ".join(known_types) or "no type"
            text = f"This decision is never about {name}: {known}.{hint}"
            raise loader.fail(text, marks[name], "RUL-11")
    return AppliesTo(**found, marks=marks)


def _names(loader: Loader, name: str, node: Node, marks: dict[str, Mark]) -> tuple[str, ...]:
    members = node.value if isinstance(node.value, list) else []
    if not members or not all(isinstance(m.value, str) for m in members):
        raise loader.fail(f"{name} is a list of names.", node.mark, "RUL-12")
    if len(members) > NAMES_MAX:
        raise loader.fail(f"More than {NAMES_MAX} {name}.", node.mark, "RUL-08")
    marks.update({m.value: m.mark for m in members})
    return tuple(dict.fromkeys(m.value for m in members))
