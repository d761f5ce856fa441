"""What is written of time entries: their targets with all they hang on (R-105, R-116, R-121)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from orjson import dumps

from tallystick.model.operation import Action, Because, Operation
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Context, Standing
from tallystick.plan.digest import Pattern, blank
from tallystick.plan.entry_facts import Known, comparable, entry_reference, entry_title
from tallystick.plan.upsert import Fills, Wanted, link, update
from tallystick.plan.work import bug_task, general_task, parent_of

_PATTERNS_MAX = 500
_FOLLOW = ("minutes", "work_date", "notes", "billable", "project_id", "task_id")


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
    _patterns: dict[tuple[Any, ...], Pattern] = field(default_factory=dict)

    def parents(self, row: Row) -> list[Standing]:
        """What an entry hangs on, root first."""
        project = parent_of(self.context, "project", row.get("project_id"))
        found = [project]
        kind = row.get("kind")
        if project.state == "ok" and kind in {"task", "bug"}:
            found.append(parent_of(self.context, str(kind), row.get(f"{kind}_id")))
        if "timesheets" in self.context.setting.modules:
            found.append(parent_of(self.context, "user", row.get("user_id")))
        return found

    def _fills(self, row: Row, because: Because) -> Fills:
        project = parent_of(self.context, "project", row.get("project_id"))
        return Fills.of(
            {
                "project_id": project,
                "task_id": self._task(row, project, because),
                "user_id": parent_of(self.context, "user", row.get("user_id")),
            }
        )

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
        notes = str(row.get("notes") or row.get("label") or "")
        if opened is not None:
            notes = f"{notes} {opened.words}".strip()
        title = entry_title(row)
        payload = {
            "work_date": row.get("work_date"),
            "minutes": row.get("minutes"),
            "billable": opened is None,
            "notes": notes[:450],
        }
        fills = self._fills(row, because)
        version = row.get("content_hash", "")
        if known.linked_id is None and known.adopted is None:
            self._new(key, known, because, fills, {**payload, "title": title, "version": version})
            return
        wanted = Wanted(
            key,
            title,
            "time_entry",
            "timesheets",
            title,
            payload,
            _FOLLOW,
            fills=fills,
            version=version,
        )
        if known.linked_id is None:
            link(self.context, wanted, str(known.adopted), because)
        elif known.target is not None:
            update(self.context, wanted, known.linked_id, because, comparable(known.target))

    def _new(
        self,
        key: RecordKey,
        known: Known,
        because: Because,
        fills: Fills,
        told: Mapping[str, Any],
    ) -> None:
        """Plan a new target, written by a pattern: most entries of a first sync are new."""
        names = (tuple(fills.ids), tuple(fills.later), bool(told["billable"]))
        which = (because.rule, because.place, because.sentence, names)
        pattern = self._patterns.get(which)
        if pattern is None:
            if len(self._patterns) >= _PATTERNS_MAX:
                self._patterns.clear()
            pattern = self._patterns[which] = self._pattern(because, fills, billable=names[2])
        reference = known.reference or entry_reference(self.context, key.external_id)
        values = {
            **told,
            **fills.ids,
            **fills.later,
            "reference": reference,
            "external_id": key.external_id,
            "key": str(key),
        }
        written = {name: dumps(values[name]).decode() for name in pattern.names if name != "needs"}
        written["needs"] = dumps(fills.needs).decode()[1:-1]
        self.context.sink.written(pattern.sample, reference, pattern.body(written))

    def _pattern(self, because: Because, fills: Fills, *, billable: bool) -> Pattern:
        source, target = self.context.setting.source, self.context.setting.target
        payload = {n: blank(n) for n in ("work_date", "minutes", "notes", *fills.ids)}
        later = {n: blank(n) for n in fills.later}
        sample = Operation(
            reference=blank("reference"),
            action=Action.CREATE,
            type="time_entry",
            connection_id=target.connection_id,
            title=blank("title"),
            payload={**payload, "billable": billable},
            because=because,
            source=RecordKey(source.connection_id, "time_entry", blank("external_id")),
            fills=later,
            needs=(blank("needs"),) if fills.needs else (),
            versions={blank("key"): blank("version")},
            module="timesheets",
        )
        names = (*payload, *later, "reference", "title", "external_id", "key", "version", "needs")
        return Pattern(sample, names)

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
