"""The decisions of plugins: each is asked of every record of its type, set by set, in each sync."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tallystick.app.assembly import BATCH, batched
from tallystick.app.collect import Gathering
from tallystick.app.workspace import Workspace
from tallystick.decide import Decider
from tallystick.decide.routing import Routed
from tallystick.model.catalogue import Input
from tallystick.model.decision import Decision, DecisionPoint
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Issue, Taken, offered
from tallystick.records.base import Record
from tallystick.records.catalogue import CANONICAL
from tallystick.store import IntegrationData

Subject = Mapping[str, Any]


def own_modules(ws: Workspace, row: IntegrationData) -> dict[str, list[tuple[str, str]]]:
    """By plugin with a part in this integration, its types that are read: (connection, type)."""
    words = ws.host.words
    found: dict[str, list[tuple[str, str]]] = {}
    for connection_id in (row.source_id, row.target_id) if words.owners else ():
        for type_ in ws.connector(connection_id).reads:
            if type_ in ws.own_types:
                found.setdefault(words.owners[type_], []).append((connection_id, type_))
    for point in ws.host.decision_points:
        if "/" not in point.asked_of:
            found.setdefault(words.owners[point.name], [])
    return found


def ask_plugins(
    ws: Workspace,
    row: IntegrationData,
    sink: Gathering,
    modules: Mapping[str, Sequence[tuple[str, str]]],
) -> None:
    """Ask the decisions of these plugins about all their records, on both sides.

    A decision is stored when it is new or changed; one with a code is a warning in the list of
    errors. One that no usable rule file takes is not asked.
    """
    packs = ws.rules.book().packs
    for module, types in modules.items():
        for connection_id, type_ in types:
            sink.count(module, "read", ws.store.records.count(connection_id, type_))
    for point in ws.host.decision_points:
        module = ws.host.words.owners[point.name]
        if point.name not in packs or module not in modules:
            continue
        decider = ws.rules.decider(point.name, integration=row.name)
        for connection_id in (row.source_id, row.target_id):
            for key, record, subject in subjects(ws, point, connection_id):
                decision = decider(subject)
                version = str(record.get("content_hash") or "")
                sink.taken(Taken(key, decision, subject, decider, version))
                if decision.code is not None:
                    said = _said(decider, decision, subject)
                    sink.issue(_issue(module, key, record, said, decision.code))
    sink.finish()


def subjects(
    ws: Workspace, point: DecisionPoint, connection_id: str
) -> Iterator[tuple[RecordKey, Row, Subject]]:
    """The records of one connection that a point is asked of, each with its inputs."""
    asked = point.asked_of
    if not _stored(ws, asked):
        return
    for batch in batched(ws.store.records.scan(connection_id, asked), BATCH):
        found = _inputs(ws, point, connection_id, batch)
        for record in batch:
            id_ = record["external_id"]
            given = {head: values[id_] for head, values in found.items() if id_ in values}
            yield RecordKey(connection_id, asked, id_), record, given


def _stored(ws: Workspace, type_: str) -> bool:
    return "/" not in type_ or type_ in ws.own_types


def _inputs(
    ws: Workspace, point: DecisionPoint, connection_id: str, batch: Sequence[Row]
) -> dict[str, dict[str, Any]]:
    """By input, what each record of a batch has there; what is not known is left out."""
    classes = {cls.type_name: cls for cls in (*CANONICAL, *ws.host.record_types)}
    found: dict[str, dict[str, Any]] = {}
    for head, wanted in point.inputs.items():
        type_ = wanted.types[0]
        if not _stored(ws, type_):
            continue
        if wanted.many:
            column = _refers(classes[type_], point.asked_of)
            found[head] = _children(ws, connection_id, wanted, column, batch)
        elif type_ == point.asked_of:
            found[head] = {row["external_id"]: _seen(row, wanted) for row in batch}
        else:
            column = _refers(classes[point.asked_of], type_)
            found[head] = _parents(ws, connection_id, wanted, column, batch)
    return found


def _refers(child: type[Record], parent: str) -> str:
    return next(column for column, type_ in child.parents.items() if type_ == parent)


def _parents(
    ws: Workspace, connection_id: str, wanted: Input, column: str, batch: Sequence[Row]
) -> dict[str, Any]:
    """The record that each of a batch refers to, where it is there."""
    ids = sorted({str(row[column]) for row in batch if row.get(column)})
    rows = ws.store.records.many(connection_id, wanted.types[0], ids)
    alive = {i: _seen(r, wanted) for i, r in rows.items() if r.get("deleted_at") is None}
    return {
        row["external_id"]: alive[str(row[column])]
        for row in batch
        if row.get(column) and str(row[column]) in alive
    }


def _children(
    ws: Workspace, connection_id: str, wanted: Input, column: str, batch: Sequence[Row]
) -> dict[str, Any]:
    """The records that refer to each of a batch, in the order of their ids."""
    found: dict[str, Any] = {row["external_id"]: [] for row in batch}
    rows = ws.store.records.scan(connection_id, wanted.types[0], where={column: list(found)})
    for row in rows:
        found[row[column]].append(_seen(row, wanted))
    return found


def _seen(row: Row, wanted: Input) -> Row:
    """A row as a rule sees it: without what its system did not offer, and what is not asked for."""
    known = offered(row)
    return {n: known[n] for n in wanted.only if n in known} if wanted.only else known


def _said(
    decider: Decider | Routed, decision: Decision, subject: Subject
) -> tuple[str, str | None]:
    """Why, and what to do."""
    words = decider.explain(decision, subject, advice=False)
    return words.because, words.fix


def _issue(module: str, key: RecordKey, row: Row, said: tuple[str, str | None], code: str) -> Issue:
    title = str(row.get("name") or row.get("number") or f"{key.type} {key.external_id}")
    return Issue(module, key, title, code, "warn", *said)
