"""Conditions of a rule file as formulas, checked against the types of their inputs."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tallystick.decide.model import ALWAYS, Atom, Formula, literal, negated
from tallystick.decide.yamlnodes import ABSENT, Loader, Mark, Node
from tallystick.model.catalogue import FieldType
from tallystick.model.fold import FOLDS

_ORDER = {
    "lt": ("lt", True),
    "before": ("lt", True),
    "ge": ("lt", False),
    "on_or_after": ("lt", False),
    "le": ("le", True),
    "on_or_before": ("le", True),
    "gt": ("le", False),
    "after": ("le", False),
}
_QUANTIFIERS = {"count", "some", "none", "where", "bind"}
OPERATORS = (
    *_ORDER,
    "ne",
    "in",
    "not_in",
    "present",
    "blank",
    "same_as",
    "differs_from",
    "fold",
    *_QUANTIFIERS,
)
_DURATION = re.compile(r"^(?:(\d+)h)?(?:(\d+)m)?$")
_ORDERED_TYPES = {"integer", "decimal", "date", "instant"}
Scope = Mapping[str, FieldType]


def suggestion(name: str, known: Iterable[str]) -> str:
    """A "did you mean" for a name that is not known, or nothing."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


@dataclass(frozen=True, slots=True)
class Types:
    """The fields that paths can name: of single inputs and params, and of list inputs."""

    single: Mapping[str, Scope]
    many: Mapping[str, Scope]

    def paths(self) -> list[str]:
        """Every path of single inputs."""
        return [f"{i}.{f}" for i, fields in self.single.items() for f in fields]


