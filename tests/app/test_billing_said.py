"""What a bill that is refused, voided or changed by a rule says of its work."""

import pytest
from app.synced import Place, run
from app.test_billing import bill, project
from support.fakes import World, log, small_world
from tallystick.app import billing, voiding
from tallystick.errors import Refused
from tallystick.resources import default_rules


def _by_staff(world: World) -> None:
    """Staff rates, of which one person has none."""
    project(world, billing_method="staff_hours")
    world.put("portal", "user_rate", "r1", project_id="p1", user_id="u1", rate="60")
    world.put("portal", "user", "u2", name="Ben", email="ben@studio.example", status="active")


def test_work_that_waits_for_a_rate_is_named_when_there_is_nothing_else(place: Place) -> None:
    """INV-10: not that all is invoiced, and not only that there is nothing."""
    world = small_world()
    project(world, billing_method="staff_hours")
    with place.synced(world) as ws, pytest.raises(Refused, match="1 entry waits for RATE-01"):
        bill(ws)


def test_a_second_bill_names_what_waits_beside_what_is_invoiced(place: Place) -> None:
    """R-166, INV-01: all that qualifies is not invoiced while entries have no rate."""
    world = small_world()
    _by_staff(world)
    log(world, "e2", user_id="u2")
    log(world, "e3", user_id="u2")
    log(world, "e4", approval="rejected")
    with place.synced(world) as ws:
        bill(ws)
        with pytest.raises(Refused) as error:
            bill(ws)
        assert error.value.code == "INV-01"
        said = error.value.message
        assert said.startswith("2 entries wait for RATE-01; all other work that qualifies is ")
        assert said.endswith(" 1 more does not qualify.")


def test_a_voided_invoice_is_shown_with_what_it_held(place: Place) -> None:
    """R-179: its entries and hours, though they are free now."""
    with place.synced(small_world()) as ws:
        made = bill(ws)
        freed = voiding.void(ws, invoice=str(made.number))
        assert ws.store.outbox.claims() == []
        assert (freed.entries, freed.minutes) == (made.entries, made.minutes) == (1, 60)
        names = (freed.customer_name, freed.project_name)
        assert names == (made.customer_name, made.project_name)


EXPENSES_APART = """\
  - id: travel
    when: [{line.kind: expense}, {expense.billable: true}]
    then: apart
    because: "Travel is billed apart."
"""


def test_an_expense_set_apart_is_billed_as_one_that_is_allowed(place: Place) -> None:
    """An expense is a line of its own anyway (R-192)."""
    world = small_world()
    with place.synced(world) as ws:
        books = next(iter(world.accounts["project"].values()))
        row = {"description": "Train", "amount_minor": 4200, "currency": "EUR", "billable": True}
        row |= {"status": "unbilled", "origin": "projects", "project_id": books["external_id"]}
        world.put("accounts", "expense", "x1", **row, customer_id=books["client_id"])
        run(ws)
        text = (default_rules() / "invoiced_once.yaml").read_text(encoding="utf-8")
        changed = text.replace("rules:\n", f"rules:\n{EXPENSES_APART}", 1)
        (ws.home / "rules" / "invoiced_once.yaml").write_text(changed, encoding="utf-8")
        seen = billing.preview(ws, project="p1", with_expenses=True)
        assert [(line.name, line.amount.minor) for line in seen.expenses] == [("Train", 4200)]
