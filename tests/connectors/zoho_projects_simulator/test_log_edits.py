"""Logs edited by people: private commands, approval, the time of change, deletion and return."""

import pytest
from connectors.zoho_projects_simulator.asking import Caller, Json


def _one(asked: Caller, log: Json) -> Json:
    found: Json = asked.get(f"projects/{log['project']['id']}/logs/{log['id']}")
    return found


@pytest.mark.parametrize(
    ("change", "field", "shown"),
    [
        ({"minutes": 75}, "log_hour", "01:15"),
        ({"billable": False}, "billing_status", "Non Billable"),
        ({"work_date": "2026-06-30"}, "date", "2026-06-30"),
        ({"notes": "other"}, "notes", "other"),
    ],
)
def test_a_change_by_people_is_shown_and_moves_the_time_of_change(
    asked: Caller, change: Json, field: str, shown: str
) -> None:
    log = asked.add_log().json()
    asked.later(61)
    assert asked.control("logs/change", {"log_id": log["id"], **change}).status_code == 200
    after = _one(asked, log)
    assert after[field] == shown
    assert after["created_time"] == log["created_time"] == "2026-07-15T09:00:00.000Z"
    assert after["last_modified_time"] == "2026-07-15T09:01:01.000Z"
    assert after in asked.logs()


@pytest.mark.parametrize(
    ("word", "shown", "judged"),
    [
        ("Approved", "Approved", True),
        ("Rejected", "Rejected", True),
        ("Pending", "Unapproved", False),
    ],
)
def test_a_judgement_names_its_judge_by_every_way(
    asked: Caller, word: str, shown: str, judged: bool
) -> None:
    ways = []
    for number in range(4):
        log = asked.add_log(status="Rejected").json()
        path = f"projects/{log['project']['id']}/logs/{log['id']}"
        if number == 0:
            asked.control("logs/change", {"log_id": log["id"], "approval": word})
        elif number == 1:
            asked.control("logs/approve", {"log_id": log["id"], "status": word})
        elif number == 2:
            asked.send("PATCH", path, json={"status": word, "module": "task"})
        else:
            asked.send("POST", f"{path}/approval", json={"status": word})
        ways.append(_one(asked, log)["approval"])
    assert [way["status"] for way in ways] == [shown] * 4
    assert [bool(way["approver"]["zpuid"]) for way in ways] == [judged] * 4


def test_another_approver_can_be_named(asked: Caller) -> None:
    log = asked.add_log().json()
    elena = asked.known("users", "Elena Rossi")
    path = f"projects/{log['project']['id']}/logs/{log['id']}/approval"
    asked.send("POST", path, json={"status": "Approved", "approver": elena})
    assert _one(asked, log)["approval"]["approver"]["zpuid"] == elena
    assert asked.refused("POST", path, {"status": "odd"}) == (400, 6832)
    assert asked.refused("POST", path, {}) == (400, 6831)


def test_a_deleted_log_comes_back_under_its_id(asked: Caller) -> None:
    before = asked.logs()
    log = before[5]
    asked.later(60)
    asked.control("logs/delete", {"log_id": log["id"]})
    assert len(asked.logs()) == 127
    back = asked.control("logs/restore", {"log_id": log["id"]}).json()
    assert back == {**log, "last_modified_time": "2026-07-15T09:01:00.000Z"}
    assert [row["id"] for row in asked.logs()] == [row["id"] for row in before]
    assert asked.control("logs/restore", {"log_id": log["id"]}).status_code == 404


def test_a_new_log_can_be_deleted_and_come_back(asked: Caller) -> None:
    log = asked.add_log().json()
    asked.send("DELETE", f"projects/{log['project']['id']}/logs/{log['id']}")
    assert log["id"] not in {row["id"] for row in asked.logs()}
    asked.control("logs/restore", {"log_id": log["id"]})
    assert log in asked.logs()


def test_logs_changed_on_a_day_are_found_whatever_their_work_date(asked: Caller) -> None:
    untouched, edited = asked.logs()[:2]
    asked.control("clock", {"set": "2026-08-20T10:00:00+00:00"})
    asked.log_in()
    asked.control("logs/change", {"log_id": edited["id"], "notes": "late"})
    asked.control("logs/invoiced", {"log_ids": [asked.logs()[3]["id"]], "invoice_id": "9"})
    made = asked.add_log().json()
    window = {"view_type": "customdate", "start_date": "2026-08-20", "end_date": "2026-08-20"}
    assert asked.get("timelogs", **window) is None
    found = asked.logs(**window, fetch_by_modified_time="true")
    assert {log["id"] for log in found} == {edited["id"], made["id"], asked.logs()[3]["id"]}
    assert untouched["id"] not in {log["id"] for log in found}
    assert asked.refused("GET", "timelogs", fetch_by_modified_time="odd") == (400, 6832)


def test_dropped_pages_do_not_move_rows_of_a_list_that_does_not_change(asked: Caller) -> None:
    first = [log["id"] for log in asked.logs(per_page=7)]
    asked.control("faults", {"kind": "error_before", "path_pattern": "/timelogs", "times": 2})
    assert [asked.send("GET", "timelogs").status_code for _ in range(3)] == [500, 500, 200]
    assert [log["id"] for log in asked.logs(per_page=7)] == first
