"""What Zoho Projects says becomes canonical rows, exactly, and nothing is guessed."""

from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from connectors.zoho_projects.answers import CLIENT, LOG, PORTALS, PROJECT
from tallystick.records.catalogue import CANONICAL
from tallystick_zoho_projects import mapping
from tallystick_zoho_projects.time_entries import time_entry
from tallystick_zoho_projects.values import FieldError

_ROW_ONLY = {"external_id", "modified_at", "extra"}


def kolkata() -> tzinfo:
    return ZoneInfo("Asia/Kolkata")


def unknown() -> tzinfo:
    msg = "the portal's time zone is not known"
    raise ValueError(msg)


def entry(kind: str = "task", **changes: Any) -> dict[str, Any]:
    return time_entry({**LOG, **changes}, kind, kolkata)


def rows() -> dict[str, dict[str, Any]]:
    user = {"id": "1", "zpuid": "9001", "name": "Mara", "email": "m@x.example"}
    return {
        "organization": mapping.organization(PORTALS[0]),
        "contact": mapping.contact(CLIENT, kolkata),
        "contact_person": mapping.contact_person({"id": "1", "first_name": "Ann"}, "7"),
        "user": mapping.user(user),
        "project": mapping.project(PROJECT, [CLIENT], kolkata),
        "task_list": mapping.task_list({"id": "1", "name": "General"}, "4"),
        "task": mapping.task({"id": "1", "name": "T"}, "4", kolkata),
        "bug": mapping.bug({"id": "1", "title": "B"}, "4", kolkata),
        "user_rate": mapping.user_rate({**user, "rate": "90"}, "4"),
        "time_entry": entry(),
    }


@pytest.mark.parametrize("type", sorted(rows()))
def test_a_row_has_only_columns_of_its_record_class(type: str) -> None:
    cls = next(c for c in CANONICAL if c.type_name == type)
    assert set(rows()[type]) - _ROW_ONLY <= set(cls.model_fields)


def test_a_time_log_becomes_a_time_entry() -> None:
    assert entry() == {
        "external_id": "1900000000000000123",
        "project_id": "4000000004947",
        "kind": "task",
        "task_id": "5100",
        "bug_id": None,
        "label": None,
        "user_id": "9001",
        "work_date": date(2026, 7, 2),
        "minutes": 90,
        "billable": True,
        "approval": "approved",
        "notes": "Import",
        "started_at": None,
        "modified_at": datetime(2026, 7, 2, 9, 30, tzinfo=UTC),
        "extra": {},
    }


def test_an_id_that_is_a_number_is_kept_to_its_last_digit() -> None:
    assert entry(id=1900000000000000123)["external_id"] == "1900000000000000123"


def test_an_id_with_a_binary_fraction_is_refused() -> None:
    with pytest.raises(FieldError):
        entry(id=1.9e18)


def test_a_log_on_an_issue_is_one_on_a_bug() -> None:
    found = entry("issue", module_detail={"type": "issue", "id": "66"})
    assert (found["kind"], found["bug_id"], found["task_id"]) == ("bug", "66", None)


def test_a_general_log_has_a_label_and_neither_task_nor_bug() -> None:
    found = entry("general", module_detail={"type": "general"}, log_name="Travel")
    ids = (found["task_id"], found["bug_id"])
    assert (found["kind"], found["label"], ids) == ("general", "Travel", (None, None))


def test_a_log_without_its_kind_is_of_the_kind_that_was_asked_for() -> None:
    assert entry("general", module_detail={})["kind"] == "general"


def test_a_kind_never_seen_is_not_taken_for_another() -> None:
    """R-120."""
    assert entry(module_detail={"type": "milestone", "id": "1"})["kind"] is None


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("Approved", "approved"),
        ("Pending", "pending"),
        ("Unapproved", "pending"),
        ("Rejected", "rejected"),
        ("Recalled", "Recalled"),
        ("Draft", "Draft"),
        ("-", None),
        ("", None),
        (None, None),
    ],
)
def test_an_approval_word_is_known_or_kept_as_sent(word: str | None, kept: str | None) -> None:
    """R-102, R-120."""
    assert entry(approval={"status": word})["approval"] == kept
    assert entry(approval=None, approval_status=word)["approval"] == kept


@pytest.mark.parametrize(
    ("word", "billable"),
    [
        ("Billable", True),
        ("Non Billable", False),
        ("non_billable", False),
        ("Non-Billable", False),
        ("Perhaps", None),
        (None, None),
    ],
)
def test_a_billing_word_is_known_or_neither(word: str | None, billable: bool | None) -> None:
    """R-101, R-120."""
    assert entry(billing_status=word)["billable"] is billable


def test_a_billing_word_never_seen_stays_readable() -> None:
    """R-120."""
    assert entry(billing_status="Perhaps")["extra"] == {"billing_status": "Perhaps"}


def test_what_is_not_said_of_invoices_is_not_offered() -> None:
    assert not {"billed_status", "invoice_id"} & set(entry())


def test_a_log_on_an_invoice_is_invoiced() -> None:
    found = entry(invoice_id="88000")
    assert (found["invoice_id"], found["billed_status"]) == ("88000", "invoiced")


def test_a_log_with_an_empty_invoice_is_on_none() -> None:
    found = entry(invoice_id="")
    assert found["invoice_id"] is None
    assert found["billed_status"] is None


