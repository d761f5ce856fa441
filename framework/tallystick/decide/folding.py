"""A pack with some atoms known: what is left of its rules."""

from collections.abc import Callable, Mapping, Sequence

from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula
from tallystick.decide.packs import Pack

Known = Callable[[Atom], int | None]
"""The truth of an atom where it is equal for every subject, else None."""
UNSURE = Formula("unsure")
"""What is left of a part that is unknown for every subject; only folded formulas have it."""
_IN_TURN = frozenset({"first", "deny_overrides"})


def fold(formula: Formula, known: Known) -> Formula | int:
    """A formula without its known atoms; a truth when nothing is left to ask."""
    if formula.op == "unsure":
        return UNKNOWN
    if formula.op == "lit":
        value = None if formula.atom is None else known(formula.atom)
        if value is None:
            return formula
        return value if formula.sign or value == UNKNOWN else 1 - value
    deciding, neutral = (FALSE, TRUE) if formula.op == "and" else (TRUE, FALSE)
    kept: list[Formula] = []
    unsure = False
    for part in formula.parts:
        found = fold(part, known)
        if isinstance(found, Formula):
            kept.append(found)
        elif found == deciding:
            return deciding
        else:
            unsure |= found == UNKNOWN
    if not kept:
        return UNKNOWN if unsure else neutral
    if unsure:
        kept.append(UNSURE)
    return kept[0] if len(kept) == 1 else Formula(formula.op, tuple(kept))


def truth(formula: Formula, values: Mapping[Atom, int]) -> int:
    """The truth of a folded formula, from the truths of the atoms left in it."""
    found = fold(formula, values.__getitem__)
    if isinstance(found, Formula):
        msg = "a formula with an atom that has no value"
        raise TypeError(msg)
    return found


def left_of(pack: Pack, order: Sequence[int], known: Known) -> list[Formula]:
    """What is left of the rules that can still hold, without those behind one that surely holds.

    Rules of one truth for every subject are left out: they tell no subjects apart.
    """
    left: list[Formula] = []
    for number in order:
        found = fold(pack.rules[number].when, known)
        if isinstance(found, Formula):
            left.append(found)
        elif found == TRUE and pack.strategy in _IN_TURN:
            break
    return left
