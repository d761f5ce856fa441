"""A rule file once it is understood: atoms, formulas, rules, packs; pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TRUE, FALSE, UNKNOWN = 1, 0, 2


@dataclass(frozen=True, slots=True)
class Atom:
    """One test of a subject. `kind` is eq, lt, le, present, blank, same, inlist, matches or q;
    money_eq, money_lt and money_le compare amounts, each with the currency that stands beside it.

    `path` is a dotted path from the root, or from the item inside `where`. `value` is a typed
    literal, or for `same`, `inlist` and ordered tests against a field, the other path in
    `other`. For q: `where` is a formula over the item, `test` the test on the number.
    """

    kind: str
    path: str
    value: Any = None
    other: str | None = None
    fold: str | None = None
    where: "Formula | None" = None
    test: tuple[str, int] | None = None
    item: bool = False
    currency: str | None = None
    other_currency: str | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in negation normal form: op is lit, and, or. A literal is an atom and a sign."""

    op: str
    parts: tuple["Formula", ...] = ()
    atom: Atom | None = None
    sign: bool = True


ALWAYS = Formula("and")


def literal(atom: Atom, *, sign: bool = True) -> Formula:
    """A literal."""
    return Formula("lit", (), atom, sign)


def negated(formula: Formula) -> Formula:
    """The formula's opposite, negation pushed down to the literals."""
    if formula.op == "lit":
        return Formula("lit", (), formula.atom, not formula.sign)
    flipped = "or" if formula.op == "and" else "and"
    return Formula(flipped, tuple(negated(p) for p in formula.parts))


@dataclass(frozen=True, slots=True)
class Then:
    """An outcome: its name, the bound item it speaks of, and what happens to fields."""

    outcome: str
    bind: str | None = None
    fields: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `code` is text, or a table {"by": path, value: text or table}."""

    id: str
    when: Formula
    then: Then
    because: str
    line: int
    code: Any = None
    fix: str | None = None
    binds: Mapping[str, Atom] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: its type, default, choices, and where people set it.

    `source` is integration (a setting), policies (the policy named by `key`) or file.
    """

    name: str
    type: str
    default: Any
    of: tuple[str, ...] = ()
    nullable: bool = False
    source: str | None = None
    label: str = ""
    unit: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One inline test."""

    name: str
    given: Mapping[str, Any]
    expect: str
    bound: str | None
    by: str | None
    code: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Invariant:
    """One inline invariant: `must` hold after `after`, or the decision is unaffected.

    With `scope` store or history, `must` speaks of each thing that `for_each` names; `eventually`
    is the number of syncs after which it must hold, once faults have stopped.
    """

    id: str
    line: int
    after: str | None = None
    must: Formula | None = None
    unaffected_by: tuple[str, ...] = ()
    shuffle: str | None = None
    scope: str | None = None
    for_each: str | None = None
    eventually: int | None = None
