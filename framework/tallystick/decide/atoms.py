"""What a condition's atoms give for one subject: true, false or unknown (strong Kleene)."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tallystick.decide.counting import count_test
from tallystick.decide.measures import (
    Subject,
    Test,
    form_test,
    getter,
    money_test,
    stored_decimal,
)
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.fold import FOLDS

__all__ = [
    "ITEMS_MAX",
    "LISTS",
    "Subject",
    "Test",
    "atom_test",
    "atoms_of",
    "compile_atom",
    "compile_formula",
    "count_items",
    "evaluate",
    "getter",
    "possible_items",
]
LISTS = (list, tuple, set, frozenset)
"""What counts as a list of values; text does not, though it can be iterated."""
ITEMS_MAX = 2000
"""Items of a list that are judged; what a longer list holds is unknown, so it costs no more."""


def compile_atom(atom: Atom) -> Test:
    """An atom as a function. Types must agree exactly: nothing is coerced."""
    makers: dict[str, Callable[[Atom], Test]] = {
        "eq": _eq,
        "lt": _ordered,
        "le": _ordered,
        "present": _present,
        "blank": _blank,
        "same": _same,
        "inlist": _inlist,
        "matches": form_test,
        "money_eq": money_test,
        "money_lt": money_test,
        "money_le": money_test,
        "q": _quantified,
    }
    return makers[atom.kind](atom)


@lru_cache(maxsize=4096)
def atom_test(atom: Atom) -> Test:
    """An atom as a function, made once; for explanations, which come one at a time."""
    return compile_atom(atom)


def _left(atom: Atom) -> Callable[[Subject], Any]:
    """The left side, taken from the item; outside of `where` the item is the root."""
    return getter(atom.path)


def _right(atom: Atom) -> Callable[[Subject], Any]:
    return getter(str(atom.other))


def _eq(atom: Atom) -> Test:
    left, wanted = _left(atom), atom.value
    if atom.other is not None:
        right = _right(atom)

        def against(root: Subject, item: Subject) -> int:
            a, b = left(item), right(root)
            if a is ABSENT or b is ABSENT:
                return UNKNOWN
            if type(a) is str and type(b) is Decimal:
                a = stored_decimal(a)
            return int(_equal(a, b))

        return against
    if type(wanted) is Decimal:
        return _eqstored_decimal(atom)

    def test(_root: Subject, item: Subject) -> int:
        value = left(item)
        if value is ABSENT:
            return UNKNOWN
        return int(_equal(value, wanted))

    return test


def _equal(one: Any, other: Any) -> bool:
    """Equal and of one type: True, 1 and 1.0 are three values."""
    try:
        return type(one) is type(other) and bool(one == other)
    except ArithmeticError:  # a signalling NaN equals nothing
        return False


def _eqstored_decimal(atom: Atom) -> Test:
    left, wanted = _left(atom), atom.value

    def test(_root: Subject, item: Subject) -> int:
        value = left(item)
        if type(value) is str:
            value = stored_decimal(value)
        return UNKNOWN if value is ABSENT else int(_equal(value, wanted))

    return test


def _ordered(atom: Atom) -> Test:
    left = _left(atom)
    right = _right(atom) if atom.other is not None else None
    constant, strict = atom.value, atom.kind == "lt"

    def test(root: Subject, item: Subject) -> int:
        a = left(item)
        b = right(root) if right is not None else constant
        # texts have no order, so a text here is a decimal as it is stored
        if type(a) is str:
            a = stored_decimal(a)
        if type(b) is str:
            b = stored_decimal(b)
        if a is ABSENT or b is ABSENT or a is None or b is None:
            return UNKNOWN
        if type(a) is not type(b):
            return UNKNOWN
        try:
            return int(a < b if strict else a <= b)
        except (TypeError, ArithmeticError):  # an instant without a zone, a decimal that is none
            return UNKNOWN

    return test


def _present(atom: Atom) -> Test:
    left = _left(atom)

    def test(_root: Subject, item: Subject) -> int:
        value = left(item)
        return UNKNOWN if value is ABSENT else int(value is not None)

    return test


def _blank(atom: Atom) -> Test:
    left = _left(atom)

    def test(_root: Subject, item: Subject) -> int:
        value = left(item)
        if value is ABSENT:
            return UNKNOWN
        return int(value is None or (isinstance(value, str) and not value.strip()))

    return test


def _same(atom: Atom) -> Test:
    """Equal values; folded ones are equal only when they are not blank (R-073)."""
    left, right = _left(atom), _right(atom)
    fold = FOLDS[atom.fold] if atom.fold else None

    def test(root: Subject, item: Subject) -> int:
        a, b = left(item), right(root)
        if a is ABSENT or b is ABSENT:
            return UNKNOWN
        if fold is None:
            return int(_equal(a, b))
        if not isinstance(a, str) or not isinstance(b, str):
            return FALSE
        folded = fold(a)
        return int(folded != "" and folded == fold(b))

    return test


def _inlist(atom: Atom) -> Test:
    left, right = _left(atom), _right(atom)

    def test(root: Subject, item: Subject) -> int:
        value, members = left(item), right(root)
        if value is ABSENT or not isinstance(members, LISTS):
            return UNKNOWN
        return int(any(_equal(m, value) for m in members))

    return test


def _quantified(atom: Atom) -> Test:
    get = getter(atom.path)
    where = compile_formula(atom.where) if atom.where is not None else _all
    passes = count_test(atom)

    def test(root: Subject, _item: Subject) -> int:
        items = get(root)
        if not isinstance(items, LISTS) or len(items) > ITEMS_MAX:
            return UNKNOWN
        return passes(*count_items(where, root, items))

    return test


def count_items(where: Test, root: Subject, items: Collection[Any]) -> tuple[int, int]:
    """How many items surely match, and how many may."""
    sure = maybe = 0
    for item in items:
        value = where(root, item)
        sure += value == TRUE
        maybe += value == UNKNOWN
    return sure, maybe


def possible_items(where: Test, root: Subject, items: Any, *, certain: bool = False) -> list[Any]:
    """Items of a list up to the first that matches; those in doubt only where not `certain`."""
    found = []
    for item in items if isinstance(items, LISTS) else ():
        value = where(root, item)
        if value == TRUE or (value == UNKNOWN and not certain):
            found.append(item)
        if value == TRUE:
            break
    return found


def _all(_root: Subject, _item: Subject) -> int:
    return TRUE


def compile_formula(formula: Formula) -> Test:
    """A formula as a function of root and item."""
    if formula.op == "lit":
        if formula.atom is None:
            msg = "a literal without an atom"
            raise ValueError(msg)
        test, sign = compile_atom(formula.atom), formula.sign
        return test if sign else lambda root, item: _not(test(root, item))
    parts = [compile_formula(p) for p in formula.parts]
    deciding = FALSE if formula.op == "and" else TRUE

    def combined(root: Subject, item: Subject) -> int:
        result = TRUE if deciding == FALSE else FALSE
        for part in parts:
            value = part(root, item)
            if value == deciding:
                return deciding
            if value == UNKNOWN:
                result = UNKNOWN
        return result

    return combined


def _not(value: int) -> int:
    return value if value == UNKNOWN else 1 - value


def evaluate(formula: Formula, values: Mapping[Atom, int]) -> int:
    """The reference matcher: Kleene logic over known atom values."""
    if formula.op == "lit":
        value = values[formula.atom]  # type: ignore[index] # a literal has an atom
        return value if formula.sign else _not(value)
    found = [evaluate(p, values) for p in formula.parts]
    if formula.op == "and":
        return FALSE if FALSE in found else (UNKNOWN if UNKNOWN in found else TRUE)
    return TRUE if TRUE in found else (UNKNOWN if UNKNOWN in found else FALSE)


def atoms_of(formula: Formula) -> list[Atom]:
    """The distinct atoms of a formula, in order."""
    if formula.op == "lit":
        return [formula.atom] if formula.atom is not None else []
    found: dict[Atom, None] = {}
    for part in formula.parts:
        found.update(dict.fromkeys(atoms_of(part)))
    return list(found)
