"""Alternatives of policies about invoices, each flipped by its one key in a folder that bills."""

from datetime import date
from typing import Any

import pytest
from app.synced import Place, migrated_file, place, run
from rules.test_policy_flips import policies, world_of
from support.fake_connectors import FakeAccounts
from support.fakes import log, small_world
from tallystick.app import billing, invoicing
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused
from tallystick.model.operation import Operation

__all__ = ["migrated_file", "place"]


def refusal(ws: Workspace, **choices: Any) -> str | None:
    """The code of why there is no invoice, or None when one is made."""
    try:
        invoicing.invoice(ws, **{"project": "p1", **choices})
    except Refused as error:
        return error.code
    return None


@pytest.mark.parametrize(("grain", "total"), [("line", "0.67"), ("entry", "0.66")])
def test_money_is_rounded_where_the_policy_says(place: Place, grain: str, total: str) -> None:
    """P-13, R-162: two entries of a third of an hour at 1.00 are 0.666… or twice 0.33."""
    policies(place, f"rounding: {{money_grain: {grain}}}")
    world = world_of(20, rate="1.00")
    log(world, "e2", minutes=20)
    with place.synced(world) as ws:
        assert str(billing.preview(ws, project="p1").total) == f"{total} EUR"
        (made,) = invoicing.bill(ws, project="p1")
        assert str(made.total) == f"{total} EUR"


@pytest.mark.parametrize(("value", "left"), [("hold", {"TS-10"}), ("zero", set())])
def test_an_entry_that_rounds_to_nothing_goes_where_the_policy_says(
    place: Place, value: str, left: set[str]
) -> None:
    """P-15, R-109: it is held, or taken along at 0 and never billed again."""
    policies(place, f"rounding: {{time: {{mode: down, step: 15}}, zero_result: {value}}}")
    world = world_of(60)
    log(world, "e2", minutes=5)
    with place.synced(world) as ws:
        (made,) = invoicing.bill(ws, project="p1", grouping="all_entries")
        assert (str(made.total), made.entries) == ("100.00 EUR", 1 if left else 2)
        assert {o.code for o in billing.preview(ws, project="p1").left_out} == {"INV-01", *left}


@pytest.mark.parametrize(
    ("value", "budget", "code", "warned"),
    [
        ("warn", 60, None, 0),
        ("warn", 59, None, 1),
        ("warn", None, None, 0),
        ("block", 60, None, 0),
        ("block", 59, "PRJ-09", 0),
    ],
)
def test_a_budget_that_is_passed_is_told_of_or_stops_billing(
    place: Place, value: str, budget: int | None, code: str | None, warned: int
) -> None:
    """P-25, R-144: exactly at the budget is not over it."""
    policies(place, f"budget: {{overrun: {value}}}")
    world = world_of(60)
    world.put("portal", "project", "p1", budget_minutes=budget)
    with place.synced(world) as ws:
        seen = billing.preview(ws, project="p1")
        assert len(seen.warnings) == warned
        assert (seen.blocked or (None,))[0] == code
        assert refusal(ws) == code


@pytest.mark.parametrize(("value", "code"), [("block", "INV-06"), ("redate", None)])
def test_an_invoice_in_a_locked_period_is_refused_or_dated_to_its_end(
    place: Place, value: str, code: str | None
) -> None:
    """P-21, R-158: the lock date itself is allowed."""
    policies(place, f"periods: {{closed_period: {value}}}")
    world = small_world()
    with place.synced(world) as ws:
        world.put("accounts", "organization", "o1", lock_date=date(2026, 8, 1))
        run(ws)
        assert refusal(ws) == code
        assert [i["date"] for i in world.live_invoices()] == ([] if code else [date(2026, 8, 1)])


@pytest.mark.parametrize(
    ("value", "total", "warnings", "left"),
    [
        ("warn", "0.00 EUR", ("1 time entry is billed at a rate of 0.",), []),
        ("hold", "0.00 EUR", (), ["RATE-01"]),
    ],
)
def test_work_at_a_rate_of_nothing_is_told_of_or_held(
    place: Place, value: str, total: str, warnings: tuple[str, ...], left: list[str]
) -> None:
    """P-24, R-140: an explicit 0 is another thing than no rate (R-139)."""
    policies(place, f"rates: {{zero_rate: {value}}}")
    with place.synced(world_of(60, rate="0")) as ws:
        seen = billing.preview(ws, project="p1")
        assert (str(seen.total), seen.warnings) == (total, warnings)
        assert [o.code for o in seen.left_out] == left


@pytest.mark.parametrize(("value", "code"), [("same_currency", None), ("forbidden", "INV-04")])
def test_another_customer_pays_where_the_policy_lets_one(
    place: Place, value: str, code: str | None
) -> None:
    """P-37, R-153: the primary client may always be named."""
    policies(place, f"invoicing: {{other_customer: {value}}}")
    world = small_world()
    world.put("accounts", "contact", "k5", name="Payer", contact_type="customer", currency="EUR")
    with place.synced(world) as ws:
        assert refusal(ws, customer="k5") == code
        if code:
            own = next(i for i, r in world.accounts["contact"].items() if r["name"] == "Acme Ltd")
            assert refusal(ws, customer=own) is None


@pytest.mark.parametrize(
    ("allowed", "off", "code"), [(0, 1, "INV-07"), (1, 1, None), (1, 2, "INV-07"), (1, -1, None)]
)
def test_a_total_may_differ_as_much_as_the_policy_says(
    place: Place, monkeypatch: pytest.MonkeyPatch, allowed: int, off: int, code: str | None
) -> None:
    """P-36, R-157: a cent of rounding in the accounts, never more."""
    policies(place, f"invoicing: {{total_tolerance: {allowed}}}")
    made = FakeAccounts._made

    def otherwise(self: FakeAccounts, operation: Operation, external_id: str) -> dict[str, Any]:
        row = made(self, operation, external_id)
        return {**row, "total_minor": row["total_minor"] + off} if "total_minor" in row else row

    with place.synced(small_world()) as ws:
        monkeypatch.setattr(FakeAccounts, "_made", otherwise)
        (invoice,) = invoicing.bill(ws, project="p1")
        assert (invoice.status, invoice.code) == ("DONE", code)
