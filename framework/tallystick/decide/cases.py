"""Inline tests and invariants of a rule file."""

from collections.abc import Sequence
from typing import Any

from tallystick.decide.conditions import Conditions, suggestion
from tallystick.decide.model import Case, Invariant, Rule
from tallystick.decide.yamlnodes import Loader, Node
from tallystick.model.decision import DecisionPoint

_TEST_KEYS = ("name", "given", "expect", "by", "code")
_INVARIANT_KEYS = ("id", "after", "must", "unaffected_by", "scope", "for_each")


def _known(loader: Loader, node: Node, known: Sequence[str], what: str) -> None:
    if not isinstance(node.value, dict):
        raise loader.fail(f"A {what} is a mapping.", node.mark)
    for name, mark in node.keys.items():
        if name not in known:
            hint = suggestion(name, known)
            raise loader.fail(f"A {what} has no key {name}.{hint}", mark, "RUL-11")


def _items(loader: Loader, root: Node, name: str) -> list[Node]:
    node = root.value.get(name)
    if node is None:
        return []
    if not isinstance(node.value, list):
        raise loader.fail(f"{name} is a list.", node.mark)
    return list(node.value)


def parse_cases(
    loader: Loader, root: Node, point: DecisionPoint, rules: Sequence[Rule]
) -> tuple[Case, ...]:
    """The tests of a file."""
    found = []
    deciders = {r.id for r in rules} | {"otherwise", "unknown"}
    for node in _items(loader, root, "tests"):
        _known(loader, node, _TEST_KEYS, "test")
        for name in ("name", "expect"):
            if name not in node.value:
                raise loader.fail(f"The test has no {name}.", node.mark)
        expect: Any = node.value["expect"].plain()
        bound = None
        if isinstance(expect, dict):
            expect, bound = next(iter(expect.items()))
        if expect not in point.outcomes:
            hint = suggestion(str(expect), point.outcomes)
            raise loader.fail(
                f"{expect} is no outcome of {point.name}.{hint}",
                node.value["expect"].mark,
                "RUL-11",
            )
        by = node.value.get("by")
        if by is not None and by.value not in deciders:
            hint = suggestion(str(by.value), deciders)
            raise loader.fail(f"There is no rule {by.value}.{hint}", by.mark, "RUL-11")
        given = node.value.get("given")
        code = node.value.get("code")
        found.append(
            Case(
                str(node.value["name"].value),
                given.plain() if given else {},
                str(expect),
                None if bound is None else str(bound),
                str(by.value) if by else None,
                str(code.value) if code else None,
                node.mark.line,
            )
        )
    return tuple(found)


def parse_invariants(
    loader: Loader, root: Node, conditions: Conditions, point: DecisionPoint
) -> tuple[Invariant, ...]:
    """The invariants of a file; those about the store are kept for the host to check."""
    found = []
    for node in _items(loader, root, "invariants"):
        _known(loader, node, _INVARIANT_KEYS, "invariant")
        name = node.value.get("id")
        if name is None:
            raise loader.fail("The invariant has no id.", node.mark)
        scope = node.value.get("scope")
        after = node.value.get("after")
        outcome = None
        if after is not None:
            wanted = after.value.get("outcome") if isinstance(after.value, dict) else None
            if wanted is None or wanted.value not in point.outcomes:
                raise loader.fail("`after` names an outcome.", after.mark, "RUL-11")
            outcome = str(wanted.value)
        must = node.value.get("must")
        formula = None
        if must is not None and scope is None:
            formula = conditions.parse(must)[0]
        paths, shuffle = _unaffected(node)
        found.append(
            Invariant(
                str(name.value),
                node.mark.line,
                outcome,
                formula,
                paths,
                shuffle,
                str(scope.value) if scope else None,
            )
        )
    return tuple(found)


def _unaffected(node: Node) -> tuple[tuple[str, ...], str | None]:
    """Paths that must not matter, or a list whose order must not."""
    body = node.value.get("unaffected_by")
    if body is None:
        return (), None
    value = body.plain()
    if isinstance(value, dict):
        return (), str(value.get("shuffle", ""))
    return tuple(str(p) for p in value), None
