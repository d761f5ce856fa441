"""The Zoho Books connector: reads, writes once, finds what an earlier write made."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

from tallystick.model.connection import Health, Portal
from tallystick.model.connector import ReadSpec, WriteSpec
from tallystick.model.operation import Action, Lookup, Mode, Operation, Receipt
from tallystick.model.record import Cursor, Page, Row
from tallystick.toolbox import Reply, Session

from tallystick_zoho_books import mapping
from tallystick_zoho_books.client import BooksClient, listed
from tallystick_zoho_books.finding import BooksFinder
from tallystick_zoho_books.reading import BooksReader
from tallystick_zoho_books.sending import BooksWriter
from tallystick_zoho_books.settings import read_settings
from tallystick_zoho_books.values import FieldError, Raw

_CHANGE = frozenset({Action.CREATE, Action.UPDATE})


class ZohoBooks:
    """Zoho Books v3. Settings: dc, accounts_url, base_url, organization_id, requests_per_minute,
    requests_per_day, user_role_id, refusal_codes, duplicate_codes, unique_field and
    unique_field_proven (an invoice field that refuses a second use, once that was proven).
    """

    setting_names: ClassVar[frozenset[str]] = frozenset(
        {
            "dc",
            "accounts_url",
            "base_url",
            "organization_id",
            "requests_per_minute",
            "requests_per_window",
            "requests_per_day",
            "unique_field",
            "unique_field_proven",
            "duplicate_codes",
            "refusal_codes",
            "user_role_id",
        }
    )
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
        "task": WriteSpec("task", _CHANGE, Mode.UNGUARDED, calls=2),
        "time_entry": WriteSpec("time_entry", _CHANGE, Mode.UNGUARDED),
        "user": WriteSpec("user", frozenset({Action.CREATE, Action.DEACTIVATE}), Mode.A),
        "transaction": WriteSpec("transaction", frozenset({Action.CREATE, Action.VOID}), Mode.C),
    }

    def __init__(self, session: Session, settings: Mapping[str, Any]) -> None:
        read = read_settings(settings)
        self._client = BooksClient(session, read)
        self._reader = BooksReader(self._client)
        self._writer = BooksWriter(self._client, self._reader, read)
        self._finder = BooksFinder(self._client, self._reader)
        if read.unique_field:
            # of this account only: the guard was proven there, the class knows of no account
            guarded = replace(self.writes["transaction"], mode=Mode.A)
            vars(self)["writes"] = {**self.writes, "transaction": guarded}

    def check(self) -> Health:
        """Read the organizations; the chosen one must be among them."""
        reply = self._client.reply("/organizations")
        found, wanted = _portals(reply), self._client.organization_id
        if wanted and wanted not in {p.id for p in found}:
            return Health(
                ok=False,
                message=f"organization {wanted} is not visible",
                code="AUTH-03",
                fix="Use an account of that organization, or correct organization_id.",
            )
        return Health(
            ok=True,
            message=f"{len(found)} organization{'' if len(found) == 1 else 's'} visible",
            skew_seconds=self._skew(reply),
        )

    def _skew(self, reply: Reply) -> float | None:
        """How far this machine's clock is ahead of the service's."""
        try:
            there = parsedate_to_datetime(reply.header("Date"))
            return (self._client.clock.now() - there).total_seconds()
        except (ValueError, TypeError):
            return None

    def portals(self) -> list[Portal]:
        """Organizations this credential can see."""
        return _portals(self._client.reply("/organizations"))

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
        return self._writer.write(operation)

    def find(self, operation: Operation) -> Lookup:
        """A complete search for what an earlier send may have made; void invoices included."""
        return self._finder.find(operation)


def _portals(reply: Reply) -> list[Portal]:
    body = reply.mapping()
    raws = [] if reply.status == 204 else listed(body, ("organizations",))
    found = [_portal(raw) for raw in raws if isinstance(raw, Mapping)]
    return [p for p in found if p is not None]


def _portal(raw: Raw) -> Portal | None:
    try:
        row = mapping.organization(raw)
    except FieldError:
        return None
    return Portal(
        id=row["external_id"],
        name=row.get("name") or "",
        role=str(raw.get("user_role") or ""),
        owned=raw.get("is_org_active") is not False,
        zone=row.get("zone") or "UTC",
        currency=row.get("currency") or "",
        plan=row.get("plan") or "",
        email=row.get("email") or "",
    )
