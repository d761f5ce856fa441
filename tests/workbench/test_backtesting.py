"""Stored decisions under another version of their rules: outcomes, amounts, what is invoiced."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.fakes import World
from tallystick.app import invoicing, rule_drafts, status, sync
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError
from tallystick.model.money import Money
from tallystick.model.record import RecordKey
from tallystick.testing.clock import FakeClock
from tallystick.workbench.backtests import backtest, seen
from workbench.replayed import SHORTER, UNAPPROVED, cells, guarded, in_force, only, other

TASK = {"project_id": "p9", "name": "Waits", "completed": False, "status": "open", "rate": None}
STORED_POINTS = ("contact.match", "record.fetch", "record.push", "time_entry.status")


@pytest.mark.parametrize("decision", STORED_POINTS)
def test_the_rules_that_decided_decide_the_same_again(
    ws: Workspace, world: World, decision: str
) -> None:
    alone = {**world.portal["project"]["p1"], "name": "Nobody's", "client_id": None}
    world.portal["project"]["p9"] = {**alone, "external_id": "p9"}
    world.put("portal", "task", "t9", **TASK)
    sync.run(ws, approve=lambda _plan: True)
    found = only(ws, decision)
    assert found.replayed == sum(cells(found).values()) > 0
    assert found.changed == found.untold == found.retargeted == 0
    assert all(was == now for was, now in cells(found))


def test_every_record_is_replayed_once_however_often_it_was_decided(
    ws: Workspace, world: World
) -> None:
    before = only(ws, "record.fetch").replayed
    assert before > 0
    for approval in ("pending", "approved"):
        world.portal["time_entry"]["e1"]["approval"] = approval
        sync.run(ws, approve=lambda _plan: True)
    assert only(ws, "record.fetch").replayed == before


def test_the_value_that_is_foretold_is_the_value_that_comes(ws: Workspace) -> None:
    """What a stricter rule would take from unbilled work is what it takes once it is in force."""
    before = status.status(ws).to_bill
    draft = other(ws, SHORTER)
    found = only(ws, draft)
    (change,) = found.changes
    assert (change.was, change.now, change.by, change.code) == (
        "accept",
        "skip",
        "too-long",
        "TS-07",
    )
    assert (change.records, change.minutes, change.amounts) == (1, 60, (Money(-10000, "EUR"),))
    in_force(ws, draft)
    (was,), (now,) = before, status.status(ws).to_bill
    assert now.minor - was.minor == change.amounts[0].minor


def test_work_that_would_be_offered_is_valued_as_it_comes(ws: Workspace) -> None:
    draft = other(ws, UNAPPROVED)
    (change,) = only(ws, draft).changes
    assert (change.was, change.now, change.records) == ("skip", "accept", 1)
    assert change.amounts == (Money(10000, "EUR"),)
    before = status.status(ws).to_bill
    in_force(ws, draft)
    assert status.status(ws).to_bill[0].minor - before[0].minor == 10000


def test_work_before_the_cutoff_is_no_money_when_it_is_let_in(ws: Workspace, world: World) -> None:
    world.portal["time_entry"]["pending"]["work_date"] = world.portal["time_entry"]["e1"][
        "work_date"
    ] - timedelta(days=60)
    sync.run(ws, approve=lambda _plan: True)
    (change,) = only(ws, other(ws, UNAPPROVED)).changes
    assert (change.records, change.amounts) == (1, ())


def test_work_on_an_invoice_is_counted_as_invoiced_and_not_as_money(ws: Workspace) -> None:
    invoicing.bill(ws, project="p1")
    found = only(ws, other(ws, SHORTER))
    (change,) = found.changes
    assert (found.invoiced, change.invoiced, change.amounts) == (1, 1, ())
    assert "time_entry:e1" in change.invoices[0]


def test_a_client_that_is_linked_stays_so_and_its_invoices_are_no_alarm(ws: Workspace) -> None:
    invoicing.invoice(ws, project="p1")
    head = "rules:\n  - id: never\n    when: [{incoming.name: Acme Ltd}]\n    then: review\n"
    held = ("rules:\n", f'{head}    code: CON-01\n    because: "It is asked about."\n')
    found = only(ws, other(ws, held, name="contacts.yaml"))
    assert cells(found)["create", "review"] == 1
    assert (found.invoiced, [c.entries for c in found.changes]) == (0, [0])
    assert any("stays linked" in note for note in found.notes)


def test_a_client_that_is_not_linked_takes_the_work_on_invoices_with_it(ws: Workspace) -> None:
    invoicing.invoice(ws, project="p1")
    key = RecordKey(ws.integration(None).source, "contact", "c1")
    ws.store.links.close(key, now=ws.clock.now())
    head = "rules:\n  - id: never\n    when: [{incoming.name: Acme Ltd}]\n    then: review\n"
    held = ("rules:\n", f'{head}    code: CON-01\n    because: "It is asked about."\n')
    assert only(ws, other(ws, held, name="contacts.yaml")).invoiced == 2


def test_billed_work_that_would_go_on_a_line_of_its_own_is_no_alarm(ws: Workspace) -> None:
    invoicing.invoice(ws, project="p1")
    head = "rules:\n  - id: tasks\n    when: [{line.kind: time_entry}, {time_entry.kind: task}]\n"
    apart = ("rules:\n", f'{head}    then: apart\n    because: "It is apart."\n')
    found = only(ws, other(ws, apart, name="invoiced_once.yaml"))
    assert cells(found)["allow", "apart"] > 0
    assert found.invoiced == 0


def test_a_project_that_would_be_left_out_takes_its_time_with_it(ws: Workspace) -> None:
    rule = guarded("closed", "{record.type: project}")
    found = only(ws, other(ws, rule))
    change = next(c for c in found.changes if c.by == "closed")
    assert change.records == 1
    assert change.entries == 3
    assert change.amounts == (Money(-15000, "EUR"),)


def test_hits_are_told_by_rule_before_and_after(ws: Workspace) -> None:
    hits = {h.rule: (h.before, h.after) for h in only(ws, other(ws, SHORTER)).hits}
    assert hits["too-long"] == (0, 1)
    assert hits["work-to-bill"] == (2, 1)


def test_a_field_that_was_not_kept_is_taken_from_the_record_as_it_is_now(ws: Workspace) -> None:
    """An accepted entry keeps what its rules named; notes were not among them."""
    rule = guarded("marked", "{record.type: time_entry}, {record.notes: internal}")
    draft = other(ws, rule)
    unchanged = only(ws, draft)
    assert (unchanged.changed, unchanged.changed_since, unchanged.notes) == (0, 0, ())
    assert unchanged.now_used > 0
    source = ws.integration(None).source
    row = ws.store.records.get(RecordKey(source, "time_entry", "e1"))
    assert row is not None
    ws.store.records.upsert(
        source,
        "time_entry",
        [{**row, "notes": "internal", "content_hash": "another"}],
        run_id=99,
    )
    found = only(ws, draft)
    assert cells(found)["accept", "skip"] == 1
    assert found.changed_since == 1
    assert "changed since they were decided on" in found.notes[0]


def test_nothing_is_said_where_a_field_was_not_kept_and_cannot_be_had(ws: Workspace) -> None:
    rule = guarded("odd", "{record.type: time_entry}, {record.email_state: shared}")
    found = only(ws, other(ws, rule))
    assert (found.untold, found.untold_fields) == (2, ("record.email_state",))
    assert found.changed == 0


def test_settings_count_as_they_were_and_values_of_the_file_as_they_are(ws: Workspace) -> None:
    """R-128: entries stay judged under the cutoff of their time."""
    row = ws.store.settings.integration("main")
    assert row is not None
    assert row.cutoff is not None
    ws.store.settings.put_integration(replace(row, cutoff=row.cutoff.replace(year=2030)))
    assert only(ws, "time_entry.status").changed == 0


def test_decisions_stored_before_a_day_can_be_left_out(ws: Workspace, clock: FakeClock) -> None:
    assert only(ws, "record.fetch", since=clock.now() + timedelta(days=1)).replayed == 0
    assert only(ws, "record.fetch", since=clock.now() - timedelta(days=1)).replayed > 0


def test_two_versions_are_held_against_each_other_on_what_was_decided(ws: Workspace) -> None:
    draft = other(ws, SHORTER)
    assert only(ws, "qualification.yaml", against=draft).changed == 1
    assert only(ws, draft, against=draft).changed == 0
    assert only(ws, draft, against="live").changed == 1


def test_a_version_that_was_replaced_is_found_by_its_hash(ws: Workspace) -> None:
    first = other(ws)
    in_force(ws, first)
    former = ws.rules.book().packs["record.fetch"].hash
    in_force(ws, other(ws, SHORTER))
    found = only(ws, "record.fetch", against=former[:8])
    assert cells(found)["accept", "skip"] == 1
    with pytest.raises(ConfigError) as refusal:
        only(ws, "record.fetch", against="0123456")
    assert refusal.value.code == "CFG-14"


def test_a_deleted_record_is_left_out_and_counted(ws: Workspace) -> None:
    before = only(ws, "record.fetch")
    source = ws.integration(None).source
    for run in (98, 99):
        ws.store.records.mark_absent(
            source, "time_entry", run, ws.clock.now(), seen=["e1", "pending"]
        )
    after = only(ws, "record.fetch")
    assert (after.replayed, after.gone) == (before.replayed - 1, 1)


def synced_with_twins(ws: Workspace, world: World, **second: str) -> None:
    """Sync a project whose client is one customer by name and e-mail, beside a second customer."""
    client = {"contact_type": "client", "currency": "EUR", "phone": "", "status": "active"}
    customer = {**client, "contact_type": "customer"}
    world.put("portal", "contact", "c9", name="Twin", email="a@twin.example", **client)
    world.put("accounts", "contact", "K1", name="Twin", email="a@twin.example", **customer)
    world.put("accounts", "contact", "K2", **second, **customer)
    project = {**world.portal["project"]["p1"], "name": "Second", "client_id": "c9"}
    world.put("portal", "project", "p9", **{n: v for n, v in project.items() if n != "external_id"})
    sync.run(ws, approve=lambda _plan: True)


def test_the_same_customer_to_link_is_no_other_target_and_no_change(
    ws: Workspace, world: World
) -> None:
    synced_with_twins(ws, world, name="Other", email="")
    assert cells(only(ws, "contact.match"))["link", "link"] == 1
    assert only(ws, "contact.match").retargeted == 0


def test_another_customer_to_link_is_counted_though_the_outcome_is_the_same(
    ws: Workspace, world: World
) -> None:
    synced_with_twins(ws, world, name="Twin", email="b@twin.example")
    before = only(ws, "contact.match")
    assert (cells(before)["link", "link"], before.retargeted) == (1, 0)
    same, differs = ("email: {same_as: incoming.email, fold: email}", "email: b@twin.example")
    after = only(ws, other(ws, (same, differs), name="contacts.yaml"))
    assert (cells(after)["link", "link"], after.changed, after.retargeted) == (1, 0, 1)


def test_a_replay_is_nothing_that_shadows_count(ws: Workspace) -> None:
    draft = ws.home / "rules" / other(ws, SHORTER)
    rule_drafts.put_shadow(ws, draft, draft.read_text(encoding="utf-8"))
    sync.run(ws, approve=lambda _plan: True)
    before = [r["asked"] for r in ws.rules.shadows()]
    assert len(before) == 1
    assert before[0] > 0
    for against in ("stored", "live"):
        only(ws, "record.fetch", against=against)
    assert [r["asked"] for r in ws.rules.shadows()] == before


def test_what_was_seen_is_of_these_rules_against_those_in_force(ws: Workspace) -> None:
    draft = other(ws, SHORTER)
    assert seen(ws, draft) == []
    only(ws, draft, since=ws.clock.now())
    assert seen(ws, draft) == []
    only(ws, draft)
    assert [r["decision"] for r in seen(ws, draft)] == ["record.fetch"]
    path = ws.home / "rules" / draft
    path.write_text(path.read_text().replace("default: 59", "default: 58"), encoding="utf-8")
    assert seen(ws, draft) == []


def test_without_a_file_every_draft_is_replayed(ws: Workspace) -> None:
    with pytest.raises(ConfigError) as refusal:
        backtest(ws)
    assert refusal.value.code == "CFG-14"
    other(ws, SHORTER)
    other(ws, name="cutoff.yaml")
    assert {b.decision for b in backtest(ws)} == {"record.fetch", "time_entry.status"}


def test_what_is_not_kept_as_a_decision_is_said(ws: Workspace) -> None:
    found = only(ws, "invoice_line.add")
    assert found.replayed == 0
    assert found.notes == (
        "No decision of invoice_line.add is kept in the store: nothing is replayed.",
    )
