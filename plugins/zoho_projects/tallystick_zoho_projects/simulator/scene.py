"""What every handler needs: records, logs, clock, switches, and how a portal writes time."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from tallystick.simulator.http import Request, Response, json_response

from tallystick_zoho_projects.simulator.errors import wrong
from tallystick_zoho_projects.simulator.logbook import Logbook
from tallystick_zoho_projects.simulator.records import Records

Json = dict[str, Any]


class Scene:
    """One simulator's surroundings, shared by its handlers."""

    def __init__(
        self,
        records: Records,
        now: Callable[[], datetime],
        switch: Callable[[str], Any],
        effect: Callable[[str], None],
    ) -> None:
        self.records = records
        self.logbook = Logbook(records)
        self.now = now
        self.switch = switch
        self.effect = effect

    def iso(self, instant: datetime, portal_key: str) -> str:
        """An instant as v3 writes it."""
        if self.switch("iso_zone") == "portal":
            return instant.astimezone(self.records.zone(portal_key)).isoformat(
                timespec="milliseconds"
            )
        return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}.000Z"

    def today(self, portal_key: str) -> date:
        """The calendar date in the portal's zone."""
        return self.now().astimezone(self.records.zone(portal_key)).date()

    def item(self, key: str, record: Json, status: int = 200) -> Response:
        """A single record of v3: bare, or keyed in a list of one."""
        body = {key: [record]} if self.switch("wrap_items") else record
        return json_response(status, body)

    def body(self, request: Request) -> Json:
        """A body given as JSON, as fields, or as JSON in the field JSONString."""
        try:
            given = request.json()
        except ValueError:
            raise wrong("body") from None
        if given is None:
            given = request.form()
        if not isinstance(given, dict):
            raise wrong("body")
        return given


def day_of(text: Any, name: str) -> date:
    """A calendar date yyyy-mm-dd."""
    if not isinstance(text, str) or len(text) != 10 or not text.isascii():
        raise wrong(name)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(name) from None