def test_a_start_is_in_the_portals_zone() -> None:
    started = entry(start_time="03:15 PM")["started_at"]
    assert started == datetime(2026, 7, 2, 9, 45, tzinfo=UTC)


def test_a_start_is_nothing_when_the_portal_names_no_zone() -> None:
    assert time_entry({**LOG, "start_time": "03:15 PM"}, "task", unknown)["started_at"] is None


def test_a_project_has_its_primary_client_and_its_money_exactly() -> None:
    other = {**CLIENT, "id": "7100000000002", "is_primary": False}
    row = mapping.project(PROJECT, [other, {**CLIENT, "is_primary": True}], kolkata)
    money = (row["rate"], row["currency"], row["billing_method"])
    assert (row["client_id"], money) == ("7100000000001", ("85.5", "EUR", "project_hours"))
    assert (row["status"], row["owner_id"]) == ("active", "9001")
    assert row["modified_at"] == datetime(2026, 7, 1, 4, 30, tzinfo=UTC)


def test_a_project_without_clients_has_no_primary_client() -> None:
    """R-045."""
    assert mapping.project(PROJECT, [], kolkata)["client_id"] is None


def test_the_only_client_of_a_project_is_primary() -> None:
    """R-046."""
    assert mapping.project(PROJECT, [CLIENT], kolkata)["client_id"] == CLIENT["id"]


@pytest.mark.parametrize(
    "clients",
    [
        None,
        [CLIENT, {**CLIENT, "id": "7100000000002"}],
        [{**CLIENT, "is_primary": True}, {**CLIENT, "id": "2", "is_primary": True}],
    ],
)
def test_a_primary_client_is_not_offered_when_it_is_not_certain(clients: Any) -> None:
    """R-047: never the first of several."""
    assert "client_id" not in mapping.project(PROJECT, clients, kolkata)


def test_a_billing_method_never_seen_is_kept() -> None:
    """R-054."""
    row = mapping.project({**PROJECT, "billing_method": "Daily rate"}, [], kolkata)
    assert row["billing_method"] == "Daily rate"


def test_a_client_company_becomes_a_contact() -> None:
    row = mapping.contact(CLIENT, kolkata)
    assert (row["external_id"], row["contact_type"]) == ("7100000000001", "client")
    assert (row["name"], row["currency"]) == ("Acme Ltd", "EUR")
    assert row["address"] == {"city": "Berlin", "country": "Germany"}


def test_a_user_is_known_by_the_id_that_time_logs_use() -> None:
    raw = {"id": "600", "zuid": "639283127", "zpuid": "9001", "first_name": "Mara"}
    row = mapping.user({**raw, "last_name": "Lind", "is_active": False})
    assert (row["external_id"], row["name"], row["status"]) == ("9001", "Mara Lind", "inactive")


def test_a_user_rate_is_what_is_charged_never_what_it_costs() -> None:
    raw = {"zpuid": "9001", "cost_per_hour": "40", "costRate": "40"}
    row = mapping.user_rate(raw, "4")
    assert (row["external_id"], row["rate"]) == ("4:9001", None)
    assert mapping.user_rate({**raw, "rate": "90.250"}, "4")["rate"] == "90.25"


@pytest.mark.parametrize(
    ("status", "completed"),
    [
        ({"name": "Shipped", "type": "closed"}, True),
        ({"name": "Closed", "type": "open"}, False),
        ({"name": "Done", "is_closed_type": True}, True),
        ({"name": "Done"}, None),
    ],
)
def test_a_task_has_ended_by_the_type_of_its_status_not_by_its_name(
    status: dict[str, Any],
    completed: bool | None,
) -> None:
    row = mapping.task({"id": "1", "name": "T", "status": status}, "4", kolkata)
    assert (row["completed"], row["status"]) == (completed, status["name"].lower())


def test_a_task_has_its_list_billing_and_rate() -> None:
    raw = {
        "id": "1",
        "name": "T",
        "tasklist": {"id": "31", "name": "General"},
        "billing_type": "Non Billable",
        "rate_per_hour": "75.00",
    }
    row = mapping.task(raw, "4", kolkata)
    assert (row["task_list_id"], row["billable"], row["rate"]) == ("31", False, "75")


def test_an_issue_becomes_a_bug_with_its_key() -> None:
    raw = {"id": "3", "key": "AT1-I3", "name": "Crash", "project": {"id": "4"}, "closed": True}
    row = mapping.bug({**raw, "rate_per_hour": 60, "cost_rate_per_hour": 20}, "9", kolkata)
    assert (row["key"], row["name"], row["project_id"]) == ("AT1-I3", "Crash", "4")
    assert (row["completed"], row["rate"]) == (True, "60")


@pytest.mark.parametrize(
    ("raw", "login", "owned"),
    [
        ({"role": "owner"}, None, True),
        ({"role": "Owner"}, None, True),
        ({"role": "admin"}, None, False),
        ({"role": "manager"}, "77", False),
        ({"role": "admin", "owner": {"zuid": "77"}}, "77", True),
        ({"role": "admin", "owner": {"zuid": "78"}}, "77", False),
        ({"role": "admin", "owner_id": 77, "login_id": "77"}, None, True),
        ({}, None, False),
    ],
)
def test_a_portal_is_owned_by_role_or_by_the_owners_id(
    raw: dict[str, Any],
    login: str | None,
    owned: bool,
) -> None:
    """R-007."""
    assert mapping.portal({"id": "1", **raw}, login).owned is owned
