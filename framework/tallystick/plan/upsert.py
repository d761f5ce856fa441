"""From "this record should be there, like so" to create, link, update or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tallystick.model.operation import Action, Because, Operation, marker_of, record_reference
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Context, Standing


@dataclass(frozen=True, slots=True)
class Fills:
    """Fields that take the target id of another source record: `ids` are known now, `later` names
    the operations that make the rest, which `needs` lists in order.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @classmethod
    def of(cls, parents: Mapping[str, Standing]) -> "Fills":
        """By payload field, from the standing of the record that it names."""
        ids = {n: p.target_id for n, p in parents.items() if p.target_id is not None}
        later = {
            n: p.reference
            for n, p in parents.items()
            if p.target_id is None and p.reference is not None
        }
        return cls(ids, later, tuple(sorted(set(later.values()))))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target record that should exist for a source record.

    `payload` is what a new one gets; `follow` names the fields that keep following the source.
    """

    source: RecordKey
    name: str
    type: str
    module: str
    title: str
    payload: Mapping[str, Any]
    follow: tuple[str, ...]
    fills: Fills = Fills()
    version: str = ""
    erases: bool = False
    """An empty value of the payload empties the target's (P-06)."""


def ok(wanted: Wanted, *, target_id: str | None = None, reference: str | None = None) -> Standing:
    """The standing of a source record whose target exists or will exist."""
    return Standing(
        wanted.source.type,
        wanted.source.external_id,
        wanted.name,
        "ok",
        target_id=target_id,
        reference=reference,
    )


def reference_of(context: Context, wanted: Wanted, action: Action) -> str:
    """The operation's reference; changes of one record are numbered."""
    source = wanted.source
    key = context.setting.source.source_key(source.type, source.external_id)
    number = context.changes.get((source.type, source.external_id), 0)
    return record_reference(key, action, 0 if action is Action.CREATE else number)


def differing(
    payload: Mapping[str, Any], row: Row, follow: tuple[str, ...], *, erases: bool = False
) -> dict[str, Any]:
    """Followed fields whose wanted value is known and differs from the target's.

    An empty value does not replace one that the target has, unless it `erases` (P-06).
    """
    changed = {
        name: payload[name]
        for name in follow
        if payload.get(name) not in (None, "") and payload[name] != row.get(name)
    }
    if erases:
        empty = (n for n in follow if n in payload and payload[n] in (None, ""))
        changed |= {n: "" for n in empty if row.get(n) not in (None, "")}
    return changed


def linked_to(context: Context, wanted: Wanted) -> tuple[str, str] | None:
    """The target of the id map, else a target record that carries the marker of our create."""
    pair = context.links.get((wanted.source.type, wanted.source.external_id))
    if pair is not None:
        return pair
    return context.markers.get(marker_of(reference_of(context, wanted, Action.CREATE)))


def place(context: Context, wanted: Wanted, because: Because) -> Standing:
    """Plan what is missing for one source record and say where its target is."""
    pair = linked_to(context, wanted)
    if pair is None:
        return ok(wanted, reference=create(context, wanted, because))
    if (wanted.source.type, wanted.source.external_id) not in context.links:
        link(context, wanted, pair[1], because)
    update(context, wanted, pair[1], because)
    return ok(wanted, target_id=pair[1])


def create(context: Context, wanted: Wanted, because: Because) -> str:
    """Plan a new target record; returns its reference."""
    reference = reference_of(context, wanted, Action.CREATE)
    context.sink.operation(
        Operation(
            reference=reference,
            action=Action.CREATE,
            type=wanted.type,
            connection_id=context.setting.target.connection_id,
            title=wanted.title,
            payload={**wanted.payload, **wanted.fills.ids},
            because=because,
            source=wanted.source,
            fills=wanted.fills.later,
            needs=wanted.fills.needs,
            versions={str(wanted.source): wanted.version},
            module=wanted.module,
        )
    )
    return reference


def link(context: Context, wanted: Wanted, target_id: str, because: Because) -> None:
    """Plan a new pair of the id map; nothing is sent."""
    context.sink.operation(
        Operation(
            reference=reference_of(context, wanted, Action.LINK),
            action=Action.LINK,
            type=wanted.type,
            connection_id=context.setting.target.connection_id,
            title=wanted.title,
            payload={},
            because=because,
            source=wanted.source,
            target_id=target_id,
            versions={str(wanted.source): wanted.version},
            module=wanted.module,
        )
    )


def update(
    context: Context,
    wanted: Wanted,
    target_id: str,
    because: Because,
    row: Row | None = None,
) -> None:
    """Plan the change of followed fields, if any differs."""
    current = row if row is not None else context.targets.get(wanted.type, {}).get(target_id)
    if current is None:
        return
    later = wanted.fills.later
    payload = {**wanted.payload, **wanted.fills.ids}
    changed = differing(payload, current, wanted.follow, erases=wanted.erases)
    pending = {name: later[name] for name in wanted.follow if name in later}
    if not changed and not pending:
        return
    needed = {n: current[n] for n in ("project_id",) if current.get(n)}
    context.sink.operation(
        Operation(
            reference=reference_of(context, wanted, Action.UPDATE),
            action=Action.UPDATE,
            type=wanted.type,
            connection_id=context.setting.target.connection_id,
            title=f"{wanted.title}: {', '.join(sorted({*changed, *pending}))}",
            payload={**needed, **changed},
            because=because,
            source=wanted.source,
            target_id=target_id,
            fills=pending,
            needs=tuple(sorted(set(pending.values()))),
            versions={str(wanted.source): wanted.version},
            module=wanted.module,
        )
    )
