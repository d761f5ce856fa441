"""JSON Schema of rule files for editors: made from the decision points and the record catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.decide.applies import DIMENSIONS
from tallystick.decide.cases import TEST_KEYS
from tallystick.decide.invariants import INVARIANT_KEYS, SCOPES
from tallystick.decide.packs import FORMAT, KEYS, STATES, STRATEGIES
from tallystick.decide.params import PARAM_KEYS, PARAM_TYPES, SOURCES
from tallystick.decide.points import Input, input_fields
from tallystick.decide.ruleparts import RULE_KEYS
from tallystick.model.catalogue import FieldType, RecordType
from tallystick.model.codes import CODES
from tallystick.model.decision import DecisionPoint
from tallystick.workbench.schema_parts import (
    Schema,
    Tests,
    conditions,
    field_value,
    keyed,
    list_of,
    one_of,
    reference,
    words,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
_ID = "^[a-z0-9][a-z0-9_.-]{0,63}$"
_CODE = "^[A-Z]{2,8}-[0-9]{2}$"
_SENTENCE: Schema = {"type": "string", "minLength": 1}


def schema(
    types: Mapping[str, RecordType], points: Sequence[DecisionPoint], *, draft7: bool = False
) -> Schema:
    """The schema of a rule file: 2020-12, or draft-07 for editors that know no later one."""
    tests = Tests()
    parts: dict[str, Schema] = {"param": _param()}
    for point in points:
        parts |= _decision(point, types, tests)
    parts |= tests.parts
    parts["code"] = one_of(
        [
            {"enum": sorted(CODES)},
            {"type": "string", "pattern": _CODE},
            {"type": "object", "required": ["by"], "additionalProperties": reference("code-or-by")},
        ]
    )
    parts["code-or-by"] = one_of([reference("code"), {"type": "string"}])
    made: Schema = {
        "$schema": DIALECT,
        "title": "Tallystick rule file",
        "type": "object",
        "required": ["tallystick", "decision", "rules", "otherwise"],
        "properties": _head(points),
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"decision": {"const": p.name}}, "required": ["decision"]},
                "then": reference(p.name),
            }
            for p in points
        ],
        "$defs": parts,
    }
    return _draft7(made) if draft7 else made


def _head(points: Sequence[DecisionPoint]) -> Schema:
    """The keys of a file; what depends on the decision follows from it."""
    known: Schema = {
        "tallystick": {"const": FORMAT, "description": "The format of the file."},
        "decision": one_of([{"const": p.name, "description": p.title} for p in points]),
        "title": _SENTENCE | {"description": "The question that the file answers."},
        "strategy": {"enum": list(STRATEGIES), "default": "first"},
        "state": {"enum": list(STATES), "default": "enforce"},
        "params": {"type": ["object", "null"], "additionalProperties": reference("param")},
        "applies_to": keyed(dict.fromkeys(DIMENSIONS, list_of({"type": "string"}, least=1)))
        | {"description": "Narrows the file to some records.", "minProperties": 1},
        "version": {"type": ["integer", "null"], "description": "Counts the file's changes."},
        "owner": {"type": ["string", "null"], "description": "Who answers for the file."},
    }
    return {key: known.get(key, {}) for key in KEYS}


def _decision(
    point: DecisionPoint, types: Mapping[str, RecordType], tests: Tests
) -> dict[str, Schema]:
    """What a file of one decision may say, by the names of its parts."""
    inputs = {n: i for n, i in point.inputs.items() if isinstance(i, Input)}
    fields = {name: input_fields(i, types) for name, i in inputs.items()}
    many = {name for name, i in inputs.items() if i.many}
    outcome: Schema = {"enum": list(point.outcomes)}
    subject = keyed(
        {name: _given(fields[name], many=name in many) for name in inputs}
        | {"params": {"type": "object"}}
    )
    bound: Schema = {
        "type": "object",
        "properties": {o: {"type": "string"} for o in point.outcomes}
        | {"fields": {"enum": sorted(set(inputs) - many)}},
        "additionalProperties": False,
        "minProperties": 1,
    }
    safe = list(point.outcomes) if point.otherwise_free else [point.safe]
    name = point.name
    return {
        **conditions(name, fields, many, tests),
        f"{name}-subject": subject,
        name: {
            "description": point.title,
            "properties": {
                "rules": list_of(_rule(name, outcome, bound), least=1),
                "otherwise": {"enum": safe, "description": "The outcome where no rule holds."},
                "base": reference(f"{name}-subject"),
                "tests": list_of(_test(point)),
                "invariants": list_of(_invariant(name, point)),
            },
        },
    }


def _rule(decision: str, outcome: Schema, bound: Schema) -> Schema:
    known: Schema = {
        "id": {"type": "string", "pattern": _ID},
        "when": reference(f"{decision}-conditions"),
        "then": one_of([outcome, bound]),
        "code": reference("code"),
        "because": _SENTENCE | {"description": "Why; {input.field} is replaced by its value."},
        "fix": _SENTENCE | {"description": "What a person can do."},
    }
    return keyed({k: known.get(k, {}) for k in RULE_KEYS}, ("id", "when", "then", "because"))


def _test(point: DecisionPoint) -> Schema:
    named: Schema = {
        "type": "object",
        "properties": {o: {} for o in point.outcomes},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    known: Schema = {
        "name": {"description": "What the test shows."},
        "given": one_of([reference(f"{point.name}-subject"), {"type": "null"}]),
        "expect": one_of([{"enum": list(point.outcomes)}, named]),
        "by": {"type": "string", "description": "The deciding rule, or otherwise or unknown."},
        "code": {"type": "string"},
    }
    return keyed({k: known.get(k, {}) for k in TEST_KEYS}, ("name", "expect"))


def _invariant(decision: str, point: DecisionPoint) -> Schema:
    after: Schema = {
        "type": "object",
        "properties": {"outcome": {"enum": list(point.outcomes)}},
        "required": ["outcome"],
    }
    shuffle: Schema = {"type": "object", "required": ["shuffle"], "additionalProperties": False}
    shuffle["properties"] = {"shuffle": {"type": "string"}}
    known: Schema = {
        "id": {"type": "string"},
        "after": after,
        "unaffected_by": one_of([list_of({"type": "string"}, least=1), shuffle]),
        "scope": {"enum": list(SCOPES)},
    }
    made = keyed({k: known.get(k, {}) for k in INVARIANT_KEYS}, ("id",))
    # what an invariant of the store says is not of the decision's inputs
    of_decision: Schema = {"properties": {"must": reference(f"{decision}-conditions")}}
    return {**made, "if": {"not": {"required": ["scope"]}}, "then": of_decision}


def _param() -> Schema:
    known: Schema = {
        "type": {"enum": list(PARAM_TYPES)},
        "of": list_of({"type": "string"}, least=1),
        "nullable": {"type": "boolean"},
        "source": {"enum": list(SOURCES)},
        "label": {"type": "string", "description": "What a form calls it."},
    }
    return keyed({k: known.get(k, {}) for k in PARAM_KEYS}, ("type",))


def _given(fields: Mapping[str, FieldType], *, many: bool) -> Schema:
    """An input in a test; a word outside a closed list is allowed there."""
    item = keyed({n: field_value(k) | words(k) for n, k in fields.items()})
    nothing: Schema = {"type": "null"}
    return one_of([list_of(one_of([item, nothing])) if many else item, nothing])


def _draft7(value: Any) -> Any:
    """The same in the words of draft-07; the root names the dialect."""
    if isinstance(value, dict):
        found = {("definitions" if k == "$defs" else k): _draft7(v) for k, v in value.items()}
        if found.get("$schema") == DIALECT:
            found["$schema"] = DRAFT_7
        return found
    if isinstance(value, list):
        return [_draft7(v) for v in value]
    return value.replace("#/$defs/", "#/definitions/") if isinstance(value, str) else value
