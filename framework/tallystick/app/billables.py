"""What of a project can be billed now: entries with rates, expenses, and reasons for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tallystick.app.assembly import setting_of
from tallystick.app.workspace import Workspace
from tallystick.bill import BillLine, Entry, RateBook, Rounding, build_lines, expense_line
from tallystick.errors import Refused
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Decider, EntryState, Setting
from tallystick.store import ClaimData, IntegrationData

GROUPINGS = ("single_line", "all_entries", "by_task", "by_user", "by_task_user")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person asked to bill; `until` is the last work date, inclusive (R-147)."""

    project: str
    until: date | None = None
    customer: str | None = None
    grouping: str = "by_task"
    with_expenses: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not billed, and why."""

    record: str
    title: str
    minutes: int
    code: str
    reason: str


@dataclass(slots=True)
class Billables:
    """Everything an invoice of one project needs."""

    setting: Setting
    chosen: Chosen
    project_id: str
    project_name: str
    target_project_id: str | None
    customer_id: str | None
    customer_name: str | None
    customer_currency: str | None
    currency: str
    billing_method: str
    invoice_date: date
    lines: list[BillLine] = field(default_factory=list)
    expense_lines: list[BillLine] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    blocked: tuple[str, str] | None = None
    rule: str = ""
    rule_place: str = ""


def find_project(ws: Workspace, setting: Setting, wanted: str) -> Row:
    """The source project of that id, name or target id; several of a name must be told apart."""
    source = setting.source.connection_id
    row = ws.store.records.get(RecordKey(source, "project", wanted))
    if row is not None:
        return row
    by_target = ws.store.links.by_target(setting.target.connection_id, "project").get(wanted)
    if by_target is not None:
        found = ws.store.records.get(RecordKey(source, "project", by_target[1]))
        if found is not None:
            return found
    named = [
        r
        for r in ws.store.records.scan(source, "project")
        if str(r.get("name") or "").casefold() == wanted.casefold()
    ]
    if len(named) == 1:
        return named[0]
    what = "Several projects are" if named else "No project is"
    raise Refused(
        f"{what} called {wanted}.",
        code="INV-10",
        fix="`tallystick records list project` names the ids.",
    )


def gather(ws: Workspace, row: IntegrationData, chosen: Chosen) -> Billables:
    """Judge every entry and expense of a project by rule and price what may be billed."""
    if chosen.grouping not in GROUPINGS:
        raise Refused(
            f"There is no grouping {chosen.grouping}.",
            code="CFG-06",
            fix=f"Groupings: {', '.join(GROUPINGS)}.",
        )
    setting = setting_of(ws, row)
    project = find_project(ws, setting, chosen.project)
    found = _head(ws, setting, project, chosen)
    entries = _Entries(ws, found, project)
    entries.judge()
    if found.billing_method == "fixed_cost":
        found.blocked = ("PRJ-05", "A fixed cost project is billed by its fee, not by its hours.")
        return found
    policies = ws.rules.policies()
    rounding = Rounding(policies.get("rounding.time.mode"), policies.get("rounding.time.step"))
    lines, dropped = build_lines(
        entries.priced(),
        grouping=chosen.grouping,
        currency=found.currency,
        rounding=rounding,
        mode=policies.get("rounding.money_mode"),
    )
    found.lines = lines
    found.left_out += [
        LeftOut(f"time_entry:{d.source_id}", d.title, d.minutes, d.code, d.reason) for d in dropped
    ]
    if chosen.with_expenses and found.customer_id is not None:
        _expenses(ws, found)
    return found


def _head(ws: Workspace, setting: Setting, project: Row, chosen: Chosen) -> Billables:
    source_id = project["external_id"]
    link = ws.store.links.by_source(setting.source.connection_id, "project").get(source_id)
    target = setting.target.connection_id
    books = ws.store.records.get(RecordKey(target, "project", link[1])) if link else None
    customer_id = chosen.customer or (books or {}).get("client_id")
    customer = (
        ws.store.records.get(RecordKey(target, "contact", customer_id)) if customer_id else None
    )
    if chosen.customer and customer is None:
        raise Refused(f"There is no customer {chosen.customer}.", code="INV-04")
    currency = project.get("currency") or (books or {}).get("currency")
    currency = currency or (customer or {}).get("currency")
    if currency is None:
        raise Refused(f"{project.get('name')} has no currency.", code="PRJ-04")
    found = Billables(
        setting=setting,
        chosen=chosen,
        project_id=source_id,
        project_name=str(project.get("name") or source_id),
        target_project_id=link[1] if link else None,
        customer_id=customer_id if customer else None,
        customer_name=(customer or {}).get("name"),
        customer_currency=(customer or {}).get("currency"),
        currency=str(currency),
        billing_method=str(project.get("billing_method") or ""),
        invoice_date=ws.clock.now().date(),
    )
    if customer is not None and customer.get("status") == "inactive":
        found.blocked = ("CON-06", f"{customer.get('name')} is inactive; re-activate it first.")
    if link is None:
        found.blocked = ("PRJ-03", f"{found.project_name} is not in the accounts yet; sync first.")
    return found


class _Entries:
    """The time entries of one project, judged and priced."""

    def __init__(self, ws: Workspace, found: Billables, project: Row) -> None:
        self._ws = ws
        self._found = found
        self._project = project
        self._decider: Decider = ws.rules.decider("invoice_line.add")
        self._source = found.setting.source
        self._free: list[Row] = []

    def judge(self) -> None:
        """Sort every entry of the project into free to bill, or left out with a reason."""
        ws, source = self._ws, self._source.connection_id
        rows = list(
            ws.store.records.scan(
                source, "time_entry", where={"project_id": self._found.project_id}
            )
        )
        ids = [r["external_id"] for r in rows]
        states = ws.store.states.get_many(source, ids)
        claims = self._claims(set(ids))
        links = ws.store.links.by_source(source, "time_entry")
        tasks = {r["external_id"]: r for r in ws.store.records.scan(source, "task")}
        task_claims = _task_claims(rows, claims)
        for row in sorted(rows, key=lambda r: (str(r.get("work_date")), r["external_id"])):
            external_id = row["external_id"]
            held = claims.get(external_id, []) + task_claims.get(str(row.get("task_id")), [])
            refusal = self._refusal(row, states.get(external_id), held, tasks)
            if refusal is None and external_id not in links:
                refusal = ("TS-13", "It is not in the accounts yet; sync first.")
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
    ) -> tuple[str, str] | None:
        until = self._found.chosen.until
        if until is not None and row.get("work_date") is not None and row["work_date"] > until:
            return "TS-14", f"It is dated after {until}."
        subject = self._subject(row, claims, tasks)
        decision = self._decider(subject)
        if decision.outcome != "allow":
            words = self._decider.explain(decision, subject)
            return decision.code or "INV-02", words.because
        if not self._found.rule:
            words = self._decider.explain(decision, subject)
            self._found.rule, self._found.rule_place = decision.by, words.place
        if state is None or state.state != "unbilled":
            code = state.codes[0] if state and state.codes else "TS-13"
            return code, _state_reason(state)
        return None

    def _subject(self, row: Row, claims: Sequence[Any], tasks: Mapping[str, Row]) -> dict[str, Any]:
        task = tasks.get(str(row.get("task_id")))
        return {
            "line": {"kind": "time_entry", "ref": f"time_entry:{row['external_id']}"},
            "task": {
                "name": task.get("name") if task else "General",
                "completed": task.get("completed") if task else False,
            },
            "time_entry": row,
            "claims": [
                {
                    "kind": c["kind"] if isinstance(c, dict) else c.kind,
                    "status": c["status"] if isinstance(c, dict) else c.state,
                    "invoice": c["invoice"]
                    if isinstance(c, dict)
                    else (c.invoice_number or c.invoice_id or "an operation under way"),
                    "system": c["system"] if isinstance(c, dict) else c.invoice_system,
                }
                for c in claims
            ],
        }

    def _leave(self, row: Row, code: str, reason: str) -> None:
        minutes = int(row.get("minutes") or 0)
        title = f"{row.get('work_date')} {minutes // 60} h {minutes % 60:02d} min"
        self._found.left_out.append(
            LeftOut(f"time_entry:{row['external_id']}", title, minutes, code, reason)
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
        return [_entry(row, names, rates) for row in self._free]


def _entry(row: Row, names: Mapping[str, Mapping[str, Row]], rates: RateBook) -> Entry:
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
    )


def _task_claims(
    rows: Sequence[Row], claims: Mapping[str, Sequence[ClaimData]]
) -> dict[str, list[dict[str, Any]]]:
    """Claims on a task: a task is invoiced when an entry of it is (domain: derived)."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for claim in claims.get(row["external_id"], ()):
            if row.get("task_id") and claim.state == "invoiced":
                found.setdefault(str(row["task_id"]), []).append(
                    {
                        "kind": "task",
                        "status": claim.state,
                        "invoice": claim.invoice_number or claim.invoice_id,
                        "system": claim.invoice_system,
                    }
                )
    return {task: items[:1] for task, items in found.items()}


