"""The time entries of one project: judged by rule, and priced."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tallystick.app.billable_values import BILLED, LEFT_OUT, Billables, LeftOut
from tallystick.app.workspace import Workspace
from tallystick.bill import Entry, RateBook
from tallystick.errors import RuleAt
from tallystick.model.codes import CODES
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Decider, EntryState, Taken
from tallystick.store import ClaimData


class BillableEntries:
    """The time entries of one project, judged and priced."""

    def __init__(self, ws: Workspace, found: Billables, project: Row) -> None:
        self._ws = ws
        self._found = found
        self._project = project
        self._decider: Decider = ws.rules.decider("invoice_line.add")
        self._source = found.setting.source
        self._free: list[Row] = []
        self._apart: dict[str, str] = {}

    def judge(self) -> None:
        """Sort every entry of the project into free to bill, or left out with a reason."""
        ws, source = self._ws, self._source.connection_id
        where = {"project_id": self._found.project_id}
        everything = list(
            ws.store.records.scan(source, "time_entry", where=where, include_deleted=True)
        )
        rows = [r for r in everything if r.get("deleted_at") is None]
        ids = [r["external_id"] for r in everything]
        states = ws.store.states.get_many(source, ids)
        claims = self._claims(set(ids))
        links = ws.store.links.by_source(source, "time_entry")
        tasks = {r["external_id"]: r for r in ws.store.records.scan(source, "task")}
        task_claims = _task_claims(everything, claims)
        for row in sorted(rows, key=lambda r: (str(r.get("work_date")), r["external_id"])):
            external_id = row["external_id"]
            held = claims.get(external_id, []) + task_claims.get(str(row.get("task_id")), [])
            refusal = self._refusal(row, states.get(external_id), held, tasks)
            if refusal is None and external_id not in links:
                refusal = ("TS-13", "It is not in the accounts yet; sync first.", None)
            if refusal is None:
                self._found.targets[external_id] = links[external_id][1]
                self._free.append(row)
            else:
                self._leave(row, *refusal)

    def _claims(self, ids: set[str]) -> dict[str, list[ClaimData]]:
        found: dict[str, list[ClaimData]] = {}
        for claim in self._ws.store.outbox.claims():
            same = (claim.system, claim.container_id) == (
                self._source.system,
                self._source.container_id,
            )
            if same and claim.source_id in ids:
                found.setdefault(claim.source_id, []).append(claim)
        return found

    def _refusal(
        self,
        row: Row,
        state: EntryState | None,
        claims: Sequence[Any],
        tasks: Mapping[str, Row],
    ) -> tuple[str, str, RuleAt | None] | None:
        until = self._found.chosen.until
        if until is not None and row.get("work_date") is not None and row["work_date"] > until:
            return "TS-14", f"It is dated after {until}.", None
        subject = entry_subject(row, tasks, claims)
        decision = self._decider(subject)
        key = RecordKey(self._source.connection_id, "time_entry", row["external_id"])
        version = str(row.get("content_hash", ""))
        self._found.taken.append(Taken(key, decision, subject, self._decider, version))
        if decision.outcome not in BILLED:
            words = self._decider.explain(decision, subject)
            rule = RuleAt.of(words.by, words.place)
            return decision.code or LEFT_OUT, words.because, rule
        if not self._found.rule:
            words = self._decider.explain(decision, subject)
            self._found.rule, self._found.rule_place = decision.by, words.place
        if state is None or state.state != "unbilled":
            opening = state is not None and state.state == "opening_invoiced"
            code = state.codes[0] if state and state.codes else "TS-15" if opening else "TS-13"
            return code, _state_reason(state), None
        if decision.outcome == "apart":
            self._apart[row["external_id"]] = decision.by
        return None

    def leave_all(self, code: str, reason: str) -> None:
        """Leave out every entry that was free, for a reason of the project."""
        for row in self._free:
            self._leave(row, code, reason, None)
        self._free = []

    def _leave(self, row: Row, code: str, reason: str, rule: RuleAt | None) -> None:
        minutes = int(row.get("minutes") or 0)
        title = f"{row.get('work_date')} {minutes // 60} h {minutes % 60:02d} min"
        self._found.left_out.append(
            LeftOut(f"time_entry:{row['external_id']}", title, minutes, code, reason, rule)
        )

    def priced(self) -> list[Entry]:
        """Free entries with names and rate; RATE-01 and zero rates are left to `build_lines`."""
        ws, source = self._ws, self._source.connection_id
        names = {
            type_: {r["external_id"]: r for r in ws.store.records.scan(source, type_)}
            for type_ in ("task", "bug", "user")
        }
        rates = RateBook(
            method=self._found.billing_method,
            project=_decimal(self._project.get("rate")),
            tasks={i: _decimal(r.get("rate")) for i, r in names["task"].items()},
            users={
                r["user_id"]: _decimal(r.get("rate"))
                for r in ws.store.records.scan(
                    source, "user_rate", where={"project_id": self._found.project_id}
                )
            },
        )
        return [
            _entry(row, names, rates, apart=self._apart.get(row["external_id"], ""))
            for row in self._free
        ]


def entry_subject(row: Row, tasks: Mapping[str, Row], claims: Sequence[Any]) -> dict[str, Any]:
    """What the rules of an invoice's lines see of an entry."""
    task = tasks.get(str(row.get("task_id")))
    return {
        "line": {"kind": "time_entry", "ref": f"time_entry:{row['external_id']}"},
        "task": {
            "name": task.get("name") if task else "General",
            "completed": task.get("completed") if task else False,
        },
        "time_entry": row,
        "claims": [c if isinstance(c, dict) else _claim(c) for c in claims],
    }


