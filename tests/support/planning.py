"""Planning on pure values: the shipped rules, rows of both sides, and what planning hands out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any

import orjson
from tallystick.decide import Rulebook, RuleSource, load_rulebook
from tallystick.decide.points import POINTS
from tallystick.model.connection import Cutoff, CutoffMode
from tallystick.model.fold import fold_name
from tallystick.model.operation import Action, Operation, marker_of, record_reference
from tallystick.plan.context import (
    Context,
    Decider,
    EntryState,
    Issue,
    Setting,
    Side,
    Standing,
    Taken,
)
from tallystick.plan.digest import from_json
from tallystick.plan.entries import EntryPlanner
from tallystick.plan.entry_facts import Known
from tallystick.plan.entry_writes import EntryWriter
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules

CUTOFF = date(2026, 4, 1)


@cache
def book() -> Rulebook:
    """The shipped rules."""
    names = {"policies.yaml", "matching.yaml"}
    files = [f for f in sorted(default_rules().glob("*.yaml")) if f.name not in names]
    texts = [RuleSource(f.name, f.read_text(encoding="utf-8"), "shipped") for f in files]
    return load_rulebook(texts, catalogue(), POINTS)


@dataclass(slots=True)
class Recorder:
    """A sink that remembers."""

    operations: list[Operation] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    decisions: list[Taken] = field(default_factory=list)
    states: dict[str, EntryState] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def operation(self, operation: Operation) -> None:
        """The next operation."""
        self.operations.append(operation)

    def written(self, sample: Operation, reference: str, body: str) -> None:
        """The next operation, as it is stored."""
        made = from_json(orjson.loads(body))
        assert (sample.type, reference) == (made.type, made.reference)
        day = made.payload["work_date"]
        payload = {**made.payload, "work_date": date.fromisoformat(day) if day else None}
        self.operations.append(replace(made, payload=payload))

    def issue(self, issue: Issue) -> None:
        """A record with a reason."""
        self.issues.append(issue)

    def taken(self, taken: Taken) -> None:
        """A decision."""
        self.decisions.append(taken)

    def entry(self, state: EntryState) -> None:
        """The state of an entry."""
        self.states[state.external_id] = state

    def count(self, module: str, what: str, number: int = 1) -> None:
        """A count."""
        self.counts[module, what] = self.counts.get((module, what), 0) + number

    def did(self) -> list[tuple[str, str]]:
        """Action and type of every operation."""
        return [(str(o.action), o.type) for o in self.operations]

    def codes(self) -> list[tuple[str, str]]:
        """Code and kind of every issue."""
        return [(i.code, i.kind) for i in self.issues]


def marker(type: str, external_id: str) -> str:
    """The marker that the accounts' record of a portal record carries."""
    return marker_of(record_reference(SETTING.source.source_key(type, external_id), Action.CREATE))


SETTING = Setting(
    integration="main",
    source=Side("portal", "projects", "P1"),
    target=Side("books", "books", "O1"),
    modules=frozenset({"projects", "timesheets"}),
    general_timesheets=True,
    on_duplicate="ask",
    cutoff=Cutoff(CutoffMode.DATE, CUTOFF),
)


def setting(**changes: Any) -> Setting:
    """The standing integration with some answers changed."""
    return replace(SETTING, **changes)


def _deciders(chosen: Setting) -> dict[str, Decider]:
    def match(preference: str) -> Decider:
        return book().decider("contact.match", params={"on_duplicate": preference})

    answers = ("clone", "overwrite", "skip")
    return {
        "contact.match": match(chosen.on_duplicate),
        **{f"contact.match:{answer}": match(answer) for answer in answers},
        "record.fetch": book().decider("record.fetch", fixed={"integration": chosen.facts}),
        "record.push": book().decider("record.push"),
    }


