"""Stored records, and everything that was decided about one (R-223)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tallystick.app.answer_history import last_answer
from tallystick.app.decision_log import INTEGRATION
from tallystick.app.integrations import record
from tallystick.app.ledger import claim_view
from tallystick.app.results_billing import ClaimView
from tallystick.app.results_records import DecisionView, RecordList, WhyView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError
from tallystick.model.catalogue import FieldType
from tallystick.model.decision import Decision
from tallystick.model.record import RecordKey, Row
from tallystick.records.base import Record
from tallystick.store import DecisionData

_DEFAULT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "time_entry": ("external_id", "work_date", "minutes", "kind", "billable", "approval"),
    "contact": ("external_id", "name", "email", "currency", "status"),
    "project": ("external_id", "name", "client_id", "billing_method", "currency"),
    "task": ("external_id", "name", "project_id", "completed"),
    "user": ("external_id", "name", "email", "status"),
    "transaction": ("external_id", "number", "reference", "status", "total_minor", "currency"),
}
_SENTENCES = {
    "unbilled": "is unbilled: it can go on the next invoice",
    "opening_invoiced": "counts as INVOICED (opening): it is in the accounts as non-billable and "
    "is not offered for billing",
    "non_billable": "is not billable and will not be invoiced",
    "held": "is held back",
    "claimed": "is claimed by an invoice that is being made",
    "in_doubt": "is in doubt: an invoice was sent and its outcome is not known yet",
    "invoiced": "is INVOICED",
    "tombstone": "was deleted where it was logged",
}


_FIRST = 5
"""Own columns that the list of a plugin's type shows unless told."""
_HOLDS = {True: "yes", False: "no", None: "unknown"}


def _connections(ws: Workspace) -> list[str]:
    row = record(ws, None) if len(ws.config.integrations) == 1 else None
    return [row.source_id, row.target_id] if row else list(ws.config.connections)


def listing(
    ws: Workspace,
    type: str,
    *,
    where: Mapping[str, str] | None = None,
    sort: str | None = None,
    limit: int = 50,
    columns: Sequence[str] | None = None,
) -> RecordList:
    """Stored records of one type, both sides."""
    types = ws.rules.catalogue()
    if type not in types:
        raise ConfigError(
            f"There is no record type {type}.", code="CFG-12", fix=f"Types: {', '.join(types)}."
        )
    fields = types[type].fields
    shown = tuple(columns or ("connection_id", *_DEFAULT_COLUMNS.get(type, _first(fields))))
    for name in (*shown, *(where or {}), *((sort,) if sort else ())):
        if name.lstrip("-") not in fields:
            raise ConfigError(f"{type} has no column {name}.", code="CFG-12")
    found = ws.store.records.search(type, where=dict(where or {}), sort=sort, limit=limit)
    total = ws.store.records.total(type, where=dict(where or {}))
    rows = tuple({name: row.get(name) for name in shown} for row in found)
    return RecordList(type, shown, rows, total)


def _first(fields: Mapping[str, FieldType]) -> tuple[str, ...]:
    """The first columns of a type that says nothing about it: its id, then its own."""
    own = [n for n in fields if n not in Record.model_fields]
    return ("external_id", *own[:_FIRST])


def find(ws: Workspace, ref: str) -> tuple[RecordKey, Row]:
    """The record `type:id` or `connection/type:id` names; the source side wins."""
    path, _, external_id = ref.partition(":")
    # a plugin's type has a stroke of its own
    known = ws.rules.catalogue()
    connection, _, type_ = ("", "", path) if path in known else path.partition("/")
    if not type_:
        connection, type_ = "", connection
    if not external_id or not type_:
        raise ConfigError(
            f"{ref} names no record.", code="CFG-12", fix="Write TYPE:ID, such as time_entry:123."
        )
    if type_ not in known:
        raise ConfigError(f"There is no record type {type_}.", code="CFG-12")
    for candidate in [connection] if connection else _connections(ws):
        key = RecordKey(candidate, type_, external_id)
        row = ws.store.records.get(key)
        if row is not None:
            return key, row
    raise ConfigError(
        f"{ref} is not stored here.", code="CFG-12", fix=f"`tallystick records list {type_}`"
    )


def show(ws: Workspace, ref: str) -> Mapping[str, Any]:
    """One record, with the other side's if the two are linked."""
    key, row = find(ws, ref)
    other = _other(ws, key)
    return {
        "record": dict(row),
        "other": dict(ws.store.records.get(other) or {}) if other else None,
    }


def _other(ws: Workspace, key: RecordKey) -> RecordKey | None:
    for name in ws.config.integrations:
        row = record(ws, name)
        if key.connection_id == row.source_id:
            pair = ws.store.links.by_source(key.connection_id, key.type).get(key.external_id)
            return RecordKey(row.target_id, pair[0], pair[1]) if pair else None
        if key.connection_id == row.target_id:
            back = ws.store.links.by_target(key.connection_id, key.type).get(key.external_id)
            return RecordKey(row.source_id, back[0], back[1]) if back else None
    return None


