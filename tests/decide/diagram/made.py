"""Packs and subjects that are made up, and those that are shipped."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from decide.building import file, pack, rule
from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.decide.compiled import Compiled
from tallystick.decide.model import Atom, Formula, Rule, Then, literal
from tallystick.decide.points import POINTS
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.catalogue import FieldType
from tallystick.model.money import Money
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules

STRATEGIES = ("first", "deny_overrides", "unique", "collect")
DAY = date(2026, 7, 1)
BASE = pack(file(rule("base", "[{thing.flag: true}]")))
WORDS = ("a", "A", " a ", "b", "c", "", " ", "word 1", "555", "x-1", "EUR", "USD")
ATOMS = (
    Atom("eq", "thing.flag", value=True),
    Atom("eq", "thing.colour", value="red"),
    Atom("eq", "thing.colour", value=None),
    Atom("lt", "thing.number", value=0),
    Atom("le", "thing.number", value=3),
    Atom("lt", "thing.number", other="thing.limit"),
    Atom("eq", "thing.number", value=2),
    Atom("lt", "thing.day", value=DAY),
    Atom("le", "thing.amount", value=Decimal("0.5")),
    Atom("present", "thing.seen"),
    Atom("blank", "thing.word"),
    Atom("same", "thing.word", other="thing.other", fold="name"),
    Atom("eq", "thing.word", value="a"),
    Atom("same", "thing.other", other="thing.word"),
    Atom("inlist", "thing.colour", other="thing.tags"),
    Atom("money_le", "thing.price_minor", value=Money(3, "EUR"), currency="thing.currency"),
    Atom(
        "money_lt",
        "thing.price_minor",
        other="thing.cost_minor",
        currency="thing.currency",
        other_currency="thing.paid_in",
    ),
)
WHERES = (
    literal(Atom("matches", "id", value="[a-z]-[0-9]+", item=True)),
    literal(Atom("eq", "flag", value=True, item=True)),
    literal(Atom("le", "number", value=1, item=True)),
    literal(Atom("same", "word", other="thing.word", item=True)),
    Formula(
        "or",
        (
            literal(Atom("eq", "flag", value=True, item=True)),
            literal(Atom("lt", "number", other="thing.limit", item=True), sign=False),
        ),
    ),
)
TESTS = (("ge", 1), ("eq", 0), ("eq", 1), ("ge", 2), ("ne", 1), ("le", 1))
COUNTED = tuple(Atom("q", "items", where=w, test=t) for w in WHERES for t in TESTS)
CERTAIN = tuple(a for a in COUNTED if a.test in {("ge", 1), ("eq", 1), ("ge", 2)})


def shipped() -> list[Pack]:
    """Every rule file that comes with the framework."""
    found: list[Pack] = []
    for path in sorted(default_rules().glob("*.yaml")):
        if path.name not in {"policies.yaml", "matching.yaml"}:
            source = RuleSource(path.name, path.read_text(encoding="utf-8"), "shipped")
            found += parse_source(source, catalogue(), POINTS)
    return found


SHIPPED = shipped()


def random_pack(seed: int, *, atoms_max: int = 5, rules_max: int = 5) -> Pack:
    """A pack of a few rules over a few atoms; some of them bind an item of a list."""
    draw = Random(seed)
    atoms = draw.sample(ATOMS, draw.randint(1, atoms_max)) + draw.sample(
        COUNTED, draw.randint(0, 2)
    )
    rules = [_random_rule(draw, n, atoms) for n in range(draw.randint(1, rules_max))]
    return replace(BASE, rules=tuple(rules), strategy=draw.choice(STRATEGIES))


def _random_rule(draw: Random, number: int, atoms: list[Atom]) -> Rule:
    when = _formula(draw, atoms, 3)
    then = Then(draw.choice(("take", "link", "leave")), fields=draw.choice((None, None, "left")))
    binds: dict[str, Atom] = {}
    if draw.random() < 0.4:
        bound = draw.choice(CERTAIN)
        when = Formula("and", (literal(bound), when))
        then = Then(draw.choice(("link", "link", "leave")), "it")
        binds["it"] = bound
    return Rule(f"r{number}", when, then, "It is.", number, binds=binds)


def _formula(draw: Random, atoms: list[Atom], depth: int) -> Formula:
    if depth == 0 or draw.random() < 0.4:
        return literal(draw.choice(atoms), sign=draw.random() < 0.6)
    parts = tuple(_formula(draw, atoms, depth - 1) for _ in range(draw.randint(0, 3)))
    return Formula(draw.choice(("and", "or")), parts)


def many(rules: int) -> Pack:
    """A file of rules as people write them: a guard, a literal, an order, a few alternatives."""
    types = ("red", "green", "blue")
    lines = []
    for n in range(rules):
        parts = [
            f"{{thing.colour: {types[n % 3]}}}",
            f"{{thing.number: {{ge: {n * 7 % 40}}}}}",
            f"{{any: [{{thing.word: w{n % 11}}}, {{thing.other: o{n % 7}}}]}}",
        ]
        if n % 4 == 0:
            parts.append("{thing.flag: true}")
        if n % 5 == 0:
            parts.append(f'{{thing.day: {{before: "2026-0{n % 9 + 1}-15"}}}}')
        if n % 6 == 0:
            parts.append("{thing.limit: {lt: 9}}")
        lines.append(rule(f"r{n}", f"[{', '.join(parts)}]", ("take", "link", "leave")[n % 3]))
    return pack(file("\n".join(lines)))


def random_subject(of: Pack, seed: int) -> dict[str, Any]:
    """A well-typed subject: any value of each field's type, null, or not fetched."""
    draw = Random(seed)
    absent = draw.choice((0.0, 0.05, 0.3))
    whole: dict[str, Any] = {
        name: _record(draw, fields, 0.0 if name == "params" else absent)
        for name, fields in of.types.single.items()
    }
    for name, param in of.params.items():
        if whole["params"][name] is None and not param.nullable:
            whole["params"][name] = param.default
    for name, fields in of.types.many.items():
        if draw.random() >= absent:
            number = draw.choice((0, 1, 1, 2, 3, 4))
            whole[name] = [
                {**_record(draw, fields, absent), "external_id": f"{n}"} for n in range(number)
            ]
    return whole


