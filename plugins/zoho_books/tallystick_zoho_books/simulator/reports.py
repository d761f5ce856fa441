"""Control reads: what a framework must have prevented, seen from the service."""

import re
from collections.abc import Iterable
from typing import Any

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.lines import entry_ids

_MARKER = re.compile(r"\[ts:([A-Z2-7]{10})\]\s*$")


def double_billed(organizations: Iterable[Books]) -> dict[str, Any]:
    """Entries on more than one live invoice, and source logs with more than one entry."""
    entries: dict[str, list[str]] = {}
    copies: dict[str, list[str]] = {}
    for books in organizations:
        for invoice in books.live_invoices():
            for entry_id in entry_ids(invoice):
                entries.setdefault(entry_id, []).append(invoice["invoice_id"])
        for entry in books.rows("time_entries"):
            match = _MARKER.search(entry["notes"])
            if match:
                copies.setdefault(match.group(1), []).append(entry["time_entry_id"])
    return {
        "entries_on_several_invoices": {k: v for k, v in entries.items() if len(v) > 1},
        "logs_with_several_entries": {k: v for k, v in copies.items() if len(v) > 1},
    }
