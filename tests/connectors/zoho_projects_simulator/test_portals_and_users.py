"""Roles in portals, and users: points 19 and 20."""

import pytest
from connectors.zoho_projects_simulator.asking import Caller


def test_portals_differ_in_the_role_of_the_caller(asked: Caller) -> None:
    portals = asked.send("GET", "/api/v3/portals").json()
    assert {p["role"] for p in portals} == {"owner", "admin", "manager"}


def test_ownership_of_a_portal_is_told_by_role_and_by_the_owners_id(asked: Caller) -> None:
    told = asked.send("GET", "/restapi/portals/").json()
    for portal in told["portals"]:
        assert (portal["owner_id"] == told["login_id"]) == (portal["role"] == "owner")
        assert portal["owner"]["name"]


def test_the_caller_alone_is_known_where_the_firm_has_no_projects(asked: Caller) -> None:
    portals = asked.send("GET", "/api/v3/portals").json()
    asked.portal = next(p["id"] for p in portals if p["role"] == "admin")
    assert asked.get("projects") is None
    assert asked.get("clients") is None
    assert len(asked.get("users")["users"]) == 1


@pytest.mark.parametrize("path", ["users", "users?user_type=active"])
def test_the_user_list_is_refused_to_a_token_of_no_administrator(asked: Caller, path: str) -> None:
    assert asked.get("users")
    asked.switch(admin_token=False)
    assert asked.refused("GET", path) == (401, 6401)
    assert asked.refused_classic(path) == (401, 6401)
    asked.switch(admin_token=True)
    assert asked.get("users")


def test_a_manager_of_a_portal_is_no_administrator(asked: Caller) -> None:
    portals = asked.send("GET", "/api/v3/portals").json()
    asked.portal = next(p["id"] for p in portals if p["role"] == "manager")
    assert asked.refused("GET", "users") == (401, 6401)
    assert asked.refused_classic("users/") == (401, 6401)


def test_a_deactivated_user_is_inactive_in_both_versions(asked: Caller) -> None:
    user = asked.known("users", "Jun Ito")
    asked.control("users/active", {"user_id": user, "active": False})
    shown = asked.get(f"users/{user}")
    assert (shown["is_active"], shown["status"]) == (False, "inactive")
    active = {u["id"] for u in asked.get("users", user_type="active")["users"]}
    inactive = {u["id"] for u in asked.get("users", user_type="inactive")["users"]}
    assert user in inactive - active
    old = asked.classic("users/", user_type="inactive").json()["users"]
    assert {u["zpuid"] for u in old} == inactive


def test_a_user_of_another_id_is_not_there(asked: Caller) -> None:
    assert asked.refused("GET", "users/1") == (404, 6404)
    assert asked.refused("GET", "clients/1") == (404, 6404)
    assert asked.refused("GET", "users", user_type="odd") == (400, 6832)
