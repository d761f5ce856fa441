"""A test of a subject is true, false or unknown, and nothing is coerced."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from decide.building import file, pack, rule
from tallystick.decide.atoms import compile_formula, evaluate
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula, literal, negated

DAY, NEXT = date(2026, 7, 1), date(2026, 7, 2)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def truth(condition: str, subject: Mapping[str, Any]) -> int:
    (found,) = pack(file(rule("a", f"[{{{condition}}}]"))).rules
    return compile_formula(found.when)(subject, subject)


@pytest.mark.parametrize(
    ("condition", "fields", "wanted"),
    [
        ("thing.word: a", {"word": "a"}, TRUE),
        ("thing.word: a", {"word": "b"}, FALSE),
        ("thing.word: a", {"word": None}, FALSE),
        ("thing.word: a", {}, UNKNOWN),
        ("thing.word: null", {"word": None}, TRUE),
        ("thing.word: {ne: a}", {"word": None}, TRUE),
        ("thing.word: {ne: a}", {}, UNKNOWN),
        ("thing.word: [a, b]", {"word": "b"}, TRUE),
        ("thing.word: {not_in: [a, b]}", {"word": "c"}, TRUE),
        ("thing.word: {not_in: [a, b]}", {}, UNKNOWN),
        ("thing.number: 1", {"number": True}, FALSE),
        ("thing.number: 1", {"number": "1"}, FALSE),
        ("thing.number: 1", {"number": Decimal(1)}, FALSE),
        ("thing.flag: true", {"flag": 1}, FALSE),
        ("thing.flag: true", {"flag": "true"}, FALSE),
        ("thing.number: {lt: 5}", {"number": 4}, TRUE),
        ("thing.number: {lt: 5}", {"number": 5}, FALSE),
        ("thing.number: {ge: 5}", {"number": 5}, TRUE),
        ("thing.number: {le: 5}", {"number": 5}, TRUE),
        ("thing.number: {gt: 5}", {"number": 5}, FALSE),
        ("thing.number: {lt: 5}", {"number": None}, UNKNOWN),
        ("thing.number: {lt: 5}", {}, UNKNOWN),
        ("thing.number: {lt: 5}", {"number": "4"}, UNKNOWN),
        ("thing.day: {before: '2026-07-01'}", {"day": DAY}, FALSE),
        ("thing.day: {on_or_after: '2026-07-01'}", {"day": DAY}, TRUE),
        ("thing.day: {after: '2026-07-01'}", {"day": NEXT}, TRUE),
        ("thing.day: {on_or_before: '2026-07-01'}", {"day": NEXT}, FALSE),
        ("thing.day: {before: '2026-07-02'}", {"day": NOON}, UNKNOWN),
        ("thing.seen: {before: '2026-07-01T14:00:00+02:00'}", {"seen": NOON}, FALSE),
        ("thing.seen: {on_or_after: '2026-07-01T14:00:00+02:00'}", {"seen": NOON}, TRUE),
        ("thing.word: {present: true}", {"word": ""}, TRUE),
        ("thing.word: {present: true}", {"word": None}, FALSE),
        ("thing.word: {present: false}", {"word": None}, TRUE),
        ("thing.word: {present: false}", {}, UNKNOWN),
        ("thing.word: {blank: true}", {"word": "  "}, TRUE),
        ("thing.word: {blank: true}", {"word": None}, TRUE),
        ("thing.word: {blank: false}", {"word": "a"}, TRUE),
        ("thing.word: {blank: false}", {}, UNKNOWN),
        ("thing.word: {same_as: thing.other}", {"word": "a", "other": "a"}, TRUE),
        ("thing.word: {same_as: thing.other}", {"word": "a", "other": "A"}, FALSE),
        ("thing.word: {same_as: thing.other}", {"word": "a"}, UNKNOWN),
        ("thing.word: {differs_from: thing.other}", {"other": "a"}, UNKNOWN),
        ("thing.word: {same_as: thing.other, fold: name}", {"word": "A  b", "other": "a B"}, TRUE),
        ("thing.word: {same_as: thing.other, fold: email}", {"word": "", "other": ""}, FALSE),
        ("thing.word: {same_as: thing.other, fold: name}", {"word": None, "other": None}, FALSE),
        ("thing.word: {in: thing.tags}", {"word": "a", "tags": ["a"]}, TRUE),
        ("thing.word: {in: thing.tags}", {"word": "a", "tags": []}, FALSE),
        ("thing.word: {in: thing.tags}", {"word": "a", "tags": None}, UNKNOWN),
        ("thing.word: {in: thing.tags}", {"word": "a"}, UNKNOWN),
        ("thing.word: {in: thing.tags}", {"word": "a", "tags": "abc"}, UNKNOWN),
        ("thing.word: {in: thing.tags}", {"word": "a", "tags": 1}, UNKNOWN),
        (
            "thing.seen: {before: '2026-07-01T14:00:00Z'}",
            {"seen": NOON.replace(tzinfo=None)},
            UNKNOWN,
        ),
        ("thing.amount: {lt: 1.5}", {"amount": Decimal("NaN")}, UNKNOWN),
        ("thing.word: {not_in: thing.tags}", {"word": None, "tags": ["a"]}, TRUE),
        ("not: [{thing.word: a}]", {"word": "b"}, TRUE),
        ("not: [{thing.word: a}]", {}, UNKNOWN),
        ("any: [{thing.word: a}, {thing.flag: true}]", {"flag": True}, TRUE),
        ("any: [{thing.word: a}, {thing.flag: true}]", {"flag": False}, UNKNOWN),
        ("all: [{thing.word: a}, {thing.flag: true}]", {"flag": False}, FALSE),
        ("all: [{thing.word: a}, {thing.flag: true}]", {"flag": True}, UNKNOWN),
    ],
)
def test_a_condition_has_three_states(condition: str, fields: dict[str, Any], wanted: int) -> None:
    assert truth(condition, {"thing": fields}) == wanted


YES, NO, MAYBE = {"flag": True}, {"flag": False}, {"number": 1}


@pytest.mark.parametrize(
    ("condition", "items", "wanted"),
    [
        ("some: true", [YES], TRUE),
        ("some: true", [NO, MAYBE], UNKNOWN),
        ("some: true", [YES, MAYBE], TRUE),
        ("none: true", [NO], TRUE),
        ("none: true", [MAYBE], UNKNOWN),
        ("none: true", [], TRUE),
        ("count: 1", [YES, NO], TRUE),
        ("count: 1", [YES, MAYBE], UNKNOWN),
        ("count: 1", [YES, YES, MAYBE], FALSE),
        ("count: {ge: 2}", [YES, MAYBE], UNKNOWN),
        ("count: {ge: 2, le: 3}", [YES, YES, YES, YES], FALSE),
        ("count: {ne: 1}", [YES], FALSE),
    ],
)
def test_a_list_is_counted_with_its_items_in_doubt(
    condition: str, items: list[dict[str, Any]], wanted: int
) -> None:
    text = f"items: {{{condition}, where: [{{flag: true}}]}}"
    assert truth(text, {"items": items}) == wanted


@pytest.mark.parametrize("subject", [{}, {"items": None}, {"items": "ab"}, {"items": 1}])
def test_a_list_that_is_missing_or_no_list_is_unknown(subject: dict[str, Any]) -> None:
    assert truth("items: {none: true}", subject) == UNKNOWN


def test_inside_where_the_right_hand_side_is_the_roots() -> None:
    subject = {"thing": {"word": "a"}, "items": [{"word": "a"}, {"word": "b"}]}
    assert truth("items: {count: 1, where: [{word: {same_as: thing.word}}]}", subject) == TRUE


A, B = Atom("eq", "thing.word", "a"), Atom("eq", "thing.word", "b")
KLEENE_AND = {(FALSE, FALSE): FALSE, (FALSE, TRUE): FALSE, (FALSE, UNKNOWN): FALSE}
KLEENE_AND |= {(TRUE, TRUE): TRUE, (TRUE, UNKNOWN): UNKNOWN, (UNKNOWN, UNKNOWN): UNKNOWN}


@pytest.mark.parametrize(("one", "other"), list(product((FALSE, TRUE, UNKNOWN), repeat=2)))
def test_and_or_and_not_are_strong_kleene_logic(one: int, other: int) -> None:
    values = {A: one, B: other}
    both = Formula("and", (literal(A), literal(B)))
    wanted = KLEENE_AND.get((one, other), KLEENE_AND.get((other, one)))
    assert evaluate(both, values) == wanted
    flipped = {FALSE: TRUE, TRUE: FALSE, UNKNOWN: UNKNOWN}
    assert evaluate(negated(both), values) == flipped[evaluate(both, values)]
    assert negated(negated(both)) == both


@pytest.mark.parametrize(
    ("number", "top", "wanted"),
    [(9, 9, TRUE), (8, 9, FALSE), (None, 9, FALSE), (None, None, TRUE), (True, 1, FALSE)],
)
def test_a_field_can_be_compared_with_a_param(number: Any, top: Any, wanted: int) -> None:
    text = file(
        rule("a", "[{thing.number: params.top}]"),
        extra="params: {top: {type: integer, default: 9}}\n",
    )
    (found,) = pack(text).rules
    test = compile_formula(found.when)
    subject = {"thing": {"number": number}, "params": {"top": top}}
    assert test(subject, subject) == wanted
    assert test({"params": {"top": top}}, {}) == UNKNOWN
