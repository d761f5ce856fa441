"""What planning needs from the store, fetched set by set, never record by record."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

from tallystick.app.entry_answers import entry_answers
from tallystick.app.workspace import Workspace
from tallystick.model.connection import Cutoff, CutoffMode
from tallystick.model.operation import marker_of
from tallystick.model.record import Row
from tallystick.plan.context import Context, Decider, EntryState, Setting, Side, Sink
from tallystick.plan.entry_facts import Known, entry_reference
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
    decider = partial(ws.rules.decider, integration=setting.integration)
    answers = ("clone", "overwrite", "skip")
    return {
        "contact.match": decider("contact.match", params={"on_duplicate": setting.on_duplicate}),
        **{
            f"contact.match:{answer}": decider("contact.match", params={"on_duplicate": answer})
            for answer in answers
        },
        "record.fetch": decider("record.fetch", fixed={"integration": setting.facts}),
        "record.push": decider("record.push"),
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
        names_taken={str(r.get("name_key") or "") for r in targets["contact"].values()} - {""},
        billed_projects=_billed_projects(ws, setting),
        answers=answers,
        adds_users=ws.rules.policies().get("users.unknown") == "add_inactive",
    )


def _billed_projects(ws: Workspace, setting: Setting) -> frozenset[str]:
    """Source projects of whose time a claim in force holds something (R-050)."""
    ids = [
        c.source_id
        for c in ws.store.outbox.claims()
        if (c.system, c.kind) == (setting.source.system, "time_entry")
    ]
    found: set[str] = set()
    for start in range(0, len(ids), BATCH):
        rows = ws.store.records.many(
            setting.source.connection_id, "time_entry", ids[start : start + BATCH]
        )
        found.update(str(row.get("project_id")) for row in rows.values())
    return frozenset(found)


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


def known_entries(ws: Workspace, context: Context) -> Iterator[tuple[Row, Known]]:
    """Every source time entry with what is known of it, in the order of its id."""
    source = context.setting.source.connection_id
    rows = ws.store.records.scan(source, "time_entry", include_deleted=True)
    for batch in batched(rows, BATCH):
        yield from _known_batch(ws, context, batch)


def _known_batch(ws: Workspace, context: Context, batch: list[Row]) -> Iterator[tuple[Row, Known]]:
    side = context.setting.source
    source, target = side.connection_id, context.setting.target.connection_id
    ids = [row["external_id"] for row in batch]
    # until the first plan was approved, what was judged may be judged otherwise
    first = context.setting.first_sync_at is None
    states = {} if first else ws.store.states.get_many(source, ids)
    linked = ws.store.links.targets(source, "time_entry", ids)
    claims = ws.store.outbox.claims_of(side.system, side.container_id, "time_entry", ids)
    targets = ws.store.records.many(target, "time_entry", list(linked.values())) if linked else {}
    references = {i: entry_reference(context, i) for i in ids if i not in linked}
    adopted = _adopted(ws, context, references)
    answers = entry_answers(context.answers)
    # one that was held as a look-alike stays so until it differs: only a person decides
    fresh = [
        row
        for row in batch
        if row["external_id"] not in states
        or "TS-09" in states[row["external_id"]].codes
        or row["external_id"] in answers
    ]
    lookalikes = _lookalikes(ws, context.setting, fresh)
    for row in batch:
        external_id = row["external_id"]
        claim = claims.get(external_id)
        linked_id = linked.get(external_id)
        yield (
            row,
            Known(
                target=_living(targets.get(linked_id) if linked_id else None),
                target_gone=linked_id in targets and _living(targets[linked_id]) is None,
                adopted=adopted.get(external_id),
                linked_id=linked_id,
                claim_state=claim.state if claim else None,
                claim_invoice=(claim.invoice_number or claim.invoice_id) if claim else None,
                prior=states.get(external_id),
                lookalike=external_id in lookalikes and answers.get(external_id) != "new",
                answer=answers.get(external_id),
                reference=references.get(external_id, ""),
            ),
        )


def _lookalikes(ws: Workspace, setting: Setting, fresh: list[Row]) -> set[str]:
    """New entries that equal one that was invoiced, or counted so, in all that matters (R-119)."""
    if setting.first_sync_at is None or not fresh:
        return set()
    connection = setting.source.connection_id
    dates = sorted({row["work_date"] for row in fresh if row.get("work_date") is not None})
    if not dates:
        return set()
    same_days = ws.store.records.scan(
        connection, "time_entry", where={"work_date": dates}, include_deleted=True
    )
    wanted: dict[tuple[Any, ...], list[str]] = {}
    for row in fresh:
        wanted.setdefault(signature(row), []).append(row["external_id"])
    twins = {
        row["external_id"]: wanted[signature(row)] for row in same_days if signature(row) in wanted
    }
    states = ws.store.states.get_many(connection, sorted(twins))
    return {
        new
        for old, alike in twins.items()
        if old in states and _risky(states[old])
        for new in alike
        if new != old
    }


def _risky(state: EntryState) -> bool:
    """True when the work may stand on an invoice already."""
    if state.state == "tombstone":
        return state.former_state in _RISKY
    return state.state in _RISKY


def signature(row: Row) -> tuple[Any, ...]:
    """What two time entries that are the same work have in common."""
    return tuple(
        row.get(n) for n in ("user_id", "project_id", "task_id", "bug_id", "work_date", "minutes")
    )


def _living(row: Row | None) -> Row | None:
    return None if row is None or row.get("deleted_at") is not None else row


def _adopted(ws: Workspace, context: Context, references: Mapping[str, str]) -> dict[str, str]:
    """Unlinked source entries whose marker a target entry carries already."""
    if not references:
        return {}
    wanted = {marker_of(reference): external_id for external_id, reference in references.items()}
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
