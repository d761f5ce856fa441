"""Every documented field is there, even where it is empty: point 8."""

import re
from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import Caller, Json

_PERSON = "zpuid zuid name email full_name"
_FIELDS = {
    "project": "id name description status project_type owner start_date end_date created_time "
    "modified_time updated_by tasks issues milestones percent_complete is_strict_project "
    "is_public_project key budget_info project_group is_completed completed_time",
    "client": "id name email phone website description currency_code projects_count "
    "contacts_count created_time last_modified_time updated_time street city "
    "state country zip_code",
    "user": "id zuid zpuid name first_name last_name full_name display_name email role profile "
    "user_type status is_active is_confirmed cost_per_hour costRate invoice",
    "task": "id key name description is_completed status is_closed_type completion_percentage "
    "priority start_date end_date duration work created_time modified_time last_modified_time "
    "completed_time created_by owners_and_work tasklist project log_hours billing_type is_parent "
    "subtasks link custom_fields",
    "issue": "id key name description flag status severity classification module reporter assignee "
    "due_date created_time updated_time last_modified_time closed project is_it_reproducible "
    "rate_per_hour cost_rate_per_hour custom_fields",
    "tasklist": "id name flag status created_time last_modified_time project",
    "log": "id date log_date log_hour billable_hours non_billable_hours total_hours notes "
    "billing_status project module_detail owner added_by approval created_time last_modified_time "
    "start_time end_time cost_rate_per_hour invoice_id custom_fields",
    "contact": "id first_name last_name name email phone mobile designation department client_id "
    "client_name",
    "portal": "id id_string name default role owner gmt_time_zone plan bug_plan trial_enabled "
    "avail_user_count is_crm_partner project_count settings locale link",
}
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z")


def _rows(asked: Caller, kind: str) -> list[Json]:
    """All records of a kind in the demo world."""
    if kind == "portal":
        rows: list[Json] = asked.send("GET", "/api/v3/portals").json()
        return rows
    if kind == "log":
        return asked.logs()
    if kind == "contact":
        client = asked.known("clients", "Nordlicht GmbH")
        return list(asked.get(f"client/{client}/contacts")["contacts"])
    if kind == "project":
        return list(asked.get("projects"))
    if kind == "tasklist":
        return list(asked.get(f"projects/{asked.project()}/tasklists")["tasklists"])
    return list(asked.get(f"{kind}s", per_page=200)[f"{kind}s"])


@pytest.mark.parametrize("kind", _FIELDS)
def test_every_record_has_every_field_and_no_null(asked: Caller, kind: str) -> None:
    rows = _rows(asked, kind)
    assert rows
    for row in rows:
        assert set(_FIELDS[kind].split()) - row.keys() == set()
        assert None not in list(_values(row))


def _values(value: Any) -> Any:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value


@pytest.mark.parametrize("kind", ["project", "client", "user", "task", "issue", "log"])
def test_a_single_record_is_what_the_list_shows(asked: Caller, kind: str) -> None:
    row = _rows(asked, kind)[0]
    path = f"{kind}s/{row['id']}"
    if kind in {"task", "issue", "log"}:
        path = f"projects/{row['project']['id']}/{path}"
    assert asked.get(path) == row


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("project", ("created_time", "modified_time")),
        ("task", ("created_time", "last_modified_time")),
        ("issue", ("created_time", "updated_time")),
        ("client", ("created_time", "last_modified_time")),
        ("log", ("created_time", "last_modified_time")),
    ],
)
def test_every_record_says_when_it_was_made_and_changed(
    asked: Caller, kind: str, names: tuple[str, ...]
) -> None:
    for row in _rows(asked, kind):
        assert all(_ISO.fullmatch(row[name]) for name in names)


def test_references_lead_to_records_that_exist(asked: Caller) -> None:
    projects = {p["id"]: p["name"] for p in asked.get("projects")}
    users = {u["zpuid"]: u for u in asked.get("users")["users"]}
    lists = {
        row["id"]: row["name"]
        for project in projects
        for row in asked.get(f"projects/{project}/tasklists")["tasklists"]
    }
    tasks = {t["id"]: t for t in _rows(asked, "task")}
    issues = {i["id"]: i for i in _rows(asked, "issue")}
    for task in tasks.values():
        assert lists[task["tasklist"]["id"]] == task["tasklist"]["name"]
        assert projects[task["project"]["id"]] == task["project"]["name"]
        assert all(o["zpuid"] in users for o in task["owners_and_work"]["owners"])
    named = {"task": tasks, "issue": issues}
    for log in asked.logs():
        assert set(_PERSON.split()) - log["owner"].keys() == set()
        assert users[log["owner"]["zpuid"]]["email"] == log["owner"]["email"]
        module = log["module_detail"]
        if module["type"] != "general":
            assert named[module["type"]][module["id"]]["name"] == module["name"]


def test_the_owner_of_a_project_is_a_user_of_the_portal(asked: Caller) -> None:
    users = {u["zpuid"]: u["zuid"] for u in asked.get("users")["users"]}
    for project in asked.get("projects"):
        assert users[project["owner"]["zpuid"]] == project["owner"]["zuid"]


def test_a_task_adds_up_the_hours_that_are_logged_on_it(asked: Caller) -> None:
    logged = [log for log in asked.logs() if log["module_detail"]["type"] == "task"]
    task = logged[0]["module_detail"]["id"]
    project = logged[0]["project"]["id"]
    mine = [log for log in logged if log["module_detail"]["id"] == task]

    def total(field: str) -> int:
        return sum(int(log[field][:-3]) * 60 + int(log[field][-2:]) for log in mine)

    hours = asked.get(f"projects/{project}/tasks/{task}")["log_hours"]
    shown = {name: int(text[:-3]) * 60 + int(text[-2:]) for name, text in hours.items()}
    assert shown == {name: total(name) for name in ("billable_hours", "non_billable_hours")}
    assert shown["billable_hours"] > 0
