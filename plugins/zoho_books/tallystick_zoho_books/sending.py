"""Writes of Zoho Books: what must be known is read first, then one request is sent."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tallystick.errors import (
    AlreadyThere,
    Fatal,
    OutcomeUnknown,
    Rejected,
    RemoteError,
    Retry,
    Unreachable,
)
from tallystick.model.operation import Action, Operation, Receipt

from tallystick_zoho_books import writing
from tallystick_zoho_books.client import BooksClient, Raw, at
from tallystick_zoho_books.reading import BooksReader
from tallystick_zoho_books.receipts import MARKED, ours, receipt_of
from tallystick_zoho_books.settings import Settings

KEYS = {
    "contact": "contact",
    "project": "project",
    "task": "task",
    "time_entry": "time_entry",
    "user": "user",
    "transaction": "invoice",
}
"""Under which name an answer holds the record that was written."""
_PATHS = {
    "contact": "/contacts",
    "project": "/projects",
    "time_entry": "/projects/timeentries",
    "user": "/users",
    "transaction": "/invoices",
}
_OURS = "TSY-"
_Found = TypeVar("_Found")


class BooksWriter:
    """Sends each operation once. What is read beforehand ends a write as not sent."""

    def __init__(self, client: BooksClient, reader: BooksReader, settings: Settings) -> None:
        self._client = client
        self._reader = reader
        self._settings = settings
        self._currencies: dict[str, str] = {}
        self._me = ""

    def write(self, operation: Operation) -> Receipt:
        """Send once; see `tallystick.model.connector.Connector.write`."""
        changes: dict[Action, Callable[[Operation], Receipt]] = {
            Action.CREATE: self._create,
            Action.UPDATE: self._update,
            Action.VOID: self._void,
            Action.DEACTIVATE: self._deactivate,
        }
        if operation.type not in KEYS or operation.action not in changes:
            raise Rejected(f"{operation.type} cannot be {operation.action}d.", code="PLG-06")
        if operation.action is not Action.CREATE and not operation.target_id:
            raise Rejected(f"The operation names no {operation.type} to change.")
        return changes[operation.action](operation)

    def _create(self, operation: Operation) -> Receipt:
        body = self._body(operation, {})
        # said aloud, so that no default of the service makes it more than a draft
        params = {"send": "false"} if operation.type == "transaction" else None
        answer = self._client.send("POST", self._path(operation), body, params)
        raw = answer.get(KEYS[operation.type])
        if not isinstance(raw, Mapping):
            raise OutcomeUnknown("The answer names no new record.")
        receipt = receipt_of(operation.type, raw)
        if not ours(operation, raw):
            raw = self._echo(operation, receipt, raw)
        if operation.type == "transaction" and raw.get("status") not in (None, "", "draft"):
            raise OutcomeUnknown(f"The invoice is {raw.get('status')}, but a draft was sent.")
        return receipt

    def _echo(self, operation: Operation, receipt: Receipt, raw: Raw) -> Raw:
        """Read back a record whose answer leaves the marked field out, as that of a task does."""
        unsaid = MARKED.get(operation.type) not in (None, *raw)
        whole = None
        if unsaid:
            try:
                whole = self._now(operation, receipt.external_id)
            except RemoteError as error:
                raise OutcomeUnknown(f"The new record cannot be read: {error.message}") from error
        if whole is None or not ours(operation, whole):
            raise OutcomeUnknown("The answer does not echo our reference.")
        return whole

    def _update(self, operation: Operation) -> Receipt:
        target = str(operation.target_id)
        now = self._before(lambda: self._now(operation, target))
        if now is None:
            raise Rejected(f"{operation.type} {target} does not exist any more.")
        if now.get("billed_status") == "invoiced":
            raise Rejected(f"Time entry {target} is on an invoice.", code="INV-01")
        body = self._body(operation, now)
        path = at(self._path(operation) + "/{}", target)
        try:
            answer = self._client.send("PUT", path, body)
        except AlreadyThere as error:
            answer = self._without_name(operation, path, body, now, error)
        raw = answer.get(KEYS[operation.type])
        if raw is None:
            return Receipt(target)
        receipt = receipt_of(operation.type, raw)
        if receipt.external_id != target:
            raise OutcomeUnknown(f"{operation.type} {receipt.external_id} was answered.")
        return receipt

    def _without_name(
        self, operation: Operation, path: str, body: dict[str, Any], now: Raw, error: AlreadyThere
    ) -> Raw:
        """Another contact has the name: that was refused, so the rest is sent with the old name."""
        rest = set(operation.payload) - {"name", "company_name"}
        if operation.type != "contact" or not rest:
            raise Rejected(error.message, code="CON-01")
        kept = {n: now[n] for n in ("contact_name", "company_name") if n in now}
        return self._client.send("PUT", path, {**body, **kept})

    def _void(self, operation: Operation) -> Receipt:
        """Void an invoice of ours; one that is void already needs no request."""
        target = str(operation.target_id)
        now = self._before(lambda: self._now(operation, target))
        if operation.type != "transaction" or now is None:
            raise Rejected(f"There is no invoice {target} to void.", code="INV-02")
        if not str(now.get("reference_number") or "").startswith(_OURS):
            raise Rejected(f"Invoice {target} was not made here.", code="INV-02")
        if now.get("status") != "void":
            self._client.send("POST", at("/invoices/{}/status/void", target))
        return Receipt(target)

    def _deactivate(self, operation: Operation) -> Receipt:
        """Make a user inactive; one that is inactive already needs no request."""
        target = str(operation.target_id)
        now = self._before(lambda: self._now(operation, target))
        if operation.type != "user" or now is None:
            raise Rejected(f"There is no user {target} to make inactive.")
        if now.get("status") != "inactive":
            self._client.send("POST", at("/users/{}/inactive", target))
        return Receipt(target)

    def _now(self, operation: Operation, external_id: str) -> Raw | None:
        parent = str(operation.payload.get("project_id") or "")
        return self._reader.one(operation.type, external_id, parent)

    def _path(self, operation: Operation) -> str:
        if operation.type == "task":
            project = operation.payload.get("project_id")
            if not project:
                raise Rejected("The task names no project.")
            return at("/projects/{}/tasks", project)
        return _PATHS[operation.type]

    def _body(self, operation: Operation, now: Raw) -> dict[str, Any]:
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            "contact": lambda: writing.contact(operation, now, self._currency(operation)),
            "project": lambda: writing.project(operation, now, self._staff(now)),
            "task": lambda: writing.task(operation, now),
            "user": lambda: writing.user(operation, self._settings.user_role_id),
            "time_entry": lambda: writing.time_entry(operation, now),
            "transaction": lambda: writing.invoice(operation, self._settings.unique_field),
        }
        try:
            return makers[operation.type]()
        except (KeyError, ValueError, TypeError, ArithmeticError) as error:
            what = f"{type(error).__name__}: {error}"
            raise Rejected(f"The {operation.type} cannot be written: {what}") from error

    def _currency(self, operation: Operation) -> str | None:
        """The id of the payload's currency: contacts are made in a currency by its id."""
        code = operation.payload.get("currency")
        if not code:
            return None
        if code not in self._currencies:
            raws = self._before(
                lambda: list(self._client.every("/settings/currencies", ("currencies",)))
            )
            self._currencies = {str(r.get("currency_code")): str(r["currency_id"]) for r in raws}
        if code not in self._currencies:
            raise Rejected(f"The organization has no currency {code}.", code="PRJ-04")
        return self._currencies[code]

    def _staff(self, now: Raw) -> str:
        """The user that the service wants named with a project: its first, else ourselves."""
        people = now.get("users")
        first = people[0] if isinstance(people, list) and people else None
        if isinstance(first, Mapping) and first.get("user_id"):
            return str(first["user_id"])
        if not self._me:
            me = self._before(lambda: self._client.find("/users/me", "user"))
            self._me = str((me or {}).get("user_id") or "")
        return self._me

    def _before(self, read: Callable[[], _Found]) -> _Found:
        """Read ahead of a write; a failure says that nothing was sent."""
        try:
            return read()
        except (Retry, Fatal, Rejected):
            raise
        except RemoteError as error:
            raise Unreachable(f"Nothing was sent: {error.message}", code=error.code) from error
