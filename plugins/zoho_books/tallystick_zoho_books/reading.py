"""Pages of canonical rows from Zoho Books lists, and single records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from tallystick.errors import Skip
from tallystick.model.record import Cursor, Malformed, Page, Row

from tallystick_zoho_books import mapping
from tallystick_zoho_books.client import PAGE, BooksClient, Raw, at
from tallystick_zoho_books.values import FieldError

Mapper = Callable[[Raw], dict[str, Any]]
_ALL = {"filter_by": "Status.All"}
_BY_CREATION = {"sort_column": "created_time", "sort_order": "A"}
"""A page can only be gone on from when nothing moves before it: oldest first."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How one list is asked for."""

    path: str
    keys: tuple[str, ...]
    mapper: Mapper
    params: Mapping[str, str] = field(default_factory=dict)


_LISTS: Mapping[str, Listing] = {
    "organization": Listing("/organizations", ("organizations",), mapping.organization),
    "contact": Listing("/contacts", ("contacts",), mapping.contact, {**_ALL, **_BY_CREATION}),
    "user": Listing("/users", ("users",), mapping.user, {**_ALL, "sort_column": "email"}),
    "project": Listing("/projects", ("projects",), mapping.project, {**_ALL, **_BY_CREATION}),
    "time_entry": Listing(
        "/projects/timeentries",
        ("time_entries",),
        mapping.time_entry,
        {"filter_by": "Date.All", "sort_column": "log_date", "sort_order": "A"},
    ),
    "transaction": Listing(
        "/invoices", ("invoices",), mapping.transaction, {**_ALL, **_BY_CREATION}
    ),
    "expense": Listing("/expenses", ("expenses",), mapping.expense, {**_ALL, **_BY_CREATION}),
    "currency": Listing("/settings/currencies", ("currencies",), mapping.currency),
    "tax": Listing("/settings/taxes", ("taxes",), mapping.tax),
}
ITEMS: Mapping[str, tuple[str, str, Mapper]] = {
    "contact": ("/contacts/{}", "contact", mapping.contact),
    "user": ("/users/{}", "user", mapping.user),
    "project": ("/projects/{}", "project", mapping.project),
    "time_entry": ("/projects/timeentries/{}", "time_entry", mapping.time_entry),
    "transaction": ("/invoices/{}", "invoice", mapping.transaction),
    "expense": ("/expenses/{}", "expense", mapping.expense),
}
TASK_KEYS = ("task", "tasks")
"""The list of tasks is called `task` by the service and `tasks` by its documentation."""
OWN_IDS: Mapping[str, str] = {
    **{t: f"{t}_id" for t in ("organization", "contact", "user", "project", "task", "time_entry")},
    **{t: f"{t}_id" for t in ("expense", "currency", "tax", "contact_person")},
    "transaction": "invoice_id",
    "transaction_line": "line_item_id",
}
_FEW = 3


