"""What is written of time entries: their targets with all they hang on (R-105, R-116, R-121)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tallystick.model.operation import Because
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Context, Standing
from tallystick.plan.entry_facts import Known, comparable, entry_title
from tallystick.plan.upsert import Wanted, create, link, update
from tallystick.plan.work import bug_task, general_task, parent_of

_FOLLOW = ("minutes", "work_date", "notes", "billable", "project_id", "task_id")
_FRAMES_MAX = 20_000


@dataclass(slots=True)
class Frame:
    """What the entries of one person on one task have in common: what they hang on."""

    project: Standing
    user: Standing
    parents: list[Mapping[str, Any]]
    """As the input of record.push."""
    fills: Mapping[str, Standing] | None = None
    """The target's parents, once an entry needs them."""


@dataclass(frozen=True, slots=True)
class Opened:
    """That work counts as invoiced from the start, under the cutoff it was judged by, if any."""

    cutoff: date | None

    @property
    def words(self) -> str:
        """As it stands in the notes of the target."""
        return f"(invoiced before {self.cutoff})" if self.cutoff else "(invoiced before)"


@dataclass(slots=True)
class EntryWriter:
    """Plans the targets of time entries."""

    context: Context
    bugs: Mapping[str, Row]
    _frames: dict[tuple[Any, ...], Frame] = field(default_factory=dict)

    def frame(self, row: Row) -> Frame:
        """What an entry hangs on."""
        kind = row.get("kind")
        item = row.get(f"{kind}_id") if kind in {"task", "bug"} else None
        key = (row.get("project_id"), kind, item, row.get("user_id"))
        found = self._frames.get(key)
        if found is None:
            if len(self._frames) >= _FRAMES_MAX:
                self._frames.clear()
            found = self._frames[key] = self._new_frame(*key)
        return found

    def _new_frame(self, project_id: Any, kind: Any, item: Any, user_id: Any) -> Frame:
        project = parent_of(self.context, "project", project_id)
        user = parent_of(self.context, "user", user_id)
        parents = [project]
        if project.state == "ok" and kind in {"task", "bug"}:
            parents.append(parent_of(self.context, str(kind), item))
        if "timesheets" in self.context.setting.modules:
            parents.append(user)
        return Frame(project, user, [p.fact for p in parents])

    def _target_parents(self, row: Row, frame: Frame, because: Because) -> Mapping[str, Standing]:
        if frame.fills is None:
            task = self._task(row, frame.project, because)
            frame.fills = {"project_id": frame.project, "task_id": task, "user_id": frame.user}
        return frame.fills

    def write(
        self,
        key: RecordKey,
        row: Row,
        known: Known,
        because: Because,
        *,
        opened: Opened | None = None,
    ) -> None:
        """Plan what its target lacks; what counts as invoiced is not billable there (R-121)."""
        fills = self._target_parents(row, self.frame(row), because)
        notes = str(row.get("notes") or row.get("label") or "")
        if opened is not None:
            notes = f"{notes} {opened.words}".strip()
        title = entry_title(row)
        wanted = Wanted(
            key,
            title,
            "time_entry",
            "timesheets",
            title,
            {
                "work_date": row.get("work_date"),
                "minutes": row.get("minutes"),
                "billable": opened is None,
                "notes": notes[:450],
            },
            _FOLLOW,
            fills=fills,
            version=row.get("content_hash", ""),
        )
        if known.linked_id is None and known.adopted is None:
            create(self.context, wanted, because, known.reference)
        elif known.linked_id is None:
            link(self.context, wanted, str(known.adopted), because)
        elif known.target is not None:
            update(self.context, wanted, known.linked_id, because, comparable(known.target))

    def withdraw(self, key: RecordKey, row: Row, known: Known, because: Because) -> None:
        """What no longer qualifies must not look like work to bill in the accounts (R-116)."""
        if known.linked_id is None or known.target is None:
            return
        wanted = Wanted(
            key,
            entry_title(row),
            "time_entry",
            "timesheets",
            entry_title(row),
            {"billable": False},
            ("billable",),
            version=row.get("content_hash", ""),
        )
        update(self.context, wanted, known.linked_id, because, known.target)

    def _task(self, row: Row, project: Standing, because: Because) -> Standing:
        if row.get("kind") == "task":
            return parent_of(self.context, "task", row.get("task_id"))
        kind = "bug" if row.get("kind") == "bug" else "general"
        owner = str(row.get("bug_id")) if kind == "bug" else project.external_id
        made = self.context.standing.get((f"{kind}_task", owner))
        if made is None:
            if kind == "bug":
                made = bug_task(self.context, self.bugs[owner], project, because)
            else:
                made = general_task(self.context, project, because)
            self.context.standing[f"{kind}_task", owner] = made
        return made
