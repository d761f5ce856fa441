"""Boundary vectors of durations, money and fixed fees, by their numbers."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tallystick.bill import (
    Entry,
    Pricing,
    RateBook,
    Rounding,
    build_lines,
    difference,
    expense_line,
    fixed_parts,
    price,
    to_minor,
)
from tallystick.model.money import Money


@pytest.mark.parametrize(
    ("vector", "minutes", "mode", "step", "expected"),
    [
        ("V-DUR-01", 7, "none", 15, 7),
        ("V-DUR-03", 1, "up", 15, 15),
        ("V-DUR-04", 15, "up", 15, 15),
        ("V-DUR-05", 16, "up", 15, 30),
        ("V-DUR-06", 61, "up", 6, 66),
        ("V-DUR-07", 14, "down", 15, 0),
        ("V-DUR-08", 15, "down", 15, 15),
        ("V-DUR-09", 29, "down", 15, 15),
        ("V-DUR-10", 7, "nearest", 15, 0),
        ("V-DUR-11", 8, "nearest", 15, 15),
        ("V-DUR-12", 22, "nearest", 15, 15),
        ("V-DUR-13", 23, "nearest", 15, 30),
        ("V-DUR-14", 3, "nearest", 6, 6),
        ("V-DUR-15", 2, "nearest", 6, 0),
        ("V-DUR-16", 45, "nearest", 30, 60),
    ],
)
def test_minutes_of_an_entry_round_as_the_vector_says(
    vector: str, minutes: int, mode: str, step: int, expected: int
) -> None:
    """R-161."""
    assert Rounding(mode, step).apply(minutes) == expected, vector


@pytest.mark.parametrize(
    ("vector", "minutes", "rate", "currency", "expected"),
    [
        ("V-MON-01", 50, "100.00", "USD", 8333),
        ("V-MON-02", 20, "100.00", "USD", 3333),
        ("V-MON-03", 208, "15.00", "USD", 5200),
        ("V-MON-04", 1, "0.29", "USD", 0),
        ("V-MON-05", 15, "0.50", "USD", 13),
        ("V-MON-06", 20, "10000", "JPY", 3333),
        ("V-MON-07", 25, "5001", "JPY", 2084),
        ("V-MON-08", 30, "5001", "JPY", 2501),
        ("V-MON-09", 20, "10.000", "KWD", 3333),
        ("V-MON-10", 10, "12.345", "KWD", 2058),
        ("V-MON-11", 5999999, "999.99", "USD", 9999898333),
    ],
)
def test_a_line_is_priced_exactly_and_rounded_once(
    vector: str, minutes: int, rate: str, currency: str, expected: int
) -> None:
    """R-162."""
    assert price([(minutes, Decimal(rate))], currency) == Money(expected, currency), vector


def test_half_even_rounds_a_tie_to_the_even_cent() -> None:
    """V-MON-12."""
    assert price([(15, Decimal("0.50"))], "USD", "half_even") == Money(12, "USD")


def test_a_credit_of_half_a_cent_rounds_away_from_zero() -> None:
    """V-MON-21."""
    assert to_minor(Fraction(-1, 8), "USD") == Money(-13, "USD")


def entry(number: int, minutes: int, rate: str | None, task: str = "t1") -> Entry:
    return Entry(
        source_id=f"e{number}",
        work_date=date(2026, 7, number),
        minutes=minutes,
        task_id=task,
        task_name=task,
        user_id="u1",
        user_name="Mara",
        rate=None if rate is None else Decimal(rate),
    )


def amounts(entries: list[Entry], grouping: str, rounding: Rounding | None = None) -> list[int]:
    lines, _ = build_lines(
        entries, grouping=grouping, currency="USD", pricing=Pricing(rounding or Rounding())
    )
    return [line.amount.minor for line in lines]


def test_every_entry_a_line_rounds_each_line() -> None:
    """V-MON-13, R-163."""
    three = [entry(n, 20, "100.00") for n in (1, 2, 3)]
    assert amounts(three, "all_entries") == [3333, 3333, 3333]


def test_one_line_by_task_rounds_once() -> None:
    """V-MON-14, R-148."""
    three = [entry(n, 20, "100.00") for n in (1, 2, 3)]
    assert amounts(three, "by_task") == [10000]


def test_two_lines_and_one_line_may_differ_by_a_cent() -> None:
    """V-MON-15."""
    two = [entry(n, 15, "27.50") for n in (1, 2)]
    assert (amounts(two, "all_entries"), amounts(two, "single_line")) == ([688, 688], [1375])


def test_a_line_with_two_rates_is_one_piece_of_the_summed_amount() -> None:
    """V-MON-16, R-149."""
    lines, _ = build_lines(
        [entry(1, 30, "80.00"), entry(2, 30, "120.00")],
        grouping="single_line",
        currency="USD",
        pricing=Pricing(Rounding()),
    )
    assert (lines[0].quantity, lines[0].amount) == (Decimal(1), Money(10000, "USD"))


def test_entries_round_before_they_are_added() -> None:
    """V-DUR-17."""
    lines, _ = build_lines(
        [entry(1, 5, "60"), entry(2, 5, "60")],
        grouping="single_line",
        currency="USD",
        pricing=Pricing(Rounding("up", 15)),
    )
    assert (lines[0].billed_minutes, lines[0].minutes) == (30, 10)


def test_an_entry_without_rate_is_left_out_and_never_priced_at_nothing() -> None:
    """V-MON-22, R-139."""
    lines, dropped = build_lines(
        [entry(1, 60, None)], grouping="by_task", currency="USD", pricing=Pricing(Rounding())
    )
    assert (lines, [d.code for d in dropped]) == ([], ["RATE-01"])


def test_an_entry_with_an_explicit_rate_of_zero_is_a_line_of_zero() -> None:
    """V-MON-22, R-140."""
    assert amounts([entry(1, 60, "0.00")], "by_task") == [0]


def test_an_entry_that_rounds_to_nothing_is_left_out() -> None:
    """V-DUR-07, R-109."""
    lines, dropped = build_lines(
        [entry(1, 14, "60")],
        grouping="by_task",
        currency="USD",
        pricing=Pricing(Rounding("down", 15)),
    )
    assert (lines, [d.code for d in dropped]) == ([], ["TS-10"])


def test_an_expense_with_a_markup_rounds_once() -> None:
    """V-MON-20, R-192."""
    row = {"external_id": "x1", "amount_minor": 1999, "description": "Train"}
    assert expense_line(row, currency="EUR", markup=Decimal("12.5")).amount == Money(2249, "EUR")


@pytest.mark.parametrize(
    ("vector", "total", "parts", "expected"),
    [
        ("V-FIX-01", 1000000, 3, [333333, 333333, 333334]),
        ("V-FIX-02", 10000, 7, [1429] * 6 + [1426]),
    ],
)
def test_the_last_part_of_a_fixed_fee_takes_the_remainder(
    vector: str, total: int, parts: int, expected: list[int]
) -> None:
    """R-137."""
    found = [part.minor for part in fixed_parts(Money(total, "USD"), parts)]
    assert found == expected, vector


def test_staff_hours_take_the_rate_of_the_author_and_no_other() -> None:
    """R-133."""
    book = RateBook("staff_hours", project=Decimal(50), users={"u1": Decimal(90)})
    assert (book.rate(task_id="t", user_id="u1"), book.rate(task_id="t", user_id="u2")) == (
        90,
        None,
    )


def test_task_hours_without_a_task_need_the_projects_fallback() -> None:
    """R-132, V-FIX-06."""
    book = RateBook("task_hours", tasks={"t1": Decimal(70)})
    with_fallback = RateBook("task_hours", project=Decimal(40), tasks={})
    assert (book.rate(task_id="t1", user_id=None), book.rate(task_id=None, user_id=None)) == (
        70,
        None,
    )
    assert with_fallback.rate(task_id=None, user_id=None) == 40


def test_a_task_rate_of_zero_is_a_rate_and_not_a_missing_one() -> None:
    """R-140: an explicit 0 is priced at 0, the fallback is for tasks without a rate."""
    book = RateBook("task_hours", project=Decimal(40), tasks={"t1": Decimal(0)})
    assert book.rate(task_id="t1", user_id=None) == 0


def test_a_method_that_is_not_known_has_no_rate() -> None:
    """R-054."""
    assert RateBook("per_day", project=Decimal(40)).rate(task_id="t", user_id="u") is None


def worked(source_id: str, *, apart: str = "", rate: str = "60", minutes: int = 20) -> Entry:
    """An entry on its own task by its own person."""
    day, own = date(2026, 7, 3), f"of {source_id}"
    return Entry(source_id, day, minutes, own, own, own, own, Decimal(rate), apart=apart)


GROUPINGS = ("single_line", "all_entries", "by_task", "by_user", "by_task_user")


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_work_set_apart_by_one_rule_is_one_line_under_every_grouping(grouping: str) -> None:
    """R-148; the line stands below the others and has the rule's name."""
    found = [worked("b1", apart="bug-work"), worked("t1"), worked("b2", apart="bug-work")]
    lines, dropped = build_lines(found, grouping=grouping, currency="EUR", pricing=Pricing())
    assert dropped == []
    assert [line.source_ids for line in lines] == [("t1",), ("b1", "b2")]
    assert (lines[1].name, lines[1].amount) == ("Bug work", Money(4000, "EUR"))


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_work_set_apart_has_a_line_for_each_rule_and_each_price(grouping: str) -> None:
    """R-149: no price is mixed with another on a line of its own; 60 and 60.00 are one price."""
    found = [
        worked("b1", apart="bugs"),
        worked("b2", apart="bugs", rate="90"),
        worked("b3", apart="bugs", rate="60.00"),
        worked("n1", apart="night_work"),
    ]
    lines, _ = build_lines(found, grouping=grouping, currency="EUR", pricing=Pricing())
    assert [(line.name, line.source_ids) for line in lines] == [
        ("Bugs", ("b1", "b3")),
        ("Bugs", ("b2",)),
        ("Night work", ("n1",)),
    ]
    assert "at 90 EUR per hour" in lines[1].description


def test_work_set_apart_without_a_rate_is_dropped_as_any_other() -> None:
    """R-139."""
    entry = Entry("b1", date(2026, 7, 3), 20, "b", "b", "u", "u", None, apart="bugs")
    lines, (dropped,) = build_lines([entry], grouping="by_task", currency="EUR", pricing=Pricing())
    assert (lines, dropped.code) == ([], "RATE-01")


@pytest.mark.parametrize(("invoiced", "expected"), [(150, 0), (149, 1)])
def test_a_minute_that_goes_missing_shows(invoiced: int, expected: int) -> None:
    """V-SUM-01, V-SUM-02, R-224."""
    by_state = {
        "held": 60,
        "non_billable": 30,
        "opening_invoiced": 120,
        "unbilled": 200,
        "claimed": 0,
        "in_doubt": 40,
        "invoiced": invoiced,
        "tombstone": 0,
    }
    assert difference(600, by_state) == expected


def test_a_state_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no such billing state"):
        difference(1, {"forgotten": 1})
