"""Inline tests of a rule file, and the subject they start from."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.decide.model import Case, Rule
from tallystick.decide.ruleparts import known_code
from tallystick.decide.terms import Scope, Types
from tallystick.decide.values import convert, suggestion
from tallystick.decide.yamlnodes import ABSENT, Loader, Node
from tallystick.model.decision import DecisionPoint

TESTS_MAX = 2000
TEST_KEYS = ("name", "given", "expect", "by", "code")


def known_keys(loader: Loader, node: Node, known: Sequence[str], what: str) -> None:
    """Refuse a key that is not known, with a suggestion."""
    if not isinstance(node.value, dict):
        raise loader.fail(f"A {what} is a mapping.", node.mark, "RUL-12")
    for name, mark in node.keys.items():
        if name not in known:
            hint = suggestion(name, known)
            raise loader.fail(f"A {what} has no key {name}.{hint}", mark, "RUL-11")


def items_of(loader: Loader, root: Node, name: str) -> list[Node]:
    """The members of a list of the file; none when it is missing."""
    node = root.value.get(name)
    if node is None or node.value is None:
        return []
    if not isinstance(node.value, list):
        raise loader.fail(f"{name} is a list.", node.mark, "RUL-12")
    if len(node.value) > TESTS_MAX:
        raise loader.fail(f"More than {TESTS_MAX} {name}.", node.mark, "RUL-08")
    return list(node.value)


def merge(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings merged one level deep; lists and scalars of `given` win whole."""
    merged = dict(base)
    for name, value in given.items():
        known = merged.get(name)
        both = isinstance(value, Mapping) and isinstance(known, Mapping)
        merged[name] = {**known, **value} if both else value  # type: ignore[dict-item] # a mapping
    return merged


def strip(value: Any) -> Any:
    """A value without its absent fields."""
    if isinstance(value, Mapping):
        return {k: strip(v) for k, v in value.items() if v is not ABSENT}
    return [strip(v) for v in value] if isinstance(value, list) else value


class CaseParser:
    """Parses `base` and `tests`; names and types in them must be those of the inputs."""

    def __init__(
        self, loader: Loader, point: DecisionPoint, types: Types, rules: Sequence[Rule]
    ) -> None:
        self._loader = loader
        self._point = point
        self._types = types
        self._deciders = {r.id for r in rules} | {"otherwise", "unknown"}

    def parse(self, root: Node) -> tuple[Case, ...]:
        """The tests in file order."""
        cases: dict[str, Case] = {}
        for node in items_of(self._loader, root, "tests"):
            case = self._case(node)
            if case.name in cases:
                raise self._loader.fail(f"Two tests are called {case.name}.", node.mark)
            cases[case.name] = case
        return tuple(cases.values())

    def _case(self, node: Node) -> Case:
        known_keys(self._loader, node, TEST_KEYS, "test")
        for name in ("name", "expect"):
            if name not in node.value:
                raise self._loader.fail(f"The test has no {name}.", node.mark)
        expect, bound = self._expected(node.value["expect"])
        by = node.value.get("by")
        if by is not None and by.value not in self._deciders:
            hint = suggestion(str(by.value), self._deciders)
            raise self._loader.fail(f"There is no rule {by.value}.{hint}", by.mark, "RUL-11")
        code = node.value.get("code")
        if code is not None and code.value is not None:
            known_code(self._loader, code)
        return Case(
            str(node.value["name"].value),
            self.given(node.value.get("given")),
            expect,
            bound,
            str(by.value) if by else None,
            str(code.value) if code else None,
            node.mark.line,
        )

    def _expected(self, node: Node) -> tuple[str, str | None]:
        outcome, bound = node.value, None
        if isinstance(outcome, dict):
            if len(outcome) != 1:
                raise self._loader.fail("expect names one outcome.", node.mark)
            ((outcome, item),) = node.value.items()
            bound = str(item.value)
        if outcome not in self._point.outcomes:
            hint = suggestion(str(outcome), self._point.outcomes)
            raise self._loader.fail(
                f"{outcome} is no outcome of {self._point.name}.{hint}", node.mark, "RUL-11"
            )
        return str(outcome), bound

    def given(self, node: Node | None) -> Mapping[str, Any]:
        """A subject, or a part of one. Raises RUL-11 and RUL-12 with the place."""
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            raise self._loader.fail("It is a mapping of inputs.", node.mark, "RUL-12")
        known = [*self._types.single, *self._types.many]
        for name, value in node.value.items():
            if name in self._types.single:
                self._fields(value, self._types.single[name])
            elif name in self._types.many:
                self._members(value, self._types.many[name])
            else:
                hint = suggestion(name, known)
                raise self._loader.fail(
                    f"There is no input {name} here.{hint}", node.keys[name], "RUL-11"
                )
        plain: Mapping[str, Any] = node.plain()
        return plain

    def _members(self, node: Node, scope: Scope) -> None:
        if node.value is ABSENT or node.value is None:
            return
        if not isinstance(node.value, list):
            raise self._loader.fail("It is a list of items.", node.mark, "RUL-12")
        for member in node.value:
            self._fields(member, scope)

    def _fields(self, node: Node, scope: Scope) -> None:
        if node.value is ABSENT or node.value is None:
            return
        if not isinstance(node.value, dict):
            raise self._loader.fail("It is a mapping of fields.", node.mark, "RUL-12")
        for name, value in node.value.items():
            if name not in scope:
                hint = suggestion(name, scope)
                raise self._loader.fail(
                    f"There is no field {name} here.{hint}", node.keys[name], "RUL-11"
                )
            plain = value.plain()
            # a word outside of a closed list is allowed: tests must be able to say one
            if plain is not None and plain is not ABSENT and convert(plain, scope[name]) is None:
                raise self._loader.fail(
                    f"{plain!r} is no {scope[name].type} for {name}.", value.mark, "RUL-12"
                )