def _record(draw: Random, fields: Mapping[str, FieldType], absent: float) -> dict[str, Any]:
    found = {name: _value(draw, kind) for name, kind in fields.items()}
    return {n: v for n, v in found.items() if v is not ABSENT and draw.random() >= absent}


def _value(draw: Random, kind: FieldType) -> Any:
    if kind.nullable and draw.random() < 0.2:
        return None
    match kind.type:
        case "boolean":
            return draw.random() < 0.5
        case "integer":
            low = max(-2, kind.least if kind.least is not None else -2)
            return draw.choice((low, low + 1, low + 2, low + 3, low + 4, low + 9, 1439, 1440, 1441))
        case "decimal":
            return Decimal(draw.randint(-4, 8)) / 4
        case "date":
            return DAY + timedelta(days=draw.randint(-3, 3))
        case "list":
            words = ("red", "projects", "timesheets", "zzz", None)
            return draw.sample(words, draw.randint(0, 3))
        case "text":
            return draw.choice((*kind.values, *kind.values, *_words(kind)))
    return {}


def _words(kind: FieldType) -> tuple[str, ...]:
    known = ("claimed", "released", "invoiced", "held", "opening_invoiced", "error", "ok")
    return () if kind.values and kind.name in _PARAMS else (*WORDS, *known, "skipped", "admin")


_PARAMS = {name for found in SHIPPED for name in found.params}


@contextmanager
def ready(of: Pack) -> Iterator[Compiled]:
    """A pack made ready to decide, for as long as it is needed."""
    found = Compiled(of)
    try:
        yield found
    finally:
        found.close()


def said(decider: Compiled, whole: Mapping[str, Any]) -> tuple[str, str, str | None]:
    """What the compiled pack decides, in the words of a leaf."""
    found = decider.decide(whole)
    return found.outcome, found.by, found.code if found.by == "unknown" else None
