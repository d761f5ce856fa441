"""Looking up what an earlier send made: complete, void and inactive records included."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tallystick.errors import Fatal, Rejected, RemoteError, Retry, Unreachable
from tallystick.model.fold import fold_name
from tallystick.model.operation import Action, Lookup, Operation, Receipt

from tallystick_zoho_books import mapping
from tallystick_zoho_books.client import BooksClient, Raw, at
from tallystick_zoho_books.comparing import differing
from tallystick_zoho_books.reading import TASK_KEYS, BooksReader
from tallystick_zoho_books.receipts import MARKED, foreign_marker, ours, receipt_of, row_of

_ALL = {"filter_by": "Status.All"}


class BooksFinder:
    """Searches by reference, marker, name or address; the service's filters are only a help."""

    def __init__(self, client: BooksClient, reader: BooksReader) -> None:
        self._client = client
        self._reader = reader

    def find(self, operation: Operation) -> Lookup:
        """Search completely. Raises Retry or Fatal when not everything could be read."""
        finders: Mapping[str, Callable[[Operation], Lookup]] = {
            "transaction": self._invoice,
            "contact": self._contact,
            "user": self._user,
            "project": self._project,
            "task": self._task,
            "time_entry": self._entry,
        }
        if operation.type not in finders:
            raise Rejected(f"{operation.type} cannot be looked up.", code="PLG-06")
        finder = finders[operation.type] if operation.action is Action.CREATE else self._standing
        try:
            return finder(operation)
        except (Retry, Fatal):
            raise
        except RemoteError as error:
            raise Unreachable(f"The look-up broke off: {error.message}", code=error.code) from error
        except (KeyError, ValueError, TypeError) as error:
            what = f"{type(error).__name__}: {error}"
            raise Unreachable(f"The look-up broke off: {what}", code="DATA-01") from error

    def _standing(self, operation: Operation) -> Lookup:
        """A change took effect when the record stands as it was to become."""
        parent = str(operation.payload.get("project_id") or "")
        raw = self._reader.one(operation.type, str(operation.target_id), parent)
        if raw is None or not _stands(operation, raw):
            return Lookup()
        return Lookup((receipt_of(operation.type, raw),))

    def _sorted(
        self, operation: Operation, raws: Iterable[Raw], like: Callable[[Raw], bool]
    ) -> Lookup:
        """Ours are matches; those that look alike and carry no marker of ours are near."""
        matches, near = [], []
        for raw in raws:
            if ours(operation, raw):
                matches.append(_compared(operation, raw))
            elif like(raw) and not foreign_marker(operation, raw):
                near.append(receipt_of(operation.type, raw))
        return Lookup(tuple(matches), tuple(near))

    def _invoice(self, operation: Operation) -> Lookup:
        asked = {**_ALL, "reference_number": operation.reference}
        raws = self._client.every("/invoices", ("invoices",), asked)
        found = [r for r in raws if ours(operation, r)]
        return Lookup(tuple(_compared(operation, r) for r in self._with_lines(found)))

    def _with_lines(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        """Invoices with what is on them; one that is gone meanwhile as the list had it."""
        for raw in raws:
            external_id = receipt_of("transaction", raw).external_id
            yield self._reader.one("transaction", external_id, "") or raw

    def _user(self, operation: Operation) -> Lookup:
        raws = self._client.every("/users", ("users",), _ALL)
        return Lookup(tuple(_compared(operation, r) for r in raws if ours(operation, r)))

    def _contact(self, operation: Operation) -> Lookup:
        """By display name; the list has no notes, so the marker is read from the record."""
        wanted = fold_name(str(operation.payload["name"]))
        raws = self._client.every("/contacts", ("contacts",), _ALL)
        same = [r for r in raws if fold_name(str(r.get("contact_name") or "")) == wanted]
        return self._sorted(operation, self._whole(operation, same), lambda _: True)

    def _project(self, operation: Operation) -> Lookup:
        customer = str(operation.payload["client_id"])
        asked = {**_ALL, "customer_id": customer}
        raws = self._client.every("/projects", ("projects",), asked)
        named = _named(operation, "project_name")
        chosen = [r for r in raws if named(r) or ours(operation, r)]
        whole = self._whole(operation, chosen)
        return self._sorted(
            operation, whole, lambda r: named(r) and str(r.get("customer_id")) == customer
        )

    def _task(self, operation: Operation) -> Lookup:
        """The list has no descriptions, so those of the same name are read one by one."""
        path = at("/projects/{}/tasks", operation.payload["project_id"])
        named = _named(operation, "task_name")
        raws = self._client.every(path, TASK_KEYS)
        chosen = [r for r in raws if named(r) or ours(operation, r)]
        return self._sorted(operation, self._whole(operation, chosen), named)

    def _entry(self, operation: Operation) -> Lookup:
        payload = operation.payload
        day = str(payload["work_date"])
        asked = {
            "filter_by": "Date.CustomDate",
            "from_date": day,
            "to_date": day,
            "project_id": payload["project_id"],
            "user_id": payload["user_id"],
        }
        raws = self._client.every("/projects/timeentries", ("time_entries",), asked)

        def like(raw: Raw) -> bool:
            return (
                str(raw.get("project_id")) == str(payload["project_id"])
                and str(raw.get("user_id")) == str(payload["user_id"])
                and str(raw.get("log_date")) == day
                and mapping.time_entry(raw).get("minutes") == payload["minutes"]
            )

        return self._sorted(operation, self._whole(operation, raws), like)

    def _whole(self, operation: Operation, raws: Iterable[Raw]) -> list[Raw]:
        """Records with their marked field: read by id where the list leaves it out."""
        found: list[Raw] = []
        parent = str(operation.payload.get("project_id") or "")
        for raw in raws:
            if MARKED[operation.type] in raw:
                found.append(raw)
                continue
            external_id = receipt_of(operation.type, raw).external_id
            whole = self._reader.one(operation.type, external_id, parent)
            if whole is not None:
                found.append(whole)
        return found


def _compared(operation: Operation, raw: Raw) -> Receipt:
    """The receipt of a record of ours, with what it says otherwise."""
    return replace(receipt_of(operation.type, raw), differs=differing(operation, raw))


def _named(operation: Operation, field: str) -> Callable[[Raw], bool]:
    wanted = fold_name(str(operation.payload.get("name") or "")[:100])
    return lambda raw: fold_name(str(raw.get(field) or "")) == wanted


def _stands(operation: Operation, raw: Raw) -> bool:
    """Return True when the record holds what the change was to set."""
    if operation.action is Action.VOID:
        return raw.get("status") == "void"
    if operation.action is Action.DEACTIVATE:
        return raw.get("status") == "inactive"
    row = row_of(operation.type, raw)
    return row is not None and all(
        _same(name, wanted, row.get(name)) for name, wanted in operation.payload.items()
    )


def _same(name: str, wanted: Any, found: Any) -> bool:
    if name in ("notes", "description"):
        return str(found or "").startswith(str(wanted or "").rstrip()[:400])
    return str(wanted) == str(found)
