"""Time logs of all three kinds, by date range or by time of change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tallystick.errors import ConfigError, Rejected, RemoteError
from tallystick.model.record import Cursor, Malformed, Page, Row
from tallystick.toolbox import dumps

from tallystick_zoho_projects import time_entries
from tallystick_zoho_projects.client import PAGE, PAGES_MAX, ProjectsClient, listed, more, single
from tallystick_zoho_projects.documented import LOG_PAGE, LogPage, Unusual, entries
from tallystick_zoho_projects.reading import Mapper, ProjectsReader, mapped
from tallystick_zoho_projects.values import ident

KINDS = ("task", "issue", "general")
"""The modules a list of logs is asked for, one at a time."""
_LISTS = ("time_logs", "timelogs")
_ONE = ("log", "time_log", "timelog", *_LISTS)
_PORTAL = "/portal/{portal}/timelogs"
_PROJECT = "/portal/{portal}/projects/{project}/timelogs"
_LOG = "/portal/{portal}/projects/{project}/logs/{id}"
_FIRST_DAY = "1990-01-01"
_AHEAD = timedelta(366)
_DAY = timedelta(1)
_FEW = 3
Mapped = tuple[list[dict[str, Any]], tuple[Malformed, ...], bool]
"""Rows, those that could not be read, and whether another page follows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands: kind, whole range of dates, start of this part of it, page."""

    kind: str
    first: date
    last: date
    start: date
    number: int = 1

    @classmethod
    def parse(cls, position: str) -> "Place":
        """The place that `str()` wrote."""
        kind, first, last, start, number = position.split(":")
        day = date.fromisoformat
        return cls(kind, day(first), day(last), day(start), int(number))

    def __str__(self) -> str:
        return f"{self.kind}:{self.first}:{self.last}:{self.start}:{self.number}"

    def end(self, window: int) -> date:
        """The last date of this part; a window of 0 days is the whole range."""
        return min(self.last, self.start + timedelta(window - 1)) if window > 0 else self.last

    def after(self, window: int, *, full: bool) -> "Place | None":
        """The next page, part or kind; None at the end of all."""
        if full:
            return replace(self, number=self.number + 1)
        if self.end(window) < self.last:
            return replace(self, start=self.end(window) + _DAY, number=1)
        kinds = KINDS[KINDS.index(self.kind) + 1 :]
        return replace(self, kind=kinds[0], start=self.first, number=1) if kinds else None


class LogReader:
    """Reading time logs. Settings: `first_day`, the earliest work date, and `window_days`, how
    many days are asked for at once (0 is all).
    """

    def __init__(
        self, client: ProjectsClient, reader: ProjectsReader, settings: Mapping[str, Any]
    ) -> None:
        self._client = client
        self._reader = reader
        try:
            self._first = date.fromisoformat(str(settings.get("first_day") or _FIRST_DAY))
            self._window = int(settings.get("window_days") or 0)
        except ValueError as error:
            raise ConfigError(f"first_day or window_days: {error}", code="CFG-06") from error

    def read(self, cursor: Cursor) -> Page:
        """One page of one kind in one range of dates."""
        place = Place.parse(cursor.position) if cursor.position else self._begin(cursor)
        asked = self._asked(place, changed=cursor.since is not None)
        reply = self._client.known(_PORTAL, asked, LOG_PAGE)
        page = self._documented(reply.known(LOG_PAGE), place)
        rows, bad, full = page or self._any(reply.json(), place)
        following = place.after(self._window, full=full)
        return Page(rows, Cursor(str(following), None, cursor.since) if following else None, bad)

    def _documented(self, page: LogPage | None, place: Place) -> Mapped | None:
        """Rows of a page in the documented shape; None leaves it to the reading of any."""
        if page is None:
            return None
        try:
            rows = entries(page, place.kind, self._reader.zone)
        except Unusual:
            return None
        return rows, (), more({"page_info": page.page_info}, len(rows), PAGE)

    def _any(self, body: Any, place: Place) -> Mapped:
        raws = flattened(listed(body, _LISTS))
        rows, bad = mapped(raws, self._mapper(place.kind))
        return rows, bad, more(body, len(raws), PAGE)

    def _begin(self, cursor: Cursor) -> Place:
        """The range is fixed when reading begins, so that its pages stay the same."""
        today = self._client.clock.now().date()
        if cursor.since is None:
            return Place(KINDS[0], self._first, today + _AHEAD, self._first)
        # a day more on both sides: the dates are the portal's, the instants are UTC
        start = cursor.since.date() - _DAY
        return Place(KINDS[0], start, today + _DAY, start)

    def _asked(self, place: Place, *, changed: bool = False) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "page": place.number,
            "per_page": PAGE,
            "view_type": "customdate",
            "start_date": place.start.isoformat(),
            "end_date": place.end(self._window).isoformat(),
            "module": dumps({"type": place.kind}).decode(),
        }
        return {**asked, "fetch_by_modified_time": "true"} if changed else asked

    def _mapper(self, kind: str) -> Mapper:
        return lambda raw: time_entries.time_entry(raw, kind, self._reader.zone)

    def fetch(self, ids: Sequence[str], project_id: str) -> Mapping[str, Row]:
        """Fresh rows of logs of one project; many come by its list, the others one by one."""
        found: dict[str, Row] = {}
        if len(ids) > _FEW:
            found = self._of_project(set(ids), project_id)
        for external_id in ids:
            row = found.get(external_id) or self._one(external_id, project_id)
            if row is not None:
                found[external_id] = row
        return found

    def _of_project(self, wanted: set[str], project_id: str) -> dict[str, Row]:
        """Those the project's list has; nothing when the service has no such list."""
        found: dict[str, Row] = {}
        place: Place | None = self._begin(Cursor())
        pages = 0
        while place is not None and pages < PAGES_MAX and len(found) < len(wanted):
            try:
                body = self._client.get(_PROJECT, self._asked(place), {"project": project_id})
            except Rejected:
                return found
            raws = flattened(listed(body, _LISTS))
            chosen = (r for r in raws if isinstance(r, Mapping) and ident(r) in wanted)
            found |= {r["external_id"]: r for r in mapped(chosen, self._mapper(place.kind))[0]}
            place = place.after(self._window, full=more(body, len(raws), PAGE))
            pages += 1
        return found

    def _one(self, log_id: str, project_id: str) -> Row | None:
        """One log, of whichever kind it is; None only when no kind has it."""
        refused: RemoteError | None = None
        for kind in KINDS:
            try:
                body = self._client.find(
                    _LOG, {"type": kind}, {"project": project_id, "id": log_id}
                )
            except Rejected as error:
                refused = error
                continue
            if body is not None:
                return self._mapper(kind)(the_log(body))
        if refused is not None:
            raise refused
        return None


def the_log(body: dict[str, Any] | list[Any]) -> Mapping[str, Any]:
    """The one log of an answer, bare or within its day."""
    days: list[Any] = []
    if isinstance(body, dict):
        days = next((body[k] for k in _LISTS if isinstance(body.get(k), list)), [])
    logs = [log for log in flattened(days) if isinstance(log, Mapping)]
    return logs[0] if logs else single(body, _ONE)


def flattened(raws: Sequence[Any]) -> list[Any]:
    """Time logs out of the days they come in; one without a date gets that of its day."""
    found: list[Any] = []
    for raw in raws:
        details = raw.get("log_details") if isinstance(raw, Mapping) else None
        if not isinstance(details, list):
            found.append(raw)
            continue
        day = raw.get("date")
        found += [
            d
            if not isinstance(d, Mapping) or d.get("date") or d.get("log_date")
            else {"bucket_date": day, **d}
            for d in details
        ]
    return found
