"""The pool of a field: values such that no test of the rules can tell any other value from them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from tallystick.decide.diagram.examples import examples
from tallystick.decide.diagram.fields import Fields, Place, Uses
from tallystick.decide.patterns import matches
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.catalogue import FieldType
from tallystick.model.fold import FOLDS
from tallystick.model.money import Money

CLOSED_MAX = 12
SUBSETS_MAX = 64
_DAY = date(2026, 1, 1)
_INSTANT = datetime(2026, 1, 1, tzinfo=UTC)
_STEPS: dict[str, Any] = {
    "integer": 1,
    "decimal": Decimal(1),
    "date": timedelta(days=1),
    "instant": timedelta(seconds=1),
}
_STARTS: dict[str, Any] = {
    "integer": 1,
    "decimal": Decimal(1),
    "date": _DAY,
    "instant": _INSTANT,
}
_CODES = ("EUR", "USD", "GBP", "CHF", "JPY", "SEK")
_OTHERWISE = ("?", "", "0", "Aa 0-b!", "word 1")
_SPELLINGS = (
    str.upper,
    str.title,
    lambda text: f" {text}",
    lambda text: f"{text} ",
    lambda text: f"({text})",
    lambda text: f"{text[:1]}-{text[1:]}",
    lambda text: f"again {text}",
)


def pool(fields: Fields, place: Place, *, absent: bool) -> list[Any]:
    """The values of a field, plain ones first; `absent` adds that it was not fetched."""
    kind, uses = fields.kinds[place], fields.uses(place)
    if place.list is None and place.path in fields.narrowed:
        return list(fields.narrowed[place.path])
    if kind.type == "boolean":
        found: list[Any] = [True, False]
    elif kind.type in _STEPS:
        found = [v for v in _ordered(kind.type, uses) if _in_range(v, kind)]
    elif kind.type == "money":
        found = _amounts(fields, place)
    elif kind.type == "list":
        found = _lists(fields, place)
    elif kind.type == "text":
        found = _texts(place, kind, uses)
    else:
        found = [{}]
    if kind.nullable:
        found.append(None)
    if absent and not place.path.startswith("params."):
        found.append(ABSENT)
    return found


def gaps(fields: Fields, place: Place) -> Iterator[str]:
    """Why the pool of a field may miss what its tests can tell apart; nothing when it does not."""
    kind, uses = fields.kinds[place], fields.uses(place)
    for name in uses.strange:
        yield f"{place}: no value is made up for the test {name}"
    yield from _pattern_gaps(place, uses)
    if len(uses.folds) > 1:
        yield f"{place}: it is compared under several folds"
    if uses.folds and uses.plain and len(uses.places) > 3:
        yield f"{place}: more than three fields are compared both folded and as they are"
    if kind.type == "list" and _too_many(fields, place):
        yield f"{place}: too many values are looked for in it"
    if kind.type in {"list", "object"} and (uses.plain or len(uses.places) > 1):
        yield f"{place}: a whole {kind.type} is compared"


def _pattern_gaps(place: Place, uses: Uses) -> Iterator[str]:
    for pattern in uses.patterns:
        if not [v for v in examples(pattern) if v not in uses.literals]:
            yield f"{place}: no value is made up that matches {pattern}"
        if all(matches(pattern, word) for word in _OTHERWISE):
            yield f"{place}: no value is made up that does not match {pattern}"
    if uses.patterns and (len(uses.places) > 1 or uses.folds or len(uses.patterns) > 1):
        yield f"{place}: values are made up for one pattern at a time"


def _in_range(value: Any, kind: FieldType) -> bool:
    if kind.type not in {"integer", "decimal"}:
        return True
    low, high = kind.least, kind.most
    return (low is None or value >= low) and (high is None or value <= high)


def _ordered(type_: str, uses: Uses) -> list[Any]:
    """The literals, and between, before and behind them as many values as there are fields."""
    step, roots = _STEPS[type_], sum(p.list is None for p in uses.places)
    # items stand on both sides of each field of the root at once
    number = roots if roots == len(uses.places) else 2 * roots + 1
    marks: list[Any] = [v for v in uses.literals if type(v) is type(_STARTS[type_])]
    marks.sort()
    if not marks:
        return [_STARTS[type_] + step * n for n in range(number)]
    found = dict.fromkeys(marks)
    for n in range(1, number + 1):
        for low, high in zip(marks, [*marks[1:], None], strict=True):
            near = _moved(low, step * n)
            if high is not None and near is not None and near >= high:
                near = low + (high - low) / 2**n if type_ == "decimal" else None
            if near is not None:
                found[near] = None
        for mark in marks[: 1 if n > 1 else None]:
            below = _moved(mark, -step * n)
            if below is not None:
                found[below] = None
    return list(found)


def _moved(value: Any, by: Any) -> Any:
    try:
        return value + by
    except OverflowError:  # the first or the last day that there is
        return None


def _texts(place: Place, kind: FieldType, uses: Uses) -> list[Any]:
    literals = [v for v in uses.literals if isinstance(v, str)]
    closed = [v for v in kind.values if v not in literals]
    param = place.path.startswith("params.")
    if param and kind.values:
        return [*(v for v in literals if v in kind.values), *closed]
    found = [*literals, *closed[:CLOSED_MAX]]
    number = uses.places.index(place)
    fresh = _fresh(uses, found, len(uses.places) + 1)
    # the first of fields that are compared needs one unknown word only: words have no order, so
    # each further field repeats an earlier word or has a new one; items do both in one list
    found += fresh[: len(fresh) if kind.values else number + 1 + (place.list is not None)]
    if uses.folds:
        known = [*literals, *fresh[:number]]
        most = max(1, len(uses.places) - 1) if uses.plain else 1
        found += [s for v in known for s in _spelled(v, sorted(uses.folds), found, most)]
    for pattern in uses.patterns:
        made = [v for v in examples(pattern) if v not in found]
        other = [v for v in _OTHERWISE if v not in found and not matches(pattern, v)]
        found += [*made[:2], *other[:1]]
    if uses.blank and "" not in found:
        found.append("")
    if uses.blank and "" in literals:
        found.append(" ")
    return found


def _fresh(uses: Uses, known: Sequence[str], number: int) -> list[str]:
    """Words that stand nowhere in the rules, each of which folds to something of its own."""
    found: list[str] = []
    taken = {fold: {FOLDS[fold](v) for v in known} | {""} for fold in uses.folds}
    candidate = 0
    while len(found) < number:
        candidate += 1
        word = _code(candidate) if uses.currency else _word(candidate, uses.folds)
        folded = {fold: FOLDS[fold](word) for fold in uses.folds}
        if word in known or any(value in taken[fold] for fold, value in folded.items()):
            continue
        found.append(word)
        for fold, value in folded.items():
            taken[fold].add(value)
    return found


def _word(number: int, folds: set[str]) -> str:
    text = f"word {number}"
    if "email" in folds:
        text = f"word{number}@example.com"
    if "phone" in folds:
        text = f"{text} 555 {number:04d}"
    if "marker" in folds:
        tail = "".join("ABCDEFGH"[int(d) % 8] for d in f"{number:010o}")
        text = f"{text} [ts:{tail}]"
    return text


def _code(number: int) -> str:
    """A code of three letters, the usual ones first."""
    if number <= len(_CODES):
        return _CODES[number - 1]
    number -= len(_CODES)
    letters = (number // 676 % 26, number // 26 % 26, number % 26)
    return "".join(chr(ord("A") + n) for n in letters)


def _spelled(text: str, folds: Sequence[str], known: Sequence[str], number: int) -> list[str]:
    """Other spellings that only fold alike, for each fold that has some."""
    found: list[str] = []
    for fold in folds:
        folded = FOLDS[fold](text)
        made = dict.fromkeys(change(text) for change in _SPELLINGS) if folded else {}
        alike = [o for o in made if o != text and o not in known and FOLDS[fold](o) == folded]
        found += alike[:number]
    return found


def _amounts(fields: Fields, place: Place) -> list[Any]:
    """Amounts with their currency: each number that matters in each currency that does."""
    numbers = [v for v in _ordered("integer", fields.uses(place)) if isinstance(v, int)]
    uses = fields.currencies(place)
    literals = [v for v in uses.literals if isinstance(v, str)] if uses is not None else []
    words = [*literals, *(_fresh(uses, literals, len(uses.places) + 1) if uses else ("EUR",))]
    return [Money(number, word) for word in words for number in numbers]


def _lists(fields: Fields, place: Place) -> list[Any]:
    """Lists with each few of the values that are looked for in them, shortest first."""
    values, most = _sought(fields, place)
    found: list[Any] = []
    for size in range(most + 1):
        for chosen in combinations(values, size):
            if len(found) < SUBSETS_MAX:
                found.append(list(chosen))
    return found


def _sought(fields: Fields, place: Place) -> tuple[list[Any], int]:
    """The values looked for in a list, and how many of them can matter at once."""
    values: list[Any] = []
    members = fields.members(place)
    for member in members:
        for value in pool(fields, member, absent=False):
            if not any(type(v) is type(value) and v == value for v in values):
                values.append(value)
    items = any(m.list is not None for m in members)
    return values, len(values) if items else min(len(members), len(values))


def _too_many(fields: Fields, place: Place) -> bool:
    values, most = _sought(fields, place)
    number = sum(1 for size in range(most + 1) for _ in combinations(range(len(values)), size))
    return number > SUBSETS_MAX
