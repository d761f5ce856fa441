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
        self._control("logs/change", {"log_id": log_id, **changes})

    def delete_log(self, log_id: str) -> None:
        """Delete a log."""
        self._control("logs/delete", {"log_id": log_id})

    def rename(self, side: str, kind: str, id: str, name: str) -> None:
        """Give a project, task, contact or user of the portal or the accounts another name."""
        if side == "portal":
            kind = "client" if kind == "contact" else kind
            self._control("rename", {"kind": kind, "id": id, "name": name})
            return
        if kind == "task":
            entries = [e for e in self.entries() if e["task_id"] == id]
            project = entries[0]["project_id"] if entries else self._booked_project()
            self._books("PUT", f"/projects/{project}/tasks/{id}", {"task_name": name})
        elif kind == "user":
            users = self._books("GET", "/users")["users"]
            email = next(u["email"] for u in users if u["user_id"] == id)
            self._books("PUT", f"/users/{id}", {"name": name, "email": email})
        else:
            self._books("PUT", f"/{kind}s/{id}", {f"{kind}_name": name})

    def _booked_project(self) -> str:
        found: str = self._books("GET", "/projects")["projects"][0]["project_id"]
        return found

    def customers(self) -> list[str]:
        """Ids of the customers of the accounts, the oldest first."""
        found = self._books("GET", "/contacts")["contacts"]
        return sorted(str(c["contact_id"]) for c in found if c["contact_type"] == "customer")

    def counted(self) -> dict[str, int]:
        """How many customers, projects and time entries the accounts have."""
        projects = self._books("GET", "/projects")["projects"]
        entries = self.entries()
        return {
            "contact": len(self.customers()),
            "project": len(projects),
            "time_entry": len(entries),
        }

    def primary_client(self, project_id: str, client_id: str | None) -> None:
        """Make a client company the primary one of a project, or none, whatever uses it."""
        body = {"project_id": project_id, "client_id": client_id, "force": True}
        self._control("projects/primary", body)

    def _control(self, path: str, body: Any) -> None:
        headers = {"content-type": "application/json"}
        request = Request("POST", f"/__sim/{path}", (), headers, orjson.dumps(body))
        self._call("zoho_projects", request)

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

    def credit(self, invoice_id: str) -> None:
        """Send an invoice, and take it back whole by a credit note."""
        self.set_status(invoice_id, "sent")
        found = self.invoice(invoice_id)
        line = {"name": "Credit", "rate": found["total"], "quantity": 1}
        body = {"customer_id": found["customer_id"], "line_items": [line]}
        note = self._books("POST", "/creditnotes", body)["creditnote"]
        applied = [{"invoice_id": invoice_id, "amount_applied": found["total"]}]
        path = f"/creditnotes/{note['creditnote_id']}"
        self._books("POST", f"{path}/status/open")
        self._books("POST", f"{path}/invoices", {"invoices": applied})

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
        self._control("logs/invoiced", {"log_ids": [log_id], "invoice_id": invoice_id})

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
