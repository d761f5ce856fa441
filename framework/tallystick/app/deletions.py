"""What was deleted where it was made and still stands in the accounts (R-055, R-056, R-098).

Nothing is deleted here: a connector has no such operation. Each is told with what can be done, by
whether work on it is billed, and goes from the list once it is gone from the accounts too.
"""

from collections.abc import Iterator, Mapping

from tallystick.app.workspace import Workspace
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Issue, Setting

_KEPT = {
    "project": (
        "PRJ-06",
        "{name} was deleted where it was made; work of it is on invoices, so the accounts keep it.",
        "Keep it and mark it inactive in the accounts, or delete its transactions, then it.",
    ),
    "task": (
        "TSK-04",
        "{name} was deleted where it was made; time on it is on invoices, so the accounts keep it.",
        "Keep it in the accounts.",
    ),
}
_FREE = {
    "project": (
        "PRJ-08",
        "{name} was deleted where it was made; nothing of it is billed.",
        "Delete it in the accounts too.",
    ),
    "task": (
        "TSK-04",
        "{name} was deleted where it was made; nothing on it is billed.",
        "Delete it in the accounts too.",
    ),
}
_MODULES = {"project": "projects", "task": "tasks"}


def deletion_issues(ws: Workspace, setting: Setting) -> list[Issue]:
    """A warning for each deleted project and task whose other half is still there."""
    return [issue for type_ in _MODULES for issue in _of(ws, setting, type_)]


def _of(ws: Workspace, setting: Setting, type_: str) -> Iterator[Issue]:
    source = setting.source.connection_id
    pairs = ws.store.links.by_source(source, type_)
    known = ws.store.records.many(source, type_, list(pairs))
    gone = {i: row for i, row in known.items() if row.get("deleted_at") is not None}
    if not gone:
        return
    standing = ws.store.records.many(
        setting.target.connection_id, type_, [pairs[i][1] for i in gone]
    )
    billed = _billed(ws, setting, f"{type_}_id")
    for external_id, row in sorted(gone.items()):
        if _there(standing.get(pairs[external_id][1])):
            words = (_KEPT if external_id in billed else _FREE)[type_]
            yield _issue(RecordKey(source, type_, external_id), row, words)


def _there(row: Row | None) -> bool:
    """True while the accounts show it as in use."""
    return (
        row is not None
        and row.get("deleted_at") is None
        and row.get("absent_since_run") is None
        and row.get("status") != "inactive"
    )


def _issue(key: RecordKey, row: Mapping[str, object], words: tuple[str, str, str]) -> Issue:
    code, reason, fix = words
    name = str(row.get("name") or key.external_id)
    return Issue(_MODULES[key.type], key, name, code, "warn", reason.format(name=name), fix)


def _billed(ws: Workspace, setting: Setting, column: str) -> set[str]:
    """Projects or tasks of whose time a claim in force holds something."""
    ids = [
        c.source_id
        for c in ws.store.outbox.claims()
        if (c.system, c.container_id, c.kind)
        == (setting.source.system, setting.source.container_id, "time_entry")
    ]
    rows = ws.store.records.many(setting.source.connection_id, "time_entry", ids)
    return {str(row.get(column)) for row in rows.values()}
