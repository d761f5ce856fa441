"""Adding, changing and deleting time logs in v3, and the private marks."""

from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import Caller, Json, caller


def _path(asked: Caller, log: Json) -> str:
    return f"projects/{log['project']['id']}/logs/{log['id']}"


def test_a_new_log_answers_201_and_is_in_the_list_once() -> None:
    asked = caller()
    answer = asked.add_log()
    assert answer.status_code == 201
    made = answer.json()
    assert [log for log in asked.logs() if log["id"] == made["id"]] == [made]
    assert (made["log_hour"], made["notes"], made["date"]) == ("01:00", "a note", "2026-07-10")
    assert made["approval"]["status"] == "Unapproved"
    assert made["created_time"] == "2026-07-15T09:00:00.000Z"


def test_a_log_is_the_callers_own_unless_another_owner_is_named() -> None:
    asked = caller()
    users = asked.simulator.world_facts()["users"]
    assert asked.add_log().json()["owner"]["zpuid"] == users["Olive Park"]
    other = asked.add_log(owner_zpuid=users["Jun Ito"]).json()
    assert (other["owner"]["zpuid"], other["added_by"]["zpuid"]) == (
        users["Jun Ito"],
        users["Olive Park"],
    )


def test_an_owner_named_by_the_other_kind_of_id_is_refused() -> None:
    asked = caller()
    user = asked.get("users")["users"][1]
    assert asked.add_log(owner_zpuid=user["zpuid"]).status_code == 201
    assert asked.add_log(owner_zpuid=user["zuid"]).status_code == 400


def test_a_log_of_an_inactive_user_is_refused_by_switch() -> None:
    asked = caller()
    lena = asked.simulator.world_facts()["users"]["Lena Vogt"]
    assert asked.add_log(owner_zpuid=lena).status_code == 201
    asked.simulator.switch(refuse_inactive_owner=True)
    assert asked.add_log(owner_zpuid=lena).status_code == 400


def test_issue_and_general_logs_are_made_too() -> None:
    asked = caller()
    issue = asked.get(f"projects/{asked.project()}/issues")["issues"][0]
    made = asked.add_log(module={"type": "issue", "id": issue["id"]}).json()
    assert made["module_detail"] == {"id": issue["id"], "type": "issue", "name": issue["name"]}
    made = asked.add_log(module={"type": "general"}, log_name="Planning").json()
    assert made["module_detail"] == {"id": "", "type": "general", "name": "Planning"}


@pytest.mark.parametrize(
    ("hours", "dots", "said"),
    [
        ("1:30", "minutes", "01:30"),
        ("01.30", "minutes", "01:30"),
        ("01.30", "decimal", "01:18"),
        ("1.5", "decimal", "01:30"),
        ("24:00", "minutes", "24:00"),
        (2, "minutes", "02:00"),
    ],
)
def test_hours_are_read_as_the_switch_says(hours: Any, dots: str, said: str) -> None:
    assert caller(dot_hours=dots).add_log(hours=hours).json()["log_hour"] == said


