"""People who work by hand in the two simulated systems, over the documented endpoints."""

from datetime import date
from typing import Any

import orjson

from tallystick.simulator.http import Request
from tallystick.testing.simulated import Pair


class People:
    """Somebody who logs time in the portal, and somebody who keeps the accounts."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._tokens: dict[str, str] = {}
        self._portal = self._projects("GET", "/api/v3/portals")[0]["id"]

    def _token(self, name: str) -> str:
        if name not in self._tokens:
            facts = self._pair.announced[name]
            form = {k: facts[k] for k in ("client_id", "client_secret", "refresh_token")}
            query = (*form.items(), ("grant_type", "refresh_token"))
            answer = self._pair.simulators[name].handle(Request("POST", "/oauth/v2/token", query))
            self._tokens[name] = orjson.loads(answer.body)["access_token"]
        return self._tokens[name]

    def _call(self, name: str, request: Request) -> Any:
        answer = self._pair.simulators[name].handle(request)
        if answer.status >= 400:
            raise AssertionError(f"{request.method} {request.path}: {answer.body!r}")
        return orjson.loads(answer.body) if answer.body else None

    def _headers(self, name: str) -> dict[str, str]:
        return {
            "authorization": f"Zoho-oauthtoken {self._token(name)}",
            "content-type": "application/json",
        }

    def _projects(self, method: str, path: str, body: Any = None) -> Any:
        sent = orjson.dumps(body) if body is not None else b""
        request = Request(method, path, (), self._headers("zoho_projects"), sent)
        return self._call("zoho_projects", request)

    def _books(self, method: str, path: str, body: Any = None) -> Any:
        sent = orjson.dumps(body) if body is not None else b""
        organization = str(self._pair.announced["zoho_books"]["organization_id"])
        query = (("organization_id", organization),)
        headers = self._headers("zoho_books")
        return self._call("zoho_books", Request(method, f"/books/v3{path}", query, headers, sent))

    def project(self) -> dict[str, Any]:
        """The portal's first project."""
        found: dict[str, Any] = self._projects("GET", f"/api/v3/portal/{self._portal}/projects")[0]
        return found

    def task(self) -> dict[str, Any]:
        """That project's first task."""
        path = f"/api/v3/portal/{self._portal}/projects/{self.project()['id']}/tasks"
        found: dict[str, Any] = self._projects("GET", path)["tasks"][0]
        return found

    def log_time(self, day: date, minutes: int, *, billable: bool, status: str) -> str:
        """Log time on the first task; returns the log's id."""
        made = self._projects(
            "POST",
            f"/api/v3/portal/{self._portal}/projects/{self.project()['id']}/log",
            {
                "date": day.isoformat(),
                "hours": f"{minutes // 60:02d}:{minutes % 60:02d}",
                "bill_status": "Billable" if billable else "Non Billable",
                "status": status,
                "notes": "by hand",
                "module": {"type": "task", "id": self.task()["id"]},
            },
        )
        return str(made["id"])

    def change_log(self, log_id: str, **changes: Any) -> None:
        """Change a log: minutes, billable, approval, work_date (ISO)."""
        body = orjson.dumps({"log_id": log_id, **changes})
        headers = {"content-type": "application/json"}
        self._call("zoho_projects", Request("POST", "/__sim/logs/change", (), headers, body))

    def invoices(self) -> list[dict[str, Any]]:
        """Every invoice of the accounts."""
        found: list[dict[str, Any]] = self._books("GET", "/invoices")["invoices"]
        return found

    def entries(self) -> list[dict[str, Any]]:
        """Every time entry of the accounts."""
        found: list[dict[str, Any]] = self._books("GET", "/projects/timeentries")["time_entries"]
        return found

    def bill_by_hand(self) -> str | None:
        """Invoice every unbilled billable entry, as a person would; None when there is none."""
        free = [e for e in self.entries() if e["billed_status"] == "unbilled" and e["is_billable"]]
        if not free:
            return None
        return self.bill_again([e["time_entry_id"] for e in free])

    def bill_again(self, entry_ids: list[str]) -> str:
        """Put entries on one more invoice, whether they are billed or not."""
        entry = next(e for e in self.entries() if e["time_entry_id"] == entry_ids[0])
        line = {
            "name": "Work",
            "rate": 10,
            "quantity": 1,
            "project_id": entry["project_id"],
            "time_entry_ids": entry_ids,
        }
        body = {"customer_id": entry["customer_id"], "line_items": [line]}
        made: str = self._books("POST", "/invoices", body)["invoice"]["invoice_id"]
        return made

    def set_status(self, invoice_id: str, status: str) -> None:
        """Set an invoice to sent, void or draft."""
        self._books("POST", f"/invoices/{invoice_id}/status/{status}")

    def delete_invoice(self, invoice_id: str) -> None:
        """Delete an invoice."""
        self._books("DELETE", f"/invoices/{invoice_id}")

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        """One invoice with its lines."""
        found: dict[str, Any] = self._books("GET", f"/invoices/{invoice_id}")["invoice"]
        return found

    def keep_lines(self, invoice_id: str, lines: list[dict[str, Any]]) -> None:
        """Save an invoice with these of its lines."""
        kept = ("line_item_id", "name", "rate", "quantity", "project_id", "time_entry_ids")
        body = {
            "customer_id": self.invoice(invoice_id)["customer_id"],
            "line_items": [{name: line[name] for name in kept} for line in lines],
        }
        self._books("PUT", f"/invoices/{invoice_id}", body)

    def delete_entry(self, entry_id: str) -> None:
        """Delete a time entry of the accounts."""
        self._books("DELETE", f"/projects/timeentries/{entry_id}")

    def mark_at_source(self, log_id: str, invoice_id: str | None) -> None:
        """Let the portal show a log as invoiced there, or no longer."""
        body = orjson.dumps({"log_ids": [log_id], "invoice_id": invoice_id})
        headers = {"content-type": "application/json"}
        self._call("zoho_projects", Request("POST", "/__sim/logs/invoiced", (), headers, body))

    def pay(self, invoice_id: str) -> None:
        """Note a payment of an invoice in full."""
        total = self.invoice(invoice_id)["total"]
        body = orjson.dumps({"amount": total})
        headers = {"content-type": "application/json"}
        self._call("zoho_books", Request("POST", f"/__sim/pay/{invoice_id}", (), headers, body))

    def copy_reference(self, invoice_id: str) -> str:
        """Make one more invoice by hand with the reference of another."""
        first = self.invoice(invoice_id)
        body = {
            "customer_id": first["customer_id"],
            "reference_number": first["reference_number"],
            "line_items": [{"name": "Copy", "rate": 10, "quantity": 1}],
        }
        made: str = self._books("POST", "/invoices", body)["invoice"]["invoice_id"]
        return made
