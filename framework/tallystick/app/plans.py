"""Plans as stored values: header, numbered operations, and the file a person keeps."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from tallystick.app.drafting import settings_hash
from tallystick.app.results import HeldLine, PlanLine, PlanView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, StalePlan
from tallystick.model.money import Money
from tallystick.model.operation import Operation
from tallystick.model.record import Row
from tallystick.plan.digest import from_json, plan_digest
from tallystick.plan.order import sign
from tallystick.store import PlanData

LINES_SHOWN = 200
FORMAT = "plan/1"
BATCH = 2000


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
    if settings_hash(ws, plan.integration) != plan.header["settings_hash"]:
        raise StalePlan("The integration's settings changed since this plan was made.")
    operations = ws.store.plans.operations(plan.digest)
    while batch := list(islice(operations, BATCH)):
        _check_versions(ws, batch, plan.made_at)


def _gone_since(row: Row, made_at: datetime) -> bool:
    """True when a record was found deleted after the plan; before it, the plan speaks of that."""
    return row["deleted_at"] is not None and row["deleted_at"] > made_at


def _check_versions(ws: Workspace, batch: Sequence[dict[str, Any]], made_at: datetime) -> None:
    seen: dict[tuple[str, str], dict[str, str]] = {}
    for body in batch:
        operation = from_json(body)
        key = operation.source
        version = operation.versions.get(str(key), "")
        if key is not None and version:
            seen.setdefault((key.connection_id, key.type), {})[key.external_id] = version
    for (connection_id, type_), versions in seen.items():
        rows = ws.store.records.many(connection_id, type_, list(versions))
        for external_id, version in versions.items():
            row = rows.get(external_id)
            if row is None or row["content_hash"] != version or _gone_since(row, made_at):
                raise StalePlan(
                    f"{type_}:{external_id} changed since this plan was made.",
                    record=f"{type_}:{external_id}",
                )
