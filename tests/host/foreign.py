"""A connector of somebody else, written to a folder as an installer leaves it there."""

from pathlib import Path
from textwrap import dedent

NAME = "tickbird"
MODULE = '''
"""Tickbird: a service that knows one project, told by a plugin of its own distribution."""

from datetime import date

from tallystick.errors import Rejected
from tallystick.hookspecs import hookimpl
from tallystick.model.connection import Health, Portal
from tallystick.model.connector import ReadSpec
from tallystick.model.record import Page

ROWS = {
    "contact": [{"external_id": "c1", "name": "Acme Ltd", "email": "pay@acme.example",
                 "contact_type": "client", "currency": "EUR", "status": "active"}],
    "user": [{"external_id": "u1", "name": "Mara Lind", "email": "mara@studio.example",
              "status": "active", "role": "employee"}],
    "project": [{"external_id": "p1", "name": "Atlas rollout", "client_id": "c1",
                 "status": "active", "billing_method": "project_hours", "rate": "100",
                 "currency": "EUR", "description": None}],
    "task": [{"external_id": "t1", "project_id": "p1", "name": "Data import",
              "completed": False, "status": "open", "rate": None, "billable": True}],
    "time_entry": [{"external_id": "e1", "project_id": "p1", "kind": "task", "task_id": "t1",
                    "bug_id": None, "label": None, "user_id": "u1",
                    "work_date": date(2026, 7, 2), "minutes": 45, "billable": True,
                    "approval": "approved", "notes": "By Tickbird", "billed_status": None,
                    "invoice_id": None}],
}
HEARD = []


class Tickbird:
    """Reads its rows."""

    name = "tickbird"
    title = "Tickbird"
    container = "nest"
    container_setting = "nest_id"
    reads = {type: ReadSpec(type) for type in ROWS}
    writes = {}

    def __init__(self, session, settings):
        self.settings = settings

    def check(self):
        return Health(ok=True, message="singing")

    def portals(self):
        return [Portal("N1", "Zylker Nest", "owner", owned=True, zone="Europe/Berlin")]

    def read(self, type, cursor):
        return Page([dict(row) for row in ROWS[type]], None)

    def fetch(self, type, ids, *, parent=None):
        return {row["external_id"]: row for row in ROWS[type] if row["external_id"] in ids}

    def write(self, operation):
        raise Rejected("only read")

    def find(self, operation):
        raise Rejected("only read")


@hookimpl
def tallystick_connectors():
    return [Tickbird]


@hookimpl
def tallystick_event(event):
    HEARD.append(event.kind)
'''


def install(site: Path, *, module: str, text: str, entry: str = NAME) -> None:
    """Leave a distribution in a folder of the import path: a module and its dist-info."""
    site.mkdir(parents=True, exist_ok=True)
    (site / f"{module}.py").write_text(dedent(text), encoding="utf-8")
    info = site / f"acme_{module}-3.1.4.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: acme-{module}\nVersion: 3.1.4\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(f"[tallystick]\n{entry} = {module}\n", encoding="utf-8")
    (info / "RECORD").write_text(f"{module}.py,,\n", encoding="utf-8")
