"""Properties of rounding and grouping that hold for every input."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tallystick.bill import Entry, Pricing, Rounding, build_lines, fixed_parts, to_minor
from tallystick.model.money import Money, minor_digits

minutes = st.integers(0, 100_000)
steps = st.integers(1, 120)
rates = st.decimals("0", "9999.9999", places=4)
currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
groupings = ("single_line", "all_entries", "by_task", "by_user", "by_task_user")
entries = st.lists(
    st.builds(
        Entry,
        source_id=st.uuids().map(str),
        work_date=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        minutes=st.integers(1, 1440),
        task_id=st.sampled_from(["a", "b", "c"]),
        task_name=st.just("task"),
        user_id=st.sampled_from(["u", "v"]),
        user_name=st.just("user"),
        rate=st.one_of(st.none(), rates),
        apart=st.sampled_from(["", "bugs", "night-work"]),
    ),
    max_size=30,
    unique_by=lambda e: e.source_id,
)


@given(minutes, steps)
def test_rounding_stays_within_its_step_and_is_idempotent(m: int, s: int) -> None:
    """I-07."""
    up, down, nearest = (Rounding(mode, s).apply(m) for mode in ("up", "down", "nearest"))
    assert 0 <= up - m < s
    assert 0 <= m - down < s
    assert -s / 2 < nearest - m <= s / 2
    for mode, once in (("up", up), ("down", down), ("nearest", nearest)):
        assert Rounding(mode, s).apply(once) == once


@given(entries, currencies)
def test_the_entries_on_an_invoice_do_not_depend_on_the_grouping(
    found: list[Entry], currency: str
) -> None:
    """I-05, R-148."""
    sets = []
    for grouping in groupings:
        lines, dropped = build_lines(
            found, grouping=grouping, currency=currency, pricing=Pricing(Rounding("up", 6))
        )
        kept = [i for line in lines for i in line.source_ids]
        assert len(kept) == len(set(kept))
        assert sorted([*kept, *(d.source_id for d in dropped)]) == sorted(
            e.source_id for e in found
        )
        sets.append(set(kept))
    assert all(s == sets[0] for s in sets)


@given(entries, currencies, st.sampled_from(groupings))
def test_a_printed_line_multiplies_to_its_amount(
    found: list[Entry], currency: str, grouping: str
) -> None:
    """R-162: quantity times rate is the amount, exactly."""
    lines, _ = build_lines(found, grouping=grouping, currency=currency, pricing=Pricing(Rounding()))
    for line in lines:
        assert line.quantity * line.rate == line.amount.amount


@given(st.fractions(), currencies)
def test_rounding_money_moves_less_than_half_a_minor_unit(exact: Fraction, currency: str) -> None:
    scaled = exact * 10 ** minor_digits(currency)
    assert abs(to_minor(exact, currency).minor - scaled) <= Fraction(1, 2)


@given(st.integers(0, 10**9), st.integers(1, 60), currencies)
def test_the_parts_of_a_fee_add_up_to_it(total: int, parts: int, currency: str) -> None:
    """R-137."""
    found = fixed_parts(Money(total, currency), parts)
    assert sum(p.minor for p in found) == total


@given(st.decimals("-99999", "99999", places=6), currencies)
def test_money_from_a_decimal_is_never_a_float(amount: Decimal, currency: str) -> None:
    found = Money.of(amount, currency)
    assert isinstance(found.minor, int)
    assert abs(found.amount - amount) <= Decimal(1).scaleb(-minor_digits(currency)) / 2
