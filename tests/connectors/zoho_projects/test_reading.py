"""Lists are read to their true end, in both envelopes, and an error is never an empty list."""

from collections.abc import Mapping
from typing import Any

import pytest
from connectors.zoho_projects.answers import (
    CLIENT,
    EMPTY,
    LOG,
    PORTALS,
    PROJECT,
    Answer,
    Route,
    connect,
    days,
    ids,
    kind_of,
    pages,
)
from tallystick.model.record import Cursor, Page

USERS = [{"zpuid": str(n), "name": f"U{n}", "email": f"u{n}@x.example"} for n in range(401)]


@pytest.mark.parametrize("body", [[CLIENT], {"clients": [CLIENT]}, {"customers": [CLIENT]}])
def test_a_list_is_read_bare_or_under_its_key(body: Any) -> None:
    connector, _ = connect({"/clients": (200, body)})
    assert ids(pages(connector, "contact")) == [CLIENT["id"]]


def test_no_content_is_an_empty_list() -> None:
    connector, _ = connect({"/clients": EMPTY})
    assert pages(connector, "contact") == [Page([], None)]


@pytest.mark.parametrize("flag", [None, "has_more_page", "has_next_page"])
def test_a_list_ends_with_a_page_that_is_not_full(flag: str | None) -> None:
    def users(query: Mapping[str, str]) -> Answer:
        if "user_type" in query:
            return EMPTY
        start = (int(query["page"]) - 1) * 200
        part = USERS[start : start + 200]
        info = {"page_info": {"per_page": 200, flag: len(part) == 200}} if flag else {}
        return 200, {"users": part, **info}

    connector, _ = connect({"/users": users})
    assert ids(pages(connector, "user")) == [str(n) for n in range(401)]


def test_a_more_flag_that_says_no_ends_a_full_page() -> None:
    connector, w = connect(
        {
            "/clients": (
                200,
                {
                    "clients": [{**CLIENT, "id": str(n)} for n in range(200)],
                    "page_info": {"has_more_page": False},
                },
            )
        }
    )
    assert len(ids(pages(connector, "contact"))) == 200
    assert len(w.service.sent) == 1


def test_a_more_flag_that_lies_on_a_short_page_ends_it_all_the_same() -> None:
    info = {"page_info": {"has_next_page": True, "per_page": 200}}
    connector, _ = connect({"/clients": (200, {"clients": [CLIENT], **info})})
    assert len(pages(connector, "contact")) == 1


def test_a_service_with_smaller_pages_is_read_to_its_end() -> None:
    def clients(query: Mapping[str, str]) -> Answer:
        number = int(query["page"])
        info = {"page_info": {"has_more_page": number < 3, "per_page": 1}}
        return 200, {"clients": [{**CLIENT, "id": str(number)}], **info}

    connector, _ = connect({"/clients": clients})
    assert ids(pages(connector, "contact")) == ["1", "2", "3"]


def test_a_record_that_cannot_be_read_does_not_stop_the_page() -> None:
    good = {**LOG, "id": "2"}
    broken = {**LOG, "id": "1", "log_hour": "0:60"}
    routes = {"/timelogs": lambda q: days(broken, good) if kind_of(q) == "task" else EMPTY}
    page = connect(routes)[0].read("time_entry", Cursor())
    assert ids([page]) == ["2"]
    assert [(m.external_id, m.field) for m in page.malformed] == [("1", "log_hour")]


@pytest.mark.parametrize("raw", ["text", None, {}, {"id": ""}, {"id": 1.5}])
def test_what_is_no_record_is_set_aside(raw: Any) -> None:
    connector, _ = connect({"/clients": (200, {"clients": [raw, CLIENT]})})
    page = connector.read("contact", Cursor())
    assert (ids([page]), [m.external_id for m in page.malformed]) == ([CLIENT["id"]], ["?"])


def test_a_project_comes_with_the_client_of_its_own_list() -> None:
    clients = {"clients": [{**CLIENT, "is_primary": True}, {**CLIENT, "id": "8"}]}
    routes: dict[str, Route] = {
        "/projects": lambda q: EMPTY if "status" in q else (200, [PROJECT]),
        f"/projects/{PROJECT['id']}/clients": (200, clients),
    }
    page = connect(routes)[0].read("project", Cursor())
    assert page.rows[0]["client_id"] == CLIENT["id"]


def test_an_archived_project_is_read_too() -> None:
    """R-058."""
    old = {**PROJECT, "id": "9"}
    routes: dict[str, Route] = {
        "/projects": lambda q: (200, [old] if q.get("status") == "archived" else [PROJECT]),
        f"/projects/{PROJECT['id']}/clients": EMPTY,
        "/projects/9/clients": EMPTY,
    }
    assert ids(pages(connect(routes)[0], "project")) == [PROJECT["id"], "9"]


@pytest.mark.parametrize("second", [None, (400, {"error": {"code": 6832, "message": "no"}})])
def test_a_filter_the_service_does_not_know_neither_doubles_nor_stops_a_list(
    second: Answer | None,
) -> None:
    whole: Answer = (200, {"users": USERS[:3]})
    connector, _ = connect({"/users": lambda q: second if "user_type" in q and second else whole})
    assert ids(pages(connector, "user")) == ["0", "1", "2"]


def test_people_of_a_client_are_listed_by_position() -> None:
    people = [{"id": str(n), "first_name": "Ann", "last_name": f"N{n}"} for n in range(201)]

    def contacts(query: Mapping[str, str]) -> Answer:
        start = int(query["index"]) - 1
        return 200, {"contacts": people[start : start + int(query["range"])]}

    connector, _ = connect({"/client/71/contacts": contacts})
    found = pages(connector, "contact_person", "71")
    assert len(ids(found)) == 201
    assert {row["contact_id"] for page in found for row in page.rows} == {"71"}


def test_user_rates_are_those_of_the_projects_users() -> None:
    routes = {"/projects/4/users": (200, {"users": [{"zpuid": "9", "rate": 70}]})}
    row = pages(connect(routes)[0], "user_rate", "4")[0].rows[0]
    assert (row["project_id"], row["user_id"], row["rate"]) == ("4", "9", "70")


def test_only_the_chosen_portal_is_the_organization() -> None:
    connector, _ = connect({"/api/v3/portals": (200, {"login_id": "1", "portals": PORTALS})})
    row = pages(connector, "organization")[0].rows[0]
    assert (row["name"], row["zone"]) == ("zylker", "Asia/Kolkata")


def test_portals_of_others_name_their_owner() -> None:
    """R-007, R-002."""
    connector, _ = connect({"/api/v3/portals": (200, PORTALS)})
    assert [(p.name, p.owned, p.owner_email) for p in connector.portals()] == [
        ("zylker", True, ""),
        ("other", False, "boss@other.example"),
    ]
