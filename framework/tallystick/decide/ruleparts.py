"""The rules of a rule file: conditions, outcome, code, sentences; each checked."""

import re
from collections.abc import Mapping
from typing import Any

from tallystick.decide.conditions import Conditions
from tallystick.decide.model import ALWAYS, Formula, Rule, Then
from tallystick.decide.terms import Scope, Types
from tallystick.decide.values import suggestion
from tallystick.decide.wording import PLACE
from tallystick.decide.yamlnodes import Loader, Mark, Node
from tallystick.model.codes import CODES
from tallystick.model.decision import DecisionPoint

RULE_KEYS = ("id", "when", "then", "code", "because", "fix")
RESERVED = ("otherwise", "unknown")
RULES_MAX = 1000
CONDITIONS_MAX = 100
"""Tests in one pattern of the engine; 100 are known to pass."""
ATOMS_MAX = 20_000
"""Tests in all rules of a file; each is asked at most once for a new kind of subject."""
ITEM_TESTS_MAX = 2_000
"""Tests on items in all rules of a file; each is asked for every item of a list."""
_ID = re.compile(r"^[a-z0-9][a-z0-9_.-]{0,63}$")
_CODE = re.compile(r"^[A-Z]{2,8}-[0-9]{2}$")


def known_code(loader: Loader, node: Node) -> None:
    """Refuse a code that nothing can explain, with a suggestion."""
    if str(node.value) not in CODES:
        hint = suggestion(str(node.value), CODES)
        raise loader.fail(f"There is no code {node.value}.{hint}", node.mark, "RUL-11")


