"""Alternatives of policies, each flipped by its one key in a folder that is synced."""

from datetime import date
from typing import Any

import pytest
from app.synced import Place, codes, migrated_file, open_errors, place, run, state
from rules.test_policy_flips import edited, policies
from support.fakes import World, log, lose_answer, small_world
from support.projects import set_up
from tallystick.app import answers, integrations, invoicing, lifecycle, sync
from tallystick.errors import Refused
from tallystick.toolbox.session import Session

__all__ = ["migrated_file", "place"]


def decides(at: Place, file: str, decision: str, name: str, value: Any) -> None:
    """Put a decision file with another default of one param into the project folder."""
    folder = at.home / "rules"
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(edited(decision, name, value), encoding="utf-8")


def customer(world: World, **changes: Any) -> None:
    """A customer of the accounts, called and reached as the client of the portal is."""
    row = {"name": "Acme Ltd", "email": "pay@acme.example", "phone": "", "currency": "EUR"}
    row |= {"contact_type": "customer", "status": "active", **changes}
    world.put("accounts", "contact", "k1", **row)


def matched(at: Place, key: str, **changes: Any) -> str:
    """What becomes of the client: a customer of its own, or the code of the question."""
    decides(at, "contacts.yaml", "contact.match", "match_key", key)
    world = small_world()
    customer(world, **changes)
    with at.opened(world) as ws:
        set_up(ws)
        run(ws)
        return "created" if len(world.accounts["contact"]) == 2 else "/".join(sorted(codes(ws)))


CAPITALS = {"name": "ACME LTD", "email": ""}
ADDRESS = {"name": "Other"}
NAMESAKE = {"email": "other@acme.example"}
ASKED = "CON-01/PRJ-03/TS-01/TSK-01"


@pytest.mark.parametrize(
    ("key", "alike", "becomes"),
    [
        ("name_or_email", CAPITALS, "asked"),
        ("name_or_email", ADDRESS, "asked"),
        ("exact_name", CAPITALS, "created"),
        ("exact_name", NAMESAKE, "asked"),
        ("email", NAMESAKE, "created"),
        ("email", ADDRESS, "asked"),
        ("name_and_email", NAMESAKE, "created"),
        ("name_and_email", ADDRESS, "created"),
    ],
    ids=lambda v: v if isinstance(v, str) else "-".join(v),
)
def test_who_is_a_duplicate_is_what_the_key_says(
    place: Place, key: str, alike: dict[str, str], becomes: str
) -> None:
    """P-05, R-070: who is no duplicate becomes a customer of its own."""
    found = matched(place, key, **alike)
    assert (found == "created") is (becomes == "created")
    assert found == "created" or "CON-01" in found


@pytest.mark.parametrize(("value", "left"), [("keep", "+49 30 1"), ("erase", "")])
def test_overwriting_with_an_empty_value_does_what_the_key_says(
    place: Place, value: str, left: str
) -> None:
    """P-06, R-077: the portal knows that there is no telephone."""
    decides(place, "contacts.yaml", "contact.match", "overwrite_blanks", value)
    world = small_world()
    customer(world, phone="+49 30 1", website="https://acme.example")
    with place.synced(world, on_duplicate="overwrite"):
        row = world.accounts["contact"]["k1"]
        assert row["phone"] == left
        # what the portal says nothing of is left alone, and so is the name
        assert (row["name"], row["website"]) == ("Acme Ltd", "https://acme.example")


@pytest.mark.parametrize(("value", "wanted"), [("hold", "held"), ("warn", "unbilled")])
def test_work_that_looks_like_some_that_was_invoiced_is_held_or_told_of(
    place: Place, value: str, wanted: str
) -> None:
    """P-19, R-119: a warning stands until a person says that it is new work, or the same."""
    decides(place, "qualification.yaml", "record.fetch", "reentry", value)
    world = small_world()
    with place.synced(world) as ws:
        invoicing.bill(ws, project="p1")
        log(world, "e2")
        for _ in range(2):
            run(ws)
            assert state(ws, "e2") == (wanted, ("TS-09",))
            (error,) = [e for e in open_errors(ws) if e.code == "TS-09"]
            assert (error.kind == "warn") is (value == "warn")
        answers.decide(ws, error_id=error.id, answer="same")
        run(ws)
        assert state(ws, "e2") == ("held", ("TS-09",))
        answers.decide(ws, error_id=error.id, answer="new")
        run(ws)
        assert state(ws, "e2") == ("unbilled", ())


