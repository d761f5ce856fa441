"""Users, projects and tasks: points 9, 16 and 19."""

import pytest
from connectors.zoho_books_simulator.caller import Caller, Json


def test_a_user_is_invited_made_inactive_and_active(books: Caller) -> None:
    body = books.post("/users", {"name": "Sam Okafor", "email": "sam@okafor.example"})
    assert body["message"] == "Your invitation has been sent."
    user = body["user"]
    assert user["status"] == "invited"
    path = f"/users/{user['user_id']}"
    assert books.post(f"{path}/inactive")["message"] == "The user has been marked as inactive."
    assert books.get("/users", filter_by="Status.Inactive")["users"] == [
        {**user, "status": "inactive"}
    ]
    assert books.post(f"{path}/active")["message"] == "The user has been marked as active."


def test_the_answer_to_an_invitation_can_come_without_the_user(books: Caller) -> None:
    books.switch(send_created_user=False)
    assert set(books.post("/users", {"name": "S", "email": "s@x.example"})) == {"code", "message"}


def test_an_address_is_taken_once_unless_switched_on(books: Caller) -> None:
    body = {"name": "Again", "email": books.user()["email"].upper()}
    assert books.refused("POST", "/users", body)[0] == 400
    books.switch(equal_user_emails=True)
    assert books.post("/users", body)


@pytest.mark.parametrize(
    "body", [{"name": "A"}, {"email": "a@b.example"}, {"name": "A", "email": "x"}]
)
def test_a_user_needs_a_name_and_an_address(books: Caller, body: Json) -> None:
    assert books.refused("POST", "/users", body) == (400, 4)


def test_a_removed_user_leaves_the_list_but_is_found_as_deleted(books: Caller) -> None:
    user_id = books.user()["user_id"]
    books.delete(f"/users/{user_id}")
    assert user_id not in {u["user_id"] for u in books.get("/users")["users"]}
    found = books.get("/users", filter_by="Status.Deleted")["users"]
    assert [u["user_id"] for u in found] == [user_id]


@pytest.mark.parametrize("missing", ["project_name", "customer_id", "billing_type"])
def test_a_project_needs_its_required_fields(books: Caller, missing: str) -> None:
    body = {
        "project_name": "P",
        "customer_id": books.customer()["contact_id"],
        "billing_type": "based_on_project_hours",
    }
    del body[missing]
    assert books.refused("POST", "/projects", body) == (400, 4)


@pytest.mark.parametrize("status", [400, 404])
def test_a_reference_to_nothing_is_code_1002_under_the_switched_status(
    books: Caller, status: int
) -> None:
    books.switch(missing_reference_status=status)
    body = {"project_name": "P", "customer_id": "1", "billing_type": "based_on_task_hours"}
    assert books.refused("POST", "/projects", body) == (status, 1002)


def test_hours_and_amounts_of_a_project_follow_from_its_entries(books: Caller, task: Json) -> None:
    first = books.entry(task, log_time="25:30")
    books.entry(task, log_time="01:00", is_billable=False)
    books.entry(task, log_time="00:30")
    books.invoice(first)
    project = books.get(f"/projects/{task['project_id']}")["project"]
    assert project["total_hours"] == "27:00"
    assert project["billable_hours"] == "26:00"
    assert project["billed_hours"] == "25:30"
    assert project["un_billed_hours"] == "00:30"
    assert project["non_billable_hours"] == "01:00"
    assert (project["billed_amount"], project["un_billed_amount"]) == (3060, 60)


def test_project_states_are_filtered_and_have_their_sentences(books: Caller) -> None:
    project = books.project()
    path = f"/projects/{project['project_id']}"
    message = "The selected projects have been marked as inactive."
    assert books.post(f"{path}/inactive")["message"] == message
    assert books.get("/projects", filter_by="Status.Active")["projects"] == []
    assert len(books.get("/projects", filter_by="Status.Inactive")["projects"]) == 1


def test_a_project_has_exactly_one_customer_and_lists_by_it(books: Caller) -> None:
    project = books.project()
    other = books.customer("Borealis")["contact_id"]
    assert books.get("/projects", customer_id=other)["projects"] == []
    books.put(f"/projects/{project['project_id']}", {"customer_id": other})
    found = books.get("/projects", customer_id=other)["projects"]
    assert [p["customer_name"] for p in found] == ["Borealis"]


def test_a_project_with_invoices_cannot_be_deleted(books: Caller, entry: Json) -> None:
    line = {"name": "W", "rate": 1, "project_id": entry["project_id"]}
    books.post("/invoices", {"customer_id": entry["customer_id"], "line_items": [line]})
    assert books.refused("DELETE", f"/projects/{entry['project_id']}")[0] == 400
    found = books.get(f"/projects/{entry['project_id']}/invoices")["invoices"]
    assert len(found) == 1


def test_a_deleted_project_takes_its_tasks_and_entries_along(books: Caller, entry: Json) -> None:
    message = books.delete(f"/projects/{entry['project_id']}")["message"]
    assert message == "The project has been deleted."
    assert books.refused("GET", f"/projects/timeentries/{entry['time_entry_id']}") == (404, 1002)


def test_project_users_are_listed_added_changed_and_removed(books: Caller) -> None:
    path = f"/projects/{books.project()['project_id']}/users"
    other = books.user(2)["user_id"]
    books.post(path, {"user_id": other, "rate": 95.5})
    listed = books.get(path)
    assert "page_context" not in listed
    assert [u["user_id"] for u in listed["users"]] == [books.user()["user_id"], other]
    books.put(f"{path}/{other}", {"rate": 99})
    assert books.get(f"{path}/{other}")["user"]["rate"] == 99
    assert books.delete(f"{path}/{other}")["message"] == "The staff has been removed"
    assert books.refused("GET", f"{path}/{other}") == (404, 1002)


def test_a_task_belongs_to_its_project_alone(books: Caller, task: Json) -> None:
    other = books.project("Other")
    assert books.refused("GET", f"/projects/{other['project_id']}/tasks/{task['task_id']}") == (
        404,
        1002,
    )
    body = {
        "project_id": other["project_id"],
        "task_id": task["task_id"],
        "user_id": books.user()["user_id"],
        "log_date": "2026-07-01",
        "log_time": "01:00",
    }
    assert books.refused("POST", "/projects/timeentries", body) == (400, 1002)


def test_a_task_with_entries_cannot_be_deleted_unless_switched_off(
    books: Caller, entry: Json
) -> None:
    path = f"/projects/{entry['project_id']}/tasks/{entry['task_id']}"
    assert books.refused("DELETE", path)[0] == 400
    books.switch(refuse_used_delete=False)
    assert books.delete(path)["message"] == "The task has been deleted successfully."
