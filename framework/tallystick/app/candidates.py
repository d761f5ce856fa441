"""The customers that a question about a contact is about."""

from collections.abc import Sequence
from functools import cached_property

from tallystick.app.answered import CONTACT_CODES
from tallystick.app.assembly import Customers
from tallystick.app.results_records import Candidate
from tallystick.app.workspace import Workspace
from tallystick.model.record import RecordKey
from tallystick.store import ErrorData, IntegrationData

_SHOWN = 5


class Alike:
    """Finds customers that share a name or an e-mail address with the contact of an error.

    All customers are read once, when the first open question is met.
    """

    def __init__(self, ws: Workspace, row: IntegrationData) -> None:
        self._ws, self._target_id = ws, row.target_id

    @cached_property
    def _customers(self) -> Customers:
        return Customers(self._ws.store.records.scan(self._target_id, "contact"))

    def of(self, error: ErrorData) -> tuple[Candidate, ...]:
        """The customers an open error asks about; none where it asks about none."""
        if error.code not in CONTACT_CODES or error.closed_at is not None:
            return ()
        key = RecordKey(error.connection_id, error.type, error.external_id)
        incoming = self._ws.store.records.get(key)
        if incoming is None:
            return ()
        return tuple(
            Candidate(
                c["external_id"],
                str(c.get("name") or ""),
                str(c.get("email") or ""),
                c["name_key"] == incoming["name_key"],
                c["email_key"] == incoming["email_key"] != "",
            )
            for c in self._customers.alike(incoming)
        )


def named(found: Sequence[Candidate]) -> str:
    """Candidates in words, the id first; five at most."""
    words = [f"{c.id} ({c.name}{f', {c.email}' if c.email else ''})" for c in found[:_SHOWN]]
    more = len(found) - _SHOWN
    return ", ".join(words) + (f" and {more} more" if more > 0 else "")
