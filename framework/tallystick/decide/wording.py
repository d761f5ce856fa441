"""Tests, values and sentences of rules in words."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from tallystick.decide.atoms import getter
from tallystick.decide.model import Atom, Rule
from tallystick.decide.terms import Types, beside
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.catalogue import FieldType
from tallystick.model.money import Money

PLACE = re.compile(r"\{([a-z0-9_]+(?:\.[a-z0-9_]+)*)\}")
"""A path in braces: where a sentence has a value of the subject."""
_COUNTS = {
    "eq": "exactly",
    "ge": "at least",
    "le": "at most",
    "gt": "more than",
    "lt": "fewer than",
    "ne": "not",
}


def word(value: Any) -> str:
    """A value for people."""
    if value is None or value is ABSENT:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def sentence(atom: Atom) -> str:
    """A test in words."""
    if atom.kind == "q":
        operator, number = atom.test or ("ge", 1)
        return f"has {_COUNTS[operator]} {number} that match"
    other = atom.other if atom.other is not None else word(atom.value)
    dated = isinstance(atom.value, date)
    words = {
        "eq": f"is {other}",
        "lt": f"is before {other}" if dated else f"is below {other}",
        "le": f"is {other} or earlier" if dated else f"is at most {other}",
        "present": "is present",
        "blank": "is blank",
        "same": f"is the same as {other}" + (f" as {atom.fold}" if atom.fold else ""),
        "inlist": f"is in {other}",
        "matches": f"has the form {other}",
        "money_eq": f"is {other}",
        "money_lt": f"is below {other}",
        "money_le": f"is at most {other}",
    }
    return words[atom.kind]


def fill(
    text: str,
    rule: Rule,
    whole: Mapping[str, Any],
    bound: Mapping[str, Any] | None,
    types: Types | None = None,
) -> str:
    """A sentence with the values of its braces; with `types`, amounts as people write them."""

    def value(match: re.Match[str]) -> str:
        path = match.group(1)
        head, _, name = path.partition(".")
        if head in rule.binds:
            fields = types.many.get(rule.binds[head].path, {}) if types else {}
            return _shown(bound or {}, name, fields.get(name))
        return _shown(whole, path, types.field(path) if types else None)

    return PLACE.sub(value, text)


def _shown(subject: Mapping[str, Any], path: str, kind: FieldType | None) -> str:
    found = getter(path)(subject)
    code = beside(path, kind) if kind is not None else None
    return word(found if code is None else amount(found, getter(code)(subject)))


def amount(minor: Any, currency: Any) -> Any:
    """Minor units as an amount of their currency; as they are where that is not known."""
    if type(minor) is int and isinstance(currency, str) and currency:
        return str(Money(minor, currency))
    return minor
