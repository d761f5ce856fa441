"""Patterns, amounts, decimals and long lists: specialised, remembered and plain answers agree."""

import random
from decimal import Decimal
from typing import Any

import pytest
from decide.building import compiled, deciding, file, rule
from tallystick.decide.atoms import ITEMS_MAX

PARAMS = (
    'params: {most: {type: money, default: "5.00 EUR"}, rate: {type: decimal, default: 1.50}, '
    "limit: {type: duration, default: 2h}}\n"
)
CONDITIONS = [
    "{thing.word: {matches: 'a+'}}",
    "{thing.word: {matches: '(?i)[a-c]b?'}}",
    '{thing.price_minor: {gt: "4.99 EUR"}}',
    "{thing.price_minor: {le: params.most}}",
    "{thing.price_minor: {same_as: thing.cost_minor}}",
    "{thing.price_minor: {le: 0}}",
    "{thing.amount: {lt: 10}}",
    "{thing.amount: params.rate}",
    "{thing.amount: {differs_from: params.rate}}",
    "{thing.number: {gt: params.limit}}",
    "{items: {some: true, where: [{word: {matches: 'x.*'}}]}}",
    "{items: {count: {ge: 2}, where: [{number: {ge: 60}}]}}",
]
POOL: dict[str, list[Any]] = {
    "word": ["a", "aa", "Ab", "", None, 7, "\ud800"],
    "price_minor": [0, 499, 500, 501, None, "500", True],
    "cost_minor": [0, 500, None],
    "currency": ["EUR", "USD", "", None, 3],
    "paid_in": ["EUR", "USD", None],
    "amount": ["9.5", "10", "1.5", "1.50", Decimal("1.5"), "x", None, 1.5, 2],
    "number": [119, 120, 121, None, "120"],
}
ITEMS = [{}, {"word": "x", "number": 60}, {"word": "xy"}, {"word": None}, {"number": 59}]


def subject(chance: random.Random) -> dict[str, Any]:
    fields = {n: chance.choice(values) for n, values in POOL.items() if chance.random() < 0.8}
    lists = [[chance.choice(ITEMS) for _ in range(chance.randrange(4))], None, "x"]
    lists.append([{"word": "x", "number": 60}] * (ITEMS_MAX + 1))
    items = chance.choice(lists[:1] * 6 + lists)
    return {"thing": fields, "items": items} if chance.random() < 0.95 else {"thing": fields}


def condition(chance: random.Random) -> str:
    text = chance.choice(CONDITIONS)
    return f"{{not: {text}}}" if chance.random() < 0.3 else text


@pytest.mark.parametrize("seed", range(12))
def test_every_way_of_deciding_gives_the_same_decision(seed: int) -> None:
    chance = random.Random(seed)
    rules = "\n".join(
        rule(
            f"r{n}",
            f"[{condition(chance)}, {{any: [{condition(chance)}, {condition(chance)}]}}]",
            chance.choice(["take", "leave"]),
        )
        for n in range(6)
    )
    text = file(rules, extra=PARAMS, strategy=chance.choice(["first", "deny_overrides"]))
    with deciding(text) as decide, compiled(text) as plain:
        params = {name: p.default for name, p in plain.pack.params.items()}
        for _ in range(300):
            asked = subject(chance)
            slow = plain.decide({"params": params, **asked})
            assert decide(asked) == slow
            assert decide(asked) == slow
            assert slow.code != "RUL-21"
