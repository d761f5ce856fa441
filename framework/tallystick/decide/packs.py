"""One document of a rule file as a pack: checked against its decision point and the catalogue."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.decide.cases import parse_cases, parse_invariants
from tallystick.decide.conditions import Conditions, Scope, Types, convert, suggestion
from tallystick.decide.model import Case, Invariant, Param, Rule, Then
from tallystick.decide.points import Input, input_fields
from tallystick.decide.yamlnodes import Loader, Node
from tallystick.model.catalogue import FieldType, RecordType
from tallystick.model.decision import DecisionPoint
from tallystick.model.operation import canonical_json

FORMAT = "rules/1"
KEYS = (
    "tallystick",
    "decision",
    "title",
    "strategy",
    "state",
    "params",
    "applies_to",
    "rules",
    "otherwise",
    "base",
    "tests",
    "invariants",
    "version",
    "owner",
)
RULE_KEYS = ("id", "when", "then", "code", "because", "fix")
PARAM_KEYS = ("type", "of", "default", "nullable", "source", "label")
STRATEGIES = ("first", "collect", "deny_overrides", "unique")
STATES = ("draft", "shadow", "enforce")
PARAM_TYPES = ("choice", "text", "date", "boolean", "integer", "decimal")
RULES_MAX = 1000
_PLACE = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")


@dataclass(frozen=True, slots=True)
class Pack:
    """A checked rule file: one decision."""

    decision: str
    title: str
    file: str
    origin: str
    line: int
    strategy: str
    state: str
    point: DecisionPoint
    params: Mapping[str, Param]
    rules: tuple[Rule, ...]
    otherwise: str
    types: Types
    base: Mapping[str, Any]
    tests: tuple[Case, ...]
    invariants: tuple[Invariant, ...]
    hash: str
    version: int | None = None


class PackParser:
    """Checks one document. Every mistake raises `RuleFileError` with its place."""

    def __init__(
        self,
        loader: Loader,
        root: Node,
        points: Mapping[str, DecisionPoint],
        types: Mapping[str, RecordType],
    ) -> None:
        self._loader = loader
        self._root = root
        self._points = points
        self._catalogue = types

    def parse(self, file: str, origin: str) -> Pack:
        """The document as a pack."""
        root = self._root
        if not isinstance(root.value, dict):
            raise self._loader.fail("A rule file is a mapping of keys.", root.mark)
        self._known(root, KEYS, "key")
        self._format()
        point = self._point()
        params = self._params()
        types = self._types(point, params)
        conditions = Conditions(self._loader, types)
        rules = self._rules(point, types, conditions)
        base = self._plain("base", {})
        return Pack(
            decision=point.name,
            title=str(self._plain("title", point.title)),
            file=file,
            origin=origin,
            line=root.mark.line,
            strategy=self._choice("strategy", STRATEGIES, "first"),
            state=self._choice("state", STATES, "enforce"),
            point=point,
            params=params,
            rules=rules,
            otherwise=self._otherwise(point),
            types=types,
            base=base,
            tests=parse_cases(self._loader, root, point, rules),
            invariants=parse_invariants(self._loader, root, conditions, point),
            hash=hashlib.sha256(canonical_json(_hashable(root.plain())).encode()).hexdigest()[:16],
            version=self._plain("version", None),
        )

    def _known(self, node: Node, known: tuple[str, ...], what: str) -> None:
        for name, mark in node.keys.items():
            if name not in known:
                hint = suggestion(name, known)
                raise self._loader.fail(f"There is no {what} {name}.{hint}", mark, "RUL-11")

    def _plain(self, name: str, default: Any) -> Any:
        node = self._root.value.get(name)
        return default if node is None or node.value is None else node.plain()

    def _format(self) -> None:
        node = self._root.value.get("tallystick")
        if node is None or node.value != FORMAT:
            place = node.mark if node else self._root.mark
            raise self._loader.fail(f"The file starts with `tallystick: {FORMAT}`.", place)

    def _point(self) -> DecisionPoint:
        node = self._root.value.get("decision")
        if node is None:
            raise self._loader.fail(
                "The file does not say which `decision` it takes.", self._root.mark, "RUL-07"
            )
        point = self._points.get(str(node.value))
        if point is None:
            hint = suggestion(str(node.value), self._points)
            raise self._loader.fail(
                f"There is no decision {node.value}.{hint}", node.mark, "RUL-11"
            )
        return point

    def _choice(self, name: str, of: tuple[str, ...], default: str) -> str:
        node = self._root.value.get(name)
        if node is None:
            return default
        if node.value not in of:
            hint = suggestion(str(node.value), of)
            raise self._loader.fail(f"{name} is one of {', '.join(of)}.{hint}", node.mark, "RUL-11")
        return str(node.value)

    def _otherwise(self, point: DecisionPoint) -> str:
        node = self._root.value.get("otherwise")
        if node is None:
            raise self._loader.fail("`otherwise` is missing: a decision is total.", self._root.mark)
        value = str(node.value)
        if value not in point.outcomes:
            raise self._loader.fail(
                f"{value} is no outcome of {point.name}: {', '.join(point.outcomes)}.",
                node.mark,
                "RUL-11",
            )
        if value != point.safe and not point.otherwise_free:
            raise self._loader.fail(
                f"`otherwise` must be {point.safe}: what no rule allows stays on the safe side.",
                node.mark,
                "RUL-06",
            )
        return value

    def _params(self) -> dict[str, Param]:
        node = self._root.value.get("params")
        if node is None:
            return {}
        found = {}
        for name, body in node.value.items():
            if not isinstance(body.value, dict):
                raise self._loader.fail("A param has a type and a default.", body.mark)
            self._known(body, PARAM_KEYS, "key of a param")
            found[name] = self._param(name, body)
        return found

    def _param(self, name: str, body: Node) -> Param:
        values = {k: v.plain() for k, v in body.value.items()}
        kind = values.get("type")
        if kind not in PARAM_TYPES:
            hint = suggestion(str(kind), PARAM_TYPES)
            raise self._loader.fail(
                f"The type of a param is one of {', '.join(PARAM_TYPES)}.{hint}",
                body.mark,
                "RUL-12",
            )
        of = tuple(str(v) for v in values.get("of", ()))
        nullable = bool(values.get("nullable", False))
        base = "text" if kind == "choice" else str(kind)
        default = values.get("default")
        typed = None if default is None else convert(default, FieldType(name, base))
        bad = (default is None and not nullable) or (default is not None and typed is None)
        if bad or (of and typed is not None and typed not in of):
            raise self._loader.fail(
                f"{default!r} is no default for {name}.",
                body.value.get("default", body).mark,
                "RUL-12",
            )
        return Param(
            name, base, typed, of, nullable, values.get("source"), str(values.get("label", ""))
        )

    def _types(self, point: DecisionPoint, params: Mapping[str, Param]) -> Types:
        single: dict[str, Scope] = {}
        many: dict[str, Scope] = {}
        for name, wanted in point.inputs.items():
            if not isinstance(wanted, Input):
                msg = f"input {name} of {point.name} is not declared as an Input"
                raise TypeError(msg)
            fields = input_fields(wanted, self._catalogue)
            (many if wanted.many else single)[name] = fields
        single["params"] = {p.name: FieldType(p.name, p.type, values=p.of) for p in params.values()}
        return Types(single, many)

    def _rules(
        self, point: DecisionPoint, types: Types, conditions: Conditions
    ) -> tuple[Rule, ...]:
        node = self._root.value.get("rules")
        if node is None or not isinstance(node.value, list) or not node.value:
            raise self._loader.fail("The file has no rules.", (node or self._root).mark)
        if len(node.value) > RULES_MAX:
            raise self._loader.fail(f"More than {RULES_MAX} rules.", node.mark, "RUL-08")
        rules: list[Rule] = []
        for body in node.value:
            rule = self._rule(body, point, types, conditions)
            if any(rule.id == r.id for r in rules):
                raise self._loader.fail(f"Two rules are called {rule.id}.", body.mark)
            rules.append(rule)
        return tuple(rules)

    def _rule(self, body: Node, point: DecisionPoint, types: Types, conditions: Conditions) -> Rule:
        if not isinstance(body.value, dict):
            raise self._loader.fail("A rule has an id, when, then and because.", body.mark)
        self._known(body, RULE_KEYS, "key of a rule")
        for name in ("id", "when", "then", "because"):
            if name not in body.value:
                raise self._loader.fail(f"The rule has no {name}.", body.mark)
        when, binds = conditions.parse(body.value["when"])
        then = self._then(body.value["then"], point, binds)
        because = body.value["because"]
        fix = body.value.get("fix")
        for text in (because, fix):
            if text is not None:
                self._template(text, types, binds)
        code = body.value.get("code")
        return Rule(
            id=str(body.value["id"].value),
            when=when,
            then=then,
            because=str(because.value),
            line=body.mark.line,
            code=code.plain() if code else None,
            fix=str(fix.value) if fix else None,
            binds=binds,
        )

    def _then(self, node: Node, point: DecisionPoint, binds: Mapping[str, Any]) -> Then:
        value = node.plain()
        if isinstance(value, str):
            then = Then(value)
        elif isinstance(value, dict) and value:
            outcome, bind = next(iter(value.items()))
            fields = value.get("fields")
            then = Then(str(outcome), str(bind), str(fields) if fields else None)
            if then.bind not in binds:
                hint = suggestion(str(bind), binds)
                raise self._loader.fail(f"Nothing is bound as {bind}.{hint}", node.mark, "RUL-11")
        else:
            raise self._loader.fail("`then` names an outcome.", node.mark)
        if then.outcome not in point.outcomes:
            hint = suggestion(then.outcome, point.outcomes)
            raise self._loader.fail(
                f"{then.outcome} is no outcome of {point.name}: {', '.join(point.outcomes)}.{hint}",
                node.mark,
                "RUL-11",
            )
        return then

    def _template(self, node: Node, types: Types, binds: Mapping[str, Any]) -> None:
        """Every name in braces must exist."""
        for path in _PLACE.findall(str(node.value)):
            head, _, name = path.partition(".")
            if head in binds:
                scope: Scope | None = types.many[binds[head].path]
            else:
                scope = types.single.get(head)
            if scope is None or name not in scope:
                known = [*types.paths(), *binds]
                raise self._loader.fail(
                    f"There is no {path} to put into the sentence.{suggestion(path, known)}",
                    node.mark,
                    "RUL-11",
                )


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _hashable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_hashable(v) for v in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
