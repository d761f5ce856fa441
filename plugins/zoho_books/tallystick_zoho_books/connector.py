"""The Zoho Books connector: reads, writes once, finds what an earlier write made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from tallystick.errors import OutcomeUnknown, Rejected
from tallystick.model.connection import Health, Portal
from tallystick.model.connector import ReadSpec, WriteSpec
from tallystick.model.fold import fold_email, fold_marker, fold_name
from tallystick.model.operation import Action, Lookup, Mode, Operation, Receipt
from tallystick.model.record import Cursor, Page, Row
from tallystick.toolbox import Session

from tallystick_zoho_books import mapping, writing
from tallystick_zoho_books.client import BooksClient
from tallystick_zoho_books.reading import BooksReader

_CHANGE = frozenset({Action.CREATE, Action.UPDATE})
_PATHS = {
    "contact": "/contacts",
    "project": "/projects",
    "time_entry": "/projects/timeentries",
    "user": "/users",
    "transaction": "/invoices",
}
_KEYS = {
    "contact": "contact",
    "project": "project",
    "task": "task",
    "time_entry": "time_entry",
    "user": "user",
    "transaction": "invoice",
}
_IDS = {
    "contact": "contact_id",
    "project": "project_id",
    "task": "task_id",
    "time_entry": "time_entry_id",
    "user": "user_id",
    "transaction": "invoice_id",
}


class ZohoBooks:
    """Zoho Books v3. Settings: dc, accounts_url, base_url, organization_id, requests_per_minute,
    requests_per_day, unique_field and unique_field_proven (an invoice field that refuses a
    second use, once `doctor` has proven it)."""

    name: ClassVar[str] = "zoho_books"
    title: ClassVar[str] = "Zoho Books"
    container: ClassVar[str] = "organization"
    container_setting: ClassVar[str] = "organization_id"
    daily_calls: ClassVar[Mapping[str, int]] = {
        "free": 1000,
        "standard": 2000,
        "professional": 5000,
        "premium": 10_000,
        "elite": 10_000,
        "ultimate": 10_000,
    }
    reads: ClassVar[Mapping[str, ReadSpec]] = {
        **{
            t: ReadSpec(t)
            for t in ("organization", "user", "project", "time_entry", "currency", "tax")
        },
        "contact": ReadSpec("contact", since=True),
        "transaction": ReadSpec("transaction", since=True),
        "expense": ReadSpec("expense", since=True),
        "contact_person": ReadSpec("contact_person", per="contact"),
        "task": ReadSpec("task", per="project"),
        "transaction_line": ReadSpec("transaction_line", per="transaction"),
    }
    writes: ClassVar[Mapping[str, WriteSpec]] = {
        "contact": WriteSpec("contact", _CHANGE, Mode.A),
        "project": WriteSpec("project", _CHANGE, Mode.UNGUARDED),
        "task": WriteSpec("task", _CHANGE, Mode.UNGUARDED),
        "time_entry": WriteSpec("time_entry", _CHANGE, Mode.UNGUARDED),
        "user": WriteSpec("user", frozenset({Action.CREATE, Action.DEACTIVATE}), Mode.A),
        "transaction": WriteSpec("transaction", frozenset({Action.CREATE, Action.VOID}), Mode.C),
    }

    def __init__(self, session: Session, settings: Mapping[str, Any]) -> None:
        self._client = BooksClient(session, settings)
        self._reader = BooksReader(self._client)
        self._unique_field = str(settings.get("unique_field") or "")

    def check(self) -> Health:
        """Read the organizations; the chosen one must be among them."""
        found = self.portals()
        wanted = self._client.organization_id
        if wanted and wanted not in {p.id for p in found}:
            return Health(ok=False, message=f"organization {wanted} is not visible", code="AUTH-03")
        return Health(ok=True, message=f"{len(found)} organizations visible")

    def portals(self) -> list[Portal]:
        """Organizations this credential can see."""
        body = self._client.get("/organizations")
        return [
            Portal(
                id=str(o["organization_id"]),
                name=str(o.get("name") or ""),
                role=str(o.get("user_role") or "admin"),
                owned=bool(o.get("is_org_active", True)),
                zone=str(o.get("time_zone") or "UTC"),
                currency=str(o.get("currency_code") or ""),
                plan=str(o.get("plan_name") or ""),
                email=str(o.get("email") or ""),
            )
            for o in body.get("organizations", [])
        ]

    def read(self, type: str, cursor: Cursor) -> Page:
        """One page of one type."""
        return self._reader.read(type, cursor)

    def fetch(
        self, type: str, ids: Sequence[str], *, parent: str | None = None
    ) -> Mapping[str, Row]:
        """Fresh rows; what is left out does not exist."""
        return self._reader.fetch(type, ids, parent)

    def write(self, operation: Operation) -> Receipt:
        """Send once."""
        if operation.action is Action.VOID:
            self._client.send("POST", f"/invoices/{operation.target_id}/status/void")
            return Receipt(str(operation.target_id))
        if operation.action is Action.DEACTIVATE:
            self._client.send("POST", f"/users/{operation.target_id}/inactive")
            return Receipt(str(operation.target_id))
        body = self._body(operation)
        if operation.action is Action.UPDATE:
            path = f"{self._path(operation)}/{operation.target_id}"
            return self._receipt(operation, self._client.send("PUT", path, body))
        return self._made(operation, self._client.send("POST", self._path(operation), body))

    def _path(self, operation: Operation) -> str:
        if operation.type == "task":
            return f"/projects/{operation.payload['project_id']}/tasks"
        return _PATHS[operation.type]

    def _body(self, operation: Operation) -> dict[str, Any]:
        makers: Mapping[str, Callable[[Operation], dict[str, Any]]] = {
            "contact": writing.contact,
            "project": writing.project,
            "task": writing.task,
            "user": writing.user,
            "time_entry": writing.time_entry,
            "transaction": lambda o: writing.invoice(o, self._unique_field),
        }
        return makers[operation.type](operation)

    def _made(self, operation: Operation, body: Mapping[str, Any]) -> Receipt:
        """A create is confirmed only when the answer echoes our reference or marker."""
        raw = body.get(_KEYS[operation.type])
        if body.get("code") != 0 or not isinstance(raw, Mapping):
            raise OutcomeUnknown("The answer names no new record.")
        if not self._ours(operation, raw):
            raise OutcomeUnknown("The answer does not echo our reference.")
        return self._receipt(operation, body)

    def _ours(self, operation: Operation, raw: Mapping[str, Any]) -> bool:
        if operation.type == "transaction":
            return raw.get("reference_number") == operation.reference
        if operation.type == "user":
            return fold_email(str(raw.get("email"))) == fold_email(str(operation.payload["email"]))
        field = {"contact": "notes", "time_entry": "notes"}.get(operation.type, "description")
        return fold_marker(str(raw.get(field) or "")) == operation.marker

    def _receipt(self, operation: Operation, body: Mapping[str, Any]) -> Receipt:
        raw = body.get(_KEYS[operation.type])
        if not isinstance(raw, Mapping):
            raise OutcomeUnknown("The answer names no record.")
        external_id = str(raw.get(_IDS[operation.type]) or operation.target_id)
        return Receipt(
            external_id, self._row(operation.type, raw), str(raw.get("invoice_number") or "")
        )

    def _row(self, type: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        mappers: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "contact": mapping.contact,
            "project": mapping.project,
            "task": lambda r: mapping.task(r, str(r.get("project_id"))),
            "user": mapping.user,
            "time_entry": mapping.time_entry,
            "transaction": mapping.transaction,
        }
        return mappers[type](raw)

    def find(self, operation: Operation) -> Lookup:
        """A complete search for what an earlier send may have made; void invoices included."""
        finders: Mapping[str, Callable[[Operation], Lookup]] = {
            "transaction": self._find_invoice,
            "contact": self._find_contact,
            "user": self._find_user,
            "project": self._find_project,
            "task": self._find_task,
            "time_entry": self._find_entry,
        }
        if operation.type not in finders:
            raise Rejected(f"{operation.type} cannot be looked up.")
        return finders[operation.type](operation)

    def _lookup(
        self,
        operation: Operation,
        matches: Sequence[Mapping[str, Any]],
        near: Sequence[Mapping[str, Any]] = (),
    ) -> Lookup:
        key = _KEYS[operation.type]
        return Lookup(
            tuple(self._receipt(operation, {key: raw}) for raw in matches),
            tuple(self._receipt(operation, {key: raw}) for raw in near),
        )

    def _find_invoice(self, operation: Operation) -> Lookup:
        asked = {"reference_number": operation.reference}
        raws = self._client.every("/invoices", ("invoices",), asked)
        return self._lookup(
            operation, [r for r in raws if r.get("reference_number") == operation.reference]
        )

    def _find_contact(self, operation: Operation) -> Lookup:
        """By display name; it is ours only with our marker, which the item has."""
        wanted = fold_name(str(operation.payload["name"]))
        raws = self._client.every("/contacts", ("contacts",), {"filter_by": "Status.All"})
        matches, near = [], []
        for raw in raws:
            if fold_name(str(raw.get("contact_name"))) != wanted:
                continue
            body = self._client.find(f"/contacts/{raw['contact_id']}") or {}
            whole = body.get("contact", raw)
            (matches if self._ours(operation, whole) else near).append(whole)
        return self._lookup(operation, matches, near)

    def _find_user(self, operation: Operation) -> Lookup:
        raws = self._client.every("/users", ("users",), {"filter_by": "Status.All"})
        return self._lookup(operation, [r for r in raws if self._ours(operation, r)])

    def _find_project(self, operation: Operation) -> Lookup:
        asked = {"filter_by": "Status.All", "customer_id": operation.payload["client_id"]}
        raws = self._client.every("/projects", ("projects",), asked)
        return self._lookup(operation, [r for r in raws if self._ours(operation, r)])

    def _find_task(self, operation: Operation) -> Lookup:
        path = f"/projects/{operation.payload['project_id']}/tasks"
        raws = self._client.every(path, ("task", "tasks"))
        return self._lookup(operation, [r for r in raws if self._ours(operation, r)])

    def _find_entry(self, operation: Operation) -> Lookup:
        payload = operation.payload
        day = str(payload["work_date"])
        asked = {
            "project_id": payload["project_id"],
            "user_id": payload["user_id"],
            "from_date": day,
            "to_date": day,
        }
        raws = list(self._client.every("/projects/timeentries", ("time_entries",), asked))
        matches = [r for r in raws if self._ours(operation, r)]
        near = [
            r
            for r in raws
            if r not in matches
            and mapping.minutes(r.get("log_time")) == payload["minutes"]
            and not fold_marker(str(r.get("notes") or ""))
        ]
        return self._lookup(operation, matches, near)
