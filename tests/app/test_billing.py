"""From a project's work to a draft invoice, or a reason why not (R-131...R-194)."""

from datetime import date
from typing import Any

import pytest
from app.synced import Place, run, state, target
from support.fakes import World, log, small_world
from tallystick.app import billing, invoicing
from tallystick.app.results_billing import InvoiceView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused


def bill(ws: Workspace, **choices: Any) -> InvoiceView:
    """Make the invoice of the one project."""
    return invoicing.invoice(ws, **{"project": "p1", **choices})


def refusal(ws: Workspace, **choices: Any) -> str:
    """The code of why not."""
    with pytest.raises(Refused) as error:
        bill(ws, **choices)
    return error.value.code


def left_out(ws: Workspace, **choices: Any) -> dict[str, str]:
    """Record and code of what stays out."""
    seen = billing.preview(ws, **{"project": "p1", **choices})
    return {o.record: o.code for o in seen.left_out}


def project(world: World, **changes: Any) -> None:
    """Change the project."""
    world.put("portal", "project", "p1", **changes)


@pytest.mark.parametrize(
    ("method", "set_rate", "total"),
    [
        ("project_hours", lambda w: project(w, rate="100"), "100.00 EUR"),
        ("task_hours", lambda w: w.put("portal", "task", "t1", rate="80"), "80.00 EUR"),
        (
            "staff_hours",
            lambda w: w.put(
                "portal", "user_rate", "r1", project_id="p1", user_id="u1", rate="60.50"
            ),
            "60.50 EUR",
        ),
    ],
)
def test_each_method_has_its_own_rate(place: Place, method: str, set_rate: Any, total: str) -> None:
    """R-131, R-132, R-133; R-068, V-CAS-08: rates arrive in the same run."""
    world = small_world()
    project(world, billing_method=method)
    set_rate(world)
    with place.synced(world) as ws:
        made = bill(ws)
        assert (made.status, str(made.total)) == ("DONE", total)


def test_work_without_a_rate_is_not_billed_at_nothing(place: Place) -> None:
    """R-139, RATE-01, V-MON-22."""
    world = small_world()
    project(world, billing_method="staff_hours")
    with place.synced(world) as ws:
        assert left_out(ws) == {"time_entry:e1": "RATE-01"}
        assert refusal(ws) == "INV-10"


def test_a_fixed_cost_project_is_not_billed_by_its_hours(place: Place) -> None:
    """R-134."""
    world = small_world()
    project(world, billing_method="fixed_cost", rate="10000")
    with place.synced(world) as ws:
        assert refusal(ws) == "PRJ-05"
        assert len(world.accounts["time_entry"]) == 1


def test_a_method_nobody_knows_is_read_but_not_billed(place: Place) -> None:
    """R-054."""
    world = small_world()
    project(world, billing_method="daily")
    with place.synced(world) as ws:
        assert left_out(ws) == {"time_entry:e1": "RATE-01"}
        assert refusal(ws) == "INV-10"
        assert len(world.accounts["time_entry"]) == 1


def test_a_customer_that_is_blank_is_chosen_there(place: Place) -> None:
    """R-151, INV-04: no claim before that."""
    world = small_world()
    with place.synced(world) as ws:
        books = next(iter(world.accounts["project"].values()))
        payer = books["client_id"]
        blank = {"external_id": books["external_id"], "client_id": None}
        ws.store.records.upsert(target(ws), "project", [blank], run_id=1)
        assert refusal(ws) == "INV-04"
        assert ws.store.outbox.claims() == []
        assert bill(ws, customer=payer).status == "DONE"


def test_another_customer_may_pay(place: Place) -> None:
    """R-153, P-37."""
    world = small_world()
    world.put("accounts", "contact", "k5", name="Payer", contact_type="customer", currency="EUR")
    with place.synced(world) as ws:
        made = bill(ws, customer="k5")
        assert (made.status, made.customer_name) == ("DONE", "Payer")


def test_a_customer_nobody_knows_is_refused(place: Place) -> None:
    """INV-04."""
    with place.synced(small_world()) as ws:
        assert refusal(ws, customer="k9") == "INV-04"


def test_a_customer_in_another_currency_is_refused(place: Place) -> None:
    """R-152, INV-05, V-CUR-06."""
    world = small_world()
    world.put("accounts", "contact", "k5", name="Payer", contact_type="customer", currency="USD")
    with place.synced(world) as ws:
        assert refusal(ws, customer="k5") == "INV-05"
        assert ws.store.outbox.claims() == []


def test_an_inactive_customer_waits_for_a_person(place: Place) -> None:
    """R-085, CON-06, V-NAM-20: matched, never woken up by us."""
    world = small_world()
    world.put(
        "accounts",
        "contact",
        "k1",
        name="Acme Ltd",
        email="pay@acme.example",
        contact_type="customer",
        currency="EUR",
        status="inactive",
    )
    with place.synced(world) as ws:
        assert refusal(ws) == "CON-06"
        assert world.accounts["contact"]["k1"]["status"] == "inactive"