def _state_reason(state: EntryState | None) -> str:
    if state is None:
        return "It was not judged yet; sync first."
    return {
        "opening_invoiced": "It counts as invoiced: its work date is before the cutoff.",
        "non_billable": "It is not billable.",
        "held": f"It is held: {', '.join(state.codes)}.",
    }.get(state.state, f"It is {state.state}.")


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _expenses(ws: Workspace, found: Billables) -> None:
    """Expenses made for this project and this customer only (R-187, R-188)."""
    target = found.setting.target
    decider = ws.rules.decider("invoice_line.add")
    claims = {
        c.source_id: c
        for c in ws.store.outbox.claims()
        if c.kind == "expense"
        and (c.system, c.container_id) == (target.system, target.container_id)
    }
    for row in ws.store.records.scan(target.connection_id, "expense"):
        refusal = _expense_refusal(row, found, decider, claims.get(row["external_id"]))
        title = f"{row.get('date')} {row.get('description') or ''}".strip()
        if refusal is None:
            found.expense_lines.append(expense_line(row, currency=found.currency))
        else:
            found.left_out.append(LeftOut(f"expense:{row['external_id']}", title, 0, *refusal))


def _expense_refusal(
    row: Row, found: Billables, decider: Decider, claim: ClaimData | None
) -> tuple[str, str] | None:
    subject = {
        "line": {"kind": "expense", "ref": f"expense:{row['external_id']}"},
        "task": {"name": "", "completed": False},
        "expense": {
            **row,
            "same_project": row.get("project_id") == found.target_project_id,
            "same_customer": row.get("customer_id") == found.customer_id,
            "same_currency": row.get("currency") == found.currency,
        },
        "claims": []
        if claim is None
        else [
            {
                "kind": "expense",
                "status": claim.state,
                "invoice": claim.invoice_number or claim.invoice_id,
                "system": claim.invoice_system,
            }
        ],
    }
    decision = decider(subject)
    if decision.outcome == "allow":
        return None
    return decision.code or "EXP-01", decider.explain(decision, subject).because
