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
    ("eq", True): "exactly {n}",
    ("eq", False): "not exactly {n}",
    ("ge", True): "at least {n}",
    ("ge", False): "fewer than {n}",
    ("le", True): "at most {n}",
    ("le", False): "more than {n}",
    ("gt", True): "more than {n}",
    ("gt", False): "at most {n}",
    ("lt", True): "fewer than {n}",
    ("lt", False): "at least {n}",
    ("ne", True): "not exactly {n}",
    ("ne", False): "exactly {n}",
}


def word(value: Any) -> str:
    """A value for people."""
    if value is None or value is ABSENT:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def count_words(atom: Atom, *, sign: bool = True) -> str:
    """How many items of a list must match: none, some, at least 2."""
    operator, number = atom.test or ("ge", 1)
    if (operator, number) in {("eq", 0), ("ge", 1)}:
        return "none" if (operator == "eq") is sign else "some"
    return _COUNTS[operator, sign].format(n=number)


def sentence(atom: Atom, *, sign: bool = True, kind: FieldType | None = None) -> str:
    """A test, or with `sign` false its opposite, in words; `kind` is what the field holds."""
    if atom.kind == "q":
        return f"has {count_words(atom, sign=sign)} that match"
    other = atom.other if atom.other is not None else word(atom.value)
    dated = isinstance(atom.value, date) or (kind is not None and kind.type in {"date", "instant"})
    folded = f" (folded as {atom.fold})" if atom.fold else ""
    words = {
        "eq": (f"is {other}", f"is not {other}"),
        "lt": (f"is below {other}", f"is at least {other}"),
        "le": (f"is at most {other}", f"is more than {other}"),
        "present": ("is present", "is nothing"),
        "blank": ("is blank", "is not blank"),
        "same": (f"is the same as {other}{folded}", f"differs from {other}{folded}"),
        "inlist": (f"is in {other}", f"is not in {other}"),
        "matches": (f"has the form {other}", f"has not the form {other}"),
        "money_eq": (f"is {other}", f"is not {other}"),
        "money_lt": (f"is below {other}", f"is at least {other}"),
        "money_le": (f"is at most {other}", f"is more than {other}"),
    }
    if dated:
        words["lt"] = (f"is before {other}", f"is {other} or later")
        words["le"] = (f"is {other} or earlier", f"is after {other}")
    return words[atom.kind][0 if sign else 1]


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
