"""Both sides of a test: paths that exist, and literals of the right type; nothing is coerced."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.decide.values import convert, expected, suggestion
from tallystick.decide.yamlnodes import ABSENT, Loader, Mark, Node
from tallystick.model.catalogue import FieldType

Scope = Mapping[str, FieldType]


@dataclass(frozen=True, slots=True)
class Types:
    """The fields that paths can name: of single inputs and params, and of list inputs."""

    single: Mapping[str, Scope]
    many: Mapping[str, Scope]

    def paths(self) -> list[str]:
        """Every path of single inputs."""
        return [f"{i}.{f}" for i, fields in self.single.items() for f in fields]

    def field(self, path: str) -> FieldType | None:
        """The field a path of a single input names, if there is one."""
        head, _, name = path.partition(".")
        return self.single.get(head, {}).get(name)


@dataclass(frozen=True, slots=True)
class Field:
    """The left side of a test: where it stands, its type, and whether it is an item's field."""

    path: str
    kind: FieldType
    item: bool

    @property
    def money(self) -> bool:
        """True for an amount in minor units."""
        return self.kind.unit == "minor"

    @property
    def currency(self) -> str | None:
        """The path of the currency beside an amount."""
        return beside(self.path, self.kind)


def beside(path: str, kind: FieldType) -> str | None:
    """The path of the currency beside an amount; none where no field says it."""
    if kind.currency is None:
        return None
    head, dot, _ = path.rpartition(".")
    return f"{head}{dot}{kind.currency}"


class Terms:
    """Reads paths and literals of one file. Every mistake raises `RuleFileError`."""

    def __init__(self, loader: Loader, types: Types) -> None:
        self._loader = loader
        self._types = types

    def type_of(self, path: str, mark: Mark, item: Scope | None = None) -> FieldType:
        """The type a path has. Raises RUL-11 for an unknown name, with a suggestion."""
        if item is not None:
            if path not in item:
                hint = suggestion(path, item)
                raise self._loader.fail(f"An item here has no field {path}.{hint}", mark, "RUL-11")
            return item[path]
        found = self._types.field(path)
        if found is None:
            known = [*self._types.paths(), *self._types.many]
            hint = suggestion(path, known)
            raise self._loader.fail(f"There is no field {path} here.{hint}", mark, "RUL-11")
        return found

    def param(self, field: Field, node: Node) -> str | None:
        """A right-hand side that is a param, which must be of the field's type."""
        if not isinstance(node.value, str) or not node.value.startswith("params."):
            return None
        self.alike(field, node)
        return node.value

    def alike(self, field: Field, node: Node) -> FieldType:
        """The type of a field on the right, which must be the one on the left."""
        other = self.type_of(str(node.value), node.mark)
        if self._measure(other) != self._measure(field.kind):
            raise self._loader.fail(
                f"{field.path} is {self._measure(field.kind)} and {node.value} is "
                f"{self._measure(other)}.",
                node.mark,
                "RUL-12",
            )
        return other

    def _measure(self, kind: FieldType) -> str:
        return "money" if kind.unit == "minor" else kind.type

    def typed(self, node: Node, kind: FieldType) -> Any:
        """A literal as a value of the field's type. Raises RUL-12 with what was expected."""
        value = node.value
        if value is None:
            return value
        if value is ABSENT:
            raise self._loader.fail(
                "No condition tests for absent; a field that is not there is unknown.",
                node.mark,
                "RUL-12",
            )
        literal = FieldType(kind.name, "money") if kind.unit == "minor" and value != 0 else kind
        found = convert(value, literal)
        if found is None:
            raise self._loader.fail(
                f"{node!r} is no {literal.type} for {kind.name}{expected(literal)}.",
                node.mark,
                "RUL-12",
            )
        if kind.values and isinstance(found, str) and found not in kind.values:
            hint = suggestion(found, kind.values)
            raise self._loader.fail(
                f"{kind.name} is never {found!r}: it is one of {', '.join(kind.values)}.{hint}",
                node.mark,
                "RUL-12",
            )
        return found
