"""Time logs of a project in v1: one kind a call, in buckets by date."""

from datetime import date, datetime

import orjson
from tallystick.simulator.http import Request, Response, json_response

from tallystick_zoho_projects.simulator import shapes
from tallystick_zoho_projects.simulator.errors import missing, wrong
from tallystick_zoho_projects.simulator.log_shape import log_v1
from tallystick_zoho_projects.simulator.logbook import Wanted
from tallystick_zoho_projects.simulator.paging import V1_ROWS, size_of, whole
from tallystick_zoho_projects.simulator.periods import around
from tallystick_zoho_projects.simulator.scene import Json, Scene

_COMPONENTS = {"task": "tasklogs", "bug": "buglogs", "general": "generallogs"}
_BILL = {"All": None, "Billable": True, "Non Billable": False}
_PARAMETERS = ("users_list", "view_type", "date", "bill_status", "component_type")


class ClassicLogs:
    """The handler of …/logs/."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def listing(self, request: Request, portal_key: str, project_key: str) -> Response:
        """GET …/projects/{id}/logs/: one kind a call, in buckets by date."""
        scene, records = self._scene, self._scene.records
        wanted = self._wanted(request, project_key)
        chosen = scene.logbook.select(wanted)
        size = size_of(scene, request, "range", V1_ROWS)
        buckets: dict[str, list[int]] = {}
        for position in chosen.part(whole(request, "index", 1) - 1, size):
            day = scene.logbook.log(position).work_date.isoformat()
            buckets.setdefault(day, []).append(position)
        if not buckets:
            return Response(204)
        zone = records.zone(portal_key)
        rows = [
            self._bucket(
                datetime.fromisoformat(day).replace(tzinfo=zone),
                _COMPONENTS[str(wanted.kind)],
                positions,
            )
            for day, positions in buckets.items()
        ]
        spent = sum(scene.logbook.log(n).minutes for found in buckets.values() for n in found)
        told = {"grandtotal": shapes.hours(spent), "role": records.portals[portal_key].role}
        return json_response(200, {"timelogs": {**told, "date": rows}})

    def _bucket(self, start: datetime, key: str, positions: list[int]) -> Json:
        total = sum(self._scene.logbook.log(n).minutes for n in positions)
        return {
            "date": shapes.classic(start),
            "date_long": shapes.millis(start),
            "display_format": shapes.classic_time(start),
            "total_hours": shapes.hours(total),
            key: [log_v1(self._scene, n) for n in positions],
        }

    def _wanted(self, request: Request, project_key: str) -> Wanted:
        """What is asked for; all five parameters must be there."""
        given = {name: request.param(name) or "" for name in _PARAMETERS}
        for name, value in given.items():
            if not value:
                raise missing(name)
        if given["component_type"] not in _COMPONENTS:
            raise wrong("component_type")
        if given["bill_status"] not in _BILL:
            raise wrong("bill_status")
        first, last = self._days(given["view_type"], given["date"])
        return Wanted(
            projects=frozenset({project_key}),
            kind=given["component_type"],
            first=first,
            last=last,
            owners=self._owners(given["users_list"]),
            billable=_BILL[given["bill_status"]],
        )

    def _days(self, view: str, said: str) -> tuple[date, date]:
        """First and last day of a view; a custom range is JSON with start_date and end_date."""
        if view == "custom_date" and self._scene.switch("v1_custom_range"):
            try:
                ends = orjson.loads(said)
                first, last = (_classic_day(ends[n]) for n in ("start_date", "end_date"))
            except (ValueError, KeyError, TypeError):
                raise wrong("date") from None
            if last < first:
                raise wrong("date")
            return first, last
        if view not in {"day", "week", "month"}:
            raise wrong("view_type")
        return around(view, _classic_day(said), str(self._scene.switch("week_starts")))

    def _owners(self, said: str) -> frozenset[str] | None:
        """Users by their portal ids, which are not their zpuids."""
        if said == "all":
            return None
        keys = {account: key for key, account in self._scene.records.accounts.items()}
        wanted = [part.strip() for part in said.split(",")]
        if any(part not in keys for part in wanted):
            raise wrong("users_list")
        return frozenset(keys[part] for part in wanted)


def _classic_day(said: object) -> date:
    """A calendar date MM-DD-YYYY."""
    try:
        if isinstance(said, str) and len(said) == 10 and said.isascii():
            return date(int(said[6:]), int(said[:2]), int(said[3:5]))
    except ValueError:
        pass
    raise wrong("date")
