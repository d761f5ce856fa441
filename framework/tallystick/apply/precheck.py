"""What is looked at afresh just before a write is sent (step 2 of the write protocol)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tallystick.model.connector import Connector
from tallystick.model.operation import Action, ClaimKey, Operation
from tallystick.model.record import Row
from tallystick.store import Store

Refusal = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Precheck:
    """Fresh reads before an invoice: nobody billed, changed or locked what it rests on.

    `source_id` and `target_id` are connection ids; `writable` answers whether the integration
    may still write (R-199).
    """

    store: Store
    connectors: Mapping[str, Connector]
    source_id: str
    target_id: str
    writable: Callable[[], bool]

    def __call__(self, operation: Operation) -> Refusal | None:
        """A refusal as (code, sentence), or None when the operation may be sent."""
        if not self.writable():
            return "INT-02", "The integration is switched off."
        if operation.type != "transaction" or operation.action is not Action.CREATE:
            return None
        # what a dead process left comes back without its claims: the ledger has them
        held = self.store.outbox.held_by(operation.reference)
        operation = replace(operation, claims=held or operation.claims)
        return (
            self._unused(operation)
            or self._accounts(operation)
            or self._earlier(operation)
            or self._source(operation)
            or self._rates(operation)
            or self._expenses(operation)
            or self._period(operation)
        )

    def _unused(self, operation: Operation) -> Refusal | None:
        """No invoice carries the reference yet, void ones included."""
        found = self.connectors[self.target_id].find(operation).matches
        if not found:
            return None
        holder = found[0].number or found[0].external_id
        return "INV-02", f"The invoice {holder} carries this reference already."

    def _accounts(self, operation: Operation) -> Refusal | None:
        """Every entry is unbilled in the accounts, under the customer and project planned."""
        target = self.connectors[self.target_id]
        for project, ids in _entries_by_project(operation.payload["lines"]).items():
            fresh = target.fetch("time_entry", ids, parent=project)
            for external_id in ids:
                row = fresh.get(external_id)
                if row is None:
                    return "TS-08", f"Time entry {external_id} is gone from the accounts."
                if row.get("billed_status") != "unbilled" or row.get("invoice_id"):
                    holder = row.get("invoice_id") or "an invoice"
                    return "INV-01", f"Time entry {external_id} is already on {holder}."
                if row.get("billable") is not True:
                    return "TS-03", f"Time entry {external_id} is not billable in the accounts."
                if row.get("project_id") not in {None, project}:
                    return "TS-08", f"Time entry {external_id} moved to another project there."
            moved = self._customer_moved(project)
            if moved is not None:
                return moved
        return None

    def _customer_moved(self, project: str) -> Refusal | None:
        """The project has the customer it had when the invoice was planned."""
        known = self.store.records.many(self.target_id, "project", [project]).get(project, {})
        if not known.get("client_id"):
            return None
        fresh = self.connectors[self.target_id].fetch("project", [project]).get(project)
        if fresh is None or fresh.get("client_id") == known["client_id"]:
            return None
        return "CFG-07", f"Project {known.get('name') or project} has another customer now."

    def _earlier(self, operation: Operation) -> Refusal | None:
        """Invoices these records were on before are still gone or void."""
        earlier = self.store.outbox.earlier_invoices(operation.claims)
        if not earlier:
            return None
        fresh = self.connectors[self.target_id].fetch("transaction", earlier)
        for invoice_id in earlier:
            row = fresh.get(invoice_id)
            if row is not None and row.get("status") != "void":
                return "INV-02", f"Invoice {row.get('number') or invoice_id} is in force again."
        return None

    def _source(self, operation: Operation) -> Refusal | None:
        """The work is as it was when the invoice was planned: approved, billable, same minutes."""
        claims = [c for c in operation.claims if c.kind == "time_entry"]
        ids = [c.source_id for c in claims]
        if not ids or self.source_id not in self.connectors:
            return None
        stored = self.store.records.many(self.source_id, "time_entry", ids)
        projects = self._source_projects(ids)
        for project, members in projects.items():
            fresh = self.connectors[self.source_id].fetch("time_entry", members, parent=project)
            for claim in claims:
                if claim.source_id not in members:
                    continue
                known = stored.get(claim.source_id, {})
                problem = _changed(claim, fresh.get(claim.source_id), known)
                if problem is not None:
                    return problem
        return None

    def _source_projects(self, ids: Sequence[str]) -> dict[str, list[str]]:
        rows = self.store.records.many(self.source_id, "time_entry", list(ids))
        grouped: dict[str, list[str]] = {}
        for external_id in ids:
            row = rows.get(external_id, {})
            grouped.setdefault(str(row.get("project_id") or ""), []).append(external_id)
        return grouped

    def _rates(self, operation: Operation) -> Refusal | None:
        """The rates that priced the invoice are those of now (R-142)."""
        frozen = operation.payload.get("rates") or ()
        connector = self.connectors.get(self.source_id)
        if connector is None or operation.source is None:
            return None
        for type_ in dict.fromkeys(rate["type"] for rate in frozen):
            known = {str(rate["id"]): rate for rate in frozen if rate["type"] == type_}
            fresh = connector.fetch(type_, list(known), parent=operation.source.external_id)
            for external_id, rate in known.items():
                problem = _repriced(rate, fresh.get(external_id))
                if problem is not None:
                    return "RATE-02", problem
        return None

    def _expenses(self, operation: Operation) -> Refusal | None:
        ids = [line["expense_id"] for line in operation.payload["lines"] if line.get("expense_id")]
        if not ids:
            return None
        fresh = self.connectors[self.target_id].fetch("expense", ids)
        stored = self.store.records.many(self.target_id, "expense", ids)
        for external_id in ids:
            row = fresh.get(external_id)
            if row is None or row.get("status") != "unbilled":
                return "EXP-03", f"Expense {external_id} is no longer free to bill."
            known = stored.get(external_id, {})
            changed = [n for n in _EXPENSE if n in row and row[n] != known.get(n)]
            if changed:
                return "CFG-07", f"Expense {external_id} changed since the plan: {changed[0]}."
        return None

    def _period(self, operation: Operation) -> Refusal | None:
        """Invoices are not dated before the lock date (R-158)."""
        rows = list(self.store.records.scan(self.target_id, "organization"))
        lock = next((r["lock_date"] for r in rows if r.get("lock_date")), None)
        if lock is not None and str(operation.payload["date"]) < str(lock):
            return "INV-06", f"The period before {lock} is locked."
        return None


def _entries_by_project(lines: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for line in lines:
        grouped.setdefault(str(line.get("project_id") or ""), []).extend(
            str(i) for i in line.get("time_entry_ids", ())
        )
    return {project: ids for project, ids in grouped.items() if ids}


def _repriced(frozen: Mapping[str, Any], row: Row | None) -> str | None:
    """In what a rate, or the way of pricing, differs from the one that was planned with."""
    what = f"{frozen['type'].replace('_', ' ')} {(row or {}).get('name') or frozen['id']}"
    if row is None:
        return f"The rate of {what} is gone since the plan."
    if "method" in frozen and row.get("billing_method", frozen["method"]) != frozen["method"]:
        return f"{what} is billed by {row['billing_method']} now, not by {frozen['method']}."
    if "rate" not in frozen or "rate" not in row:
        return None
    before, now = (None if r is None else Decimal(str(r)) for r in (frozen["rate"], row["rate"]))
    if before == now:
        return None
    return f"The rate of {what} is {now} now, it was {before} when the invoice was planned."


_EXPENSE = ("amount_minor", "currency", "billable", "project_id", "customer_id")
_WORK = ("work_date", "project_id", "task_id", "bug_id", "user_id")
"""What decides whether, where and at which rate work is billed."""


def _changed(claim: ClaimKey, row: Row | None, known: Row) -> Refusal | None:
    if row is None:
        return "TS-08", f"Time entry {claim.source_id} was deleted since the plan."
    if row.get("invoice_id"):
        return "INV-01", f"Time entry {claim.source_id} was invoiced where it was logged."
    if row.get("approval") != "approved":
        return "TS-04", f"Time entry {claim.source_id} is no longer approved."
    if row.get("billable") is not True:
        return "TS-03", f"Time entry {claim.source_id} is no longer billable."
    if row.get("minutes") != claim.minutes:
        return "TS-08", f"Time entry {claim.source_id} has other minutes than planned."
    changed = [n for n in _WORK if n in row and row[n] != known.get(n)]
    if changed:
        return "TS-08", f"Time entry {claim.source_id} changed since the plan: {changed[0]}."
    return None
