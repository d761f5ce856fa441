"""Rates, rounding, lines, conservation of hours; pure and exact (R-131…R-164, R-224)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tallystick.bill.grouping import Entry, Group, group_of, line_name
from tallystick.model.money import Money, minor_digits

__all__ = [
    "NO_RATE",
    "STATES",
    "BillLine",
    "Dropped",
    "Entry",
    "Group",
    "Pricing",
    "RateBook",
    "Rounding",
    "build_lines",
    "difference",
    "expense_line",
    "fixed_parts",
    "group_of",
    "price",
    "to_minor",
]
NO_RATE = ("RATE-01", "There is no rate for it.")
"""Code and reason of an entry that has no rate."""
STATES = (
    "held",
    "non_billable",
    "opening_invoiced",
    "unbilled",
    "claimed",
    "in_doubt",
    "invoiced",
    "tombstone",
)


@dataclass(frozen=True, slots=True)
class Rounding:
    """How the minutes of one entry are rounded before they are priced (R-161).

    `mode` is none, up, down or nearest (half up); `step` is in minutes.
    """

    mode: str = "none"
    step: int = 1

    def apply(self, minutes: int) -> int:
        """Billed minutes of one entry; raw minutes are kept elsewhere."""
        if self.mode == "none" or self.step <= 1:
            return minutes
        down = minutes // self.step * self.step
        rest = minutes - down
        if rest == 0 or self.mode == "down":
            return down
        if self.mode == "up":
            return down + self.step
        return down + self.step if 2 * rest >= self.step else down


def to_minor(exact: Fraction, currency: str, mode: str = "half_up") -> Money:
    """An exact amount rounded once to the currency's minor unit (R-162).

    `mode` is half_up (away from zero) or half_even.
    """
    scaled = exact * 10 ** minor_digits(currency)
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    tie = 2 * rest == scaled.denominator
    up = 2 * rest > scaled.denominator or (tie and (mode == "half_up" or whole % 2 == 1))
    minor = whole + up
    return Money(minor if exact >= 0 else -minor, currency)


def price(parts: Sequence[tuple[int, Decimal]], currency: str, mode: str = "half_up") -> Money:
    """The amount of one line: exact sum of minutes times rate, rounded once (R-149, R-162)."""
    exact = sum((Fraction(minutes, 60) * Fraction(rate) for minutes, rate in parts), Fraction(0))
    return to_minor(exact, currency, mode)


@dataclass(frozen=True, slots=True)
class RateBook:
    """Rates per hour of one project, chosen by its billing method (R-131…R-133)."""

    method: str
    project: Decimal | None = None
    tasks: Mapping[str, Decimal | None] = field(default_factory=dict)
    users: Mapping[str, Decimal | None] = field(default_factory=dict)

    def rate(self, *, task_id: str | None, user_id: str | None) -> Decimal | None:
        """The rate of one entry, or None when there is none (RATE-01, never 0)."""
        if self.method == "project_hours":
            return self.project
        if self.method == "task_hours":
            # a task without a rate of its own, and work on no task, take the project's fallback
            own = self.tasks.get(task_id) if task_id else None
            return self.project if own is None else own
        if self.method == "staff_hours":
            return self.users.get(str(user_id))
        return None


@dataclass(frozen=True, slots=True)
class Pricing:
    """How entries become amounts: `money_mode` is half_up or half_even (R-162).

    `grain` is line or entry: what is rounded to the minor unit. `zero_time` (hold, zero) says
    what becomes of an entry that rounds to no time, `zero_rate` (warn, hold) of a rate of 0.
    """

    rounding: Rounding = Rounding()
    money_mode: str = "half_up"
    grain: str = "line"
    zero_time: str = "hold"
    zero_rate: str = "warn"


@dataclass(frozen=True, slots=True)
class Dropped:
    """An entry that cannot be priced, and why: RATE-01 or TS-10."""

    source_id: str
    title: str
    minutes: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class BillLine:
    """One printed line. `parts` are (source id, raw minutes); the amount is rounded once."""

    name: str
    description: str
    quantity: Decimal
    rate: Decimal
    amount: Money
    parts: tuple[tuple[str, int], ...]
    billed_minutes: int = 0

    @property
    def source_ids(self) -> tuple[str, ...]:
        """The records the line bills."""
        return tuple(source_id for source_id, _ in self.parts)

    @property
    def minutes(self) -> int:
        """Raw minutes of the line."""
        return sum(minutes for _, minutes in self.parts)


def build_lines(
    entries: Sequence[Entry],
    *,
    grouping: str,
    currency: str,
    pricing: Pricing,
) -> tuple[list[BillLine], list[Dropped]]:
    """Entries as printed lines; the set of entries does not depend on the grouping (R-148).

    Lines of work that rules set apart come last.
    """
    kept: dict[Group, list[tuple[Entry, int, Decimal]]] = {}
    dropped: list[Dropped] = []
    for entry in entries:
        billed = pricing.rounding.apply(entry.minutes)
        if entry.rate is None:
            dropped.append(_drop(entry, *NO_RATE))
        elif entry.rate == 0 and pricing.zero_rate == "hold":
            dropped.append(_drop(entry, "RATE-01", "Its rate is 0."))
        elif billed == 0 and pricing.zero_time == "hold":
            step = pricing.rounding.step
            dropped.append(_drop(entry, "TS-10", f"It rounds to 0 minutes (step {step})."))
        else:
            kept.setdefault(group_of(entry, grouping), []).append((entry, billed, entry.rate))
    groups = sorted(kept.values(), key=lambda group: group[0][0].apart != "")
    return [_line(group, grouping, currency, pricing) for group in groups], dropped


def _drop(entry: Entry, code: str, reason: str) -> Dropped:
    return Dropped(
        entry.source_id, f"{entry.work_date} {entry.task_name}", entry.minutes, code, reason
    )


def _line(
    group: Sequence[tuple[Entry, int, Decimal]], grouping: str, currency: str, pricing: Pricing
) -> BillLine:
    first = group[0][0]
    minutes = sum(billed for _, billed, _ in group)
    rates = {rate for _, _, rate in group}
    parts = [(billed, rate) for _, billed, rate in group]
    if pricing.grain == "entry":
        each = [price([part], currency, pricing.money_mode) for part in parts]
        amount = Money(sum(money.minor for money in each), currency)
    else:
        amount = price(parts, currency, pricing.money_mode)
    quantity, unit = Decimal(1), amount.amount
    hours = Fraction(minutes, 60)
    if minutes and len(rates) == 1 and (hours * 100).denominator == 1:
        rate = next(iter(rates))
        if Fraction(amount.minor, 10 ** minor_digits(currency)) == hours * Fraction(rate):
            quantity, unit = Decimal(int(hours * 100)) / 100, rate
    return BillLine(
        line_name(first, grouping),
        _description(group, minutes, rates, currency),
        quantity,
        unit,
        amount,
        tuple((entry.source_id, entry.minutes) for entry, _, _ in group),
        minutes,
    )


def _description(
    group: Sequence[tuple[Entry, int, Decimal]], minutes: int, rates: set[Decimal], currency: str
) -> str:
    days = sorted(entry.work_date for entry, _, _ in group)
    span = str(days[0]) if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    hours = f"{minutes // 60} h {minutes % 60:02d} min"
    rate = (
        f" at {next(iter(rates))} {currency} per hour" if len(rates) == 1 else " at several rates"
    )
    return f"{span}: {hours}{rate}"


def expense_line(
    row: Mapping[str, Any], *, currency: str, markup: Decimal = Decimal(0)
) -> BillLine:
    """An expense as a line: amount times (1 + markup per cent), rounded once (R-192)."""
    exact = Fraction(int(row["amount_minor"]), 10 ** minor_digits(currency))
    amount = to_minor(exact * (1 + Fraction(markup) / 100), currency)
    text = str(row.get("description") or "Expense")
    return BillLine(
        text[:100],
        str(row.get("date") or ""),
        Decimal(1),
        amount.amount,
        amount,
        ((str(row["external_id"]), 0),),
    )


def fixed_parts(total: Money, parts: int) -> list[Money]:
    """A fixed fee in equal parts; the last one takes the remainder (R-137)."""
    each = to_minor(
        Fraction(total.minor, 10 ** minor_digits(total.currency)) / parts, total.currency
    )
    return [each] * (parts - 1) + [Money(total.minor - each.minor * (parts - 1), total.currency)]


def difference(logged: int, by_state: Mapping[str, int]) -> int:
    """Logged minutes less the sum over the billing states; 0 is balanced (R-224)."""
    unknown = set(by_state) - set(STATES)
    if unknown:
        msg = f"no such billing state: {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    return logged - sum(by_state.values())
