"""Time entries: points 9, 10 and 16."""

import pytest
from connectors.zoho_books_simulator.caller import Caller, Json


def test_a_new_entry_is_unbilled_and_has_its_sentence(books: Caller, task: Json) -> None:
    body = {
        "project_id": task["project_id"],
        "task_id": task["task_id"],
        "user_id": books.user()["user_id"],
        "log_date": "2026-07-03",
        "begin_time": "10:00",
        "end_time": "12:45",
    }
    made = books.post("/projects/timeentries", body)
    assert made["message"] == "Your timesheet entry has been added."
    entry = made["time_entry"]
    assert (entry["log_time"], entry["begin_time"], entry["end_time"]) == (
        "02:45",
        "10:00",
        "12:45",
    )
    assert (entry["billed_status"], entry["invoice_id"]) == ("unbilled", "")


@pytest.mark.parametrize("missing", ["project_id", "task_id", "user_id", "log_date", "log_time"])
def test_an_entry_needs_its_required_fields(books: Caller, task: Json, missing: str) -> None:
    body = {
        "project_id": task["project_id"],
        "task_id": task["task_id"],
        "user_id": books.user()["user_id"],
        "log_date": "2026-07-03",
        "log_time": "01:00",
    }
    del body[missing]
    assert books.refused("POST", "/projects/timeentries", body) == (400, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"log_date": "03-07-2026"},
        {"log_date": "2026-02-30"},
        {"log_date": "20260703"},
        {"log_date": 20260703},
        {"log_time": "1.5"},
        {"log_time": "01:60"},
        {"log_time": "-1:00"},
        {"log_time": 90},
        {"log_time": "²:00"},
        {"log_time": "9" * 400 + ":00"},
        {"begin_time": "12:00", "end_time": "11:00"},
        {"notes": "x" * 501},
        {"is_billable": "perhaps"},
    ],
)
def test_odd_values_of_an_entry_are_refused(books: Caller, task: Json, wrong: Json) -> None:
    body = {
        "project_id": task["project_id"],
        "task_id": task["task_id"],
        "user_id": books.user()["user_id"],
        "log_date": "2026-07-03",
        "log_time": "01:00",
        **wrong,
    }
    assert books.refused("POST", "/projects/timeentries", body) == (400, 4)


def test_the_state_of_a_non_billable_entry_is_a_switch(books: Caller, task: Json) -> None:
    assert books.entry(task, is_billable=False)["billed_status"] == "non_billable"
    books.switch(non_billable_status="unbilled")
    assert books.entry(task, is_billable=False)["billed_status"] == "unbilled"


def test_time_of_an_inactive_user_is_refused_by_switch_alone(books: Caller, task: Json) -> None:
    user = books.user(2)
    books.post(f"/users/{user['user_id']}/inactive")
    assert books.entry(task, user_id=user["user_id"])
    books.switch(refuse_inactive_user_entry=True)
    body = {
        "project_id": task["project_id"],
        "task_id": task["task_id"],
        "user_id": user["user_id"],
        "log_date": "2026-07-03",
        "log_time": "01:00",
    }
    assert books.refused("POST", "/projects/timeentries", body)[0] == 400


def _dates(books: Caller, **params: str) -> list[str]:
    found = books.get("/projects/timeentries", **params)["time_entries"]
    return [e["log_date"] for e in found]


def test_entries_are_found_by_dates_and_named_spans(books: Caller, task: Json) -> None:
    days = ["2025-12-31", "2026-04-30", "2026-06-30", "2026-07-06", "2026-07-14", "2026-07-15"]
    for day in days:
        books.entry(task, log_date=day)
    assert _dates(books, from_date="2026-06-30", to_date="2026-07-06") == days[2:4]
    assert _dates(books, filter_by="Date.All") == days
    assert _dates(books, filter_by="Date.Today") == days[5:]
    assert _dates(books, filter_by="Date.PreviousDay") == days[4:5]
    assert _dates(books, filter_by="Date.ThisWeek") == days[4:]
    assert _dates(books, filter_by="Date.PreviousWeek") == days[3:4]
    assert _dates(books, filter_by="Date.ThisMonth") == days[3:]
    assert _dates(books, filter_by="Date.PreviousMonth") == days[2:3]
    assert _dates(books, filter_by="Date.ThisQuarter") == days[3:]
    assert _dates(books, filter_by="Date.PreviousQuarter") == days[1:3]
    assert _dates(books, filter_by="Date.ThisYear") == days[1:]
    assert _dates(books, filter_by="Date.PreviousYear") == days[:1]
    assert books.refused("GET", "/projects/timeentries", from_date="yesterday") == (400, 4)


def test_entries_are_found_by_project_user_and_billed_state(books: Caller, entry: Json) -> None:
    books.invoice(entry)
    books.entry(books.task(books.project("Other")))
    assert len(_dates(books, project_id=entry["project_id"])) == 1
    assert len(_dates(books, user_id=entry["user_id"])) == 2
    assert len(_dates(books, filter_by="Status.Invoiced")) == 1
    assert len(_dates(books, filter_by="Status.Unbilled")) == 1


def test_entries_projects_and_tasks_cannot_be_asked_for_by_change_time(
    books: Caller, entry: Json
) -> None:
    later = {"last_modified_time": "2030-01-01T00:00:00+0000"}
    assert "last_modified_time" not in entry
    assert books.get("/projects/timeentries", **later)["time_entries"]
    assert books.get("/projects", **later)["projects"]
    assert books.get(f"/projects/{entry['project_id']}/tasks", **later)["task"]


def test_an_update_keeps_what_it_leaves_out(books: Caller, entry: Json) -> None:
    path = f"/projects/timeentries/{entry['time_entry_id']}"
    body = books.put(path, {"notes": "changed"})
    assert body["message"] == "The timesheet's information has been updated."
    assert body["time_entry"] == {**entry, "notes": "changed"}


def test_many_entries_are_deleted_together_or_not_at_all(books: Caller, task: Json) -> None:
    first, second, billed = (books.entry(task) for _ in range(3))
    books.invoice(billed)
    ids = ",".join(e["time_entry_id"] for e in (first, second, billed))
    assert books.refused("DELETE", "/projects/timeentries", time_entry_ids=ids)[0] == 400
    assert len(_dates(books)) == 3
    ids = f"{first['time_entry_id']},{second['time_entry_id']}"
    message = books.delete("/projects/timeentries", time_entry_ids=ids)["message"]
    assert message == "The selected timesheet entries have been deleted"
    assert books.get("/projects/timeentries")["time_entries"] == [books.fresh(billed)]


def test_an_invoiced_entry_can_be_edited_by_switch_alone(books: Caller, entry: Json) -> None:
    books.invoice(entry)
    path = f"/projects/timeentries/{entry['time_entry_id']}"
    assert books.refused("PUT", path, {"notes": "x"})[0] == 400
    assert books.refused("DELETE", path)[0] == 400
    books.switch(refuse_invoiced_entry_edit=False)
    assert books.put(path, {"notes": "x"})["time_entry"]["billed_status"] == "invoiced"
    assert books.delete(path)


def test_a_timer_adds_whole_minutes_and_locks_its_entry(books: Caller, entry: Json) -> None:
    path = f"/projects/timeentries/{entry['time_entry_id']}"
    books.post(f"{path}/timer/start")
    assert books.refused("POST", f"{path}/timer/start") == (400, 20050)
    assert books.refused("PUT", path, {"notes": "x"}) == (400, 20054)
    books.control("clock", {"advance": 125})
    assert books.post("/projects/timeentries/timer/stop")["time_entry"]["log_time"] == "01:32"
