"""The fields of a log that somebody writes, checked; a wrong one is refused with code 6832."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson

from tallystick_zoho_projects.simulator.errors import missing, wrong
from tallystick_zoho_projects.simulator.log_shape import KINDS
from tallystick_zoho_projects.simulator.scene import Json, Scene, day_of

NOTES_MAX = 5000
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])")
_DOTTED = re.compile(r"[0-9]{1,3}\.[0-9]{1,2}")
_TIME = re.compile(r"(0?[1-9]|1[0-2]):([0-5][0-9]) ?(AM|PM)", re.IGNORECASE)
_BILL = {"Billable": True, "Non Billable": False}
_STATUS = {
    "Approved": "Approved",
    "Unapproved": "Pending",
    "Pending": "Pending",
    "Rejected": "Rejected",
}


@dataclass(frozen=True, slots=True)
class Module:
    """What a log is on."""

    kind: str
    task_key: str | None = None
    bug_key: str | None = None


def text(body: Json, name: str) -> str:
    """Text, empty when absent."""
    value = body.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong(name)
    return str(value)


def minutes(scene: Scene, value: Any) -> int:
    """A duration HH:MM, or with a dot as the switch reads it; a number is hours."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong("hours")
    found = _spelled(str(value).strip(), str(scene.switch("dot_hours")))
    limit = int(scene.switch("hours_max")) * 60
    if (limit and found > limit) or (found == 0 and scene.switch("refuse_zero_hours")):
        raise wrong("hours")
    return found


def _spelled(said: str, dots: str) -> int:
    clock = _CLOCK.fullmatch(said)
    if clock is not None:
        return int(clock.group(1)) * 60 + int(clock.group(2))
    if said.isascii() and said.isdigit() and len(said) <= 3:
        return int(said) * 60
    if _DOTTED.fullmatch(said) is None or dots == "refuse":
        raise wrong("hours")
    if dots == "decimal":
        return int((Decimal(said) * 60).quantize(Decimal(1), ROUND_HALF_UP))
    whole, _, rest = said.partition(".")
    if int(rest) > 59 or len(rest) != 2:
        raise wrong("hours")
    return int(whole) * 60 + int(rest)


def time_of(body: Json, name: str) -> tuple[str, int | None]:
    """A time of day such as 01:00 AM, as it is sent, and its minute of the day."""
    said = text(body, name)
    if not said:
        return "", None
    match = _TIME.fullmatch(said)
    if match is None:
        raise wrong(name)
    hour = int(match.group(1)) % 12 + 12 * (match.group(3).upper() == "PM")
    shown = f"{int(match.group(1)):02d}:{match.group(2)} {match.group(3).upper()}"
    return shown, hour * 60 + int(match.group(2))


def duration(scene: Scene, body: Json) -> int | None:
    """The minutes of a body: its hours, else from start to end; None when it has neither."""
    (_, start), (_, end) = time_of(body, "start_time"), time_of(body, "end_time")
    if start is not None and end is not None and end <= start:
        raise wrong("end_time")
    if body.get("hours") not in (None, ""):
        return minutes(scene, body["hours"])
    return end - start if start is not None and end is not None else None


def work_day(body: Json) -> date:
    """The day of a log."""
    return day_of(body.get("date"), "date")


def notes(body: Json) -> str:
    """What is noted."""
    found = text(body, "notes")
    if len(found) > NOTES_MAX:
        raise wrong("notes")
    return found


def billable(body: Json) -> bool:
    """Billable or Non Billable."""
    word = text(body, "bill_status")
    if word not in _BILL:
        raise wrong("bill_status")
    return _BILL[word]


def approval(body: Json) -> str:
    """Approved, Unapproved or Rejected, as the world spells them; Pending is taken too."""
    word = text(body, "status")
    if word not in _STATUS:
        raise wrong("status")
    return _STATUS[word]


def rate(body: Json) -> str:
    """A price of an hour."""
    said = text(body, "cost_rate_per_hour")
    if said and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", said) is None:
        raise wrong("cost_rate_per_hour")
    return said


def person(scene: Scene, body: Json, name: str, portal_key: str) -> str | None:
    """The key of the user that a zpuid names; None when absent."""
    said = text(body, name)
    if not said:
        return None
    records = scene.records
    key = records.keys["person"].get(said)
    if key is None or records.people[key] not in records.people_of(portal_key):
        raise wrong(name)
    if not records.active(records.people[key]) and scene.switch("refuse_inactive_owner"):
        raise wrong(name)
    return key


def module(scene: Scene, body: Json, project_key: str) -> Module:
    """The task, issue or nothing that a log is on; it must be of the project."""
    given = body.get("module")
    if isinstance(given, str) and given.startswith("{"):
        try:
            given = orjson.loads(given)
        except ValueError:
            raise wrong("module") from None
    if given is None:
        raise missing("module")
    if not isinstance(given, dict) or str(given.get("type")) not in KINDS:
        raise wrong("module")
    kind = KINDS[str(given["type"])]
    if kind == "general":
        return Module(kind)
    if given.get("id") in (None, ""):
        raise missing("module.id")
    key = scene.records.keys[kind].get(str(given["id"]))
    rows: Any = scene.records.tasks if kind == "task" else scene.records.bugs
    if key is None or rows[key].project_key != project_key:
        raise wrong("module.id")
    return Module(kind, key if kind == "task" else None, key if kind == "bug" else None)