def context(chosen: Setting = SETTING, **changes: Any) -> tuple[Context, Recorder]:
    """A context of empty accounts, unless changed, and its sink."""
    sink = Recorder()
    targets: dict[str, dict[str, Mapping[str, Any]]] = {
        "contact": {},
        "project": {},
        "task": {},
        "user": {},
    }
    targets.update(changes.pop("targets", {}))
    names = {fold_name(str(r.get("name") or "")) for r in targets["contact"].values()}
    values: dict[str, Any] = {
        "setting": chosen,
        "deciders": _deciders(chosen),
        "sink": sink,
        "links": {},
        "targets": targets,
        "markers": {},
        "changes": {},
        "names_taken": names - {""},
    }
    return Context(**{**values, **changes}), sink


def rows(*found: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Rows by id."""
    return {str(r["external_id"]): r for r in found}


def there(type: str, external_id: str, target_id: str | None = None) -> Standing:
    """A record that is linked, or will be made by the operation of its reference."""
    if target_id is not None:
        return Standing(type, external_id, external_id, "ok", target_id=target_id)
    key = SETTING.source.source_key(type, external_id)
    reference = record_reference(key, Action.CREATE)
    return Standing(type, external_id, external_id, "ok", reference=reference)


def failed(type: str, external_id: str, code: str) -> Standing:
    """A record in error."""
    return Standing(type, external_id, external_id, "error", code)


class _Status(dict[tuple[str, Any], Decider]):
    def __missing__(self, key: tuple[str, Any]) -> Decider:
        mode, cutoff = key
        self[key] = book().decider(
            "time_entry.status", params={"mode": str(CutoffMode(mode)), "cutoff": cutoff}
        )
        return self[key]


def entry(external_id: str = "e1", **changes: Any) -> dict[str, Any]:
    """An approved, billable hour on task t1 of project p1, logged on the cutoff day."""
    row = {
        "external_id": external_id,
        "project_id": "p1",
        "kind": "task",
        "task_id": "t1",
        "bug_id": None,
        "label": None,
        "user_id": "u1",
        "work_date": CUTOFF,
        "minutes": 60,
        "billable": True,
        "approval": "approved",
        "notes": "",
        "deleted_at": None,
        "content_hash": "v1",
    }
    return {**row, **changes}


def state(stands: str, *codes: str, **changes: Any) -> EntryState:
    """Where an entry stood after the run before."""
    values: dict[str, Any] = {
        "external_id": "e1",
        "project_id": "p1",
        "minutes": 60,
        "state": stands,
        "codes": codes,
        "judged_mode": "date",
        "judged_cutoff": CUTOFF,
        "content_hash": "v0",
    }
    return EntryState(**{**values, **changes})


def known(**values: Any) -> Known:
    """What the store knows of an entry."""
    return Known(**values)


TARGET: dict[str, Any] = {
    "external_id": "b1",
    "work_date": CUTOFF,
    "minutes": 60,
    "billable": True,
    "notes": "",
    "task_id": "bt",
    "project_id": "bp",
}
"""What the accounts hold of that entry."""

PARENTS = (there("project", "p1", "bp"), there("task", "t1", "bt"), there("user", "u1", "bu"))


def judge_entries(
    given: Iterable[tuple[Mapping[str, Any], Known]],
    *,
    chosen: Setting = SETTING,
    parents: Iterable[Standing] = PARENTS,
    bugs: Mapping[str, Mapping[str, Any]] | None = None,
    **changes: Any,
) -> Recorder:
    """Plan time entries under parents that stand so."""
    made, sink = context(chosen, **changes)
    made.standing.update({(p.type, p.external_id): p for p in parents})
    planner = EntryPlanner(made, _Status(), EntryWriter(made, bugs or {}))
    for row, what in given:
        planner.plan(row, what)
    return sink


def judge_entry(row: Mapping[str, Any], what: Known | None = None, **options: Any) -> Recorder:
    """Plan one time entry."""
    return judge_entries([(row, what or Known())], **options)


def first_sync(when: datetime) -> Setting:
    """The integration after its first sync."""
    return setting(first_sync_at=when)
