"""Decisions that are kept at each decision point, taken again by other rules."""

import pytest
from support.fakes import World, log
from tallystick.app import invoicing, lifecycle, sync
from tallystick.app.decision_log import DecisionLog
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused
from tallystick.model.money import Money
from tallystick.model.record import RecordKey
from tallystick.plan.context import Taken
from workbench.replayed import cells, only, other

HELD = "rules:\n  - id: closed\n    when: [{{{0}}}]\n    then: {1}\n    because: It is closed.\n"


def closed(ws: Workspace, name: str, condition: str, then: str) -> str:
    """A draft with a rule in front that says no."""
    return other(ws, ("rules:\n", HELD.format(condition, then)), name=name)


def test_records_whose_parents_are_there_are_replayed(ws: Workspace) -> None:
    """One project, one task, three entries; the user has no parents."""
    found = only(ws, "record.push")
    assert cells(found) == {("push", "push"): 5}


def test_holding_what_went_on_takes_its_time_out_of_what_is_billed(ws: Workspace) -> None:
    draft = closed(ws, "cascade.yaml", "record.type: time_entry", "hold")
    (change,) = only(ws, draft).changes
    assert (change.was, change.now, change.records) == ("push", "hold", 3)
    assert change.amounts == (Money(-15000, "EUR"),)


def test_a_parent_is_known_by_its_kind_and_name_though_only_its_state_was_kept(
    ws: Workspace,
) -> None:
    condition = "parents: {some: true, where: [{type: task}, {name: Data import}]}"
    found = only(ws, closed(ws, "cascade.yaml", condition, "hold"))
    assert cells(found)["push", "hold"] == 3
    assert found.untold == 0


def test_work_that_was_invoiced_is_named_where_another_rule_would_not_have_billed_it(
    ws: Workspace,
) -> None:
    invoicing.bill(ws, project="p1")
    assert cells(only(ws, "invoice_line.add")) == {("allow", "allow"): 3}
    draft = closed(ws, "invoiced_once.yaml", "time_entry.minutes: {gt: 45}", "refuse")
    found = only(ws, draft)
    (change,) = found.changes
    assert (change.was, change.now, change.records, change.minutes) == ("allow", "refuse", 2, 120)
    assert (found.invoiced, change.amounts) == (1, ())
    assert "time_entry:e1" in change.invoices[0]


def test_work_that_another_rule_would_set_apart_is_worth_the_same_and_stays_on_its_invoice(
    ws: Workspace,
) -> None:
    """R-148: nothing that is invoiced would change, and no amount."""
    invoicing.bill(ws, project="p1")
    draft = closed(ws, "invoiced_once.yaml", "line.kind: time_entry", "apart")
    found = only(ws, draft)
    assert cells(found) == {("allow", "apart"): 3}
    (change,) = found.changes
    assert (found.invoiced, change.amounts, change.records) == (0, (), 3)


def test_work_that_an_invoice_left_out_is_worth_what_it_would_bring(
    ws: Workspace, world: World
) -> None:
    """P-16 the other way: new time on a finished task that was invoiced; what is not approved
    would be allowed too, and is worth nothing yet.
    """
    invoicing.bill(ws, project="p1")
    world.put("portal", "task", "t1", completed=True)
    log(world, "e9", minutes=90)
    sync.run(ws, approve=lambda _plan: True)
    with pytest.raises(Refused):
        invoicing.bill(ws, project="p1")
    hold = ("default: hold}", "default: bill}")
    (change,) = only(ws, other(ws, hold, name="invoiced_once.yaml")).changes
    assert (change.was, change.now, change.records) == ("refuse", "allow", 2)
    assert change.amounts == (Money(15000, "EUR"),)


def test_an_expense_that_would_stay_out_is_worth_its_amount(ws: Workspace, world: World) -> None:
    books = next(iter(world.accounts["project"].values()))
    row = {"description": "Train", "amount_minor": 4200, "currency": "EUR", "billable": True}
    row |= {"status": "unbilled", "origin": "books", "project_id": books["external_id"]}
    world.put("accounts", "expense", "x1", **row, customer_id=books["client_id"])
    sync.run(ws, approve=lambda _plan: True)
    invoicing.bill(ws, project="p1", with_expenses=True)
    own = ("all: [{params.expenses: made_in_projects}, {expense.origin: {ne: projects}}]", "")
    text = own[0].replace("made_in_projects", "all_of_project")
    allowed = "all: [{params.expenses: made_in_projects}, {expense.origin: books}]"
    draft = other(
        ws,
        (own[0], text),
        ("all: [{params.expenses: all_of_project}, {expense.origin: books}]", allowed),
        name="invoiced_once.yaml",
    )
    (change,) = only(ws, draft).changes
    assert (change.was, change.now, change.amounts) == ("refuse", "allow", (Money(4200, "EUR"),))


def test_switching_on_again_is_replayed(ws: Workspace) -> None:
    lifecycle.disable(ws, None)
    lifecycle.enable(ws, None)
    assert cells(only(ws, "integration.enable")) == {("allow", "allow"): 1}
    draft = closed(ws, "re_enable.yaml", "request.user: this user", "refuse")
    assert cells(only(ws, draft)) == {("allow", "refuse"): 1}


def test_what_was_decided_of_a_transaction_that_moves_is_replayed(
    ws: Workspace, world: World
) -> None:
    """The log keeps any decision; a command that migrates hands its own on like this."""
    target = ws.integration(None).target
    ws.store.records.upsert(target, "transaction", [{"external_id": "i1"}], run_id=1)
    decider = ws.rules.decider("integration.migrate")
    subject = {
        "transaction": {"number": "INV-1", "customer": "C1"},
        "project": {"name": "Atlas", "primary_client": "C1"},
    }
    decision = decider(subject)
    key = RecordKey(target, "transaction", "i1")
    DecisionLog(ws, "main", None).keep(Taken(key, decision, subject, decider, "v1"))
    assert cells(only(ws, "integration.migrate")) == {("migrate", "migrate"): 1}
    draft = closed(ws, "migration.yaml", "transaction.number: INV-1", "leave")
    assert cells(only(ws, draft)) == {("migrate", "leave"): 1}
