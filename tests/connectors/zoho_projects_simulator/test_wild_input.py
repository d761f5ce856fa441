"""Whatever a stranger sends is answered in words and changes nothing."""

import json
import random
from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import Caller, caller

_DEEP = "[" * 3000 + "]" * 3000
_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", " ", "-", "²", "0001-01-01", "9999-12-31", "01-01-0001",
    "12-31-9999", "24:60", "1.999", "\u0000", "🕐", "x" * 6000, [], [None], {}, {"a": []}, [[{}]],
    {"type": []}, {"type": "task"}, {"type": "task", "id": {}}, {"id": 1}, "{", '{"type": 1}',
    '{"a": NaN}', '{"criteria": [1]}', '{"project": {"a": 1}}', '{"a": "\\ud800"}',
    '{"module": ' + _DEEP + "}", '{"start_date": "9999-12-31", "end_date": 1}',
)  # fmt: skip
_PARAMS = (
    "page", "per_page", "view_type", "start_date", "end_date", "module", "filter", "sort", "status",
    "fetch_by_modified_time", "user_type", "flag", "index", "range", "type", "search_string",
    "users_list", "date", "bill_status", "component_type", "last_modified_time", "sort_column",
    "sort_order", "JSONString",
)  # fmt: skip
_FIELDS = (
    "date", "hours", "bill_status", "notes", "owner_zpuid", "approver", "start_time", "end_time",
    "module", "status", "cost_rate_per_hour", "log_name", "name", "description", "client_id",
)  # fmt: skip
_COMMANDS = (
    "logs/invoiced", "logs/change", "logs/approve", "logs/add", "logs/delete", "logs/restore",
    "projects/primary", "projects/clients", "projects/transaction", "projects/status",
    "users/active", "portals/zone", "rename",
)  # fmt: skip


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _paths(asked: Caller) -> list[str]:
    """Everything that is read, in both versions."""
    project, portal = asked.project(), asked.portal
    log = asked.logs()[0]
    short = ["projects", "users", "clients", "tasks", "issues", "timelogs"]
    short += [f"projects/{project}/{kind}" for kind in ("tasks", "tasklists", "users", "timelogs")]
    short += [f"projects/{log['project']['id']}/logs/{log['id']}"]
    short += [f"client/{asked.known('clients', 'Borealis')}/contacts"]
    old = ["projects/", "users/", f"projects/{project}/logs/", f"projects/{project}/users/"]
    return short + [f"/restapi/portal/{portal}/{path}" for path in old]


@pytest.mark.parametrize("seed", range(4))
def test_odd_parameters_are_answered_without_a_failure(asked: Caller, seed: int) -> None:
    draw = random.Random(seed)
    paths = _paths(asked)
    for _ in range(400):
        params = {draw.choice(_PARAMS): _text(draw.choice(_ODD)) for _ in range(draw.randint(1, 4))}
        answer = asked.send("GET", draw.choice(paths), params=params)
        assert answer.status_code in {200, 204, 400, 404}, (params, answer.text)


@pytest.mark.parametrize("view", ["day", "week", "month", "customdate"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("changed", ["true", "false"])
def test_the_first_and_last_day_of_time_are_days(
    asked: Caller, view: str, day: str, changed: str
) -> None:
    period = {"view_type": view, "start_date": day, "end_date": day}
    assert asked.get("timelogs", **period, fetch_by_modified_time=changed) is None
    large = caller(1000)
    assert large.get("timelogs", **period, fetch_by_modified_time=changed) is None


def test_odd_bodies_are_refused_or_taken_without_a_failure(asked: Caller) -> None:
    draw = random.Random(7)
    log = asked.logs()[0]
    mine = f"projects/{log['project']['id']}"
    writes = [("POST", f"{mine}/log"), ("PATCH", f"{mine}/logs/{log['id']}"), ("PATCH", mine)]
    writes += [("POST", "projects"), ("POST", f"{mine}/logs/{log['id']}/approval")]
    for _ in range(800):
        method, path = draw.choice(writes)
        body = {draw.choice(_FIELDS): draw.choice(_ODD) for _ in range(draw.randint(1, 3))}
        whole = {**asked.log_body(), **body} if path.endswith("/log") else body
        answer = asked.send(method, path, json=whole)
        assert answer.status_code in {200, 201, 400}, (method, path, body, answer.text)
    assert asked.logs()
    assert asked.classic("projects/").status_code == 200


@pytest.mark.parametrize("command", _COMMANDS)
def test_a_private_command_of_odd_values_is_refused(asked: Caller, command: str) -> None:
    before = [log["id"] for log in asked.logs()]
    for value in _ODD:
        for name in ("log_id", "project_id", "user_id", "portal_id", "kind", "log_ids"):
            if value != []:
                assert asked.control(command, {name: value}).status_code in {400, 404}
        if not isinstance(value, dict):
            assert asked.control(command, value).status_code == 400
    assert [log["id"] for log in asked.logs()] == before


def test_bytes_that_are_no_text_are_tolerated(asked: Caller) -> None:
    for kind in (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
    ):
        answer = asked.send(
            "POST",
            f"projects/{asked.project()}/log",
            data=b"\xff\xfe{=&\x00",
            headers={"Content-Type": kind},
        )
        assert answer.status_code == 400
    assert asked.send("GET", "projects/%FF%00").status_code == 404
