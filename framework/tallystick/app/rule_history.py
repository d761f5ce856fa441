"""Stored decisions made ready to be taken again, by another version of their rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from tallystick.app.assembly import setting_of
from tallystick.app.decision_log import INTEGRATION
from tallystick.app.integrations import record
from tallystick.app.workspace import Workspace
from tallystick.decide import Decider, Pack, Rulebook
from tallystick.decide.named import Named
from tallystick.decide.routing import Routed
from tallystick.decide.rulebook import typed_fields, typed_subject
from tallystick.model.decision import DecisionPoint
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Setting, offered
from tallystick.store.decision_history import RuleHits, Standing

_BATCH = 2000
_INPUT = {
    "record.fetch": "record",
    "record.push": "record",
    "time_entry.status": "time_entry",
    "integration.migrate": "transaction",
}
"""The input of a decision that is the record itself."""
_PARENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "project": (("contact", "client_id"),),
    "task": (("project", "project_id"),),
    "bug": (("project", "project_id"),),
    "time_entry": (
        ("project", "project_id"),
        ("task", "task_id"),
        ("bug", "bug_id"),
        ("user", "user_id"),
    ),
}
_MODULES = {"time_entry": "timesheets", "user": "timesheets"}


@dataclass(frozen=True, slots=True)
class Past:
    """One stored decision with its subject made whole, and the record as it is now.

    `now_used` is true when a field that the new rules name was not kept with the decision and was
    taken from the record as it is now; `changed` says that the record differs from the one that
    was decided on. `missing` are fields that the new rules name and nobody has.
    """

    stored: Standing
    row: Row
    subject: Mapping[str, Any]
    params: Mapping[str, Any]
    now_used: bool
    changed: bool
    missing: tuple[str, ...]


class History:
    """The decisions of one rule file's decision point, for the rules of another version of it."""

    def __init__(self, ws: Workspace, pack: Pack) -> None:
        self._ws = ws
        self._pack = pack
        self._named = Named(pack)
        self._wanted = _wanted(self._named, pack.point.inputs)
        self._settings: dict[str, Setting | None] = {}
        self._seen: dict[RecordKey, Row | None] = {}
        self.gone = 0
        """Decisions on records that were deleted since, which are left out."""
        self.found = 0
        """Decisions that are kept, of records that are gone too."""

    def past(self, *, since: datetime | None = None) -> Iterator[Past]:
        """The newest decision of each record that is still there."""
        found = self._ws.store.history.standing(self._pack.decision, since=since)
        while batch := list(islice(found, _BATCH)):
            self.found += len(batch)
            rows = self._rows([s.key for s in batch])
            for stored in batch:
                row = rows.get(stored.key)
                if row is None or row.get("deleted_at") is not None:
                    self.gone += 1
                else:
                    yield self._whole(stored, row)

    def _rows(self, keys: list[RecordKey]) -> dict[RecordKey, Row]:
        groups: dict[tuple[str, str], list[str]] = {}
        for key in (k for k in keys if k.type != INTEGRATION):
            groups.setdefault((key.connection_id, key.type), []).append(key.external_id)
        found: dict[RecordKey, Row] = {
            RecordKey(connection, type_, id_): row
            for (connection, type_), ids in groups.items()
            for id_, row in self._ws.store.records.many(connection, type_, ids).items()
        }
        for key in (k for k in keys if k.type == INTEGRATION):
            if key.external_id in self._ws.config.integrations:
                found[key] = {"external_id": key.external_id, "name": key.external_id}
        return found

    def setting(self, name: str) -> Setting | None:
        """The answers of the integration that a decision was taken for, as they are now."""
        if name not in self._settings:
            known = name in self._ws.config.integrations
            self._settings[name] = setting_of(self._ws, record(self._ws, name)) if known else None
        return self._settings[name]

    def _whole(self, stored: Standing, row: Row) -> Past:
        kept = {n: v for n, v in stored.subject.items() if n != "params"}
        subject = kept if stored.whole else self._filled(stored, kept, row)
        items = self._named.items
        before = _leaves(self._named.of(kept), items)
        after = _leaves(self._named.of(subject), items)
        params = self._params(stored)
        version = str(row.get("content_hash") or "")
        return Past(
            stored,
            row,
            typed_subject(self._pack, subject),
            params,
            now_used=after > before,
            changed=version != stored.version,
            missing=tuple(sorted(self._wanted - after)) if not stored.whole else (),
        )

    def _filled(self, stored: Standing, kept: Mapping[str, Any], row: Row) -> dict[str, Any]:
        """What was kept, over what is known of the record and the settings now."""
        filled = dict(kept)
        name = _INPUT.get(self._pack.decision) or _asked_input(self._pack.point)
        if name is not None:
            filled[name] = {**_facts(stored.key.type, row), **(kept.get(name) or {})}
        inputs = self._pack.point.inputs
        if "parents" in inputs:
            filled["parents"] = _told(kept.get("parents"), self._parents(stored, row))
        if "line" in inputs:
            type_, line = stored.key.type, {"kind": stored.key.type, "ref": str(stored.key)}
            filled[type_] = {**_facts(type_, row), **(kept.get(type_) or {})}
            filled["line"] = {**line, **(kept.get("line") or {})}
            filled["task"] = {**self._task(stored, row), **(kept.get("task") or {})}
        setting = self.setting(stored.integration)
        if "integration" in self._pack.point.inputs and setting is not None:
            filled["integration"] = {**setting.facts, **(kept.get("integration") or {})}
        return filled

    def _parents(self, stored: Standing, row: Row) -> list[dict[str, Any]]:
        """What a record hangs on as it is now, in the order of planning."""
        setting = self.setting(stored.integration)
        found = []
        for type_, column in _PARENTS.get(stored.key.type, ()):
            if type_ == "user" and (setting is None or "timesheets" not in setting.modules):
                continue
            if row.get(column) is None:
                continue
            known = self._record(stored.key.connection_id, type_, str(row[column])) or {}
            name = known.get("name") or row[column]
            found.append({"id": str(row[column]), "type": type_, "name": str(name)})
        return found

    def _task(self, stored: Standing, row: Row) -> dict[str, Any]:
        task = None
        if row.get("task_id") is not None:
            task = self._record(stored.key.connection_id, "task", str(row["task_id"]))
        return dict(task) if task else {"name": "General", "completed": False}

    def _record(self, connection_id: str, type_: str, id_: str) -> Row | None:
        """A record as it is now; many others hang on the same one."""
        key = RecordKey(connection_id, type_, id_)
        if key not in self._seen:
            if len(self._seen) >= _BATCH:
                self._seen.clear()
            self._seen[key] = self._ws.store.records.get(key)
        return self._seen[key]

    def _params(self, stored: Standing) -> dict[str, Any]:
        """Settings as they were answered then; what a file or a policy says is the new file's."""
        asked = {n for n, p in self._pack.params.items() if p.source == "integration"}
        setting = self.setting(stored.integration)
        now: dict[str, Any] = {}
        if setting is not None:
            cutoff = setting.cutoff
            now = {
                "on_duplicate": setting.on_duplicate,
                "mode": str(cutoff.mode),
                "cutoff": cutoff.date,
            }
        then = typed_fields(
            stored.subject.get("params") or {}, self._pack.types.single.get("params", {})
        )
        return {n: v for n, v in {**now, **then}.items() if n in asked}


