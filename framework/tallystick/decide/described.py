"""What rules may say of records and decisions, as plain data, for the reference of fields."""

from collections.abc import Mapping
from typing import Any

from tallystick.decide.applies import types_of
from tallystick.decide.params import SETTINGS
from tallystick.decide.points import Input, input_fields
from tallystick.decide.policies import PARAM_POLICIES, Policy
from tallystick.model.catalogue import FieldType, RecordType
from tallystick.model.decision import DecisionPoint

_ORDER = ("lt", "le", "gt", "ge")
_DATED = ("before", "on_or_before", "after", "on_or_after")
_EVERY = ("ne", "in", "not_in", "present", "same_as", "differs_from")
_BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "text": ("blank", "matches", "fold"),
    "integer": _ORDER,
    "decimal": _ORDER,
    "money": _ORDER,
    "date": _DATED,
    "instant": _DATED,
}


def operators(kind: FieldType) -> list[str]:
    """The operators that a field takes, beside a plain value and a list of values."""
    return [*_EVERY, *_BY_TYPE.get(kind.type, ())]


def field_data(kind: FieldType) -> dict[str, Any]:
    """One field: type, unit, closed values, range, whether anybody edits it, and its meaning."""
    return {
        "name": kind.name,
        "type": kind.type,
        "unit": kind.unit or None,
        "currency": kind.currency,
        "nullable": kind.nullable,
        "values": list(kind.values),
        "least": kind.least,
        "most": kind.most,
        "fixed": kind.fixed,
        "meaning": kind.description,
        "operators": operators(kind),
    }


def records_data(types: Mapping[str, RecordType]) -> list[dict[str, Any]]:
    """Every canonical and plugin record type with its fields."""
    return [
        {
            "type": record.name,
            "meaning": record.description,
            "fields": [field_data(kind) for kind in record.fields.values()],
        }
        for record in types.values()
    ]


def decision_data(point: DecisionPoint, types: Mapping[str, RecordType]) -> dict[str, Any]:
    """One decision point: inputs with their fields, outcomes, the safe one, settings, policies."""
    inputs: list[dict[str, Any]] = []
    scopes: dict[str, Mapping[str, FieldType]] = {}
    for name, wanted in point.inputs.items():
        if not isinstance(wanted, Input):
            continue
        fields = input_fields(wanted, types)
        scopes[name] = fields
        inputs.append(
            {
                "name": name,
                "list": wanted.many,
                "records": list(wanted.types),
                "fields": [field_data(kind) for kind in fields.values()],
            }
        )
    return {
        "decision": point.name,
        "title": point.title,
        "inputs": inputs,
        "outcomes": list(point.outcomes),
        "meanings": dict(point.meanings),
        "safe": point.safe,
        "otherwise": list(point.outcomes) if point.otherwise_free else [point.safe],
        "types": list(types_of(point, scopes)),
        "settings": list(SETTINGS.get(point.name, ())),
        "policies": {
            name: policy_data(policy)
            for (decision, name), policy in PARAM_POLICIES.items()
            if decision == point.name
        },
    }


def policy_data(policy: Policy) -> dict[str, Any]:
    """One policy: what it is called, what is obeyed, what is known and not obeyed yet."""
    return {
        "id": policy.id,
        "default": policy.default,
        "available": list(policy.available),
        "later": list(policy.later),
        "minimum": policy.minimum,
        "maximum": policy.maximum,
        "fixed": policy.fixed,
    }
