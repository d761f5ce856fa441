"""From what can be billed to the one operation that makes the draft (R-151…R-164)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tallystick.app.billable_policies import dated
from tallystick.app.billables import Billables
from tallystick.app.invoice_rates import frozen_rates
from tallystick.app.results_billing import DoubtView
from tallystick.app.workspace import Workspace
from tallystick.bill import BillLine
from tallystick.errors import Refused
from tallystick.model.operation import Action, Because, ClaimKey, Operation, invoice_reference
from tallystick.model.record import RecordKey

_WAITS = frozenset({"RATE-01", "TS-10", "INV-02"})
"""Codes of work that qualifies, and is kept off a bill by something that can end."""


def refuse_unbillable(found: Billables, doubts: Sequence[DoubtView] = ()) -> None:
    """Refuse what cannot become an invoice, with the first reason that stands in the way.

    `doubts` are the project's bills of unknown outcome, which are named when nothing else is left.
    """
    if found.customer_id is None:
        raise Refused(
            f"{found.project_name} has no customer yet.",
            code="INV-04",
            fix="Choose one: --customer ID.",
        )
    if found.customer_currency and found.customer_currency != found.currency:
        raise Refused(
            f"The customer is billed in {found.customer_currency}, the project in "
            f"{found.currency}.",
            code="INV-05",
            fix="Choose a customer with the project's currency.",
        )
    if found.blocked is not None:
        code, reason = found.blocked
        raise Refused(reason, code=code)
    if found.lines or found.expense_lines:
        return
    _refuse_nothing(found, doubts)


def _refuse_nothing(found: Billables, doubts: Sequence[DoubtView]) -> None:
    """Say of a bill that would be empty what holds its work: other bills, or what it waits for."""
    billed = [o for code in ("INV-01", "TSK-03") for o in found.left_out if o.code == code]
    waiting = [o for o in found.left_out if o.code in _WAITS]
    waits = [
        f"{_counted(number, 'entry waits', 'entries wait')} for {code}"
        for code, number in sorted(Counter(o.code for o in waiting).items())
    ]
    held = ", ".join([*waits, *(_parked(d) for d in doubts)])
    if not billed:
        raise Refused(
            f"Nothing to bill on {found.project_name}" + (f": {held}." if held else "."),
            code="INV-10",
            fix=doubts[0].fix
            if doubts
            else "`tallystick billing preview` lists why not, entry by entry.",
        )
    other = len(found.left_out) - len(billed) - len(waiting)
    rest = _counted(other, "more does not qualify", "more do not qualify")
    raise Refused(
        (f"{held}; all other" if held else "All")
        + f" work that qualifies is invoiced already: {billed[0].reason}"
        + (f" {rest}." if rest else ""),
        code=billed[0].code,
        fix=doubts[0].fix
        if doubts
        else "`tallystick billing ledger` shows which invoice holds what.",
        record=billed[0].record,
        rule=billed[0].rule,
    )


def _parked(doubt: DoubtView) -> str:
    entries = _counted(doubt.entries, "entry is", "entries are") or "work is"
    return f"{entries} in doubt: {doubt.reference} over {doubt.total} has no known outcome (INV-03)"


def _counted(number: int, one: str, more: str) -> str:
    """A number with its words; nothing for 0."""
    return f"{number} {one if number == 1 else more}" if number else ""


def invoice_operation(ws: Workspace, found: Billables) -> Operation:
    """The draft with its claims and its reference, one generation after any released bill."""
    setting = found.setting
    claims = [
        ClaimKey(setting.source.system, setting.source.container_id, "time_entry", i, m)
        for line in found.lines
        for i, m in line.parts
    ]
    claims += [
        ClaimKey(setting.target.system, setting.target.container_id, "expense", i)
        for line in found.expense_lines
        for i in line.source_ids
    ]
    generation = ws.store.outbox.generation(claims)
    reference = invoice_reference(
        setting.target.container_id,
        setting.source.container_id,
        str(found.customer_id),
        [(c.kind, c.source_id) for c in claims],
        generation,
    )
    lines = [_payload_line(found, line, expense=False) for line in found.lines]
    lines += [_payload_line(found, line, expense=True) for line in found.expense_lines]
    total = sum(line["amount_minor"] for line in lines)
    return Operation(
        reference=reference,
        action=Action.CREATE,
        type="transaction",
        connection_id=setting.target.connection_id,
        title=f"Invoice of {found.project_name}",
        payload={
            "kind": "invoice",
            "customer_id": found.customer_id,
            "currency": found.currency,
            "date": dated(ws, found),
            "lines": lines,
            "total_minor": total,
            "rates": frozen_rates(ws, found),
            "tolerance_minor": ws.rules.policies().get("invoicing.total_tolerance"),
        },
        because=Because("invoice_line.add", found.rule, found.rule_place, "Not billed before."),
        source=RecordKey(setting.source.connection_id, "project", found.project_id),
        claims=tuple(claims),
        generation=generation,
        module="timesheets",
    )


def _payload_line(found: Billables, line: BillLine, *, expense: bool) -> dict[str, Any]:
    ids = list(line.source_ids)
    return {
        "name": line.name,
        "description": line.description,
        "quantity": str(line.quantity),
        "rate": str(line.rate),
        "amount_minor": line.amount.minor,
        "project_id": found.target_project_id,
        "time_entry_ids": [] if expense else [found.targets[i] for i in ids],
        "expense_id": ids[0] if expense else None,
    }
