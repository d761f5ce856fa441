"""Paths, and the comparisons that need more than two values: amounts, decimals, patterns."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tallystick.decide.model import UNKNOWN, Atom
from tallystick.decide.patterns import matches
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.money import Money

DIGITS_MAX = 100
"""Characters of a stored decimal; a longer one is none."""
Subject = Mapping[str, Any]
Test = Callable[[Subject, Subject], int]
"""(root, item) -> TRUE, FALSE or UNKNOWN; item is the root outside `where`."""


def getter(path: str) -> Callable[[Any], Any]:
    """A function that takes a dotted path out of a subject; what is missing is ABSENT."""
    head, _, rest = path.partition(".")
    inner = getter(rest) if rest else None

    def get(subject: Any) -> Any:
        # the exact type first: asking an abstract class is ten times as slow
        if type(subject) is not dict and not isinstance(subject, Mapping):
            return ABSENT
        return subject.get(head, ABSENT)

    if inner is None:
        return get
    flat = "." not in rest

    def deep(subject: Any) -> Any:
        value = subject.get(head, ABSENT) if type(subject) is dict else get(subject)
        return value.get(rest, ABSENT) if flat and type(value) is dict else inner(value)

    return deep


def stored_decimal(text: str) -> Any:
    """An exact decimal from the text it is stored as; ABSENT when it is none."""
    if len(text) > DIGITS_MAX:
        return ABSENT
    try:
        found = Decimal(text)
    except InvalidOperation:
        return ABSENT
    return found if found.is_finite() else ABSENT


def form_test(atom: Atom) -> Test:
    """Whether a text as a whole has the form of a pattern; null is unknown."""
    left, pattern = getter(atom.path), str(atom.value)

    def test(_root: Subject, item: Subject) -> int:
        value = left(item)
        found = matches(pattern, value) if isinstance(value, str) else None
        return UNKNOWN if found is None else int(found)

    return test


def money_test(atom: Atom) -> Test:
    """Two amounts of one currency; of two currencies, or of none, nothing is known (INV-05)."""
    left, kind, constant = _amount(atom.path, atom.currency), atom.kind, atom.value
    right = _amount(atom.other, atom.other_currency) if atom.other is not None else None

    def test(root: Subject, item: Subject) -> int:
        a = left(item)
        b = right(root) if right is not None else constant
        if not isinstance(a, Money) or not isinstance(b, Money) or a.currency != b.currency:
            return UNKNOWN
        if kind == "money_eq":
            return int(a.minor == b.minor)
        return int(a.minor < b.minor if kind == "money_lt" else a.minor <= b.minor)

    return test


def _amount(path: str, currency: str | None) -> Callable[[Any], Any]:
    """An amount with the currency beside it; a param's has its own."""
    get = getter(path)
    if currency is None:
        return get
    code = getter(currency)

    def amount(subject: Any) -> Any:
        minor, iso = get(subject), code(subject)
        return Money(minor, iso) if type(minor) is int and type(iso) is str and iso else ABSENT

    return amount
