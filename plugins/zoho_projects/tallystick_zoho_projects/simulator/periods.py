"""The days that a list of time logs is about."""

from calendar import monthrange
from datetime import date, timedelta

from tallystick.simulator.http import Request

from tallystick_zoho_projects.simulator.errors import missing, wrong
from tallystick_zoho_projects.simulator.scene import Scene, day_of

Period = tuple[date | None, date | None]


def around(view: str, day: date, week_starts: str) -> tuple[date, date]:
    """First and last day of the day, week or month that has a day."""
    if view == "day":
        return day, day
    if view == "week":
        back = (day.weekday() + (week_starts == "sunday")) % 7
        before, after = min(back, (day - date.min).days), min(6 - back, (date.max - day).days)
        return day - timedelta(days=before), day + timedelta(days=after)
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def period_of(scene: Scene, request: Request, portal_key: str) -> Period:
    """The days of view_type, start_date and end_date; both ends are open when none is sent."""
    view = request.param("view_type")
    if not view and scene.switch("view_type_required"):
        raise missing("view_type")
    start, end = (
        day_of(text, name) if (text := request.param(name)) else None
        for name in ("start_date", "end_date")
    )
    if start and end and end < start:
        raise wrong("end_date")
    if not view:
        return start, end
    if view == "customdate":
        for name, value in (("start_date", start), ("end_date", end)):
            if value is None:
                raise missing(name)
        return start, end
    if view not in {"day", "week", "month"}:
        raise wrong("view_type")
    return around(view, start or scene.today(portal_key), str(scene.switch("week_starts")))
