"""Amounts as text, for clients that must take them either way."""

from typing import Any

MONEY = frozenset(
    {
        "adjustment",
        "amount",
        "amount_applied",
        "balance",
        "bcy_rate",
        "bcy_total",
        "billable_amount",
        "billed_amount",
        "budget_amount",
        "cost_amount",
        "cost_rate",
        "credits_applied",
        "discount_amount",
        "item_total",
        "outstanding_receivable_amount",
        "payment_made",
        "rate",
        "shipping_charge",
        "sub_total",
        "tax_amount",
        "tax_total",
        "total",
        "total_amount",
        "un_billed_amount",
        "unused_credits_receivable_amount",
        "write_off_amount",
    }
)


def as_text(value: Any) -> Any:
    """The same JSON value with its amounts as text of two digits or more."""
    if isinstance(value, list):
        return [as_text(v) for v in value]
    if isinstance(value, dict):
        return {k: _written(v) if k in MONEY else as_text(v) for k, v in value.items()}
    return value


def _written(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return as_text(value)
    short = f"{value:.2f}"
    return short if float(short) == value else repr(value)
