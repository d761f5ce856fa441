"""Client companies of a project, and which one is the primary one."""

from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import Caller, caller

TWO, ONE, NONE = "Atlas rollout", "Harbor portal", "Intranet relaunch"


def _primary(asked: Caller, name: str) -> list[str]:
    answer = asked.send("GET", f"projects/{asked.project(name)}/clients")
    rows = answer.json()["clients"] if answer.content else []
    assert all(isinstance(r["is_primary"], bool) for r in rows)
    return [r["name"] for r in rows if r["is_primary"]]


def _client(asked: Caller, name: str) -> str:
    found: str = asked.simulator.world_facts()["clients"][name]
    return found


def _make_primary(asked: Caller, name: str, client: str | None, **more: Any) -> int:
    client_id = _client(asked, client) if client else None
    body = {"project_id": asked.project(name), "client_id": client_id, **more}
    return int(asked.control("projects/primary", body).status_code)


def _company(asked: Caller, name: str, **change: str) -> int:
    body = {k: _client(asked, v) for k, v in change.items()}
    body["project_id"] = asked.project(name)
    return int(asked.control("projects/clients", body).status_code)


def test_one_of_several_companies_is_primary_and_a_project_may_have_none() -> None:
    """R-047."""
    asked = caller()
    assert _primary(asked, TWO) == ["ACME  Ltd"]
    assert len(asked.get(f"projects/{asked.project(TWO)}/clients")["clients"]) == 2
    assert _primary(asked, NONE) == []


def test_the_first_company_becomes_primary_by_itself_and_the_second_does_not() -> None:
    """R-046."""
    asked = caller()
    assert _company(asked, NONE, add="Borealis") == 200
    assert _primary(asked, NONE) == ["Borealis"]
    assert _company(asked, NONE, add="Smith & Co") == 200
    assert _primary(asked, NONE) == ["Borealis"]


def test_the_only_company_cannot_be_unmarked_until_a_second_one_is_there() -> None:
    """R-046."""
    asked = caller()
    assert _make_primary(asked, ONE, None) == 400
    assert _primary(asked, ONE) == ["Nordlicht GmbH"]
    _company(asked, ONE, add="Borealis")
    assert _make_primary(asked, ONE, None) == 200
    assert _primary(asked, ONE) == []


def test_a_primary_client_is_added_only_while_there_is_no_transaction() -> None:
    """R-048."""
    asked = caller()
    asked.control("projects/transaction", {"project_id": asked.project(NONE)})
    assert _make_primary(asked, NONE, "Borealis") == 409
    asked.control("projects/transaction", {"project_id": asked.project(NONE), "exists": False})
    assert _make_primary(asked, NONE, "Borealis") == 200
    assert _primary(asked, NONE) == ["Borealis"]


def test_without_a_transaction_the_primary_client_is_changed_and_the_project_says_when() -> None:
    """R-049."""
    asked = caller()
    asked.simulator.clock.advance(60)
    assert _make_primary(asked, TWO, "Old Mill Trading") == 200
    assert _primary(asked, TWO) == ["Old Mill Trading"]
    changed = asked.get(f"projects/{asked.project(TWO)}")["modified_time"]
    assert changed == "2026-07-15T09:01:00.000Z"


@pytest.mark.parametrize(("locked", "status"), [(True, 409), (False, 200)])
def test_an_invoiced_log_keeps_the_primary_client_as_it_is(locked: bool, status: int) -> None:
    """R-050."""
    asked = caller(lock_primary_client=locked)
    log = asked.logs(f"projects/{asked.project(TWO)}/timelogs")[0]
    asked.control("logs/invoiced", {"log_ids": [log["id"]], "invoice_id": "1"})
    assert _make_primary(asked, TWO, "Old Mill Trading") == status
    assert (_primary(asked, TWO) == ["ACME  Ltd"]) is locked


def test_the_lock_ends_when_the_log_is_no_longer_invoiced() -> None:
    """R-050."""
    asked = caller()
    log = asked.logs(f"projects/{asked.project(TWO)}/timelogs")[0]
    asked.control("logs/invoiced", {"log_ids": [log["id"]], "invoice_id": "1"})
    asked.control("logs/invoiced", {"log_ids": [log["id"]]})
    assert _make_primary(asked, TWO, "Old Mill Trading") == 200


def test_an_invoiced_log_of_another_project_locks_nothing() -> None:
    """R-050."""
    asked = caller()
    log = asked.logs(f"projects/{asked.project(ONE)}/timelogs")[0]
    asked.control("logs/invoiced", {"log_ids": [log["id"]], "invoice_id": "1"})
    assert _make_primary(asked, TWO, "Old Mill Trading") == 200


def test_the_rules_are_broken_by_force_for_a_test_that_needs_it() -> None:
    asked = caller()
    asked.control("projects/transaction", {"project_id": asked.project(ONE)})
    assert _make_primary(asked, ONE, None, force=True) == 200
    assert _primary(asked, ONE) == []


def test_a_removed_company_is_gone_and_one_that_is_there_is_not_added_again() -> None:
    asked = caller()
    assert _company(asked, TWO, add="ACME  Ltd") == 409
    assert _company(asked, TWO, remove="Old Mill Trading") == 200
    assert _company(asked, TWO, remove="Old Mill Trading") == 404
    assert len(asked.get(f"projects/{asked.project(TWO)}/clients")["clients"]) == 1


def test_a_company_lists_its_projects() -> None:
    asked = caller()
    acme = _client(asked, "ACME  Ltd")
    assert [p["name"] for p in asked.get(f"clients/{acme}/projects")["projects"]] == [TWO]
    assert asked.get(f"clients/{acme}")["projects_count"] == 1
