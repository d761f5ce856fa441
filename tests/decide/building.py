"""A made-up decision point and short ways to packs and deciders of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tallystick.decide import Decider, Pack, RuleSource, load_rulebook, parse_source
from tallystick.decide.compiled import Compiled
from tallystick.decide.points import Input
from tallystick.model.catalogue import FieldType
from tallystick.model.decision import DecisionPoint


def _fields(**kinds: str) -> dict[str, FieldType]:
    return {name: FieldType(name, kind) for name, kind in kinds.items()}


THING = {
    **_fields(
        word="text",
        other="text",
        limit="integer",
        flag="boolean",
        day="date",
        amount="decimal",
        seen="instant",
        tags="list",
    ),
    "number": FieldType("number", "integer", unit="minutes"),
    "price_minor": FieldType("price_minor", "integer", unit="minor", currency="currency"),
    "cost_minor": FieldType("cost_minor", "integer", unit="minor", currency="paid_in"),
    "currency": FieldType("currency", "text"),
    "paid_in": FieldType("paid_in", "text"),
    "colour": FieldType("colour", "text", values=("red", "green", "blue")),
}
ITEM = _fields(id="text", word="text", number="integer", flag="boolean")
POINT = DecisionPoint(
    "thing.judge",
    "What happens to a thing",
    {"thing": Input(own=THING), "items": Input(own=ITEM, many=True)},
    ("take", "link", "leave"),
    "leave",
)
FREE = DecisionPoint("thing.free", "Free", dict(POINT.inputs), POINT.outcomes, "leave", True)
HEAD = "tallystick: rules/1\ndecision: thing.judge\n"
TAIL = "otherwise: leave\n"


def file(rules: str, *, strategy: str = "first", extra: str = "", tail: str = TAIL) -> str:
    """The text of a rule file; `rules` is a YAML list without its key."""
    return f"{HEAD}strategy: {strategy}\n{extra}rules:\n{rules}\n{tail}"


def rule(id_: str, when: str, then: str = "take") -> str:
    """One rule in flow style."""
    return f'  - {{id: {id_}, when: {when}, then: {then}, because: "It is."}}'


def pack(text: str) -> Pack:
    """The only pack of a text."""
    (found,) = parse_source(RuleSource("made.yaml", text, "project"), {}, [POINT, FREE])
    return found


@contextmanager
def deciding(text: str, **params: Any) -> Iterator[Decider]:
    """A decider of a text."""
    book = load_rulebook([RuleSource("made.yaml", text, "project")], {}, [POINT, FREE])
    try:
        yield book.decider(next(iter(book.packs)), params=params)
    finally:
        book.close()


@contextmanager
def compiled(text: str) -> Iterator[Compiled]:
    """A compiled pack of a text."""
    ready = Compiled(pack(text))
    try:
        yield ready
    finally:
        ready.close()


def thing(**fields: Any) -> Mapping[str, Any]:
    """A subject without items."""
    return {"thing": fields, "items": []}
