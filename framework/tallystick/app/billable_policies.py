"""What the policies say of an invoice: how it is priced, dated, and who may pay for it."""

from collections.abc import Sequence
from datetime import date

from tallystick.app.billable_values import Billables
from tallystick.app.workspace import Workspace
from tallystick.bill import Entry, Pricing, Rounding
from tallystick.decide import Policies
from tallystick.errors import Refused
from tallystick.model.record import RecordKey, Row


def pricing_of(policies: Policies) -> Pricing:
    """How entries become amounts (P-12…P-15, P-24)."""
    return Pricing(
        Rounding(policies.get("rounding.time.mode"), policies.get("rounding.time.step")),
        policies.get("rounding.money_mode"),
        policies.get("rounding.money_grain"),
        policies.get("rounding.zero_result"),
        policies.get("rates.zero_rate"),
    )


def rate_warnings(entries: Sequence[Entry], pricing: Pricing) -> list[str]:
    """What to say of work that is billed at a rate of 0 (R-140)."""
    free = sum(e.rate == 0 for e in entries)
    if not free or pricing.zero_rate != "warn":
        return []
    what = "1 time entry is" if free == 1 else f"{free} time entries are"
    return [f"{what} billed at a rate of 0."]


def other_warnings(found: Billables) -> list[str]:
    """What to say of a customer who is not the project's in the accounts (R-153, P-37).

    Whether the accounts take a project's work on such a bill is not documented.
    """
    if found.other_customer is None:
        return []
    text = (
        f"In the accounts the project's customer is {found.other_customer}, not "
        f"{found.customer_name}: they may refuse work of the project on this bill, or leave its "
        "outcome unknown (INV-03)."
    )
    return [text]


def watch_budget(ws: Workspace, found: Billables, project: Row) -> None:
    """Warn where more was logged than the budget, or let nothing be billed (R-144, P-25).

    Exactly at the budget is not over it.
    """
    budget = project.get("budget_minutes")
    if not budget:
        return
    source, where = found.setting.source.connection_id, {"project_id": found.project_id}
    rows = ws.store.records.scan(source, "time_entry", columns=("minutes",), where=where)
    logged = sum(int(row["minutes"] or 0) for row in rows)
    if logged <= int(budget):
        return
    text = f"{_hours(logged)} were logged on {found.project_name}; its budget is {_hours(budget)}."
    if ws.rules.policies().get("budget.overrun") == "block":
        found.blocked = found.blocked or ("PRJ-09", text)
    else:
        found.warnings.append(text)


def _hours(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60:02d} min"


def dated(ws: Workspace, found: Billables) -> date:
    """The date of the invoice: today, or the end of a locked period where P-21 says so (R-158)."""
    if ws.rules.policies().get("periods.closed_period") != "redate":
        return found.invoice_date
    target = found.setting.target.connection_id
    rows = ws.store.records.scan(target, "organization")
    locks: list[date] = [r["lock_date"] for r in rows if r.get("lock_date") is not None]
    return max([found.invoice_date, *locks])


def refuse_other_customer(ws: Workspace, found: Billables) -> None:
    """Refuse a customer who is not the primary client, where P-37 forbids one (R-153)."""
    if ws.rules.policies().get("invoicing.other_customer") != "forbidden":
        return
    source = found.setting.source.connection_id
    project = ws.store.records.get(RecordKey(source, "project", found.project_id)) or {}
    client = str(project.get("client_id") or "")
    primary = ws.store.links.targets(source, "contact", [client]).get(client) if client else None
    if primary is not None and found.customer_id not in {None, primary}:
        raise Refused(
            f"{found.customer_name} is not the primary client of {found.project_name}.",
            code="INV-04",
            fix="Leave the customer out, or allow others: invoicing.other_customer in "
            "rules/policies.yaml.",
        )
