"""A connector of somebody else, written to a folder as an installer leaves it there."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

NAME = "tickbird"
MODULE = '''
"""Tickbird: a service that knows one project, told by a plugin of its own distribution."""

from datetime import UTC, date, datetime
from importlib.resources import files
from typing import ClassVar

from tallystick.errors import Rejected
from tallystick.hookspecs import hookimpl
from tallystick.model.catalogue import FieldType, Input, Projection
from tallystick.model.connection import Health, Portal
from tallystick.model.connector import ReadSpec
from tallystick.model.decision import DecisionPoint
from tallystick.model.record import Page
from tallystick.records.base import Record, column, instant


class Nest(Record):
    """A box that a project looks after."""

    type_name: ClassVar[str] = "tickbird/nest"
    parents: ClassVar[dict[str, str]] = {"project_id": "project"}

    name: str | None = column("Name.")
    project_id: str | None = column("Project.", index=True)
    capacity: int | None = column("Birds it has room for.")


class Sighting(Record):
    """A bird that was seen at a nest."""

    type_name: ClassVar[str] = "tickbird/sighting"
    folded: ClassVar[dict[str, tuple[str, str]]] = {"species_key": ("species", "name")}
    parents: ClassVar[dict[str, str]] = {"nest_id": "tickbird/nest"}

    nest_id: str | None = column("Nest.", index=True)
    species: str | None = column("What it was.", values=("wren", "robin"))
    seen_at: datetime | None = instant("When.")
    noise: int | None = column("How loud, in phon.")
    tags: list[str] = column("Words.", kind="list")
    species_key: str = column("Folded.", default="")


CROWDED = DecisionPoint(
    "tickbird.nest_visit",
    "Whether somebody has to look at a nest",
    {
        "nest": Input(("tickbird/nest",)),
        "project": Input(("project",), only=("name", "status")),
        "sightings": Input(("tickbird/sighting",), many=True),
    },
    ("leave", "visit"),
    "leave",
    asked_of="tickbird/nest",
    meanings={"leave": "Nobody goes.", "visit": "Somebody goes and looks."},
    strategies=("first", "unique"),
)
LOUD = Projection(
    "tickbird/sighting",
    FieldType("loud", "boolean", description="Louder than talk."),
    lambda row: row["noise"] > 60,
)
WEEKEND = Projection(
    "time_entry",
    FieldType("tickbird_weekend", "boolean", description="Done on a Saturday or Sunday."),
    lambda row: row["work_date"].weekday() >= 5,
)
WRENS = Projection(
    "tickbird.nest_visit",
    FieldType("wrens", "list", item={"id": FieldType("id", "text"),
                                     "noise": FieldType("noise", "integer")}),
    lambda subject: [{"id": s["external_id"], "noise": s["noise"]}
                     for s in subject["sightings"] if s["species"] == "wren"],
)

ROWS = {
    "tickbird/nest": [
        {"external_id": "n1", "name": "Oak", "project_id": "p1", "capacity": 2},
        {"external_id": "n2", "name": "Elm", "project_id": "p1", "capacity": 4},
    ],
    "tickbird/sighting": [
        {"external_id": "s1", "nest_id": "n1", "species": "wren", "noise": 80, "tags": ["dawn"],
         "seen_at": datetime(2026, 7, 2, 4, 30, tzinfo=UTC)},
        {"external_id": "s2", "nest_id": "n2", "species": "robin", "noise": 30, "tags": [],
         "seen_at": datetime(2026, 7, 2, 5, 0, tzinfo=UTC)},
    ],
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
def tallystick_record_types():
    return [Nest, Sighting]


@hookimpl
def tallystick_decision_points():
    return [CROWDED]


@hookimpl
def tallystick_projections():
    return [LOUD, WEEKEND, WRENS]


@hookimpl
def tallystick_rule_files():
    return sorted((f for f in files(__name__).iterdir() if f.name.endswith(".yaml")),
                  key=lambda f: f.name)


@hookimpl
def tallystick_event(event):
    HEARD.append(event.kind)
'''


RULES = """tallystick: rules/1
decision: tickbird.nest_visit
title: Look at nests where it is loud
owner: The wardens
strategy: first
rules:
  - id: loud-wren
    when:
      - project.status: active
      - sightings: {some: true, bind: bird, where: [{loud: true}, {species: wren}]}
      - wrens: {count: {ge: 1}, where: [{noise: {gt: 60}}]}
    then: visit
    code: DATA-01
    because: "{bird.species} {bird.external_id} was heard at {nest.name}."
    fix: Take a ladder.
otherwise: leave
base:
  nest: {external_id: n1, name: Oak, capacity: 2}
  project: {name: Atlas, status: active}
  sightings: []
tests:
  - {name: nobody, expect: leave, by: otherwise}
  - name: a loud wren
    given: {sightings: [{external_id: s1, species: wren, noise: 70}]}
    expect: visit
    by: loud-wren
  - {name: a robin, given: {sightings: [{species: robin, noise: 70}]}, expect: leave}
  - {name: quiet, given: {sightings: [{external_id: s1, species: wren, noise: 60}]}, expect: leave}
  - name: a closed project
    given: {project: {status: closed}, sightings: [{external_id: s1, species: wren, noise: 70}]}
    expect: leave
invariants:
  - {id: order, unaffected_by: {shuffle: sightings}}
"""
"""The default rule file of the plugin's decision."""


def install(
    site: Path,
    *,
    module: str,
    text: str,
    entry: str = NAME,
    rules: Mapping[str, str] | None = None,
) -> None:
    """Leave a distribution in a folder of the import path: a package and its dist-info."""
    package = site / module
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(dedent(text), encoding="utf-8")
    for name, body in (rules or {}).items():
        (package / name).write_text(body, encoding="utf-8")
    info = site / f"acme_{module}-3.1.4.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: acme-{module}\nVersion: 3.1.4\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(f"[tallystick]\n{entry} = {module}\n", encoding="utf-8")
    (info / "RECORD").write_text(f"{module}/__init__.py,,\n", encoding="utf-8")
