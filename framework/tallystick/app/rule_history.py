"""Stored decisions made ready to be taken again, by another version of their rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from tallystick.app.assembly import setting_of
from tallystick.app.integrations import record
from tallystick.app.workspace import Workspace
from tallystick.decide import Decider, Pack, Rulebook
from tallystick.decide.named import Named
from tallystick.decide.routing import Routed
from tallystick.decide.rulebook import typed_fields, typed_subject
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Setting, offered
from tallystick.store.decision_history import DecisionHistory, RuleHits, Standing

_BATCH = 2000
_INPUT = {"record.fetch": "record", "record.push": "record", "time_entry.status": "time_entry"}
"""The input of a decision that is the record itself."""
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
        self._wanted = _leaves(self._named.of({n: _Any() for n in pack.point.inputs}))
        self._settings: dict[str, Setting | None] = {}
        self.gone = 0
        """Decisions on records that were deleted since, which are left out."""

    def past(self, *, since: datetime | None = None) -> Iterator[Past]:
        """The newest decision of each record that is still there."""
        store = self._ws.store
        found = DecisionHistory(store.database).standing(self._pack.decision, since=since)
        while batch := list(islice(found, _BATCH)):
            rows = self._rows([s.key for s in batch])
            for stored in batch:
                row = rows.get(stored.key)
                if row is None or row.get("deleted_at") is not None:
                    self.gone += 1
                else:
                    yield self._whole(stored, row)

    def _rows(self, keys: list[RecordKey]) -> dict[RecordKey, Row]:
        groups: dict[tuple[str, str], list[str]] = {}
        for key in keys:
            groups.setdefault((key.connection_id, key.type), []).append(key.external_id)
        return {
            RecordKey(connection, type_, id_): row
            for (connection, type_), ids in groups.items()
            for id_, row in self._ws.store.records.many(connection, type_, ids).items()
        }

    def setting(self, name: str) -> Setting | None:
        """The answers of the integration that a decision was taken for, as they are now."""
        if name not in self._settings:
            known = name in self._ws.config.integrations
            self._settings[name] = setting_of(self._ws, record(self._ws, name)) if known else None
        return self._settings[name]

    def _whole(self, stored: Standing, row: Row) -> Past:
        kept = {n: v for n, v in stored.subject.items() if n != "params"}
        subject = kept if stored.whole else self._filled(stored, kept, row)
        before, after = _leaves(self._named.of(kept)), _leaves(self._named.of(subject))
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
        name = _INPUT.get(self._pack.decision)
        if name is not None:
            filled[name] = {**_facts(stored.key.type, row), **(kept.get(name) or {})}
        setting = self.setting(stored.integration)
        if "integration" in self._pack.point.inputs and setting is not None:
            filled["integration"] = {**setting.facts, **(kept.get("integration") or {})}
        return filled

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


def _leaves(found: Mapping[str, Any]) -> frozenset[str]:
    names: list[str] = []
    for head, value in found.items():
        names += [f"{head}.{n}" for n in value] if type(value) is dict else [head]
    return frozenset(names)


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
    found = DecisionHistory(ws.store.database).hits()
    return {(h.decision, h.by): h for h in found}
