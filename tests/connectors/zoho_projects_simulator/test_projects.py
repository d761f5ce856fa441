"""Projects made, changed, renamed and trashed."""

import pytest
from connectors.zoho_projects_simulator.asking import Caller, Json


def _make(asked: Caller, **more: object) -> Json:
    answer = asked.send("POST", "projects", json={"name": "Beacon", **more})
    assert answer.status_code == 201
    made: Json = answer.json()
    return made


def test_a_new_project_is_listed_and_found_by_id_and_time_can_be_logged(asked: Caller) -> None:
    made = _make(asked, description="New", start_date="2026-07-01")
    assert (made["name"], made["description"]) == ("Beacon", "New")
    assert (made["start_date"], made["modified_time"]) == ("2026-07-01", "2026-07-15T09:00:00.000Z")
    assert made in asked.get("projects")
    assert asked.get(f"projects/{made['id']}") == made
    body = asked.log_body(module={"type": "general"}, log_name="Kick-off")
    log = asked.send("POST", f"projects/{made['id']}/log", json=body).json()
    assert asked.logs(f"projects/{made['id']}/timelogs") == [log]
    assert log in asked.logs()


def test_a_client_company_named_for_a_new_project_is_primary(asked: Caller) -> None:
    """R-046."""
    client = asked.known("clients", "Borealis")
    made = _make(asked, client_id=client)
    found = asked.get(f"projects/{made['id']}/clients")["clients"]
    assert [(c["id"], c["is_primary"]) for c in found] == [(client, True)]
    assert asked.get(f"projects/{_make(asked, name='Other')['id']}/clients") is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": ""}, 6831),
        ({}, 6831),
        ({"name": "x" * 101}, 6832),
        ({"name": ["x"]}, 6832),
        ({"name": "x", "start_date": "07-01-2026"}, 6832),
        ({"name": "x", "status": "odd"}, 6832),
        ({"name": "x", "client_id": "1"}, 6832),
    ],
)
def test_a_project_that_is_not_right_is_refused_and_not_made(
    asked: Caller, body: Json, code: int
) -> None:
    assert asked.refused("POST", "projects", body) == (400, code)
    assert len(asked.get("projects")) == 6


def test_a_name_that_is_taken_is_refused_unless_equal_ones_may_be(asked: Caller) -> None:
    assert asked.refused("POST", "projects", {"name": "ATLAS rollout"}) == (400, 6832)
    asked.switch(equal_project_names=True)
    assert _make(asked, name="ATLAS rollout")["id"] != asked.project()


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_keeps_the_rest_and_moves_the_time_of_change(asked: Caller, method: str) -> None:
    path = f"projects/{asked.project()}"
    before = asked.get(path)
    asked.later(60)
    answer = asked.send(method, path, json={"name": "Atlas two"})
    assert answer.json() == asked.get(path)
    changed = {k for k, v in asked.get(path).items() if v != before[k]}
    assert changed == {"name", "modified_time"}
    assert asked.get(path)["modified_time"] == "2026-07-15T09:01:00.000Z"
    assert asked.refused(method, path, {}) == (400, 6831)


def test_an_archived_project_leaves_the_default_list_and_comes_back(asked: Caller) -> None:
    path = f"projects/{asked.project()}"
    asked.send("PATCH", path, json={"status": {"name": "archived"}})
    assert asked.get(path)["project_type"] == "archived"
    assert asked.project() not in {p["id"] for p in asked.get("projects")}
    assert [p["id"] for p in asked.get("projects", status="archived")] == [asked.project()]
    asked.switch(list_archived=True)
    assert asked.project() in {p["id"] for p in asked.get("projects")}
    asked.switch(list_archived=False)
    asked.send("PATCH", path, json={"status": "active"})
    assert len(asked.get("projects")) == 6


@pytest.mark.parametrize("how", ["DELETE", "POST"])
def test_a_trashed_project_is_gone_with_its_logs_until_it_is_restored(
    asked: Caller, how: str
) -> None:
    project, before = asked.project(), asked.logs()
    kept = [log for log in before if log["project"]["id"] != project]
    path = f"projects/{project}"
    assert asked.send(how, f"{path}/trash" if how == "POST" else path).status_code == 204
    assert asked.refused("GET", path) == (404, 6404)
    assert asked.refused("GET", f"{path}/timelogs") == (404, 6404)
    assert asked.classic(f"{path}/").status_code == 404
    assert project not in {p["id"] for p in asked.get("projects", status="all")}
    assert asked.logs() == kept
    assert {t["project"]["id"] for t in asked.get("tasks", per_page=200)["tasks"]} <= {
        p["id"] for p in asked.get("projects")
    }
    assert asked.send("POST", f"{path}/restore").status_code == 200
    assert asked.logs() == before
    assert asked.refused("POST", f"{path}/restore") == (404, 6404)


def test_a_deletion_of_a_project_says_so_under_200_by_switch(asked: Caller) -> None:
    asked.switch(delete_status=200)
    answer = asked.send("DELETE", f"projects/{asked.project()}")
    assert (answer.status_code, list(answer.json())) == (200, ["response"])


def test_a_snapshot_keeps_new_trashed_and_renamed_projects(asked: Caller) -> None:
    made = _make(asked)
    url = "http://projects.test/__sim"
    kept = asked.session.get(f"{url}/snapshot").content
    asked.control("rename", {"kind": "project", "id": made["id"], "name": "Lighthouse"})
    asked.send("DELETE", f"projects/{asked.project()}")
    assert len(asked.get("projects")) == 6
    asked.session.post(f"{url}/restore", data=kept)
    assert len(asked.get("projects")) == 7
    assert asked.get(f"projects/{made['id']}") == made
    asked.control("reset", {})
    asked.log_in()
    assert asked.refused("GET", f"projects/{made['id']}") == (404, 6404)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("project", "projects/{project}"),
        ("client", "clients/{client}"),
        ("user", "users/{user}"),
        ("task", "projects/{project}/tasks/{task}"),
        ("tasklist", "projects/{project}/tasklists/{tasklist}"),
        ("issue", "projects/{project}/issues/{issue}"),
    ],
)
def test_people_rename_things_and_the_id_stays(asked: Caller, kind: str, path: str) -> None:
    project = asked.project()
    ids = {
        "project": project,
        "client": asked.known("clients", "Borealis"),
        "user": asked.known("users", "Jun Ito"),
        "task": asked.get(f"projects/{project}/tasks")["tasks"][0]["id"],
        "tasklist": asked.get(f"projects/{project}/tasklists")["tasklists"][0]["id"],
        "issue": asked.get(f"projects/{project}/issues")["issues"][0]["id"],
    }
    done = asked.control("rename", {"kind": kind, "id": ids[kind], "name": "Renamed"})
    assert done.status_code == 200
    shown = asked.get(path.format(**ids))
    assert (shown["id"], shown["name"]) == (ids[kind], "Renamed")
    assert len(asked.logs()) == 128


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "odd", "id": "1", "name": "x"},
        {"kind": "project", "id": "1", "name": "x"},
        {"kind": "project", "id": "1", "name": " "},
        {"kind": "project"},
    ],
)
def test_a_rename_of_nothing_is_refused(asked: Caller, body: Json) -> None:
    assert asked.control("rename", body).status_code in {400, 404}
