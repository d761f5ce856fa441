"""Plans as stored values: header, numbered operations, and the file a person keeps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from tallystick.app.collect import Collected
from tallystick.app.results import HeldLine, PlanLine, PlanView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, StalePlan
from tallystick.model.money import Money
from tallystick.model.operation import Action, Operation
from tallystick.plan.context import Issue
from tallystick.plan.digest import from_json, plan_digest, to_json
from tallystick.plan.order import sign
from tallystick.store import PlanData, RunData

LINES_SHOWN = 200
FORMAT = "plan/1"
_DEFAULT_QUOTA = 1000


def store_plan(
    ws: Workspace, run: RunData, collected: Collected, *, kind: str, wip: Sequence[Money] = ()
) -> str:
    """Fingerprint and store a plan; returns its digest."""
    digest = plan_digest(
        collected.operations,
        rules_hash=ws.rules.book().hash,
        integration=run.integration,
        kind=kind,
    )
    header = _header(ws, collected, wip)
    bodies = ((o.reference, o.module, to_json(o)) for o in collected.operations)
    ws.store.plans.put(
        PlanData(digest, run.integration, run.id, kind, ws.clock.now(), header), bodies
    )
    return digest


def _header(ws: Workspace, collected: Collected, wip: Sequence[Money]) -> dict[str, Any]:
    operations = collected.operations
    by_module: dict[str, Counter[str]] = {}
    for operation in operations:
        by_module.setdefault(operation.module, Counter())[str(operation.action)] += 1
    calls = remote_calls(ws, operations)
    quota = quota_per_day(ws, operations)
    return {
        "rules_hash": ws.rules.book().hash,
        "counts": dict(Counter(str(o.action) for o in operations)),
        "by_module": {m: dict(c) for m, c in by_module.items()},
        "held": [asdict(h) for h in held_lines(collected.issues)],
        "duplicates": sum(i.code in {"CON-01", "CON-02"} for i in collected.issues),
        "calls": calls,
        "quota_per_day": quota,
        "days": -(-calls // quota) if quota else 0,
        "wip": [asdict(m) for m in wip],
        "operations": len(operations),
    }


def remote_calls(ws: Workspace, operations: Sequence[Operation]) -> int:
    """Remote calls that applying takes."""
    total = 0
    for operation in operations:
        if operation.action is Action.LINK:
            continue
        spec = ws.connector(operation.connection_id).writes.get(operation.type)
        total += spec.calls if spec else 1
    return total


def quota_per_day(ws: Workspace, operations: Sequence[Operation]) -> int:
    """Calls a day that the organization's plan allows; the smallest plan's when unknown."""
    connections = {o.connection_id for o in operations if o.action is not Action.LINK}
    for connection_id in connections:
        connector = ws.connector(connection_id)
        quotas: Mapping[str, int] = getattr(connector, "daily_calls", {})
        for row in ws.store.records.scan(connection_id, "organization"):
            plan = str(row.get("plan") or "").casefold()
            if plan in quotas:
                return quotas[plan]
    return _DEFAULT_QUOTA


def held_lines(issues: Sequence[Issue]) -> list[HeldLine]:
    """Issues grouped by module and code, with examples."""
    groups: dict[tuple[str, str], list[Issue]] = {}
    for issue in issues:
        if issue.kind != "warn":
            groups.setdefault((issue.module, issue.code), []).append(issue)
    return [
        HeldLine(
            module,
            code,
            len(found),
            found[0].reason,
            tuple(i.title for i in found[:3]),
        )
        for (module, code), found in groups.items()
    ]


def plan_view(ws: Workspace, digest: str, *, lines: int = LINES_SHOWN) -> PlanView:
    """A stored plan as people see it."""
    plan = _stored(ws, digest)
    header = plan.header
    shown = []
    for number, body in enumerate(ws.store.plans.operations(digest), start=1):
        if number > lines:
            break
        shown.append(_line(ws, number, from_json(body)))
    return PlanView(
        digest=plan.digest,
        integration=plan.integration,
        kind=plan.kind,
        made_at=plan.made_at,
        rules_hash=header["rules_hash"],
        counts=header["counts"],
        by_module=header["by_module"],
        held=tuple(HeldLine(**{**h, "examples": tuple(h["examples"])}) for h in header["held"]),
        duplicates=header["duplicates"],
        calls=header["calls"],
        days=header["days"],
        quota_per_day=header["quota_per_day"],
        wip=tuple(Money(**m) for m in header["wip"]),
        lines=tuple(shown),
        total_lines=header["operations"],
        approved_at=plan.approved_at,
        applied_at=plan.applied_at,
    )


def _line(ws: Workspace, number: int, operation: Operation) -> PlanLine:
    system = ws.config.connections[operation.connection_id].system
    because = operation.because
    return PlanLine(
        number=number,
        sign=sign(operation),
        verb=str(operation.action),
        target=f"{system}/{operation.type}",
        title=operation.title,
        rule=f"{because.decision} > {because.rule}",
        place=because.place,
        because=because.sentence,
        reference=operation.reference,
    )


def _stored(ws: Workspace, digest: str) -> PlanData:
    plan = ws.store.plans.get(digest)
    if plan is None:
        raise ConfigError(
            f"There is no plan {digest} here.",
            code="CFG-09",
            fix="Plan again: tallystick sync plan -o FILE.",
        )
    return plan


def write_file(ws: Workspace, digest: str, path: Path) -> None:
    """Write a plan to a file: a header line, then one operation a line (JSON lines)."""
    plan = _stored(ws, digest)
    head = {
        "tallystick": FORMAT,
        "digest": digest,
        "integration": plan.integration,
        "kind": plan.kind,
        "header": plan.header,
    }
    try:
        with path.open("wb") as file:
            file.write(orjson.dumps(head) + b"\n")
            for body in ws.store.plans.operations(digest):
                file.write(orjson.dumps(body) + b"\n")
    except OSError as error:
        raise ConfigError(
            f"The plan cannot be written to {path}: {error.strerror}.", code="CFG-10"
        ) from None


def load_plan(ws: Workspace, plan: Path | str) -> PlanData:
    """The stored plan that a digest or a plan file names.

    A file whose operations are not what its digest says is refused (CFG-09).
    """
    if isinstance(plan, str) and plan.startswith("p-") and not Path(plan).exists():
        return _stored(ws, plan)
    path = Path(plan)
    try:
        lines = path.read_bytes().splitlines()
        head = orjson.loads(lines[0])
        operations = [from_json(orjson.loads(line)) for line in lines[1:]]
        digest = str(head["digest"])
        fingerprint = plan_digest(
            operations,
            rules_hash=head["header"]["rules_hash"],
            integration=head["integration"],
            kind=head["kind"],
        )
    except OSError as error:
        raise ConfigError(
            f"The plan {path} cannot be read: {error.strerror}.", code="CFG-09"
        ) from None
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError, ValueError):
        raise ConfigError(f"{path} is not a plan file.", code="CFG-09") from None
    if fingerprint != digest:
        raise ConfigError(
            f"{path} was changed: its operations are not those of {digest}.", code="CFG-09"
        )
    return _stored(ws, digest)


def check_fresh(ws: Workspace, plan: PlanData) -> None:
    """Raise `StalePlan` when a rule or a record changed since the plan was made."""
    if ws.rules.book().hash != plan.header["rules_hash"]:
        raise StalePlan("The rules changed since this plan was made.")
    seen: dict[tuple[str, str], dict[str, str]] = {}
    for body in ws.store.plans.operations(plan.digest):
        operation = from_json(body)
        if operation.source is None:
            continue
        key = operation.source
        version = operation.versions.get(str(key), "")
        if version:
            seen.setdefault((key.connection_id, key.type), {})[key.external_id] = version
    for (connection_id, type_), versions in seen.items():
        rows = ws.store.records.many(connection_id, type_, list(versions))
        for external_id, version in versions.items():
            row = rows.get(external_id)
            if row is None or row["content_hash"] != version:
                raise StalePlan(
                    f"{type_}:{external_id} changed since this plan was made.",
                    record=f"{type_}:{external_id}",
                )