@pytest.mark.parametrize(
    ("value", "users", "waits"),
    [("add_inactive", 1, {}), ("hold", 0, {"USR-02": 1, "TS-11": 1})],
)
def test_people_the_accounts_do_not_know_are_added_or_hold_their_time(
    place: Place, value: str, users: int, waits: dict[str, int]
) -> None:
    """P-38, R-062: an invitation may go out to who is added."""
    policies(place, f"users: {{unknown: {value}}}")
    world = small_world()
    with place.synced(world) as ws:
        assert len(world.accounts.get("user", {})) == users
        assert codes(ws) == waits
        world.put(
            "accounts", "user", "b9", name="Mara", email="mara@studio.example", status="active"
        )
        run(ws)
        assert codes(ws) == {}
        assert state(ws)[0] == "unbilled"


def test_reads_are_repeated_as_often_as_the_policy_says(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P-34, R-214: a sync's session gives up earlier; a person who waits gets fewer anyway."""
    policies(place, "transport: {retry: {times: 3}}")
    with place.synced(small_world()) as ws:
        ws.forget_connectors()
        given: list[Session] = []
        source = ws.integration(None).source
        made = ws.host.connector(ws.config.connections[source].system).connector

        def init(_self: object, session: Session, _settings: object) -> None:
            given.append(session)

        monkeypatch.setattr(made, "__init__", init)
        ws.connector(source)
        ws.quick(source)
        assert [s.ports.read_tries for s in given] == [3, 2]


@pytest.mark.parametrize(("value", "code"), [("cancel_unsent", None), ("wait", "INT-05")])
def test_an_integration_is_switched_off_under_way_as_the_policy_says(
    place: Place, value: str, code: str | None
) -> None:
    """P-30, R-198: what is in doubt is kept, or waited for."""
    policies(place, f"lifecycle: {{on_disable: {value}}}")
    world = small_world()
    with place.synced(world) as ws:
        world.on_write = lose_answer(type="transaction")
        world.hidden = True
        assert invoicing.bill(ws, project="p1")[0].status == "PARKED"
        if code is None:
            assert lifecycle.disable(ws, None).state == "disabled"
            return
        with pytest.raises(Refused) as error:
            lifecycle.disable(ws, None)
        assert error.value.code == code
        world.hidden = False
        sync.sweep(ws)
        assert lifecycle.disable(ws, None).state == "disabled"


def test_general_entries_are_brought_over_once_they_are_switched_on(place: Place) -> None:
    """P-08, R-103, R-104: the one policy that is an answer of the set-up."""
    world = small_world()
    log(world, "e1", kind="general", task_id=None, label="Travel")
    with place.synced(world) as ws:
        assert state(ws) == ("held", ("TS-05",))
        integrations.modules(ws, None, general_timesheets=True)
        run(ws)
        assert state(ws) == ("unbilled", ())


@pytest.mark.parametrize(("value", "wanted"), [(True, "held"), (False, "unbilled")])
def test_time_that_nobody_approved_is_billed_where_the_key_says_so(
    place: Place, value: bool, wanted: str
) -> None:
    """P-09, R-102."""
    decides(place, "qualification.yaml", "record.fetch", "require_approval", value)
    world = small_world()
    log(world, "e1", approval="pending")
    with place.synced(world) as ws:
        assert state(ws)[0] == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("opening_invoiced", "opening_invoiced"), ("hold", "held"), ("unbilled", "unbilled")],
)
def test_time_logged_late_for_before_the_cutoff_is_what_the_key_says(
    place: Place, value: str, wanted: str
) -> None:
    """P-02, R-125: each of them is told of with TS-12."""
    decides(place, "cutoff.yaml", "time_entry.status", "late_backdated", value)
    world = small_world()
    with place.synced(world) as ws:
        log(world, "e2", work_date=date(2026, 6, 1))
        run(ws)
        assert state(ws, "e2")[0] == wanted
        assert "TS-12" in {e.code for e in open_errors(ws)}
