"""Paths, envelopes, ids and what is tolerated: points 4 to 7."""

import json
from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import Caller


def test_the_portal_in_a_path_is_its_id_or_its_name(asked: Caller) -> None:
    by_id = asked.get("projects")
    portals = asked.send("GET", "/api/v3/portals").json()
    asked.portal = next(p["name"] for p in portals if p["id"] == asked.portal)
    assert asked.get("projects") == by_id


def test_an_unknown_portal_is_refused(asked: Caller) -> None:
    asked.portal = "1"
    assert asked.refused("GET", "projects") == (404, 6404)
    assert asked.refused_classic("projects/") == (404, 6404)


def test_portals_and_projects_are_bare_arrays_of_v3(asked: Caller) -> None:
    assert isinstance(asked.send("GET", "/api/v3/portals").json(), list)
    assert isinstance(asked.get("projects"), list)


def test_portals_and_projects_may_come_keyed(asked: Caller) -> None:
    asked.switch(wrap_lists=True)
    assert set(asked.send("GET", "/api/v3/portals").json()) == {"portals"}
    assert set(asked.get("projects")) == {"projects", "page_info"}


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("users", "users"),
        ("clients", "clients"),
        ("tasks", "tasks"),
        ("issues", "issues"),
        ("timelogs", "time_logs"),
        ("projects/{}/tasks", "tasks"),
        ("projects/{}/issues", "issues"),
        ("projects/{}/tasklists", "tasklists"),
        ("projects/{}/users", "users"),
        ("projects/{}/clients", "clients"),
        ("projects/{}/timelogs", "time_logs"),
    ],
)
def test_other_v3_lists_are_keyed_with_page_info(asked: Caller, path: str, key: str) -> None:
    body = asked.get(path.format(asked.project()))
    assert set(body) == {key, "page_info"}
    assert body[key]
    assert set(body["page_info"]) == {"page", "per_page", "has_next_page", "count"}


def test_an_empty_list_is_204_without_a_body_or_200_with_an_empty_one(asked: Caller) -> None:
    path = f"projects/{asked.project()}/milestones"
    assert asked.get(path) is None
    assert asked.get("projects", status="template") is None
    asked.switch(empty_list_status=200)
    assert asked.get(path)["milestones"] == []
    assert asked.get("projects", status="template") == []


def test_a_single_record_is_bare_or_keyed_in_a_list_of_one(asked: Caller) -> None:
    path = f"projects/{asked.project()}"
    plain = asked.get(path)
    asked.switch(wrap_items=True)
    assert asked.get(path) == {"projects": [plain]}


def test_ids_are_text_in_v3_and_a_number_with_its_text_in_v1(asked: Caller) -> None:
    log = asked.add_log().json()
    for record in (
        log,
        asked.get("tasks")["tasks"][0],
        asked.get("projects")[0],
        asked.get("clients")["clients"][0],
    ):
        assert record["id"].isdigit()
        assert len(record["id"]) == 18
    old = asked.classic("projects/").json()["projects"][0]
    assert (type(old["id"]), old["id_string"]) == (int, str(old["id"]))
    assert old["id_string"] == asked.project()


def test_the_id_of_a_v3_user_is_its_zpuid_or_its_zuid(asked: Caller) -> None:
    user = asked.get("users")["users"][1]
    assert user["id"] == user["zpuid"] != user["zuid"]
    asked.switch(user_id="zuid")
    again = asked.get("users")["users"][1]
    assert again["id"] == user["zuid"]
    assert asked.get(f"users/{user['zuid']}") == again
    assert asked.get(f"users/{user['zpuid']}") == again


@pytest.mark.parametrize(
    "tail", ["/", "?", "?&", "?page=1&", "/?page=1&&", "?index=1&unknown=ü&page=1"]
)
def test_slashes_ampersands_and_unknown_parameters_make_no_difference(
    asked: Caller, tail: str
) -> None:
    plain = asked.send("GET", "projects").content
    answer = asked.send("GET", f"projects{tail}")
    assert (answer.status_code, answer.content) == (200, plain)


def test_a_read_with_a_body_is_a_read(asked: Caller) -> None:
    plain = asked.send("GET", "projects").content
    for body in ("null", "{", "a=b"):
        assert asked.send("GET", "projects", data=body).content == plain


@pytest.mark.parametrize("shape", ["json", "JSONString", "fields", "multipart"])
def test_a_body_comes_as_json_as_fields_or_as_parts(asked: Caller, shape: str) -> None:
    body = asked.log_body(notes="näh")
    fields = {**body, "module": json.dumps(body["module"])}
    how: dict[str, Any] = {
        "json": {"json": body},
        "JSONString": {"data": {"JSONString": json.dumps(body)}},
        "fields": {"data": fields},
        "multipart": {"files": {n: (None, v) for n, v in fields.items()}},
    }[shape]
    answer = asked.send("POST", f"projects/{asked.project()}/log", **how)
    assert answer.status_code == 201
    assert (answer.json()["notes"], answer.json()["log_hour"]) == ("näh", "01:00")


def test_a_body_that_is_no_object_is_refused(asked: Caller) -> None:
    path = f"projects/{asked.project()}/log"
    for body in ("[1]", '{"date":', '"text"'):
        answer = asked.send("POST", path, data=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 6832)


def test_an_error_of_v3_is_an_object_with_title_and_details(asked: Caller) -> None:
    error = asked.send("GET", "nowhere").json()["error"]
    assert (error["status_code"], error["title"]) == (404, "RESOURCE_NOT_FOUND")
    assert error["details"]["message"]
    assert error["code"] == 6404


def test_an_error_of_v3_may_leave_out_the_code_and_spell_its_status(asked: Caller) -> None:
    asked.switch(v3_error_code=False, status_code_as_text=True)
    error = asked.send("GET", "nowhere").json()["error"]
    assert set(error) == {"status_code", "title", "error_type", "details"}
    assert error["status_code"] == "404"


def test_a_method_that_is_not_served_is_405(asked: Caller) -> None:
    assert asked.refused("DELETE", "users") == (405, 6500)


@pytest.mark.parametrize("kind", ["tasks", "issues", "logs", "tasklists"])
def test_a_record_is_not_found_under_another_project(asked: Caller, kind: str) -> None:
    mine, other = asked.project(), asked.project("Harbor portal")
    if kind == "logs":
        found = asked.add_log().json()["id"]
    else:
        found = asked.get(f"projects/{mine}/{kind}")[kind][0]["id"]
    assert asked.get(f"projects/{mine}/{kind}/{found}")["id"] == found
    assert asked.refused("GET", f"projects/{other}/{kind}/{found}") == (404, 6404)
    assert asked.refused("GET", f"projects/{mine}/{kind}/1") == (404, 6404)
