"""Money with its currency, durations in whole minutes, instants with an offset, exact decimals."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from decide.building import deciding, file, pack, rule, thing
from tallystick.decide.values import convert, money
from tallystick.errors import RuleFileError
from tallystick.model.catalogue import FieldType
from tallystick.model.money import Money


def outcome(when: str, extra: str = "", **fields: Any) -> tuple[str, str]:
    with deciding(file(rule("a", when), extra=extra)) as decide:
        decision = decide(thing(**fields))
        return decision.outcome, decision.by


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("120.00 EUR", Money(12000, "EUR")),
        ("120 EUR", Money(12000, "EUR")),
        ("0.01 EUR", Money(1, "EUR")),
        ("-3.50 USD", Money(-350, "USD")),
        ("500 JPY", Money(500, "JPY")),
        ("1.234 KWD", Money(1234, "KWD")),
        ("1.5 JPY", None),
        ("0.001 EUR", None),
        ("120.00", None),
        ("120,00 EUR", None),
        ("120.00 eur", None),
        ("EUR 120", None),
        (120, None),
        (Decimal("120.00"), None),
    ],
)
def test_an_amount_is_written_with_its_currency(text: Any, wanted: Money | None) -> None:
    assert money(text) == wanted


OVER = '[{thing.price_minor: {gt: "120.00 EUR"}}]'


@pytest.mark.parametrize(
    ("minor", "currency", "wanted"),
    [
        (12001, "EUR", ("take", "a")),
        (12000, "EUR", ("leave", "otherwise")),
        (12001, "USD", ("leave", "unknown")),
        (12001, None, ("leave", "unknown")),
        (12001, "", ("leave", "unknown")),
        (None, "EUR", ("leave", "unknown")),
        ("12001", "EUR", ("leave", "unknown")),
        (12001.0, "EUR", ("leave", "unknown")),
    ],
)
def test_two_currencies_in_one_comparison_are_unknown(
    minor: Any, currency: Any, wanted: tuple[str, str]
) -> None:
    assert outcome(OVER, price_minor=minor, currency=currency) == wanted


def test_a_currency_that_was_not_fetched_is_named_as_what_is_missing() -> None:
    with deciding(file(rule("a", OVER))) as decide:
        assert decide(thing(price_minor=1)).unknown == ("thing.currency",)
        assert decide(thing(currency="EUR")).unknown == ("thing.price_minor",)


def test_equal_amounts_of_two_currencies_are_not_equal() -> None:
    same = "[{thing.price_minor: {same_as: thing.cost_minor}}]"
    fields = {"price_minor": 100, "cost_minor": 100, "currency": "EUR"}
    assert outcome(same, **fields, paid_in="EUR") == ("take", "a")
    assert outcome(same, **fields, paid_in="USD") == ("leave", "unknown")
    assert outcome(same, **{**fields, "cost_minor": 99}, paid_in="EUR")[1] == "otherwise"


def test_one_of_several_amounts_is_a_choice_of_amounts() -> None:
    when = '[{thing.price_minor: ["1.00 EUR", "2.00 EUR"]}]'
    assert outcome(when, price_minor=200, currency="EUR") == ("take", "a")
    assert outcome(when, price_minor=300, currency="EUR") == ("leave", "otherwise")


def test_nothing_needs_no_currency() -> None:
    assert outcome("[{thing.price_minor: {le: 0}}]", price_minor=0) == ("take", "a")
    assert outcome("[{thing.price_minor: null}]", price_minor=None) == ("take", "a")


def test_an_amount_can_be_a_param() -> None:
    params = 'params: {most: {type: money, default: "5.00 EUR"}}\n'
    when = "[{thing.price_minor: {le: params.most}}]"
    assert outcome(when, params, price_minor=500, currency="EUR") == ("take", "a")
    assert outcome(when, params, price_minor=501, currency="EUR") == ("leave", "otherwise")
    assert outcome(when, params, price_minor=500, currency="GBP") == ("leave", "unknown")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("[{thing.price_minor: {gt: §120}}]", 'written "120.00 EUR"'),
        ("[{thing.price_minor: {gt: §120.00}}]", 'written "120.00 EUR"'),
        ('[{thing.price_minor: {gt: §"1.5 JPY"}}]', "no money"),
        ("[{thing.price_minor: {same_as: §thing.number}}]", "is money and thing.number is integer"),
        ("[{thing.number: {same_as: §thing.price_minor}}]", "thing.price_minor is money"),
        ('[{thing.number: {gt: §"1.00 EUR"}}]', "whole minutes or 1h30m"),
        ("[{thing.limit: {gt: §1h30m}}]", "no integer"),
        ("[{thing.price_minor: {gt: §1h30m}}]", "no money"),
        ("[{thing.seen: {gt: §2026-01-01T10:00:00}}]", "has an offset"),
    ],
)
def test_a_measure_of_another_kind_is_refused_with_how_it_is_written(when: str, words: str) -> None:
    text = file(rule("a", when))
    with pytest.raises(RuleFileError) as caught:
        pack(text.replace("§", ""))
    before = text.partition("§")[0]
    assert caught.value.where is not None
    assert caught.value.where.column == len(before) - before.rfind("\n")
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1h30m", 90), ("2h", 120), ("45m", 45), ("0m", 0), ("90", 90), ("100h", 6000)],
)
def test_a_duration_is_whole_minutes_however_it_is_written(text: str, minutes: int) -> None:
    when = f"[{{thing.number: {text}}}]"
    assert outcome(when, number=minutes) == ("take", "a")
    assert outcome(when, number=minutes + 1) == ("leave", "otherwise")


@pytest.mark.parametrize("text", ["1h 30m", "30m1h", "1.5h", "h", "m", "-1h", "1d", "1H"])
def test_a_duration_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(RuleFileError, match="whole minutes or 1h30m"):
        pack(file(rule("a", f"[{{thing.number: '{text}'}}]")))


def test_a_duration_can_be_a_param() -> None:
    params = "params: {most: {type: duration, default: 10h}}\n"
    when = "[{thing.number: {le: params.most}}]"
    assert outcome(when, params, number=600) == ("take", "a")
    assert outcome(when, params, number=601) == ("leave", "otherwise")


def test_instants_compare_across_offsets() -> None:
    when = "[{thing.seen: {before: '2026-07-01T12:00:00+02:00'}}]"
    east = timezone(timedelta(hours=5))
    assert outcome(when, seen=datetime(2026, 7, 1, 9, 59, tzinfo=UTC)) == ("take", "a")
    assert outcome(when, seen=datetime(2026, 7, 1, 15, 0, tzinfo=east))[1] == "otherwise"
    assert outcome(when, seen=datetime(2026, 7, 1, 9, 59)) == ("leave", "unknown")  # noqa: DTZ001


def test_an_instant_can_be_a_param() -> None:
    params = "params: {since: {type: instant, default: '2026-07-01T00:00:00Z'}}\n"
    when = "[{thing.seen: {on_or_after: params.since}}]"
    assert outcome(when, params, seen=datetime(2026, 7, 1, tzinfo=UTC)) == ("take", "a")


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        ("10.00", ("leave", "otherwise")),
        ("9.5", ("take", "a")),
        (Decimal("9.50"), ("take", "a")),
        ("09.5", ("take", "a")),
        ("nine", ("leave", "unknown")),
        ("NaN", ("leave", "unknown")),
        ("Infinity", ("leave", "unknown")),
        ("1" * 101, ("leave", "unknown")),
        ("-1e999999999", ("take", "a")),
        (9.5, ("leave", "unknown")),
    ],
)
def test_a_decimal_is_compared_as_a_number_also_as_it_is_stored(
    stored: Any, wanted: tuple[str, str]
) -> None:
    """Stored text of a rate: "9.5" is below 10, though its letters come later."""
    assert outcome("[{thing.amount: {lt: 10}}]", amount=stored) == wanted


def test_a_decimal_equals_its_other_spellings() -> None:
    assert outcome("[{thing.amount: 1.5}]", amount="1.50") == ("take", "a")
    params = "params: {rate: {type: decimal, default: 1.50}}\n"
    assert outcome("[{thing.amount: params.rate}]", params, amount="1.5") == ("take", "a")
    assert outcome("[{thing.amount: {same_as: params.rate}}]", params, amount="1.5")[0] == "take"
    assert outcome("[{thing.amount: {differs_from: params.rate}}]", params, amount="1.5")[0] == (
        "leave"
    )
    assert outcome("[{thing.amount: {same_as: params.rate}}]", params, amount=None)[1] == "unknown"


def test_no_kind_takes_a_binary_float() -> None:
    for kind in ("integer", "decimal", "money", "date", "instant", "text", "boolean"):
        assert convert(1.5, FieldType("x", kind)) is None


def test_an_amount_is_shown_to_people_with_its_currency() -> None:
    text = file(rule("a", OVER)).replace('"It is."', '"It costs {thing.price_minor}."')
    subject = thing(price_minor=12001, currency="EUR")
    with deciding(text) as decide:
        words = decide.explain(decide(subject), subject)
    assert words.because == "It costs 120.01 EUR."
    assert words.nearest == "would be leave if thing.price_minor were 120.00 EUR"
    (row,) = words.evidence
    assert (row.value, row.test, row.holds) == ("120.01 EUR", "is more than 120.00 EUR", True)