class Conditions:
    """Parses the conditions of one file."""

    def __init__(self, loader: Loader, types: Types) -> None:
        self._loader = loader
        self._types = types

    def parse(self, node: Node, item: Scope | None = None) -> tuple[Formula, dict[str, Atom]]:
        """A `when` or `where` list as a formula, with the names it binds list items to."""
        if not isinstance(node.value, list):
            raise self._loader.fail("Conditions are a list.", node.mark)
        binds: dict[str, Atom] = {}
        parts = [self._entry(n, item, binds) for n in node.value]
        return _joined("and", parts), binds

    def _entry(self, node: Node, item: Scope | None, binds: dict[str, Atom]) -> Formula:
        if not isinstance(node.value, dict):
            raise self._loader.fail("A condition is `path: what must hold`.", node.mark)
        parts = []
        for name, value in node.value.items():
            if name in {"any", "all"}:
                inner = self._group(value, item, binds)
                parts.append(_joined("or" if name == "any" else "and", inner))
            elif name == "not":
                inner = self._group(value, item, binds)
                parts.append(negated(_joined("and", inner)))
            else:
                parts.append(self._test(name, node.keys[name], value, item, binds))
        return _joined("and", parts)

    def _group(self, node: Node, item: Scope | None, binds: dict[str, Atom]) -> list[Formula]:
        members = node.value if isinstance(node.value, list) else [node]
        return [self._entry(n, item, binds) for n in members]

    def _test(
        self, path: str, mark: Mark, node: Node, item: Scope | None, binds: dict[str, Atom]
    ) -> Formula:
        if item is None and path in self._types.many:
            return self._list(path, mark, node, binds)
        kind = self.type_of(path, mark, item)
        inside = item is not None
        if isinstance(node.value, dict):
            return self._operators(path, kind, node, inside=inside)
        if isinstance(node.value, list):
            return _joined("or", [self._equals(path, kind, n, inside=inside) for n in node.value])
        return self._equals(path, kind, node, inside=inside)

    def type_of(self, path: str, mark: Mark, item: Scope | None = None) -> FieldType:
        """The type a path has. Raises RUL-11 for an unknown name, with a suggestion."""
        if item is not None:
            if path not in item:
                hint = suggestion(path, item)
                raise self._loader.fail(f"An item here has no field {path}.{hint}", mark, "RUL-11")
            return item[path]
        head, _, name = path.partition(".")
        fields = self._types.single.get(head)
        if fields is None or name not in fields:
            known = [*self._types.paths(), *self._types.many]
            hint = suggestion(path, known)
            raise self._loader.fail(f"There is no field {path} here.{hint}", mark, "RUL-11")
        return fields[name]

    def _equals(self, path: str, kind: FieldType, node: Node, *, inside: bool) -> Formula:
        other = self._other_path(node)
        if other is not None:
            return literal(Atom("eq", path, other=other, item=inside))
        return literal(Atom("eq", path, self.typed(node, kind), item=inside))

    def _other_path(self, node: Node) -> str | None:
        if isinstance(node.value, str) and node.value.startswith("params."):
            self.type_of(node.value, node.mark)
            return node.value
        return None

    def _operators(self, path: str, kind: FieldType, node: Node, *, inside: bool) -> Formula:
        fold = node.value.get("fold")
        if fold is not None and fold.value not in FOLDS:
            hint = suggestion(str(fold.value), FOLDS)
            raise self._loader.fail(f"There is no fold {fold.value}.{hint}", fold.mark, "RUL-11")
        parts = []
        for name, value in node.value.items():
            if name == "fold":
                continue
            parts.append(
                self._operator(
                    name,
                    path,
                    kind,
                    value,
                    node.keys[name],
                    fold=fold.value if fold else None,
                    inside=inside,
                )
            )
        if not parts:
            raise self._loader.fail("Name an operator.", node.mark)
        return _joined("and", parts)

    def _operator(
        self,
        name: str,
        path: str,
        kind: FieldType,
        node: Node,
        mark: Mark,
        *,
        fold: str | None,
        inside: bool,
    ) -> Formula:
        if name in _ORDER:
            return self._ordered(name, path, kind, node, mark, inside=inside)
        if name == "ne":
            return negated(self._equals(path, kind, node, inside=inside))
        if name in {"present", "blank"}:
            if not isinstance(node.value, bool):
                raise self._loader.fail(f"{name} is true or false.", node.mark, "RUL-12")
            return literal(Atom(name, path, item=inside), sign=node.value)
        if name in {"in", "not_in"}:
            found = self._member(path, kind, node, inside=inside)
            return found if name == "in" else negated(found)
        if name in {"same_as", "differs_from"}:
            self.type_of(str(node.value), node.mark)
            atom = Atom("same", path, other=str(node.value), fold=fold, item=inside)
            return literal(atom, sign=name == "same_as")
        hint = suggestion(name, OPERATORS)
        raise self._loader.fail(f"There is no operator {name}.{hint}", mark, "RUL-11")

    def _ordered(
        self, name: str, path: str, kind: FieldType, node: Node, mark: Mark, *, inside: bool
    ) -> Formula:
        if kind.type not in _ORDERED_TYPES:
            raise self._loader.fail(f"{path} is {kind.type}, which has no order.", mark, "RUL-12")
        atom_kind, sign = _ORDER[name]
        other = self._other_path(node)
        value = None if other else self.typed(node, kind)
        if value is None and other is None:
            raise self._loader.fail(f"{name} needs a value.", node.mark, "RUL-12")
        return literal(Atom(atom_kind, path, value, other, item=inside), sign=sign)

    def _member(self, path: str, kind: FieldType, node: Node, *, inside: bool) -> Formula:
        if isinstance(node.value, list):
            return _joined("or", [self._equals(path, kind, n, inside=inside) for n in node.value])
        other = str(node.value)
        if self.type_of(other, node.mark).type != "list":
            raise self._loader.fail(f"{other} is no list.", node.mark, "RUL-12")
        return literal(Atom("inlist", path, other=other, item=inside))

    def _list(self, path: str, mark: Mark, node: Node, binds: dict[str, Atom]) -> Formula:
        if not isinstance(node.value, dict):
            raise self._loader.fail(
                f"{path} is a list: use count, some or none, with where.", mark, "RUL-12"
            )
        for name in node.value:
            if name not in _QUANTIFIERS:
                hint = suggestion(name, _QUANTIFIERS)
                raise self._loader.fail(
                    f"There is no list operator {name}.{hint}", node.keys[name], "RUL-11"
                )
        where = node.value.get("where")
        formula = self.parse(where, self._types.many[path])[0] if where else ALWAYS
        tests = self._number_tests(node)
        atoms = [Atom("q", path, where=formula, test=t) for t in tests]
        bind = node.value.get("bind")
        if bind is not None:
            binds[str(bind.value)] = atoms[0]
        return _joined("and", [literal(a) for a in atoms])

    def _number_tests(self, node: Node) -> list[tuple[str, int]]:
        count = node.value.get("count")
        tests: list[tuple[str, int]] = []
        if count is not None and isinstance(count.value, dict):
            for name, number in count.value.items():
                if (
                    name not in {"eq", "ne", "lt", "le", "gt", "ge"}
                    or type(number.value) is not int
                ):
                    raise self._loader.fail(
                        "count is a number or a test on it.", count.mark, "RUL-12"
                    )
                tests.append((name, number.value))
        elif count is not None:
            if type(count.value) is not int:
                raise self._loader.fail("count is a number or a test on it.", count.mark, "RUL-12")
            tests.append(("eq", count.value))
        for name, test in (("some", ("ge", 1)), ("none", ("eq", 0))):
            if name in node.value:
                if node.value[name].value is not True:
                    raise self._loader.fail(f"{name} is true.", node.value[name].mark, "RUL-12")
                tests.append(test)
        if not tests:
            raise self._loader.fail("Say how many: count, some or none.", node.mark, "RUL-12")
        return tests

    def typed(self, node: Node, kind: FieldType) -> Any:
        """A literal as a value of the field's type. Raises RUL-12 with what was expected."""
        value = node.value
        if value is None or value is ABSENT:
            return value
        found = convert(value, kind)
        if found is None:
            raise self._loader.fail(
                f"{value!r} is no {kind.type} for {kind.name}.", node.mark, "RUL-12"
            )
        if kind.values and isinstance(found, str) and found not in kind.values:
            hint = suggestion(found, kind.values)
            raise self._loader.fail(
                f"{kind.name} is never {found!r}: it is one of {', '.join(kind.values)}.{hint}",
                node.mark,
                "RUL-12",
            )
        return found


def convert(value: Any, kind: FieldType) -> Any:
    """A YAML value as a value of a type; None when it is of another type. Nothing is coerced."""
    match kind.type:
        case "text":
            return value if isinstance(value, str) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "integer":
            return _integer(value)
        case "decimal":
            number = isinstance(value, int | Decimal) and not isinstance(value, bool)
            return Decimal(value) if number else None
        case "date":
            return _date(value)
        case "instant":
            return _instant(value)
        case _:
            return value if isinstance(value, list | dict) else None


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    match = _DURATION.match(value) if isinstance(value, str) and value else None
    if match is None:
        return None
    return int(match.group(1) or 0) * 60 + int(match.group(2) or 0)


def _date(value: Any) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _instant(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _joined(op: str, parts: list[Formula]) -> Formula:
    """Parts joined, nested groups of the same kind flattened."""
    flat: list[Formula] = []
    for part in parts:
        flat.extend(part.parts if part.op == op else [part])
    return flat[0] if len(flat) == 1 else Formula(op, tuple(flat))
