"""One edit of a rule, as a slip of a hand would make it: where, what, and the file it leaves.

The edits are made on the YAML that a person sees, so each has a place and each is parsed like any
other file; what no loader takes is no edit.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tallystick.decide import Pack
from tallystick.decide.model import Rule
from tallystick.decide.packs import PackParser
from tallystick.decide.yamlnodes import Loader, Mark, Node
from tallystick.errors import RuleFileError
from tallystick.model.catalogue import RecordType
from tallystick.workbench.layout import flow, from_plain

EDGES = {
    "before": ("on_or_before", "on_or_after"),
    "on_or_before": ("before", "after"),
    "after": ("on_or_after", "on_or_before"),
    "on_or_after": ("after", "before"),
    "lt": ("le", "ge"),
    "le": ("lt", "gt"),
    "gt": ("ge", "le"),
    "ge": ("gt", "lt"),
    "in": ("not_in",),
    "not_in": ("in",),
    "same_as": ("differs_from",),
    "differs_from": ("same_as",),
}
"""Operators that are taken for each other: the neighbour at the edge, and the opposite."""
_COUNTS = {"some": "none", "none": "some"}
_GROUPS = {"any": "all", "all": "any"}
Step = tuple[Mark, str, Node]
"""Where an edit is, what it does, and the node as it is then."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a file: its place, the rule it is in, in words, and the pack it makes."""

    mark: Mark
    rule: str
    what: str
    pack: Pack


class Editor:
    """Makes the edits of one document."""

    def __init__(
        self, loader: Loader, root: Node, pack: Pack, types: Mapping[str, RecordType]
    ) -> None:
        self._pack = pack
        bare = {k: v for k, v in root.value.items() if k not in {"tests", "invariants", "base"}}
        self._root = Node(bare, root.mark, root.keys)
        self._loader = loader
        self._types = types

    def edits(self, rules: Collection[str] | None = None) -> Iterator[Edit]:
        """Every edit that leaves a file which can be loaded; of some rules, or of all."""
        node = self._root.value["rules"]
        for number, (body, rule) in enumerate(zip(node.value, self._pack.rules, strict=True)):
            if rules is not None and rule.id not in rules:
                continue
            for mark, what, members in self._of_rule(number, body, rule, node.value):
                edited = _with(self._root, "rules", Node(members, node.mark, node.keys))
                pack = self._parsed(edited)
                if pack is not None and pack.rules != self._pack.rules:
                    yield Edit(mark, rule.id, what, pack)

    def _parsed(self, root: Node) -> Pack | None:
        """The pack with the tests that the file has now; None where it could not be loaded."""
        of = self._pack
        parser = PackParser(self._loader, root, {of.decision: of.point}, self._types)
        try:
            made = parser.parse(of.file, of.origin)
        except RuleFileError:
            return None
        return replace(of, rules=made.rules, otherwise=made.otherwise)

    def _of_rule(
        self, number: int, body: Node, rule: Rule, members: list[Node]
    ) -> Iterator[tuple[Mark, str, list[Node]]]:
        before, after = members[:number], members[number + 1 :]
        if after or before:
            yield body.mark, f"without {rule.id}", [*before, *after]
        if before and self._pack.strategy in {"first", "collect"}:
            swapped = [*before[:-1], body, before[-1], *after]
            yield body.mark, f"{rule.id} in front of {self._pack.rules[number - 1].id}", swapped
        lists = self._pack.types.many
        steps = [
            *((m, w, _with(body, "when", n)) for m, w, n in _members(body.value["when"], lists)),
            *((m, w, _with(body, "then", n)) for m, w, n in self._outcomes(body.value["then"])),
        ]
        for mark, what, made in steps:
            yield mark, what, [*before, made, *after]

    def _outcomes(self, then: Node) -> Iterator[Step]:
        spoken = then.value if isinstance(then.value, str) else next(iter(then.value))
        for outcome in self._pack.point.outcomes:
            if outcome != spoken:
                yield then.mark, f"{outcome} for {spoken}", Node(outcome, then.mark, {})
        if isinstance(then.value, dict) and "fields" in then.value:
            yield then.keys["fields"], "without fields", _without(then, "fields")


def _with(node: Node, name: str, child: Node) -> Node:
    return Node({**node.value, name: child}, node.mark, node.keys)


def _without(node: Node, name: str) -> Node:
    return Node({k: v for k, v in node.value.items() if k != name}, node.mark, node.keys)


