"""A caller of the simulated service over plain HTTP, and the records that tests need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import requests
from tallystick.simulator.adapter import SimulatorAdapter
from tallystick.simulator.world import generate
from tallystick_zoho_books.simulator import BooksSimulator

ORGANIZATION = "10229182"
HOST = "http://books.test"
CREDENTIAL = {
    "client_id": "sim-client",
    "client_secret": "sim-secret",
    "refresh_token": "sim-refresh",
    "grant_type": "refresh_token",
}
Json = dict[str, Any]


@dataclass(slots=True)
class Caller:
    """A session with a token; every call names the organization."""

    session: requests.Session
    host: str = HOST
    simulator: BooksSimulator | None = None
    organization_id: str = ORGANIZATION
    headers: Mapping[str, str] = field(default_factory=dict)

    def log_in(self) -> None:
        """Fetch an access token."""
        answer = self.session.post(f"{self.host}/oauth/v2/token", params=CREDENTIAL).json()
        self.session.headers["Authorization"] = f"Zoho-oauthtoken {answer['access_token']}"

    def ask(self, method: str, path: str, **how: Any) -> requests.Response:
        """One call, its answer untouched."""
        params = {"organization_id": self.organization_id, **how.pop("params", {})}
        return self.session.request(method, f"{self.host}/books/v3{path}", params=params, **how)

    def get(self, path: str, **params: Any) -> Json:
        """A read that must succeed."""
        return self._fine(self.ask("GET", path, params=params))

    def post(self, path: str, body: Any = None, **params: Any) -> Json:
        """A POST that must succeed."""
        return self._fine(self.ask("POST", path, json=body, params=params))

    def put(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Json:
        """A PUT that must succeed."""
        return self._fine(self.ask("PUT", path, json=body, headers=headers))

    def delete(self, path: str, **params: Any) -> Json:
        """A DELETE that must succeed."""
        return self._fine(self.ask("DELETE", path, params=params))

    def refused(self, method: str, path: str, body: Any = None, **params: Any) -> tuple[int, int]:
        """HTTP status and body code of a call that must fail."""
        answer = self.ask(method, path, json=body, params=params)
        found: Json = answer.json()
        assert set(found) == {"code", "message"}, found
        assert found["message"]
        return answer.status_code, found["code"]

    def _fine(self, answer: requests.Response) -> Json:
        found: Json = answer.json(parse_float=Decimal)
        assert answer.status_code in {200, 201}, (answer.status_code, found)
        assert found["code"] == 0, found
        assert isinstance(found["message"], str)
        return found

    def control(self, path: str, body: Any = None) -> Any:
        """A control read, or a command when there is a body."""
        url = f"{self.host}/__sim/{path}"
        answer = self.session.get(url) if body is None else self.session.post(url, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def switch(self, **values: Any) -> None:
        """Set switches over HTTP."""
        self.control("switches", values)

    def customer(self, name: str = "Acme Ltd") -> Json:
        """A contact by name."""
        found: Json = self.get("/contacts", contact_name=name)["contacts"][0]
        return found

    def project(self, name: str = "Atlas", customer: str = "Acme Ltd", **more: Any) -> Json:
        """A new project with one staff member."""
        body = {
            "project_name": name,
            "customer_id": self.customer(customer)["contact_id"],
            "billing_type": "based_on_project_hours",
            "rate": 120,
            "users": [{"user_id": self.user()["user_id"]}],
            **more,
        }
        made: Json = self.post("/projects", body)["project"]
        return made

    def user(self, number: int = 1) -> Json:
        """One of the users."""
        found: Json = self.get("/users")["users"][number]
        return found

    def task(self, project: Json, name: str = "Concept") -> Json:
        """A new task."""
        made: Json = self.post(f"/projects/{project['project_id']}/tasks", {"task_name": name})
        found: Json = made["task"]
        return found

    def entry(self, task: Json, **more: Any) -> Json:
        """A new time entry of an hour and a half."""
        body = {
            "project_id": task["project_id"],
            "task_id": task["task_id"],
            "user_id": self.user()["user_id"],
            "log_date": "2026-07-03",
            "log_time": "01:30",
            **more,
        }
        made: Json = self.post("/projects/timeentries", body)["time_entry"]
        return made

    def fresh(self, entry: Json) -> Json:
        """The entry as it stands now."""
        found: Json = self.get(f"/projects/timeentries/{entry['time_entry_id']}")["time_entry"]
        return found

    def invoice(self, *entries: Json, **more: Any) -> Json:
        """A new invoice with one line that lists these entries."""
        made: Json = self.post("/invoices", self.invoice_body(*entries, **more))["invoice"]
        return made

    def invoice_body(self, *entries: Json, **more: Any) -> Json:
        """What makes an invoice with one line."""
        line = {
            "name": "Work",
            "rate": 120,
            "quantity": 1.5,
            "time_entry_ids": [e["time_entry_id"] for e in entries],
        }
        return {
            "customer_id": self.customer()["contact_id"],
            "line_items": [line],
            **more,
        }


def caller(size: str | int = "demo", seed: int = 1, *, token: bool = True) -> Caller:
    """A caller of a fresh simulator in process."""
    simulator = BooksSimulator(generate(seed, size), seed)
    session = requests.Session()
    session.mount(HOST, SimulatorAdapter(simulator))
    made = Caller(session, simulator=simulator)
    if token:
        made.log_in()
    return made
