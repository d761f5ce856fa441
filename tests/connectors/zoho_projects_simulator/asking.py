"""A plain HTTP caller of the simulated Projects, in process."""

from collections.abc import Iterator
from typing import Any

import requests
from tallystick.simulator.adapter import SimulatorAdapter
from tallystick.simulator.world import generate
from tallystick_zoho_projects.simulator import ProjectsSimulator, describe

HOST = "http://projects.test"
Json = dict[str, Any]


class Caller:
    """Somebody with a token who sends requests as any client would."""

    def __init__(self, simulator: ProjectsSimulator) -> None:
        self.simulator = simulator
        self.told = describe(simulator, HOST)
        self.portal: str = self.told["portal_id"]
        self.session = requests.Session()
        self.session.mount(HOST, SimulatorAdapter(simulator))
        self.log_in()

    def refresh(self, **changes: str) -> requests.Response:
        """One refresh call with its parameters in the query."""
        fields = {n: self.told[n] for n in ("client_id", "client_secret", "refresh_token")}
        query = {**fields, "grant_type": "refresh_token", **changes}
        return self.session.post(f"{HOST}/oauth/v2/token", params=query)

    def log_in(self) -> None:
        """Take a fresh token."""
        token = self.refresh().json()["access_token"]
        self.session.headers["Authorization"] = f"Zoho-oauthtoken {token}"

    def send(self, method: str, path: str, **more: Any) -> requests.Response:
        """A request to a path below the host; short paths are of v3 and the owned portal."""
        if not path.startswith("/"):
            path = f"/api/v3/portal/{self.portal}/{path}"
        return self.session.request(method, HOST + path, **more)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a read that must succeed; None when it was empty without a body."""
        answer = self.send("GET", path, params=params)
        if answer.status_code == 204:
            assert answer.content == b""
            return None
        assert answer.status_code == 200, answer.text
        return answer.json()

    def classic(self, path: str, **params: Any) -> requests.Response:
        """A read of v1 in the owned portal."""
        return self.send("GET", f"/restapi/portal/{self.portal}/{path}", params=params)

    def control(self, path: str, body: Any) -> requests.Response:
        """A private command."""
        return self.session.post(f"{HOST}/__sim/{path}", json=body)

    def switch(self, **values: Any) -> None:
        """Set switches over HTTP."""
        assert self.control("switches", values).status_code == 200

    def later(self, seconds: float) -> None:
        """Let time pass."""
        assert self.control("clock", {"advance": seconds}).status_code == 200

    def refused(self, method: str, path: str, body: Any = None, **params: Any) -> tuple[int, int]:
        """Status and code of a v3 call that must fail in the documented form."""
        answer = self.send(method, path, json=body, params=params)
        error = answer.json()["error"]
        assert error["title"]
        assert error["details"]["message"] == error["message"]
        assert error["status_code"] == answer.status_code
        return answer.status_code, error["code"]

    def refused_classic(self, path: str, **params: Any) -> tuple[int, int]:
        """Status and code of a v1 read that must fail."""
        answer = self.classic(path, **params)
        error = answer.json()["error"]
        assert set(error) == {"code", "message"}
        return answer.status_code, error["code"]

    def known(self, kind: str, name: str) -> str:
        """The id of one of the portals, projects, clients or users of the world."""
        found: str = self.simulator.world_facts()[kind][name]
        return found

    def project(self, name: str = "Atlas rollout") -> str:
        """The id of a project."""
        found: str = self.simulator.world_facts()["projects"][name]
        return found

    def logs(self, path: str = "timelogs", **params: Any) -> list[Json]:
        """Every log of a list, page by page."""
        return list(self.pages(path, **params))

    def pages(self, path: str, **params: Any) -> Iterator[Json]:
        """Logs of one page after the other until there is no more."""
        number = 1
        while True:
            answer = self.send("GET", path, params={**params, "page": number})
            if answer.status_code == 204:
                return
            assert answer.status_code == 200, answer.text
            body = answer.json()
            for bucket in body["time_logs"]:
                yield from bucket["log_details"]
            if not body["page_info"]["has_next_page"]:
                return
            number += 1

    def add_log(self, **changes: Any) -> requests.Response:
        """Log one hour on the first task of Atlas rollout."""
        return self.send("POST", f"projects/{self.project()}/log", json=self.log_body(**changes))

    def log_body(self, **changes: Any) -> Json:
        """What makes such a log; a field that is None is left out."""
        task = self.get(f"projects/{self.project()}/tasks")["tasks"][0]["id"]
        body = {
            "date": "2026-07-10",
            "hours": "01:00",
            "bill_status": "Billable",
            "notes": "a note",
            "module": {"type": "task", "id": task},
            **changes,
        }
        return {k: v for k, v in body.items() if v is not None}


def caller(size: str | int = "demo", seed: int = 7, **switches: Any) -> Caller:
    """A caller of a fresh simulator."""
    simulator = ProjectsSimulator(generate(seed, size), seed)
    simulator.switch(**switches)
    return Caller(simulator)


def message_of(answer: requests.Response) -> str:
    """What a v3 error says."""
    found: str = answer.json()["error"]["details"]["message"]
    return found