class BooksReader:
    """Reading lists and single records."""

    def __init__(self, client: BooksClient) -> None:
        self._client = client

    def read(self, type: str, cursor: Cursor) -> Page:
        """One page of one type."""
        parent = str(cursor.parent)
        if type == "transaction_line":
            return self._lines(parent)
        listing = self._listing(type, parent)
        number = int(cursor.position or 1)
        asked: dict[str, Any] = {**listing.params, "page": number, "per_page": PAGE}
        if cursor.since is not None:
            since = cursor.since.astimezone(UTC)
            asked["last_modified_time"] = since.strftime("%Y-%m-%dT%H:%M:%S%z")
        raws, follows = self._client.page(listing.path, listing.keys, asked)
        if type == "organization":
            wanted = self._client.organization_id
            raws = [r for r in raws if isinstance(r, Mapping) and _is(r, wanted)]
        if type == "expense":
            raws = [self._whole_expense(r) for r in raws]
        rows, bad = mapped(raws, listing.mapper, OWN_IDS[type])
        following = Cursor(str(number + 1), cursor.parent, cursor.since) if follows else None
        return Page(rows, following, bad)

    def _listing(self, type: str, parent: str) -> Listing:
        if type == "task":
            path = at("/projects/{}/tasks", parent)
            return Listing(path, TASK_KEYS, lambda r: mapping.task(r, parent))
        if type == "contact_person":
            path = at("/contacts/{}/contactpersons", parent)
            return Listing(path, ("contact_persons",), lambda r: mapping.contact_person(r, parent))
        if type not in _LISTS:
            raise Skip(f"Zoho Books has no list of {type}.")
        return _LISTS[type]

    def _whole_expense(self, raw: Any) -> Any:
        """The rows of a list name no project, so the record itself is read."""
        if not isinstance(raw, Mapping) or "project_id" in raw or not raw.get("expense_id"):
            return raw
        return self._client.find(at("/expenses/{}", raw["expense_id"]), "expense") or raw

    def _lines(self, invoice_id: str) -> Page:
        invoice = self._client.find(at("/invoices/{}", invoice_id), "invoice")
        lines = (invoice or {}).get("line_items") or []
        if invoice is None or not isinstance(lines, list):
            return Page([], None)
        own = OWN_IDS["transaction_line"]
        rows, bad = mapped(lines, lambda r: mapping.transaction_line(r, invoice), own)
        return Page(rows, None, bad)

    def fetch(self, type: str, ids: Sequence[str], parent: str | None) -> Mapping[str, Row]:
        """Fresh rows; many time entries of one project come by its list.

        What no list shows is asked for by id before it is taken for gone. Raises Skip for a
        record that cannot be read: it is there, so it must not be left out.
        """
        if type == "time_entry" and parent and len(ids) > _FEW:
            asked = {"filter_by": "Date.All", "project_id": parent}
            raws = self._client.every("/projects/timeentries", ("time_entries",), asked)
            wanted = set(ids)
            chosen = [r for r in raws if str(r.get("time_entry_id")) in wanted]
            found = {r["external_id"]: r for r in (_row(mapping.time_entry, c) for c in chosen)}
            return {**found, **self._single(type, [i for i in ids if i not in found], parent)}
        return self._single(type, ids, parent)

    def _single(self, type: str, ids: Iterable[str], parent: str | None) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for external_id in ids:
            raw = self.one(type, external_id, parent)
            if raw is not None:
                mapper = self._mapper(type, parent)
                found[external_id] = _row(mapper, raw)
        return found

    def _mapper(self, type: str, parent: str | None) -> Mapper:
        if type == "task":
            return lambda r: mapping.task(r, str(parent))
        return ITEMS[type][2]

    def one(self, type: str, external_id: str, parent: str | None = None) -> Raw | None:
        """One record as it is sent; None when it does not exist."""
        if type == "task":
            return self._client.find(at("/projects/{}/tasks/{}", parent, external_id), "task")
        if type not in ITEMS:
            raise Skip(f"Zoho Books gives no single {type}.")
        path, key, _ = ITEMS[type]
        return self._client.find(at(path, external_id), key)


def _is(raw: Raw, organization_id: str) -> bool:
    return str(raw.get("organization_id")) == organization_id


def _row(mapper: Mapper, raw: Raw) -> dict[str, Any]:
    try:
        return mapper(raw)
    except FieldError as error:
        raise Skip(f"{error.field}: {error}") from error


def mapped(
    raws: Sequence[Any], mapper: Mapper, own: str
) -> tuple[list[dict[str, Any]], tuple[Malformed, ...]]:
    """Rows of those that can be mapped; the others are quarantined with the field at fault."""
    rows: list[dict[str, Any]] = []
    bad: list[Malformed] = []
    for raw in raws:
        if not isinstance(raw, Mapping):
            bad.append(Malformed("?", "the record is no object"))
            continue
        try:
            rows.append(mapper(raw))
        except FieldError as error:
            bad.append(Malformed(str(raw.get(own) or "?"), str(error), error.field))
    return rows, tuple(bad)
