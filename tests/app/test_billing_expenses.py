"""Expenses on invoices (R-187...R-194)."""

from datetime import date
from typing import Any

from app.synced import Place, booked, run, target
from support.fakes import World, small_world
from tallystick.app import billing, invoicing
from tallystick.app.results_billing import InvoiceView
from tallystick.app.workspace import Workspace


def bill(ws: Workspace, **choices: Any) -> InvoiceView:
    """Make the invoice of the one project, with its expenses."""
    return invoicing.invoice(ws, **{"project": "p1", "with_expenses": True, **choices})


def left_out(ws: Workspace, **choices: Any) -> dict[str, str]:
    """Record and code of what stays out."""
    seen = billing.preview(ws, **{"project": "p1", "with_expenses": True, **choices})
    return {o.record: o.code for o in seen.left_out}


def expense(world: World, name: str, ws: Workspace, **changes: Any) -> None:
    """An expense of this project and customer, made where the work was done."""
    books = next(iter(world.accounts["project"].values()))
    row = {
        "date": date(2026, 3, 15),
        "description": "Train",
        "amount_minor": 4200,
        "currency": "EUR",
        "project_id": books["external_id"],
        "customer_id": books["client_id"],
        "billable": True,
        "status": "unbilled",
        "origin": "projects",
    }
    world.put("accounts", "expense", name, **{**row, **changes})


def test_only_expenses_of_this_project_and_customer_made_in_the_portal_go_along(
    place: Place,
) -> None:
    """R-187, R-188, R-191, R-193, R-130, V-XPN-01, V-CUT-16, V-CUR-07."""
    world = small_world()
    with place.synced(world) as ws:
        expense(world, "x1", ws)
        expense(world, "x2", ws, customer_id="k2")
        expense(world, "x3", ws, project_id="bp9")
        expense(world, "x4", ws, origin="books")
        expense(world, "x5", ws, currency="USD")
        expense(world, "x6", ws, billable=False)
        run(ws)
        codes = left_out(ws)
        assert codes == {
            "expense:x2": "EXP-01",
            "expense:x3": "EXP-01",
            "expense:x4": "EXP-02",
            "expense:x5": "EXP-04",
            "expense:x6": "EXP-05",
        }
        made = bill(ws)
        assert (made.status, str(made.total)) == ("DONE", "142.00 EUR")


def test_expenses_of_the_primary_client_drop_out_when_another_customer_pays(place: Place) -> None:
    """R-153, R-194, V-XPN-02."""
    world = small_world()
    world.put("accounts", "contact", "k5", name="Payer", contact_type="customer", currency="EUR")
    with place.synced(world) as ws:
        expense(world, "x1", ws)
        run(ws)
        assert left_out(ws, customer="k5") == {"expense:x1": "EXP-01"}
        assert str(bill(ws, customer="k5").total) == "100.00 EUR"


def test_an_expense_on_an_invoice_is_not_billed_again(place: Place) -> None:
    """R-190, V-XPN-03, EXP-03: on ours, and on one made by hand."""
    world = small_world()
    with place.synced(world) as ws:
        expense(world, "x1", ws)
        expense(world, "x2", ws, status="invoiced", invoice_id="i9")
        run(ws)
        bill(ws)
        codes = left_out(ws)
        assert (codes["expense:x1"], codes["expense:x2"]) == ("EXP-03", "EXP-03")


def test_an_expense_preview_shows_no_work(place: Place) -> None:
    """R-187."""
    world = small_world()
    with place.synced(world) as ws:
        expense(world, "x1", ws)
        run(ws)
        seen = billing.expenses(ws, project="p1", customer=None)
        assert (seen.lines, str(seen.total), len(seen.expenses)) == ((), "42.00 EUR", 1)
        assert len(booked(world)) == 1, "there is work, and it is not shown"
        assert ws.store.records.count(target(ws), "expense") == 1
