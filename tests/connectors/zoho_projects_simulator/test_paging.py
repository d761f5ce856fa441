"""Pages of every list, their order, filters and sorting."""

import json

import pytest
from connectors.zoho_projects_simulator.asking import Caller, Json, caller
from tallystick.simulator.world import generate


def _all(asked: Caller, path: str, key: str | None, size: int) -> list[Json]:
    found: list[Json] = []
    number = 1
    while True:
        answer = asked.send("GET", path, params={"page": number, "per_page": size})
        if answer.status_code == 204:
            return found
        rows = answer.json()[key] if key else answer.json()
        assert len(rows) <= size
        found += rows
        if len(rows) < size:
            return found
        number += 1


@pytest.mark.parametrize("size", [1, 7, 200])
def test_paging_the_whole_demo_world_finds_each_record_once(size: int) -> None:
    """R-039."""
    asked, world = caller(), generate(7, "demo")
    for path, key, count in (
        ("projects", None, len(world.projects)),
        ("clients", "clients", len(world.clients)),
        ("users", "users", len(world.people)),
        ("tasks", "tasks", len(world.tasks)),
        ("issues", "issues", len(world.bugs)),
    ):
        ids = [row["id"] for row in _all(asked, path, key, size)]
        assert len(ids) == len(set(ids)) == count
    logs = [log["id"] for log in asked.logs(per_page=size)]
    assert len(logs) == len(set(logs)) == world.log_count


def test_the_lists_of_all_projects_together_are_the_lists_of_the_portal() -> None:
    asked = caller()
    projects = [p["id"] for p in asked.get("projects")]
    for path, key in (("tasks", "tasks"), ("issues", "issues")):
        parts = [r["id"] for p in projects for r in _all(asked, f"projects/{p}/{path}", key, 50)]
        assert sorted(parts) == sorted(r["id"] for r in _all(asked, path, key, 50))
    logs = [log["id"] for p in projects for log in asked.logs(f"projects/{p}/timelogs")]
    assert sorted(logs) == sorted(log["id"] for log in asked.logs())


def test_a_page_has_at_most_two_hundred_rows_and_more_are_refused_by_switch() -> None:
    asked = caller("medium")
    assert asked.get("timelogs", per_page=1000)["page_info"]["per_page"] == 200
    asked.simulator.switch(large_per_page="refuse")
    assert asked.send("GET", "timelogs", params={"per_page": 201}).status_code == 400


@pytest.mark.parametrize("name", ["page", "per_page"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "²"])
def test_a_page_that_is_no_number_from_one_is_refused(name: str, value: str) -> None:
    assert caller().send("GET", "tasks", params={name: value}).status_code == 400


@pytest.mark.parametrize(
    ("flag", "names"),
    [
        ("has_next_page", {"has_next_page"}),
        ("has_more_page", {"has_more_page"}),
        ("both", {"has_next_page", "has_more_page"}),
        ("none", set()),
    ],
)
def test_the_more_flag_has_the_name_that_is_switched(flag: str, names: set[str]) -> None:
    info = caller(more_flag=flag).get("tasks", per_page=10)["page_info"]
    assert {n for n in info if n.startswith("has_")} == names
    assert all(info[n] is True for n in names)


@pytest.mark.parametrize(("name", "value"), [("count", 5), ("total_count", 41), ("none", None)])
def test_page_info_counts_the_page_or_the_list_by_switch(name: str, value: int | None) -> None:
    info = caller(count_key=name).get("tasks", per_page=6, page=7)["page_info"]
    assert info.get(name) == value
    assert info["page"] == 7


def test_the_default_page_size_is_a_switch() -> None:
    assert caller(default_per_page=10).get("tasks")["page_info"]["per_page"] == 10


def test_a_list_is_sorted_by_a_field_both_ways() -> None:
    asked = caller()
    names = [t["name"] for t in asked.get("tasks", sort="name:asc")["tasks"]]
    assert names == sorted(names, key=str.casefold)
    falling = [t["name"] for t in asked.get("tasks", sort="name:desc")["tasks"]]
    assert sorted(names) == sorted(falling)
    assert falling[0] == names[-1]


def test_a_filter_leaves_the_records_that_fit_its_criteria() -> None:
    asked = caller()
    criterion = {"field_name": "name", "criteria_condition": "contains", "value": ["design"]}
    asked_for = json.dumps({"criteria": [criterion], "pattern": "1"})
    found = asked.get("tasks", filter=asked_for)["tasks"]
    assert {t["name"] for t in found} == {"Design"}
    assert len(found) == 2


@pytest.mark.parametrize(
    "params",
    [
        {"sort": "nonsense:asc"},
        {"sort": "name:sideways"},
        {"filter": "{"},
        {"filter": "[]"},
        {"filter": '{"criteria":[{"field_name":"zz","criteria_condition":"is","value":["1"]}]}'},
        {"filter": '{"criteria":[{"field_name":"name","criteria_condition":"?","value":["1"]}]}'},
    ],
)
def test_a_filter_or_order_that_means_nothing_is_refused(params: dict[str, str]) -> None:
    assert caller().send("GET", "tasks", params=params).status_code == 400


def test_archived_projects_leave_the_default_list_and_are_found_by_status_and_id() -> None:
    asked = caller("medium")
    active, archived = asked.get("projects"), asked.get("projects", status="archived")
    assert (len(active), len(archived)) == (18, 2)
    assert len(asked.get("projects", status="all")) == 20
    assert asked.get(f"projects/{archived[0]['id']}")["project_type"] == "archived"
    asked.simulator.switch(list_archived=True)
    assert len(asked.get("projects")) == 20


def test_users_are_selected_by_user_type() -> None:
    asked = caller()
    inactive = asked.get("users", user_type="inactive")["users"]
    assert [(u["name"], u["status"]) for u in inactive] == [("Lena Vogt", "inactive")]
    assert len(asked.get("users", user_type="active")["users"]) == 8


def test_contacts_are_listed_by_index_and_range() -> None:
    asked = caller()
    acme = next(c for c in asked.get("clients")["clients"] if c["name"].startswith("ACME"))
    path = f"client/{acme['id']}/contacts"
    assert [c["first_name"] for c in asked.get(path, index=2, range=1)["contacts"]] == ["Bruno"]
    assert asked.send("GET", path, params={"index": 3}).status_code == 204
    assert len(asked.get(path, search_string="keller")["contacts"]) == 1
