"""A local Zoho Books: state, virtual clock, faults, journal; see README.md here."""

from collections.abc import Mapping
from typing import Any

from tallystick_zoho_books.simulator.accounts import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from tallystick_zoho_books.simulator.service import BooksSimulator

__all__ = ["BooksSimulator", "describe"]


def describe(simulator: BooksSimulator, base_url: str) -> Mapping[str, Any]:
    """How to reach a served simulator: addresses, ids, credentials it accepts, switches."""
    return {
        "connector": "zoho_books",
        "accounts_url": base_url,
        "base_url": f"{base_url}/books/v3",
        "organization_id": next(iter(simulator.organizations)),
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
        "switches": dict(simulator.switches),
    }