class RuleParser:
    """Parses the rules of one file. Every mistake raises `RuleFileError` with its place."""

    def __init__(
        self, loader: Loader, point: DecisionPoint, types: Types, conditions: Conditions
    ) -> None:
        self._loader = loader
        self._point = point
        self._types = types
        self._conditions = conditions
        self._atoms = self._item_tests = 0

    def parse(self, root: Node) -> tuple[Rule, ...]:
        """The rules in file order."""
        node = root.value.get("rules")
        if node is None or not isinstance(node.value, list) or not node.value:
            raise self._loader.fail("The file has no rules.", (node or root).mark)
        if len(node.value) > RULES_MAX:
            raise self._loader.fail(f"More than {RULES_MAX} rules.", node.mark, "RUL-08")
        rules: dict[str, Rule] = {}
        for body in node.value:
            rule = self._rule(body)
            if rule.id in rules:
                raise self._loader.fail(f"Two rules are called {rule.id}.", body.value["id"].mark)
            rules[rule.id] = rule
            self._budget(rule, body.mark)
        return tuple(rules.values())

    def _budget(self, rule: Rule, mark: Mark) -> None:
        """Refuse a file whose rules together ask more than an evaluation may take."""
        alone, of_items = _weight(rule.when)
        self._atoms += alone
        self._item_tests += of_items
        if self._atoms > ATOMS_MAX or self._item_tests > ITEM_TESTS_MAX:
            what = "tests" if self._atoms > ATOMS_MAX else "tests on items of lists"
            limit = ATOMS_MAX if self._atoms > ATOMS_MAX else ITEM_TESTS_MAX
            raise self._loader.fail(
                f"The rules up to {rule.id} ask more than {limit} {what}.", mark, "RUL-08"
            )

    def _rule(self, body: Node) -> Rule:
        if not isinstance(body.value, dict):
            raise self._loader.fail("A rule has an id, when, then and because.", body.mark)
        for name, mark in body.keys.items():
            if name not in RULE_KEYS:
                hint = suggestion(name, RULE_KEYS)
                raise self._loader.fail(f"There is no key of a rule {name}.{hint}", mark, "RUL-11")
        for name in ("id", "when", "then", "because"):
            if name not in body.value:
                raise self._loader.fail(f"The rule has no {name}.", body.mark)
        id_ = body.value["id"]
        if not isinstance(id_.value, str) or not _ID.match(id_.value):
            raise self._loader.fail(
                "An id is lower-case letters, digits and hyphens.", id_.mark, "RUL-12"
            )
        if id_.value in RESERVED:
            text = f"{id_.value} says that no rule decided; give the rule another id."
            raise self._loader.fail(text, id_.mark, "RUL-12")
        when, binds = self._conditions.parse(body.value["when"])
        then = self._then(body.value["then"], binds)
        self._limits(when, body.value["when"].mark, then)
        code = body.value.get("code")
        if code is not None:
            self._code(code, binds)
        fix = body.value.get("fix")
        return Rule(
            id=id_.value,
            when=when,
            then=then,
            because=self._sentence(body.value["because"], binds),
            line=body.mark.line,
            code=code.plain() if code else None,
            fix=self._sentence(fix, binds) if fix else None,
            binds=binds,
        )

    def _limits(self, when: Formula, mark: Mark, then: Then) -> None:
        if when.op == "and" and len(when.parts) > CONDITIONS_MAX:
            raise self._loader.fail(
                f"More than {CONDITIONS_MAX} conditions in a rule.", mark, "RUL-08"
            )
        if when == ALWAYS and then.outcome != self._point.safe:
            raise self._loader.fail(
                f"{then.outcome} needs a condition: only {self._point.safe} may hold always.",
                mark,
                "RUL-06",
            )

    def _then(self, node: Node, binds: Mapping[str, Any]) -> Then:
        if isinstance(node.value, str):
            then = Then(node.value)
            place = node.mark
        elif isinstance(node.value, dict) and node.value:
            names = [name for name in node.value if name != "fields"]
            if len(names) != 1:
                raise self._loader.fail("`then` names one outcome.", node.mark)
            then, place = self._bound(names[0], node, binds), node.keys[names[0]]
        else:
            raise self._loader.fail("`then` names an outcome.", node.mark)
        if then.outcome not in self._point.outcomes:
            hint = suggestion(then.outcome, self._point.outcomes)
            known = ", ".join(self._point.outcomes)
            raise self._loader.fail(
                f"{then.outcome} is no outcome of {self._point.name}: {known}.{hint}",
                place,
                "RUL-11",
            )
        return then

    def _bound(self, outcome: str, node: Node, binds: Mapping[str, Any]) -> Then:
        """An outcome that speaks of a bound item, and of an input whose fields it takes."""
        item = node.value[outcome]
        if item.value not in binds:
            hint = suggestion(str(item.value), binds)
            raise self._loader.fail(f"Nothing is bound as {item.value}.{hint}", item.mark, "RUL-11")
        fields = node.value.get("fields")
        if fields is not None and fields.value not in self._types.single:
            hint = suggestion(str(fields.value), self._types.single)
            raise self._loader.fail(
                f"There is no input {fields.value}.{hint}", fields.mark, "RUL-11"
            )
        return Then(outcome, str(item.value), str(fields.value) if fields else None)

    def _code(self, node: Node, binds: Mapping[str, Any]) -> None:
        """A code, or a table that picks one by the value of a path."""
        if isinstance(node.value, dict):
            by = node.value.get("by")
            if by is None:
                raise self._loader.fail("A table of codes says `by` which path.", node.mark)
            self._path(str(by.value), by.mark, binds)
            for name, child in node.value.items():
                if name != "by":
                    self._code(child, binds)
        elif not isinstance(node.value, str) or not _CODE.match(node.value):
            raise self._loader.fail(f"{node.value} is no code such as TS-04.", node.mark, "RUL-12")
        else:
            known_code(self._loader, node)

    def _sentence(self, node: Node, binds: Mapping[str, Any]) -> str:
        """A sentence whose names in braces all exist."""
        if not isinstance(node.value, str) or not node.value.strip():
            raise self._loader.fail("A sentence is text.", node.mark, "RUL-12")
        for path in PLACE.findall(node.value):
            self._path(path, node.mark, binds)
        return node.value

    def _path(self, path: str, mark: Mark, binds: Mapping[str, Any]) -> None:
        head, _, name = path.partition(".")
        scope: Scope | None = (
            self._types.many[binds[head].path] if head in binds else self._types.single.get(head)
        )
        if scope is None or name not in scope:
            hint = suggestion(path, [*self._types.paths(), *binds])
            raise self._loader.fail(
                f"There is no {path} to put into the sentence.{hint}", mark, "RUL-11"
            )


def _weight(formula: Formula) -> tuple[int, int]:
    """How many tests a formula asks, and how many of them of each item of a list."""
    if formula.op == "lit":
        where = formula.atom.where if formula.atom is not None else None
        inner = sum(_weight(where)) if where is not None else 0
        return 1 + inner, inner
    parts = [_weight(p) for p in formula.parts]
    return sum(a for a, _ in parts), sum(b for _, b in parts)
