"""A plan being written: its operations, fingerprint and counts grow together, in bounded memory."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tallystick.app.results import HeldLine
from tallystick.app.workspace import Workspace
from tallystick.model.money import Money
from tallystick.model.operation import Action, Operation, canonical_json
from tallystick.plan.context import Issue
from tallystick.plan.digest import Digest, body_of
from tallystick.store import PlanData, RunData

BATCH = 1000
_DEFAULT_QUOTA = 1000


class PlanDraft:
    """Takes operations in plan order and stores them in batches; `seal` makes them the plan."""

    def __init__(self, ws: Workspace, run: RunData, kind: str) -> None:
        self._ws = ws
        self._run = run
        self._kind = kind
        self._rules_hash = ws.rules.book().hash
        self._digest = Digest(self._rules_hash, run.integration, kind)
        self._buffer: list[tuple[str, str, str]] = []
        self._number: Counter[tuple[str, Action, str, str]] = Counter()
        self._name = ws.store.plans.open_draft(
            integration=run.integration, run_id=run.id, now=ws.clock.now()
        )

    def add(self, operation: Operation) -> None:
        """Take the next operation."""
        self.written(operation, operation.reference, body_of(operation).decode())

    def written(self, like: Operation, reference: str, body: str) -> None:
        """Take the next operation as `body_of` writes it; it is `like` this one but for values."""
        self._digest.add(body.encode())
        self._number[like.module, like.action, like.type, like.connection_id] += 1
        self._buffer.append((reference, like.module, body))
        if len(self._buffer) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        first = self._digest.count - len(self._buffer) + 1
        self._ws.store.plans.append(self._name, first, self._buffer)
        self._buffer = []

    def seal(self, issues: Sequence[Issue] = (), wip: Sequence[Money] = ()) -> str:
        """Store the header and give the plan its name; returns the digest."""
        self._flush()
        digest = self._digest.value()
        run = self._run
        self._ws.store.plans.seal(
            self._name,
            PlanData(
                digest,
                run.integration,
                run.id,
                self._kind,
                self._ws.clock.now(),
                self._header(issues, wip),
            ),
        )
        return digest

    def _header(self, issues: Sequence[Issue], wip: Sequence[Money]) -> dict[str, Any]:
        by_module, called = self._counted()
        counts: Counter[str] = sum(by_module.values(), Counter())
        calls = called.total()
        quota = min((quota_per_day(self._ws, c) for c in called), default=_DEFAULT_QUOTA)
        return {
            "rules_hash": self._rules_hash,
            "settings_hash": settings_hash(self._ws, self._run.integration),
            "counts": dict(counts),
            "by_module": {m: dict(c) for m, c in by_module.items()},
            "held": [asdict(h) for h in held_lines(issues)],
            "duplicates": sum(i.code in {"CON-01", "CON-02"} for i in issues),
            "calls": calls,
            "quota_per_day": quota,
            "days": -(-calls // quota) if quota else 0,
            "wip": [asdict(m) for m in wip],
            "operations": self._digest.count,
        }

    def _counted(self) -> tuple[dict[str, Counter[str]], Counter[str]]:
        """Operations by module and action, and calls by connection."""
        by_module: dict[str, Counter[str]] = {}
        calls: Counter[str] = Counter()
        for (module, action, type_, connection_id), number in self._number.items():
            by_module.setdefault(module, Counter())[str(action)] += number
            if action is not Action.LINK:
                spec = self._ws.connector(connection_id).writes.get(type_)
                calls[connection_id] += number * (spec.calls if spec else 1)
        return by_module, calls


def plan_one(ws: Workspace, run: RunData, operation: Operation) -> str:
    """A stored plan of one operation."""
    draft = PlanDraft(ws, run, "invoice")
    draft.add(operation)
    return draft.seal()


def settings_hash(ws: Workspace, integration: str) -> str:
    """A fingerprint of the answers that a plan of this integration rests on."""
    row = ws.store.settings.integration(integration)
    parts = row and [
        row.portal_id,
        row.modules,
        row.cutoff_mode,
        row.cutoff,
        row.general_timesheets,
        row.on_duplicate,
        row.answers,
    ]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()[:16]


def quota_per_day(ws: Workspace, connection_id: str) -> int:
    """Calls a day that the organization's plan allows; the smallest plan's when unknown."""
    quotas: Mapping[str, int] = getattr(ws.connector(connection_id), "daily_calls", {})
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