def test_work_is_taken_up_to_a_date_inclusive(place: Place) -> None:
    """R-147, V-CUT-17."""
    world = small_world()
    log(world, "e1", work_date=date(2026, 7, 2))
    log(world, "e2", work_date=date(2026, 7, 3))
    with place.synced(world) as ws:
        assert left_out(ws, until=date(2026, 7, 2)) == {"time_entry:e2": "TS-14"}
        made = bill(ws, until=date(2026, 7, 2))
        assert made.entries == 1
        assert (state(ws, "e1")[0], state(ws, "e2")[0]) == ("invoiced", "unbilled")


@pytest.mark.parametrize(
    "grouping", ["single_line", "all_entries", "by_task", "by_user", "by_task_user"]
)
def test_the_set_of_entries_does_not_depend_on_the_grouping(place: Place, grouping: str) -> None:
    """R-148, I-05: the total is the sum of the printed lines (R-163)."""
    world = small_world()
    log(world, "e2", minutes=30)
    with place.synced(world) as ws:
        seen = billing.preview(ws, project="p1", grouping=grouping)
        assert sorted(e for line in seen.lines for e in line.entries) == ["e1", "e2"]
        assert seen.total.minor == sum(line.amount.minor for line in seen.lines) == 15000


def test_there_is_no_sixth_grouping(place: Place) -> None:
    """R-148."""
    with place.synced(small_world()) as ws:
        assert refusal(ws, grouping="by_moon") == "CFG-06"


def test_nothing_to_bill_says_why_not_and_makes_no_empty_invoice(place: Place) -> None:
    """R-154, INV-10."""
    world = small_world()
    log(world, "e1", approval="pending")
    with place.synced(world) as ws:
        assert left_out(ws) == {"time_entry:e1": "TS-04"}
        assert refusal(ws) == "INV-10"
        assert world.accounts.get("transaction", {}) == {}


def test_later_time_on_a_finished_and_billed_task_waits_until_it_is_reopened(
    place: Place,
) -> None:
    """R-168, TSK-03, V-ONCE-09."""
    world = small_world()
    with place.synced(world) as ws:
        bill(ws)
        world.put("portal", "task", "t1", completed=True)
        log(world, "e2", minutes=30)
        run(ws)
        assert left_out(ws) == {"time_entry:e1": "INV-01", "time_entry:e2": "TSK-03"}
        world.put("portal", "task", "t1", completed=False)
        run(ws)
        assert bill(ws).entries == 1
        assert world.double_billed() == []


def test_a_project_that_nobody_knows_cannot_be_billed(place: Place) -> None:
    """By id, name or the accounts' id."""
    world = small_world()
    with place.synced(world) as ws:
        with pytest.raises(ConfigError) as error:
            bill(ws, project="Nowhere")
        assert error.value.code == "CFG-12"
        assert bill(ws, project=next(iter(world.accounts["project"]))).status == "DONE"


def test_a_plan_of_an_invoice_claims_and_sends_nothing(place: Place) -> None:
    """R-155: it shows the reference and the total that would be sent."""
    world = small_world()
    with place.synced(world) as ws:
        planned = bill(ws, plan_only=True)
        assert (planned.status, str(planned.total)) == ("PLANNED", "100.00 EUR")
        assert ws.store.outbox.claims() == []
        assert bill(ws).reference == planned.reference


def test_all_projects_are_billed_and_one_that_is_refused_stops_no_other(place: Place) -> None:
    """R-220 for invoices: --all lists the refused one with its code."""
    world = small_world()
    world.portal["project"]["p2"] = {**world.portal["project"]["p1"], "external_id": "p2"}
    project(world, billing_method="fixed_cost")
    log(world, "e2", project_id="p2", kind="general", task_id=None, label="Travel")
    with place.synced(world, general_timesheets=True) as ws:
        made = invoicing.bill(ws, project=None)
        assert {m.status: m.code for m in made} == {"REFUSED": "PRJ-05", "DONE": None}


def test_work_that_is_not_in_the_accounts_yet_waits_for_a_sync(place: Place) -> None:
    """TS-13."""
    world = small_world()
    with place.synced(world) as ws:
        log(world, "e2", minutes=30)
        rows = [dict(world.portal["time_entry"]["e2"])]
        ws.store.records.upsert(ws.integration(None).source, "time_entry", rows, run_id=1)
        assert left_out(ws) == {"time_entry:e2": "TS-13"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda w: log(w, "e1", approval="pending"), "TS-04"),
        (lambda w: log(w, "e1", minutes=59), "TS-08"),
        (lambda w: w.portal["time_entry"].pop("e1"), "TS-08"),
    ],
)
def test_work_that_changed_since_the_sync_is_not_billed(
    place: Place, change: Any, code: str
) -> None:
    """R-116, R-142 for minutes: the fresh look just before sending."""
    world = small_world()
    with place.synced(world) as ws:
        change(world)
        assert refusal(ws) == code
        assert ws.store.outbox.claims() == []
        assert world.live_invoices() == []


def test_an_invoice_is_refused_in_a_locked_period_and_its_work_is_free_again(place: Place) -> None:
    """R-158, INV-06."""
    world = small_world()
    with place.synced(world) as ws:
        world.put("accounts", "organization", "o1", lock_date=date(2026, 8, 1))
        run(ws)
        assert refusal(ws) == "INV-06"
        assert state(ws)[0] == "unbilled"
        assert world.live_invoices() == []
