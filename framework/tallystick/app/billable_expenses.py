"""Expenses that an invoice of a project may hold (R-187…R-194)."""

from tallystick.app.billable_values import BILLED, LEFT_OUT, Billables, LeftOut
from tallystick.app.workspace import Workspace
from tallystick.bill import expense_line
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Decider, Taken
from tallystick.store import ClaimData


def gather_expenses(ws: Workspace, found: Billables) -> None:
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
    key = RecordKey(found.setting.target.connection_id, "expense", row["external_id"])
    version = str(row.get("content_hash", ""))
    found.taken.append(Taken(key, decision, subject, decider, version))
    if decision.outcome in BILLED:
        return None
    return decision.code or LEFT_OUT, decider.explain(decision, subject).because
