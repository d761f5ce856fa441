"""The Zoho Projects connector: what work was logged, for whom, at which rate. It only reads."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tallystick.errors import Rejected
from tallystick.model.connection import Health, Portal
from tallystick.model.connector import ReadSpec, WriteSpec
from tallystick.model.operation import Lookup, Operation, Receipt
from tallystick.model.record import Cursor, Page, Row
from tallystick.toolbox import Session

from tallystick_zoho_projects import mapping
from tallystick_zoho_projects.client import ProjectsClient
from tallystick_zoho_projects.logs import LogReader
from tallystick_zoho_projects.reading import ProjectsReader


class ZohoProjects:
    """Zoho Projects v3. Settings: dc, accounts_url, base_url, portal_id, zone (where the portal
    names none), requests_per_window (calls of one path in two minutes; 0 counts none), first_day
    (earliest work date) and window_days (days of time logs asked for at once; 0 is all).
    """

    name: ClassVar[str] = "zoho_projects"
    title: ClassVar[str] = "Zoho Projects"
    container: ClassVar[str] = "portal"
    container_setting: ClassVar[str] = "portal_id"
    reads: ClassVar[Mapping[str, ReadSpec]] = {
        **{t: ReadSpec(t) for t in ("organization", "contact", "user")},
        "project": ReadSpec("project", page_size=50),
        **{t: ReadSpec(t, per="project") for t in ("task_list", "task", "bug", "user_rate")},
        "contact_person": ReadSpec("contact_person", per="contact"),
        "time_entry": ReadSpec("time_entry", since=True),
    }
    setting_names: ClassVar[frozenset[str]] = frozenset(
        {
            "dc",
            "accounts_url",
            "base_url",
            "portal_id",
            "zone",
            "requests_per_window",
            "requests_per_minute",
            "first_day",
            "window_days",
        }
    )
    writes: ClassVar[Mapping[str, WriteSpec]] = {}
    """None: the service has no call that marks a log as invoiced, and nothing else is changed."""

    def __init__(self, session: Session, settings: Mapping[str, Any]) -> None:
        self._client = ProjectsClient(session, settings)
        self._reader = ProjectsReader(self._client, str(settings.get("zone") or "") or None)
        self._logs = LogReader(self._client, self._reader, settings)

    def check(self) -> Health:
        """Read the portals; the chosen one must be among them."""
        found = self.portals()
        wanted = self._client.portal_id
        if wanted and wanted not in {p.id for p in found}:
            return Health(ok=False, message=f"portal {wanted} is not visible", code="AUTH-03")
        return Health(
            ok=True, message=f"{len(found)} portal{'' if len(found) == 1 else 's'} visible"
        )

    def portals(self) -> list[Portal]:
        """Portals this credential can see; owned are those of its own login (R-007)."""
        raws, login_id = self._reader.portals()
        return [mapping.portal(raw, login_id) for raw in raws]

    def read(self, type: str, cursor: Cursor) -> Page:
        """One page of one type."""
        if type == "time_entry":
            return self._logs.read(cursor)
        return self._reader.read(type, cursor)

    def fetch(
        self, type: str, ids: Sequence[str], *, parent: str | None = None
    ) -> Mapping[str, Row]:
        """Fresh rows; what is left out does not exist. `parent` names the project of logs, tasks
        and bugs.
        """
        if type == "time_entry":
            return self._logs.fetch(ids, str(parent or ""))
        return self._reader.fetch(type, ids, parent)

    def write(self, operation: Operation) -> Receipt:
        """Never: nothing is written to Zoho Projects. Raises Rejected."""
        raise Rejected(f"Zoho Projects is only read; {operation.type} was not written.")

    def find(self, operation: Operation) -> Lookup:
        """Never: nothing was written that could be looked up. Raises Rejected."""
        raise Rejected(f"Zoho Projects is only read; {operation.type} cannot be looked up.")
