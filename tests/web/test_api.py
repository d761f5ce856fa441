"""The HTTP API: the registry's actions in the command line's envelope."""

import re

import pytest
import requests
from fastapi.routing import APIRoute
from tallystick.app.actions import ACTIONS
from tallystick.model.connection import Portal
from tallystick.web import api, error_pages, pages, rule_api, rule_pages
from web.serving import NAME, Site


def _key(site: Site) -> dict[str, str]:
    return {"X-Tallystick-Token": site.desk.token}


def _shape(path: str) -> str:
    return re.sub(r"{[^}]*}", "{}", path)


def test_the_registry_and_the_api_name_the_same_routes() -> None:
    offered = {
        f"{method} {_shape('/api/v1' + route.path)}"
        for route in (*api.router.routes, *rule_api.router.routes)
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert offered == {_shape(a.http) for a in ACTIONS if a.http}


def test_each_page_that_the_registry_names_is_served() -> None:
    served = {
        _shape(route.path)
        for router in (pages.router, error_pages.router, rule_pages.router)
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    assert {_shape(a.page) for a in ACTIONS if a.page} <= served


@pytest.mark.parametrize(
    "path",
    [
        "/status",
        "/integrations",
        f"/integrations/{NAME}",
        f"/integrations/{NAME}/run",
        f"/integrations/{NAME}/runs",
        "/errors",
        "/errors/summary",
        "/errors/1",
        "/records/time_entry",
        "/record/time_entry:e1",
        "/why/time_entry:e1",
        "/billing/preview?project=p1",
        "/ledger?verify=true",
        "/rules",
        "/rules/qualification.yaml",
        "/rules/qualification.yaml/text?view=yaml",
        "/rules/record.push/explain?given={}",
        "/connectors",
        "/explain/INV-01",
    ],
)
def test_an_answer_has_the_envelope(site: Site, path: str) -> None:
    answer = site.get("/api/v1" + path)
    body = answer.json()
    assert answer.status_code == 200, body
    assert list(body) == [
        "tallystick",
        "command",
        "ok",
        "exit",
        "data",
        "warnings",
        "errors",
        "next",
    ]
    assert (body["tallystick"], body["ok"], body["exit"], body["errors"]) == ("1.0", True, 0, [])
    assert body["data"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/integrations/none", 404, "CFG-04"),
        ("/errors/99", 404, "CFG-11"),
        ("/errors/x", 422, "CFG-06"),
        ("/nothing", 404, "CFG-12"),
        ("/explain/XYZ-99", 404, "CFG-14"),
    ],
)
def test_a_refusal_has_the_envelope_with_its_code_and_fix(
    site: Site, path: str, status: int, code: str
) -> None:
    answer = site.get("/api/v1" + path)
    body = answer.json()
    assert (answer.status_code, body["ok"]) == (status, False)
    assert body["exit"] != 0
    (error,) = body["errors"]
    assert error["code"] == code
    assert error["fix"]


def test_a_run_is_started_and_its_end_can_be_read(site: Site) -> None:
    url = f"{site.base}/api/v1/integrations/{NAME}"
    started = requests.post(f"{url}/sync", headers=_key(site), timeout=30)
    assert (started.status_code, started.json()["data"]) == (202, {"started": True})
    site.desk.wait(60)
    run = requests.get(f"{url}/run", timeout=30).json()["data"]
    assert (run["kind"], run["finished_at"] is not None) == ("sync", True)


def test_a_plan_is_made_and_nothing_is_written_when_only_a_plan_is_asked_for(site: Site) -> None:
    before = len(site.world.writes)
    url = f"{site.base}/api/v1/integrations/{NAME}/sync?plan=1"
    site.world.portal["task"]["t1"]["name"] = "Data import, part two"
    assert requests.post(url, headers=_key(site), timeout=30).status_code == 202
    site.desk.wait(60)
    with site.workspace() as ws:
        assert ws.store.runs.recent(NAME, limit=1)[0].kind == "plan"
    assert len(site.world.writes) == before


def test_a_repeated_idempotency_key_gets_the_first_answer_and_does_nothing_more(
    site: Site,
) -> None:
    url = f"{site.base}/api/v1/integrations/{NAME}/disable"
    headers = {**_key(site), "Idempotency-Key": "k-1"}
    first = requests.post(url, headers=headers, timeout=30)
    again = requests.post(url, headers=headers, timeout=30)
    other = requests.post(url, headers={**headers, "Idempotency-Key": "k-2"}, timeout=30)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert (other.status_code, other.json()["errors"][0]["code"]) == (409, "INT-02")


def test_a_refusal_by_a_rule_names_the_rule(site: Site) -> None:
    url = f"{site.base}/api/v1/integrations/{NAME}"
    assert requests.post(f"{url}/disable", headers=_key(site), timeout=30).status_code == 200
    site.world.portals = [Portal("P1", "Zylker", "admin", owned=False)]
    refused = requests.post(f"{url}/enable", headers=_key(site), timeout=30)
    error = refused.json()["errors"][0]
    assert (refused.status_code, error["code"]) == (409, "SETUP-02")
    assert (error["rule"]["id"], error["rule"]["file"]) == ("not-owner", "rules/re_enable.yaml")


def test_a_retry_of_an_error_that_is_not_there_starts_nothing(site: Site) -> None:
    url = f"{site.base}/api/v1/errors/retry"
    refused = requests.post(url, headers=_key(site), json={"ids": [404]}, timeout=30)
    assert refused.json()["errors"][0]["code"] == "CFG-11"
    assert not site.desk.job(NAME).working


def test_the_api_describes_itself(site: Site) -> None:
    described = site.get("/api/v1/openapi.json").json()["paths"]
    assert {_shape(a.http.split(" ")[1]) for a in ACTIONS if a.http} == set(map(_shape, described))