def _renamed(node: Node, name: str, other: str) -> Node:
    value = {other if k == name else k: v for k, v in node.value.items()}
    return Node(value, node.mark, {**node.keys, other: node.keys[name]})


def _same(node: Node, value: Any) -> Node:
    return Node(value, node.mark, {})


def _members(node: Node, lists: Collection[str], *, least: int = 0) -> Iterator[Step]:
    """A list of conditions with one dropped or edited."""
    for number, member in enumerate(node.value):
        before, after = node.value[:number], node.value[number + 1 :]
        if len(node.value) > least:
            yield member.mark, f"without {_said(member)}", _same(node, [*before, *after])
        for mark, what, made in _entry(member, lists):
            yield mark, what, _same(node, [*before, made, *after])


def _entry(node: Node, lists: Collection[str]) -> Iterator[Step]:
    """One entry of a list of conditions, edited."""
    for name, child in node.value.items():
        mark = node.keys[name]
        if len(node.value) > 1:
            yield mark, f"without {name}", _without(node, name)
        inside: Callable[[Node], Iterator[Step]]
        if name in _GROUPS:
            if isinstance(child.value, list) and len(child.value) > 1:
                other = _GROUPS[name]
                yield mark, f"{other} for {name}", _renamed(node, name, other)
            inside = _group(lists)
        elif name == "not":
            yield mark, "without not", _renamed(node, name, "all")
            inside = _group(lists)
        elif name in lists and isinstance(child.value, dict):
            inside = _of_list
        else:
            inside = _test
        yield from ((m, w, _with(node, name, made)) for m, w, made in inside(child))


def _group(lists: Collection[str]) -> Callable[[Node], Iterator[Step]]:
    def steps(node: Node) -> Iterator[Step]:
        if isinstance(node.value, list):
            return _members(node, lists, least=1)
        return _entry(node, lists)

    return steps


def _of_list(node: Node) -> Iterator[Step]:
    """How many items of a list match, and which ones."""
    for name, child in node.value.items():
        mark = node.keys[name]
        if name == "where":
            inside = _members(child, ())
            yield from ((m, w, _with(node, name, made)) for m, w, made in inside)
        elif name in _COUNTS:
            other = _COUNTS[name]
            yield mark, f"{other} for {name}", _renamed(node, name, other)
        elif name == "count":
            yield from ((m, w, _with(node, name, made)) for m, w, made in _test(child))


def _test(node: Node) -> Iterator[Step]:
    """What a field is compared with: a value, a list of values, or operators."""
    if isinstance(node.value, dict):
        for name, child in node.value.items():
            yield from _operator(node, name, child)
        return
    said = _said(node)
    if isinstance(node.value, list):
        yield node.mark, f"not_in for {said}", Node({"not_in": node}, node.mark, _keys(node))
        yield from _fewer(node)
        return
    if not isinstance(node.value, bool):
        opposite = Node({"ne": node}, node.mark, {"ne": node.mark})
        yield node.mark, f"ne {said} for {said}", opposite
    yield from _value(node)


def _keys(node: Node) -> dict[str, Mark]:
    return {"not_in": node.mark}


def _operator(node: Node, name: str, child: Node) -> Iterator[Step]:
    mark = node.keys[name]
    if len(node.value) > 1:
        yield mark, f"without {name}", _without(node, name)
    for other in EDGES.get(name, ()):
        if other not in node.value:
            yield mark, f"{other} for {name}", _renamed(node, name, other)
    if name == "ne":
        yield mark, f"{_said(child)} for ne {_said(child)}", child
    changed = _fewer(child) if isinstance(child.value, list) else _value(child)
    yield from ((m, w, _with(node, name, made)) for m, w, made in changed)


def _fewer(node: Node) -> Iterator[Step]:
    """A list of values without one of them."""
    for number, member in enumerate(node.value):
        if len(node.value) > 1:
            rest = [*node.value[:number], *node.value[number + 1 :]]
            yield member.mark, f"without {_said(member)}", _same(node, rest)


def _value(node: Node) -> Iterator[Step]:
    """The other truth value, the numbers beside a number."""
    value = node.value
    if isinstance(value, bool):
        yield (
            node.mark,
            f"{_said(_same(node, not value))} for {_said(node)}",
            _same(node, not value),
        )
    elif isinstance(value, int):
        for other in (value - 1, value + 1):
            yield node.mark, f"{other} for {value}", _same(node, other)


def _said(node: Node) -> str:
    return flow(from_plain(node.plain()))
