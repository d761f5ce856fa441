"""Previews: what an invoice would hold, and why the rest stays out (R-146…R-194)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tallystick.app.billables import Billables, Chosen, gather
from tallystick.app.integrations import record
from tallystick.app.results_billing import BillLineView, LeftOutView, PreviewView
from tallystick.app.workspace import Workspace
from tallystick.bill import BillLine
from tallystick.model.codes import CODES
from tallystick.model.money import Money


def preview(
    ws: Workspace,
    name: str | None = None,
    *,
    project: str,
    until: date | None = None,
    customer: str | None = None,
    grouping: str = "by_task",
    with_expenses: bool = False,
) -> PreviewView:
    """What an invoice of a project would hold, what it leaves out, and why."""
    row = record(ws, name)
    wanted = Chosen(project, until, customer, grouping, with_expenses)
    return preview_view(gather(ws, row, wanted))


def expenses(
    ws: Workspace, name: str | None = None, *, project: str, customer: str | None
) -> PreviewView:
    """Expenses of this project and this customer only, and why others are left out (R-187)."""
    row = record(ws, name)
    found = gather(ws, row, Chosen(project, None, customer, "by_task", with_expenses=True))
    view = preview_view(found)
    return replace(
        view,
        lines=(),
        left_out=tuple(x for x in view.left_out if x.record.startswith("expense")),
        total=_total(found.currency, found.expense_lines),
        minutes=0,
    )


def _line(line: BillLine) -> BillLineView:
    return BillLineView(
        line.name,
        line.description,
        str(line.quantity),
        str(line.rate),
        line.amount,
        tuple(line.source_ids),
        line.minutes,
        line.billed_minutes,
    )


def _total(currency: str, lines: Sequence[BillLine]) -> Money:
    """The sum of the printed lines, never computed a second way (R-163)."""
    return Money(sum(line.amount.minor for line in lines), currency)


def preview_view(found: Billables) -> PreviewView:
    """What was gathered, for people."""
    all_lines = [*found.lines, *found.expense_lines]
    return PreviewView(
        project=found.project_id,
        project_name=found.project_name,
        customer=found.customer_id,
        customer_name=found.customer_name,
        currency=found.currency,
        billing_method=found.billing_method,
        grouping=found.chosen.grouping,
        until=found.chosen.until,
        lines=tuple(_line(x) for x in found.lines),
        expenses=tuple(_line(x) for x in found.expense_lines),
        left_out=tuple(
            LeftOutView(o.record, o.title, o.minutes, o.code, o.reason) for o in found.left_out
        ),
        total=_total(found.currency, all_lines),
        minutes=sum(x.minutes for x in found.lines),
        warnings=tuple(found.warnings),
        blocked=found.blocked,
        fix=CODES[found.blocked[0]].fix if found.blocked and found.blocked[0] in CODES else None,
        other_customer=found.other_customer,
    )