def _asked_input(point: DecisionPoint) -> str | None:
    """The input of a plugin's decision that is the record itself."""
    mine = (n for n, w in point.inputs.items() if w.types == (point.asked_of,) and not w.many)
    return next(mine, None) if point.asked_of else None


def _wanted(named: Named, inputs: Iterable[str]) -> frozenset[str]:
    """All that rules name of these inputs."""
    found = _leaves(named.of({n: _Any() for n in inputs}), {})
    return found.union(*({f"{n}.{leaf}" for leaf in ls} for n, ls in named.items.items()))


class _Any(Mapping[str, Any]):
    """A value that has every field."""

    def __getitem__(self, key: str) -> Any:
        return key

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, key: object) -> bool:
        return True


def _leaves(found: Mapping[str, Any], items: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The fields that are there; of a list those that each of its items has."""
    names: list[str] = []
    for head, value in found.items():
        if type(value) is dict:
            names += [f"{head}.{n}" for n in value]
            continue
        names.append(head)
        if isinstance(value, list | tuple):
            leaves = items.get(head, ())
            names += [f"{head}.{n}" for n in leaves if all(n in member for member in value)]
    return frozenset(names)


def _told(kept: Any, now: list[dict[str, Any]]) -> Any:
    """The items that were kept, told apart by what stands in their places now."""
    if kept is None:
        return now
    if not isinstance(kept, list) or len(kept) != len(now):
        return kept
    return [{**known, **item} for known, item in zip(now, kept, strict=True)]


def _facts(type_: str, row: Row) -> dict[str, Any]:
    """A record as planning would show it to the rules, without what only planning knows."""
    facts = {**offered(row), "type": type_, "module": _MODULES.get(type_, "projects")}
    if type_ == "time_entry":
        facts["general"] = row["kind"] == "general" if row.get("kind") else None
    if type_ == "project":
        facts["project"] = str(row.get("name") or row["external_id"])
        if "client_id" in row:
            facts["primary_client"] = row["client_id"]
    return facts


class Deciding:
    """A rulebook asked about the past: one decider for each set of answers, no shadow counted."""

    def __init__(self, ws: Workspace, book: Rulebook, decision: str) -> None:
        self._book = book
        self._decision = decision
        self._places = ws.rules.places()
        self._made: dict[tuple[Any, ...], Decider | Routed] = {}

    def of(self, params: Mapping[str, Any]) -> Decider | Routed:
        """The decider under these answers of the set-up."""
        key = tuple(sorted((n, repr(v)) for n, v in params.items()))
        if key not in self._made:
            self._made[key] = self._book.decider(self._decision, params=params, places=self._places)
        return self._made[key]

    def pack_for(self, past: Past) -> Pack:
        """The file that would decide it."""
        decider = self.of(past.params)
        if isinstance(decider, Routed):
            return decider.pack_for(past.subject)
        return self._book.packs[self._decision]


def hits(ws: Workspace) -> dict[tuple[str, str], RuleHits]:
    """Stored decisions by decision point and rule."""
    return {(h.decision, h.by): h for h in ws.store.history.hits()}