def test_hours_come_from_start_and_end_when_they_are_not_sent() -> None:
    made = caller().add_log(hours=None, start_time="09:15 AM", end_time="1:00 PM").json()
    assert (made["log_hour"], made["start_time"], made["end_time"]) == (
        "03:45",
        "09:15 AM",
        "01:00 PM",
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"date": None}, 6831),
        ({"hours": None}, 6831),
        ({"bill_status": None}, 6831),
        ({"module": None}, 6831),
        ({"module": {"type": "task"}}, 6831),
        ({"module": {"type": "general"}}, 6831),
        ({"date": "10-07-2026"}, 6832),
        ({"date": "2026-02-30"}, 6832),
        ({"date": 20260710}, 6832),
        ({"hours": "1:60"}, 6832),
        ({"hours": "-1:00"}, 6832),
        ({"hours": "24:01"}, 6832),
        ({"hours": "abc"}, 6832),
        ({"hours": True}, 6832),
        ({"hours": "01.75"}, 6832),
        ({"bill_status": "billable"}, 6832),
        ({"status": "Fine"}, 6832),
        ({"owner_zpuid": "1"}, 6832),
        ({"module": {"type": "task", "id": "1"}}, 6832),
        ({"module": {"type": "nothing", "id": "1"}}, 6832),
        ({"module": "task"}, 6832),
        ({"notes": {"a": 1}}, 6832),
        ({"start_time": "25:00"}, 6832),
        ({"cost_rate_per_hour": "much"}, 6832),
    ],
)
def test_a_log_that_is_not_right_is_refused_and_not_made(changes: Json, code: int) -> None:
    asked = caller()
    before = len(asked.logs())
    answer = asked.add_log(**changes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert len(asked.logs()) == before


def test_a_log_on_a_task_of_another_project_is_refused() -> None:
    asked = caller()
    other = asked.get(f"projects/{asked.project('Loyalty app')}/tasks")["tasks"][0]["id"]
    assert asked.add_log(module={"type": "task", "id": other}).status_code == 400


def test_a_body_may_be_a_form_or_json_in_a_field() -> None:
    asked = caller()
    task = asked.get(f"projects/{asked.project()}/tasks")["tasks"][0]["id"]
    path = f"projects/{asked.project()}/log"
    fields = {"date": "2026-07-10", "hours": "02:00", "bill_status": "Billable"}
    form = {**fields, "module": f'{{"type":"task","id":"{task}"}}'}
    assert asked.send("POST", path, data=form).status_code == 201
    text = (
        f'{{"date":"2026-07-10","hours":"2:00","bill_status":"Billable","module":{form["module"]}}}'
    )
    assert asked.send("POST", path, data={"JSONString": text}).status_code == 201
    parts = {name: (None, value) for name, value in form.items()}
    assert asked.send("POST", path, files=parts).status_code == 201
    assert (
        asked.send("POST", path, data="{", headers={"Content-Type": "application/json"}).status_code
        == 400
    )


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_changes_only_what_is_sent(method: str) -> None:
    asked = caller()
    before = asked.logs()[3]
    asked.simulator.clock.advance(60)
    answer = asked.send(method, _path(asked, before), json={"hours": "00:45", "notes": "new"})
    assert answer.status_code == 200
    after = next(log for log in asked.logs() if log["id"] == before["id"])
    differ = {k for k in after if after[k] != before[k]}
    allowed = {"log_hour", "total_hours", "billable_hours", "non_billable_hours"}
    assert {"log_hour", "notes", "last_modified_time"} <= differ
    assert differ <= allowed | {"notes", "last_modified_time"}


def test_a_change_of_nothing_is_refused() -> None:
    asked = caller()
    assert asked.send("PATCH", _path(asked, asked.logs()[0]), json={}).status_code == 400


def test_a_change_asks_for_approval_again_by_switch() -> None:
    asked = caller()
    log = next(g for g in asked.logs() if g["approval"]["status"] == "Approved")
    kept = asked.send("PATCH", _path(asked, log), json={"notes": "x"}).json()
    assert kept["approval"]["status"] == "Approved"
    asked.simulator.switch(edit_resets_approval=True)
    reset = asked.send("PATCH", _path(asked, log), json={"notes": "y"}).json()
    assert reset["approval"]["status"] == "Unapproved"


def test_a_deleted_log_is_gone_from_list_and_id_and_its_id_is_not_used_again() -> None:
    asked = caller()
    made = asked.add_log().json()
    answer = asked.send("DELETE", _path(asked, made), json={"module": "task"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert made["id"] not in {log["id"] for log in asked.logs()}
    assert asked.send("GET", _path(asked, made)).status_code == 404
    assert asked.send("DELETE", _path(asked, made)).status_code == 404
    assert asked.add_log().json()["id"] != made["id"]


def test_a_deletion_says_so_under_200_by_switch() -> None:
    asked = caller(delete_status=200)
    answer = asked.send("DELETE", _path(asked, asked.logs()[0]))
    assert answer.json()["response"].endswith("Deleted Successfully")


def test_a_deletion_under_the_wrong_kind_deletes_nothing() -> None:
    asked = caller()
    made = asked.add_log().json()
    assert asked.send("DELETE", _path(asked, made), json={"module": "issue"}).status_code == 404
    assert asked.get(_path(asked, made)) == made


def test_an_invoiced_log_shows_its_invoice_and_is_not_changed_unless_switched() -> None:
    asked = caller()
    log = asked.logs()[5]
    asked.control("logs/invoiced", {"log_ids": [log["id"]], "invoice_id": "460000000000777"})
    assert asked.get(_path(asked, log))["invoice_id"] == "460000000000777"
    assert asked.send("PATCH", _path(asked, log), json={"notes": "x"}).status_code == 409
    assert asked.send("DELETE", _path(asked, log)).status_code == 409
    asked.simulator.switch(refuse_invoiced_log_edit=False)
    assert asked.send("PATCH", _path(asked, log), json={"notes": "x"}).status_code == 200
    assert asked.send("DELETE", _path(asked, log)).status_code == 204


def test_logs_are_selected_by_whether_they_are_invoiced() -> None:
    asked = caller()
    log = asked.logs()[5]
    asked.control("logs/invoiced", {"log_ids": [log["id"]], "invoice_id": "1"})
    found = asked.logs(filter='{"invoicestatus":"invoiced"}')
    assert [g["id"] for g in found] == [log["id"]]
    rest = asked.logs(filter='{"invoicestatus":"not invoiced"}')
    assert len(rest) == len(asked.logs()) - 1
    asked.control("logs/invoiced", {"log_ids": [log["id"]]})
    assert asked.logs(filter='{"invoicestatus":"invoiced"}') == []


def test_people_add_approve_change_and_delete_logs_by_private_command() -> None:
    asked = caller()
    body: dict[str, Any] = {
        "date": "2026-07-09",
        "hours": "2:00",
        "bill_status": "Billable",
        "log_name": "Call",
    }
    body = {**body, "module": {"type": "general"}, "project_id": asked.project()}
    made = asked.control("logs/add", body).json()
    judged = asked.control("logs/approve", {"log_id": made["id"]}).json()
    assert judged["approval"]["status"] == "Approved"
    assert judged["approval"]["approver"]["name"] == "Olive Park"
    moved = asked.control("logs/change", {"log_id": made["id"], "work_date": "2026-07-02"}).json()
    assert moved["date"] == "2026-07-02"
    assert asked.control("logs/delete", {"log_id": made["id"]}).status_code == 200
    assert made["id"] not in {log["id"] for log in asked.logs()}


@pytest.mark.parametrize(
    "body",
    [
        {"log_id": "1", "minutes": 5},
        {"log_id": "LOG", "minutes": "5"},
        {"log_id": "LOG", "minutes": -5},
        {"log_id": "LOG", "colour": "red"},
        {"log_id": "LOG", "work_date": "someday"},
        {},
        [],
    ],
)
def test_a_private_command_that_means_nothing_is_refused(body: Any) -> None:
    asked = caller()
    log = asked.logs()[0]
    if isinstance(body, dict) and body.get("log_id") == "LOG":
        body = {**body, "log_id": log["id"]}
    assert asked.control("logs/change", body).status_code in {400, 404}
    assert asked.get(_path(asked, log)) == log
