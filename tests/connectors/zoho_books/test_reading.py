"""Lists are read page by page to their end; what is no list is no empty list."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from connectors.zoho_books.answers import (
    ABSENT,
    BASE,
    ENTRIES,
    ORG,
    TASKS,
    connect,
    listing,
    ok,
)
from tallystick.errors import ConfigError, Fatal, RemoteError, Skip
from tallystick.model.connector import Connector
from tallystick.model.record import Cursor, Page
from tallystick_zoho_books.connector import ZohoBooks
from tallystick_zoho_books.settings import HOSTS, read_settings

LISTS = {
    "contact": ("/contacts", "contacts"),
    "user": ("/users", "users"),
    "project": ("/projects", "projects"),
    "time_entry": (ENTRIES, "time_entries"),
    "transaction": ("/invoices", "invoices"),
    "expense": ("/expenses", "expenses"),
    "currency": ("/settings/currencies", "currencies"),
    "tax": ("/settings/taxes", "taxes"),
}
EVERYTHING = {"Status.All", "Date.All"}


def raw(type: str, number: int) -> dict[str, Any]:
    own = "invoice_id" if type == "transaction" else f"{type}_id"
    return {"project_id": "7", own: str(number)}


def ids(page: Page) -> list[str]:
    return [row["external_id"] for row in page.rows]


def test_it_keeps_the_connector_contract() -> None:
    connector: Connector = connect({})[0]
    assert connector.container_setting == "organization_id"


@pytest.mark.parametrize("type", list(LISTS))
def test_a_list_is_read_page_by_page_and_goes_on_at_any_page(type: str) -> None:
    path, key = LISTS[type]
    rows = [[raw(type, 1)], [raw(type, 2)], [raw(type, 3)]]
    connector, w = connect({f"GET {path}": listing(key, *rows)})
    first = connector.read(type, Cursor())
    assert ids(first) == ["1"]
    assert first.next is not None
    again, _ = connect({f"GET {path}": listing(key, *rows)})
    second = again.read(type, first.next)
    assert ids(second) == ["2"]
    assert second.next is not None
    assert ids(connector.read(type, second.next)) == ["3"]
    assert connector.read(type, second.next).next is None
    assert {s.query["organization_id"] for s in w.service.sent} == {ORG}
    assert {s.query["per_page"] for s in w.service.sent} == {"200"}


@pytest.mark.parametrize(
    "type", ["contact", "user", "project", "time_entry", "transaction", "expense"]
)
def test_a_list_is_asked_for_with_everything_in_it_and_in_an_order(type: str) -> None:
    path, key = LISTS[type]
    connector, w = connect({f"GET {path}": listing(key, [])})
    connector.read(type, Cursor())
    assert w.service.sent[-1].query["filter_by"] in EVERYTHING
    assert w.service.sent[-1].query["sort_column"]


@pytest.mark.parametrize("type", list(LISTS))
def test_no_content_is_an_empty_list(type: str) -> None:
    connector, _ = connect({f"GET {LISTS[type][0]}": (204, b"")})
    page = connector.read(type, Cursor())
    assert (page.rows, page.next) == ([], None)


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0},
        {"code": 0, "contacts": None},
        {"code": 0, "contacts": {}},
        {"code": 77, "contacts": []},
        {"contacts": []},
        {"code": 6041, "contacts": []},
    ],
)
def test_an_answer_without_its_list_is_no_empty_list(body: dict[str, Any]) -> None:
    connector, _ = connect({"GET /contacts": (200, body)})
    with pytest.raises(RemoteError):
        connector.read("contact", Cursor())


@pytest.mark.parametrize(
    "body",
    [
        {"task": [{"task_id": "1"}]},
        {"tasks": [{"task_id": "1"}]},
        {"task": [], "tasks": [{"task_id": "1"}]},
        {"task": [{"task_id": "1"}], "tasks": [{"task_id": "1"}]},
    ],
)
def test_tasks_are_found_under_both_of_their_names(body: dict[str, Any]) -> None:
    connector, _ = connect({f"GET {TASKS}": ok(**body)})
    page = connector.read("task", Cursor("", "70"))
    assert ids(page) == ["1"]
    assert page.rows[0]["project_id"] == "70"


def test_the_persons_of_a_contact_are_read_under_it() -> None:
    people = [{"contact_person_id": "5", "first_name": "Ada", "last_name": "Byron"}]
    connector, _ = connect({"GET /contacts/50/contactpersons": ok(contact_persons=people)})
    row = connector.read("contact_person", Cursor("", "50")).rows[0]
    assert (row["contact_id"], row["name"]) == ("50", "Ada Byron")


def test_the_lines_of_an_invoice_come_from_the_invoice() -> None:
    whole = {"invoice_id": "90", "currency_code": "EUR", "line_items": [{"line_item_id": "1"}]}
    connector, _ = connect({"GET /invoices/90": ok(invoice=whole), "GET /invoices/91": ABSENT})
    assert ids(connector.read("transaction_line", Cursor("", "90"))) == ["1"]
    assert ids(connector.read("transaction_line", Cursor("", "91"))) == []


def test_an_expense_is_read_whole_where_the_list_names_no_project() -> None:
    connector, w = connect(
        {
            "GET /expenses": listing("expenses", [{"expense_id": "1"}, {"expense_id": "2"}]),
            "GET /expenses/1": ok(expense={"expense_id": "1", "project_id": "7"}),
            "GET /expenses/2": ABSENT,
        }
    )
    rows = connector.read("expense", Cursor()).rows
    assert [r.get("project_id") for r in rows] == ["7", None]
    assert len(w.service.sent) == 3


def test_what_changed_since_is_asked_for_with_an_offset_that_survives_the_query() -> None:
    connector, w = connect({"GET /contacts": listing("contacts", [])})
    india = timezone(timedelta(hours=5, minutes=30))
    connector.read("contact", Cursor(since=datetime(2026, 7, 1, 10, 0, 30, tzinfo=india)))
    assert w.service.sent[-1].query["last_modified_time"] == "2026-07-01T04:30:30+0000"
    assert not ZohoBooks.reads["time_entry"].since


def test_a_malformed_record_is_set_aside_with_its_id_and_field() -> None:
    rows = [
        {"time_entry_id": "1", "project_id": "7", "log_time": "01:00"},
        {"time_entry_id": "2", "project_id": "7", "log_time": "an hour"},
        {"project_id": "7"},
        "nonsense",
        None,
    ]
    connector, _ = connect({f"GET {ENTRIES}": listing("time_entries", rows)})
    page = connector.read("time_entry", Cursor())
    assert ids(page) == ["1"]
    assert [(m.external_id, m.field) for m in page.malformed] == [
        ("2", "log_time"),
        ("?", "time_entry_id"),
        ("?", None),
        ("?", None),
    ]


def test_only_the_chosen_organization_is_read_and_all_are_offered() -> None:
    both = [
        {"organization_id": ORG, "name": "Zillium", "is_org_active": True},
        {"organization_id": "2", "name": "Zillium", "is_org_active": False},
        {"name": "nameless"},
    ]
    connector, w = connect({"GET /organizations": ok(organizations=both)})
    assert ids(connector.read("organization", Cursor())) == [ORG]
    assert [(p.id, p.owned) for p in connector.portals()] == [(ORG, True), ("2", False)]
    assert "organization_id" not in w.service.sent[-1].query


def test_a_check_tells_whether_the_organization_is_visible_and_how_the_clocks_differ() -> None:
    date = {"Date": "Mon, 02 Mar 2026 08:58:00 GMT"}
    answer = (200, {"code": 0, "organizations": [{"organization_id": ORG}]}, date)
    connector, _ = connect({"GET /organizations": answer})
    health = connector.check()
    assert health.ok
    assert health.skew_seconds is not None
    assert 120 <= health.skew_seconds < 125
    elsewhere, _ = connect({"GET /organizations": answer}, organization_id="99")
    assert (elsewhere.check().ok, elsewhere.check().code) == (False, "AUTH-03")


def test_few_entries_are_read_by_id_and_a_missing_one_is_gone() -> None:
    connector, _ = connect(
        {f"GET {ENTRIES}/1": ok(time_entry={"time_entry_id": "1"}), f"GET {ENTRIES}/2": ABSENT}
    )
    assert set(connector.fetch("time_entry", ["1", "2"], parent="70")) == {"1"}


def test_many_entries_come_by_list_and_one_that_no_list_shows_is_asked_for_by_id() -> None:
    rows = [{"time_entry_id": str(n)} for n in range(1, 5)]
    connector, w = connect(
        {
            f"GET {ENTRIES}": listing("time_entries", rows[:2], rows[2:]),
            f"GET {ENTRIES}/5": ok(time_entry={"time_entry_id": "5"}),
            f"GET {ENTRIES}/6": ABSENT,
        }
    )
    found = connector.fetch("time_entry", ["1", "2", "4", "5", "6"], parent="70")
    assert set(found) == {"1", "2", "4", "5"}
    assert w.service.sent[0].query["filter_by"] == "Date.All"


def test_a_record_that_cannot_be_read_is_not_taken_for_gone() -> None:
    connector, _ = connect(
        {f"GET {ENTRIES}/1": ok(time_entry={"time_entry_id": "1", "log_time": "?"})}
    )
    with pytest.raises(Skip, match="log_time"):
        connector.fetch("time_entry", ["1"])


@pytest.mark.parametrize("answer", [(404, b"<html>"), (404, {"code": 5}), (404, {})])
def test_an_address_that_is_not_known_is_no_record_that_is_gone(answer: Any) -> None:
    connector, _ = connect({"GET /contacts/1": answer})
    with pytest.raises(Fatal):
        connector.fetch("contact", ["1"])


@pytest.mark.parametrize("answer", [ok(), ok(contact=[]), ok(contact=None), (200, {"code": 3})])
def test_an_answer_without_its_record_is_no_record_that_is_gone(answer: Any) -> None:
    connector, _ = connect({"GET /contacts/1": answer})
    with pytest.raises(RemoteError):
        connector.fetch("contact", ["1"])


@pytest.mark.parametrize("centre", list(HOSTS))
def test_each_data_centre_has_its_hosts(centre: str) -> None:
    read = read_settings({"dc": centre.upper()})
    assert read.accounts == HOSTS[centre][0]
    assert read.base == HOSTS[centre][1] + BASE


def test_canada_has_two_domains() -> None:
    read = read_settings({"dc": "ca"})
    assert (read.accounts, read.base) == (
        "https://accounts.zohocloud.ca",
        "https://www.zohoapis.ca/books/v3",
    )


def test_every_host_is_a_setting() -> None:
    read = read_settings({"accounts_url": "https://a.test/", "base_url": "https://b.test/x/"})
    assert (read.accounts, read.base) == ("https://a.test", "https://b.test/x")


@pytest.mark.parametrize(
    "wrong",
    [
        {"dc": "moon"},
        {"base_url": "www.zohoapis.com"},
        {"base_url": "https://[/books"},
        {"accounts_url": "https://accounts.zoho.com:port"},
        {"accounts_url": "file:///etc/passwd"},
        {"requests_per_minute": "many"},
        {"requests_per_day": -1},
        {"refusal_codes": "x"},
        {"duplicate_codes": [None]},
    ],
)
def test_a_setting_that_cannot_be_used_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        connect({}, **wrong)


def test_calls_of_a_minute_are_kept_below_the_limit_of_the_organization() -> None:
    """R-041."""
    connector, w = connect({"GET /users": listing("users", [])}, requests_per_minute=3)
    for _ in range(4):
        connector.read("user", Cursor())
    assert w.clock.waits == [60.0]
    assert set(w.buckets.taken) >= {f"zoho_books:{ORG}:minute"}