def why(ws: Workspace, ref: str) -> WhyView:
    """Where a record stands, and every decision about it, newest first.

    `integration:NAME` is an integration, about which is decided when it is switched on again.
    """
    kind, _, named = ref.partition(":")
    if kind == INTEGRATION:
        return _of_integration(ws, named)
    key, row = find(ws, ref)
    state = ws.store.states.get_many(key.connection_id, [key.external_id]).get(key.external_id)
    entry = key.type == "time_entry" and state is not None
    codes = state.codes if entry and state else ()
    decisions = decision_views(ws, ws.store.decisions.for_record(key))
    claim = _claim(ws, key)
    other = _other(ws, key)
    return WhyView(
        record=str(key),
        title=_title(row),
        headline=_headline(state.state if entry and state else None, codes, claim, decisions),
        facts=_facts(row),
        other_side=f"{other.connection_id}/{other}" if other else None,
        state=state.state if entry and state else None,
        codes=tuple(codes),
        claim=claim,
        decisions=decisions,
        answered=last_answer(ws, key),
    )


def _of_integration(ws: Workspace, name: str) -> WhyView:
    row = record(ws, name)
    key = RecordKey(row.source_id, INTEGRATION, row.name)
    facts = {"portal": row.portal_name, "disabled": row.disabled_at}
    return WhyView(
        record=str(key),
        title=row.name,
        headline=f"is {row.state}",
        facts={n: v for n, v in facts.items() if v is not None},
        other_side=None,
        state=None,
        codes=(),
        claim=None,
        decisions=decision_views(ws, ws.store.decisions.for_record(key)),
    )


def _headline(
    state: str | None,
    codes: Sequence[str],
    claim: ClaimView | None,
    decisions: Sequence[DecisionView],
) -> str:
    if state is None:
        return f"last decision: {decisions[0].outcome}" if decisions else "nothing was decided yet"
    words = _SENTENCES.get(state, state)
    if claim is not None and claim.invoice:
        words += f" by {claim.invoice} in {claim.invoice_system}"
    return words + (f" ({', '.join(codes)})" if codes else "")


def _claim(ws: Workspace, key: RecordKey) -> ClaimView | None:
    stored = ws.store.settings.connection(key.connection_id)
    system = ws.config.connections[key.connection_id].system
    container = stored.container_id if stored else None
    for claim in ws.store.outbox.claims():
        same = (claim.system, claim.container_id, claim.kind, claim.source_id)
        if same == (system, container, key.type, key.external_id):
            return claim_view(claim)
    return None


def _title(row: Row) -> str:
    if row.get("work_date") is not None:
        minutes = int(row.get("minutes") or 0)
        return f"{row['work_date']}  {minutes // 60} h {minutes % 60:02d} min"
    return str(row.get("name") or row.get("number") or row["external_id"])


def _facts(row: Row) -> dict[str, Any]:
    hidden = {"content_hash", "first_seen_run", "last_seen_run", "extra", "marker"}
    return {k: v for k, v in row.items() if k not in hidden and v not in (None, "")}


def decision_views(ws: Workspace, rows: Sequence[DecisionData]) -> tuple[DecisionView, ...]:
    """Stored decisions in words; of those in one row only the first has the row's number."""
    seen: set[int] = set()
    views = []
    for row in rows:
        view = decision_view(ws, row)
        views.append(replace(view, id=None, kept_with=row.id) if row.id in seen else view)
        seen.add(row.id)
    return tuple(views)


def decision_view(ws: Workspace, row: DecisionData) -> DecisionView:
    """A stored decision in words; words that were not kept are made from the stored subject."""
    because, place, nearest, fix = row.because, row.place, row.nearest, row.fix
    evidence = tuple(row.evidence)
    book = ws.rules.book()
    pack = book.packs.get(row.decision)
    if pack is not None and pack.hash == row.pack_hash:
        decider = book.decider(row.decision)
        decision = Decision(row.decision, row.outcome, row.by, row.code)
        words = decider.explain(decision, book.typed(row.decision, row.subject))
        nearest = words.nearest
        if not because:
            because, place, fix = words.because, words.place, words.fix
            evidence = ()
        if not evidence:
            evidence = tuple(
                {"path": e.path, "value": e.value, "test": e.test, "holds": e.holds}
                for e in words.evidence
            )
    elif not because:
        because = "The rule file has changed since; this is what the decision saw."
    return DecisionView(
        row.id,
        row.at,
        row.decision,
        row.outcome,
        row.by,
        row.code,
        because,
        fix,
        place,
        nearest,
        tuple({**e, "holds": _HOLDS[e["holds"]]} for e in evidence),
        row.pack_hash,
        row.versions,
    )
