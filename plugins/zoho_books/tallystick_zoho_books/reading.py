"""Pages of canonical rows from Zoho Books lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

from tallystick.model.record import Cursor, Malformed, Page, Row

from tallystick_zoho_books import mapping
from tallystick_zoho_books.client import PAGE, BooksClient, listed, more

Mapper = Callable[[Mapping[str, Any]], dict[str, Any]]
_LISTS: Mapping[str, tuple[str, tuple[str, ...], Mapper, Mapping[str, str]]] = {
    "organization": ("/organizations", ("organizations",), mapping.organization, {}),
    "contact": (
        "/contacts",
        ("contacts",),
        mapping.contact,
        {"filter_by": "Status.All", "sort_column": "created_time"},
    ),
    "user": ("/users", ("users",), mapping.user, {"filter_by": "Status.All"}),
    "project": (
        "/projects",
        ("projects",),
        mapping.project,
        {"filter_by": "Status.All", "sort_column": "created_time"},
    ),
    "time_entry": (
        "/projects/timeentries",
        ("time_entries",),
        mapping.time_entry,
        {"filter_by": "Date.All"},
    ),
    "transaction": (
        "/invoices",
        ("invoices",),
        mapping.transaction,
        {"sort_column": "created_time"},
    ),
    "expense": ("/expenses", ("expenses",), mapping.expense, {}),
    "currency": ("/settings/currencies", ("currencies",), mapping.currency, {}),
    "tax": ("/settings/taxes", ("taxes",), mapping.tax, {}),
}
_ITEMS = {
    "contact": ("/contacts/{}", "contact", mapping.contact),
    "user": ("/users/{}", "user", mapping.user),
    "project": ("/projects/{}", "project", mapping.project),
    "time_entry": ("/projects/timeentries/{}", "time_entry", mapping.time_entry),
    "transaction": ("/invoices/{}", "invoice", mapping.transaction),
    "expense": ("/expenses/{}", "expense", mapping.expense),
}
_FEW = 3


class BooksReader:
    """Reading lists and single records."""

    def __init__(self, client: BooksClient) -> None:
        self._client = client

    def read(self, type: str, cursor: Cursor) -> Page:
        """One page of one type."""
        if type == "transaction_line":
            return self._lines(str(cursor.parent))
        if type in {"task", "contact_person"}:
            return self._nested(type, cursor)
        path, keys, mapper, params = _LISTS[type]
        number = int(cursor.position or 1)
        asked: dict[str, Any] = {**params, "page": number, "per_page": PAGE}
        if cursor.since is not None:
            asked["last_modified_time"] = cursor.since.astimezone(UTC).strftime(
                "%Y-%m-%dT%H:%M:%S%z"
            )
        body = self._client.get(path, asked)
        raws = listed(body, keys)
        if type == "organization":
            raws = [
                r for r in raws if str(r.get("organization_id")) == self._client.organization_id
            ]
        if type == "expense":
            raws = [self._whole_expense(r) for r in raws]
        rows, bad = mapped(raws, mapper)
        following = Cursor(str(number + 1), cursor.parent, cursor.since) if more(body) else None
        return Page(rows, following, bad)

    def _whole_expense(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """List rows have no project, so the item is fetched."""
        body = self._client.find(f"/expenses/{raw['expense_id']}")
        found: Mapping[str, Any] = (body or {}).get("expense", raw)
        return found

    def _nested(self, type: str, cursor: Cursor) -> Page:
        parent = str(cursor.parent)
        number = int(cursor.position or 1)
        path, keys, mapper = {
            "task": (
                f"/projects/{parent}/tasks",
                ("task", "tasks"),
                lambda r: mapping.task(r, parent),
            ),
            "contact_person": (
                f"/contacts/{parent}/contactpersons",
                ("contact_persons",),
                lambda r: mapping.contact_person(r, parent),
            ),
        }[type]
        body = self._client.get(path, {"page": number, "per_page": PAGE})
        rows, bad = mapped(listed(body, keys), mapper)
        return Page(rows, Cursor(str(number + 1), parent) if more(body) else None, bad)

    def _lines(self, invoice_id: str) -> Page:
        body = self._client.find(f"/invoices/{invoice_id}")
        if body is None:
            return Page([], None)
        invoice = body["invoice"]
        rows, bad = mapped(
            invoice.get("line_items") or [], lambda r: mapping.transaction_line(r, invoice)
        )
        return Page(rows, None, bad)

    def fetch(self, type: str, ids: Sequence[str], parent: str | None) -> Mapping[str, Row]:
        """Fresh rows; many time entries of one project come by its list."""
        if type == "time_entry" and parent and len(ids) > _FEW:
            wanted = set(ids)
            raws = self._client.every(
                "/projects/timeentries", ("time_entries",), {"project_id": parent}
            )
            rows = (mapping.time_entry(r) for r in raws if str(r["time_entry_id"]) in wanted)
            found = {r["external_id"]: r for r in rows}
            return {**found, **self._single(type, [i for i in ids if i not in found])}
        if type == "task":
            return self._tasks(ids, str(parent))
        return self._single(type, ids)

    def _single(self, type: str, ids: Iterable[str]) -> dict[str, Row]:
        path, key, mapper = _ITEMS[type]
        found: dict[str, Row] = {}
        for external_id in ids:
            body = self._client.find(path.format(external_id))
            if body is not None:
                found[external_id] = mapper(body[key])
        return found

    def _tasks(self, ids: Sequence[str], project_id: str) -> dict[str, Row]:
        raws = self._client.every(f"/projects/{project_id}/tasks", ("task", "tasks"))
        rows = (mapping.task(r, project_id) for r in raws)
        return {r["external_id"]: r for r in rows if r["external_id"] in set(ids)}


def mapped(
    raws: Sequence[Mapping[str, Any]], mapper: Mapper
) -> tuple[list[dict[str, Any]], tuple[Malformed, ...]]:
    """Rows of those that can be mapped; the others are quarantined."""
    rows: list[dict[str, Any]] = []
    bad: list[Malformed] = []
    for raw in raws:
        try:
            rows.append(mapper(raw))
        except (ValueError, KeyError, TypeError) as error:
            ids = [str(v) for k, v in raw.items() if k.endswith("_id") and v]
            bad.append(Malformed(ids[0] if ids else "?", str(error)))
    return rows, tuple(bad)
