"""Parts of the schema of rule files: values, tests on fields, conditions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tallystick.decide.conditions import OPERATORS, RULE_FOLDS
from tallystick.model.catalogue import FieldType

Schema = dict[str, Any]
_DURATION = "^([0-9]{1,9}h)?([0-9]{1,9}m)?$"
_PARAM: Schema = {"type": "string", "pattern": "^params\\."}
_TRUE: Schema = {"const": True}
_ORDERED = ("integer", "decimal", "date", "instant")
_ORDER = ("lt", "le", "gt", "ge", "before", "on_or_before", "after", "on_or_after")
_COUNTS = ("eq", "ne", "lt", "le", "gt", "ge")


def reference(name: str) -> Schema:
    """A part by its name."""
    return {"$ref": f"#/$defs/{name}"}


def one_of(parts: Sequence[Schema]) -> Schema:
    """Any of the parts."""
    return {"anyOf": list(parts)}


def list_of(part: Schema, *, least: int = 0) -> Schema:
    """A list of such parts."""
    return {"type": "array", "items": part} | ({"minItems": least} if least else {})


def keyed(known: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    """A mapping of these keys and no other."""
    made: Schema = {"type": "object", "properties": dict(known), "additionalProperties": False}
    return made | ({"required": list(required)} if required else {})


def words(kind: FieldType) -> Schema:
    """What an editor shows about a field."""
    known = f" One of {', '.join(kind.values)}." if kind.values else ""
    described = f"{kind.description}{known}".strip()
    return {"description": f"{described} ({kind.type})".strip()}


def field_value(kind: FieldType) -> Schema:
    """A value of the field's type, or null; a closed list does not bind it."""
    return one_of([_literal(kind), {"type": "null"}])


def _literal(kind: FieldType) -> Schema:
    match kind.type:
        case "text":
            return {"type": "string"}
        case "boolean":
            return {"type": "boolean"}
        case "integer":
            # whole numbers, durations such as 1h30m, amounts such as "120.00 EUR"
            return one_of([{"type": "integer"}, {"type": "string", "minLength": 2}])
        case "decimal":
            return {"type": "number"}
        case "date":
            return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
        case "instant":
            return {"type": "string", "minLength": 16}
        case "list":
            return {"type": "array"}
        case _:
            return {}


class Tests:
    """What may stand at the right of fields; fields of one kind share one part."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, tuple[str, ...]], str] = {}
        self.parts: dict[str, Schema] = {}

    def of(self, kind: FieldType) -> Schema:
        """The tests on one field, with its description."""
        key = (kind.type, kind.values)
        if key not in self._names:
            self._names[key] = name = f"test-{kind.type}-{len(self._names)}"
            self.parts[name] = _test(kind)
        # in draft-07 nothing counts beside a reference
        return {"allOf": [reference(self._names[key])]} | words(kind)


def conditions(
    decision: str,
    fields: Mapping[str, Mapping[str, FieldType]],
    many: Collection[str],
    tests: Tests,
) -> dict[str, Schema]:
    """Conditions on a decision's inputs, and on the items of each of its lists, by name."""
    known: dict[str, Schema] = {}
    parts: dict[str, Schema] = {}
    for name, scope in fields.items():
        if name in many:
            own = f"{decision}-{name}"
            known[name] = _quantified(f"{own}-conditions")
            parts |= _group(own, {field: tests.of(kind) for field, kind in scope.items()}, {})
        else:
            known |= {f"{name}.{field}": tests.of(kind) for field, kind in scope.items()}
    anything = tests.of(FieldType("param", "any", description="A param of this file."))
    return parts | _group(decision, known, {"^params\\.[a-z0-9_]+$": anything})


def _group(name: str, tests: Mapping[str, Schema], patterns: Mapping[str, Schema]) -> Schema:
    """A list of conditions, and one condition, as two named parts."""
    list_, one = reference(f"{name}-conditions"), reference(f"{name}-condition")
    nested: Schema = {g: one_of([list_, one]) for g in ("any", "all", "not")}
    made = keyed({**tests, **nested}) | {"minProperties": 1}
    return {
        f"{name}-conditions": list_of(one),
        f"{name}-condition": made | ({"patternProperties": dict(patterns)} if patterns else {}),
    }


def _quantified(where: str) -> Schema:
    """How many items of a list match."""
    number: Schema = {"type": "integer", "minimum": 0}
    made = keyed(
        {
            "count": one_of([number, keyed(dict.fromkeys(_COUNTS, number)) | {"minProperties": 1}]),
            "some": _TRUE,
            "none": _TRUE,
            "bind": {"type": "string", "description": "A name for the first item that matches."},
            "where": reference(where),
        }
    )
    return made | one_of([{"required": [name]} for name in ("count", "some", "none")])


def _test(kind: FieldType) -> Schema:
    """What may stand at the right of a field."""
    closed: Schema = {"enum": list(kind.values)} if kind.values else _literal(kind)
    value = one_of([closed, {"type": "null"}, _PARAM])
    operators = keyed({o: _operand(o, value) for o in OPERATORS if _goes(o, kind)})
    if "fold" not in operators["properties"] and kind.type in {"text", "any"}:
        operators["properties"]["fold"] = {"enum": list(RULE_FOLDS)}
    return one_of([value, list_of(value, least=1), operators | {"minProperties": 1}])


def _goes(operator: str, kind: FieldType) -> bool:
    if operator in _ORDER:
        return kind.type in {*_ORDERED, "any"}
    return operator != "matches" or kind.type in {"text", "any"}


def _operand(operator: str, value: Schema) -> Schema:
    if operator in {"present", "blank"}:
        return {"type": "boolean"}
    if operator in {"same_as", "differs_from"}:
        return {"type": "string", "description": "Another field."}
    if operator in {"in", "not_in"}:
        return one_of([list_of(value, least=1), {"type": "string"}])
    if operator == "matches":
        return {"type": "string", "minLength": 1}
    return value if operator == "ne" or operator in _ORDER else {}