def _claim(claim: ClaimData) -> dict[str, Any]:
    return {
        "kind": claim.kind,
        "status": claim.state,
        "invoice": claim.invoice_number or claim.invoice_id or "an operation under way",
        "system": claim.invoice_system,
    }


def task_claim(claim: ClaimData) -> dict[str, Any]:
    """What an invoiced entry's claim means for its task."""
    return {
        "kind": "task",
        "status": claim.state,
        "invoice": claim.invoice_number or claim.invoice_id,
        "system": claim.invoice_system,
    }


def _entry(
    row: Row, names: Mapping[str, Mapping[str, Row]], rates: RateBook, *, apart: str
) -> Entry:
    task = names["task"].get(str(row.get("task_id")), {})
    bug = names["bug"].get(str(row.get("bug_id")), {})
    user = names["user"].get(str(row.get("user_id")), {})
    label = task.get("name") or (f"Bug {bug.get('key')} {bug.get('name')}" if bug else "General")
    return Entry(
        source_id=row["external_id"],
        work_date=row["work_date"],
        minutes=row["minutes"],
        task_id=row.get("task_id") or row.get("bug_id") or "general",
        task_name=str(label),
        user_id=str(row.get("user_id")),
        user_name=str(user.get("name") or ""),
        rate=rates.rate(task_id=row.get("task_id"), user_id=row.get("user_id")),
        notes=str(row.get("notes") or ""),
        apart=apart,
    )


def _task_claims(
    rows: Sequence[Row], claims: Mapping[str, Sequence[ClaimData]]
) -> dict[str, list[dict[str, Any]]]:
    """Claims on a task: a task is invoiced when an entry of it is (domain: derived)."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for claim in claims.get(row["external_id"], ()):
            if row.get("task_id") and claim.state == "invoiced":
                found.setdefault(str(row["task_id"]), []).append(task_claim(claim))
    return {task: items[:1] for task, items in found.items()}


def _title(code: str) -> str:
    """What a code says; one that is not in the catalogue says its own words."""
    return CODES[code].title.lower() if code in CODES else code


def _state_reason(state: EntryState | None) -> str:
    if state is None:
        return "It was not judged yet; sync first."
    return {
        "opening_invoiced": "It counts as invoiced: its work date is before the cutoff.",
        "non_billable": "It is not billable.",
        "held": f"It is held: {', '.join(_title(c) for c in state.codes)}.",
    }.get(state.state, f"It is {state.state}.")


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
