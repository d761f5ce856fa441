"""One document of a rule file as a pack: checked against its decision point and the catalogue."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.decide.applies import EVERYTHING, AppliesTo, parse_applies_to, types_of
from tallystick.decide.cases import CaseParser
from tallystick.decide.conditions import Conditions
from tallystick.decide.invariants import InvariantParser
from tallystick.decide.model import Case, Invariant, Param, Rule
from tallystick.decide.params import ParamParser, scope_of
from tallystick.decide.points import Input, input_fields
from tallystick.decide.projecting import Projector, projector_of
from tallystick.decide.ruleparts import RuleParser
from tallystick.decide.terms import Scope, Types
from tallystick.decide.values import suggestion
from tallystick.decide.yamlnodes import Loader, Node
from tallystick.model.catalogue import RecordType
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
STRATEGIES = ("first", "collect", "deny_overrides", "unique")
STATES = ("draft", "shadow", "enforce")


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
    owner: str = ""
    applies_to: AppliesTo = EVERYTHING
    projector: Projector | None = None
    """What plugins derive and the file names; None where it names nothing of the kind."""

    @property
    def name(self) -> str:
        """The decision, and what it is narrowed to; what a rulebook knows the pack by."""
        return f"{self.decision} ({self.applies_to})" if self.applies_to else self.decision


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
        root, loader = self._root, self._loader
        if not isinstance(root.value, dict):
            raise loader.fail("A rule file is a mapping of keys.", root.mark)
        self._keys()
        point = self._point()
        params = ParamParser(loader, point.name).parse(root.value.get("params"))
        types = self._types(point, params)
        conditions = Conditions(loader, types)
        rules = RuleParser(loader, point, types, conditions).parse(root)
        cases = CaseParser(loader, point, types, rules)
        text = canonical_json(_hashable(root.plain()))
        return Pack(
            decision=point.name,
            title=self._text("title") or point.title,
            file=file,
            origin=origin,
            line=root.mark.line,
            strategy=self._strategy(point),
            state=self._choice("state", STATES, "enforce"),
            point=point,
            params=params,
            rules=rules,
            otherwise=self._otherwise(point),
            types=types,
            base=cases.given(root.value.get("base")),
            tests=cases.parse(root),
            invariants=InvariantParser(loader, point, types, conditions).parse(root),
            hash=hashlib.sha256(text.encode()).hexdigest()[:16],
            version=self._version(),
            owner=self._text("owner") or "",
            applies_to=parse_applies_to(
                loader, root.value.get("applies_to"), types_of(point, types.single)
            ),
            projector=projector_of(point, self._catalogue, text),
        )

    def _keys(self) -> None:
        for name, mark in self._root.keys.items():
            if name not in KEYS:
                hint = suggestion(name, KEYS)
                raise self._loader.fail(f"There is no key {name}.{hint}", mark, "RUL-11")
        node = self._root.value.get("tallystick")
        if node is None or node.value != FORMAT:
            place = node.mark if node else self._root.mark
            raise self._loader.fail(f"The file starts with `tallystick: {FORMAT}`.", place)

    def _text(self, name: str) -> str | None:
        node = self._root.value.get(name)
        if node is None or node.value is None:
            return None
        if not isinstance(node.value, str):
            raise self._loader.fail(f"{name} is text.", node.mark, "RUL-12")
        return node.value

    def _version(self) -> int | None:
        node = self._root.value.get("version")
        if node is None:
            return None
        if type(node.value) is not int or node.value < 1:
            raise self._loader.fail("version is a whole number of at least 1.", node.mark, "RUL-12")
        return node.value

    def _point(self) -> DecisionPoint:
        node = self._root.value.get("decision")
        if node is None:
            raise self._loader.fail(
                "The file does not say which `decision` it takes.", self._root.mark
            )
        point = self._points.get(str(node.value))
        if point is None:
            hint = suggestion(str(node.value), self._points)
            raise self._loader.fail(
                f"There is no decision {node.value}.{hint}", node.mark, "RUL-11"
            )
        return point

    def _strategy(self, point: DecisionPoint) -> str:
        allowed = point.strategies or STRATEGIES
        return self._choice("strategy", allowed, allowed[0])

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
        if not isinstance(node.value, str):
            text = "`otherwise` names one outcome, without fields."
            raise self._loader.fail(text, node.mark)
        value = node.value
        if value not in point.outcomes:
            hint = suggestion(value, point.outcomes)
            raise self._loader.fail(
                f"{value} is no outcome of {point.name}: {', '.join(point.outcomes)}.{hint}",
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

    def _types(self, point: DecisionPoint, params: Mapping[str, Param]) -> Types:
        single: dict[str, Scope] = {}
        many: dict[str, Scope] = {}
        for name, wanted in point.inputs.items():
            if not isinstance(wanted, Input):
                msg = f"input {name} of {point.name} is not declared as an Input"
                raise TypeError(msg)
            fields = input_fields(wanted, self._catalogue)
            (many if wanted.many else single)[name] = fields
        many.update({name: p.field.item or {} for name, p in point.derived.items()})
        single["params"] = scope_of(params)
        return Types(single, many)


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _hashable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_hashable(v) for v in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
