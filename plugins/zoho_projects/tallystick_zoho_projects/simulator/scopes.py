"""Which scope a call needs."""

from collections.abc import Mapping
from typing import Any

from tallystick.simulator.http import Request

_MODULES = (
    ("timelogs", "timesheets"),
    ("logs", "timesheets"),
    ("log", "timesheets"),
    ("contacts", "users"),
    ("clients", "clients"),
    ("users", "users"),
    ("tasklists", "tasklists"),
    ("tasks", "tasks"),
    ("issues", "bugs"),
    ("milestones", "milestones"),
    ("projects", "projects"),
)
_ACTS = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "PATCH": "UPDATE", "DELETE": "DELETE"}


def granted(request: Request, switches: Mapping[str, Any]) -> bool:
    """True when the token has the scope of a call, or no scopes are set."""
    held = {part.strip() for part in str(switches["scopes"]).split(",") if part.strip()}
    if not held:
        return True
    parts = request.path.strip("/").split("/")
    module = next((m for word, m in _MODULES if word in parts), "portals")
    act = _ACTS.get(request.method, "READ")
    return not held.isdisjoint({f"ZohoProjects.{module}.{act}", f"ZohoProjects.{module}.ALL"})
