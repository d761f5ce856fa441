"""What planning needs from the store, fetched set by set, never record by record."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tallystick.app.workspace import Workspace
from tallystick.model.connection import Cutoff, CutoffMode
from tallystick.model.record import Row
from tallystick.plan.context import Context, Decider, Setting, Side, Sink
from tallystick.plan.entries import Known, entry_marker
from tallystick.store import IntegrationData

BATCH = 2000
_RISKY = frozenset({"invoiced", "opening_invoiced", "in_doubt", "tombstone"})


def setting_of(ws: Workspace, row: IntegrationData) -> Setting:
    """The integration's answers as planning reads them."""

    def side(connection_id: str) -> Side:
        stored = ws.store.settings.connection(connection_id)
        system = ws.config.connections[connection_id].system
        return Side(connection_id, system, (stored.container_id if stored else None) or "")

    return Setting(
        integration=row.name,
        source=side(row.source_id),
        target=side(row.target_id),
        modules=frozenset(row.modules),
        general_timesheets=row.general_timesheets,
        on_duplicate=row.on_duplicate,
        cutoff=Cutoff(CutoffMode(row.cutoff_mode), row.cutoff),
        first_sync_at=row.approved_at,
    )


def deciders(ws: Workspace, setting: Setting) -> dict[str, Decider]:
    """The decision points of a sync, with this integration's settings."""
    fixed = {"integration": setting.facts}
    return {
        "contact.match": ws.rules.decider(
            "contact.match", params={"on_duplicate": setting.on_duplicate}
        ),
        **{
            f"contact.match:{answer}": ws.rules.decider(
                "contact.match", params={"on_duplicate": answer}
            )
            for answer in ("clone", "overwrite", "skip")
        },
        "record.fetch": ws.rules.decider("record.fetch", fixed=fixed),
        "record.push": ws.rules.decider("record.push"),
    }


def context_of(ws: Workspace, setting: Setting, sink: Sink, answers: Mapping[str, str]) -> Context:
    """The shared context of the module planners."""
    source, target = setting.source.connection_id, setting.target.connection_id
    links: dict[tuple[str, str], tuple[str, str]] = {}
    for type_ in ("contact", "project", "user", "task", "bug", "general"):
        for source_id, pair in ws.store.links.by_source(source, type_).items():
            links[type_, source_id] = pair
    targets: dict[str, dict[str, Row]] = {}
    markers: dict[str, tuple[str, str]] = {}
    for type_ in ("contact", "project", "task", "user"):
        rows: dict[str, Row] = {r["external_id"]: r for r in ws.store.records.scan(target, type_)}
        targets[type_] = rows
        markers.update(
            {r["marker"]: (type_, r["external_id"]) for r in rows.values() if r.get("marker")}
        )
    return Context(
        setting=setting,
        deciders=deciders(ws, setting),
        sink=sink,
        links=links,
        targets=targets,
        markers=markers,
        changes=ws.store.outbox.changes(source),
        answers=answers,
    )


class Customers:
    """The customers of the target, found by folded name or e-mail address."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            if row.get("contact_type") != "customer":
                continue
            for column in ("name_key", "email_key"):
                if row.get(column):
                    self._by.setdefault((column, row[column]), []).append(row)

    def alike(self, incoming: Row) -> list[Row]:
        """Customers that share a name or an e-mail address with an incoming contact."""
        found = {
            row["external_id"]: row
            for column in ("name_key", "email_key")
            for row in self._by.get((column, str(incoming.get(column) or "")), ())
        }
        return [found[key] for key in sorted(found)]


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the store knows of all time entries of a run, indexed once."""

    linked: Mapping[str, str]
    claims: Mapping[str, tuple[str, str | None]]
    signatures: Mapping[tuple[Any, ...], str]


def entry_facts(ws: Workspace, setting: Setting) -> EntryFacts:
    """Links, claims and look-alike signatures of the source's time entries."""
    source = setting.source
    links = ws.store.links.by_source(source.connection_id, "time_entry")
    claims = {
        c.source_id: (c.state, c.invoice_number or c.invoice_id)
        for c in ws.store.outbox.claims()
        if (c.system, c.container_id, c.kind) == (source.system, source.container_id, "time_entry")
    }
    return EntryFacts(
        {source_id: pair[1] for source_id, pair in links.items()},
        claims,
        _signatures(ws, setting),
    )


def _signatures(ws: Workspace, setting: Setting) -> dict[tuple[Any, ...], str]:
    """Entries that a re-entry could repeat: user, project, task, date, minutes -> id (R-119)."""
    if setting.first_sync_at is None:
        return {}
    found: dict[tuple[Any, ...], str] = {}
    connection = setting.source.connection_id
    rows = ws.store.records.scan(connection, "time_entry", include_deleted=True)
    for batch in batched(rows, BATCH):
        states = ws.store.states.get_many(connection, [r["external_id"] for r in batch])
        for row in batch:
            state = states.get(row["external_id"])
            if state is None or state.state not in _RISKY:
                continue
            if state.state == "tombstone" and state.former_state not in _RISKY:
                continue
            found[signature(row)] = row["external_id"]
    return found


def signature(row: Row) -> tuple[Any, ...]:
    """What two time entries that are the same work have in common."""
    return tuple(
        row.get(n) for n in ("user_id", "project_id", "task_id", "bug_id", "work_date", "minutes")
    )


def known_entries(
    ws: Workspace, context: Context, facts: EntryFacts
) -> Iterator[tuple[Row, Known]]:
    """Every source time entry with what is known of it, in the order of its id."""
    source = context.setting.source.connection_id
    rows = ws.store.records.scan(source, "time_entry", include_deleted=True)
    for batch in batched(rows, BATCH):
        yield from _known_batch(ws, context, facts, batch)


def _known_batch(
    ws: Workspace, context: Context, facts: EntryFacts, batch: list[Row]
) -> Iterator[tuple[Row, Known]]:
    source = context.setting.source.connection_id
    target = context.setting.target.connection_id
    ids = [row["external_id"] for row in batch]
    states = ws.store.states.get_many(source, ids)
    target_ids = [facts.linked[i] for i in ids if i in facts.linked]
    targets = ws.store.records.many(target, "time_entry", target_ids) if target_ids else {}
    adopted = _adopted(ws, context, [i for i in ids if i not in facts.linked])
    for row in batch:
        external_id = row["external_id"]
        linked_id = facts.linked.get(external_id)
        claim = facts.claims.get(external_id, (None, None))
        prior = states.get(external_id)
        twin = facts.signatures.get(signature(row)) if prior is None else None
        yield (
            row,
            Known(
                target=targets.get(linked_id) if linked_id else None,
                adopted=adopted.get(external_id),
                linked_id=linked_id,
                claim_state=claim[0],
                claim_invoice=claim[1],
                prior=prior,
                lookalike=twin is not None and twin != external_id,
            ),
        )


def _adopted(ws: Workspace, context: Context, ids: list[str]) -> dict[str, str]:
    """Unlinked source entries whose marker a target entry carries already."""
    if not ids:
        return {}
    wanted = {entry_marker(context, external_id): external_id for external_id in ids}
    rows = ws.store.records.scan(
        context.setting.target.connection_id,
        "time_entry",
        columns=("external_id", "marker"),
        where={"marker": list(wanted)},
    )
    return {wanted[row["marker"]]: row["external_id"] for row in rows}


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of at most `size` rows."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
