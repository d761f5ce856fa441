"""What of a project can be billed now: entries with rates, expenses, and reasons for the rest."""

from zoneinfo import ZoneInfo

from tallystick.app.assembly import setting_of
from tallystick.app.billable_entries import BillableEntries
from tallystick.app.billable_expenses import gather_expenses
from tallystick.app.billable_policies import (
    other_warnings,
    pricing_of,
    rate_warnings,
    watch_budget,
)
from tallystick.app.billable_projects import FIXED, currency_of, obstacle
from tallystick.app.billable_values import GROUPINGS, Billables, Chosen, LeftOut
from tallystick.app.workspace import Workspace
from tallystick.bill import NO_RATE, build_lines
from tallystick.errors import ConfigError, Refused
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Setting
from tallystick.store import IntegrationData

__all__ = ["GROUPINGS", "Billables", "Chosen", "LeftOut", "find_project", "gather"]
_RATES = {
    "project_hours": "The project has no rate per hour where it is kept.",
    "task_hours": "Neither its task nor the project has a rate per hour where they are kept.",
    "staff_hours": "Its author has no rate per hour on the project where it is kept.",
    "": "The project's billing method says no rate.",
}
"""Where the rate of an entry that has none would be entered, by billing method (R-131…R-133)."""


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
    raise ConfigError(
        f"{what} called {wanted}.",
        code="CFG-12",
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
    found = _head(ws, setting, project, chosen, zone=row.zone)
    entries = BillableEntries(ws, found, project)
    entries.judge()
    if found.billing_method == "fixed_cost":
        entries.leave_all("PRJ-05", FIXED)
        return found
    pricing = pricing_of(ws.rules.policies())
    priced = entries.priced()
    lines, dropped = build_lines(
        priced, grouping=chosen.grouping, currency=found.currency, pricing=pricing
    )
    found.lines = lines
    found.warnings += other_warnings(found)
    found.warnings += rate_warnings(priced, pricing)
    watch_budget(ws, found, project)
    no_rate = _RATES.get(found.billing_method, _RATES[""])
    found.left_out += [
        LeftOut(
            f"time_entry:{d.source_id}",
            d.title,
            d.minutes,
            d.code,
            no_rate if (d.code, d.reason) == NO_RATE else d.reason,
        )
        for d in dropped
    ]
    if chosen.with_expenses and found.customer_id is not None:
        gather_expenses(ws, found)
    return found


def _head(ws: Workspace, setting: Setting, project: Row, chosen: Chosen, *, zone: str) -> Billables:
    source_id = project["external_id"]
    source = setting.source.connection_id
    link = ws.store.links.targets(source, "project", [source_id]).get(source_id)
    target = setting.target.connection_id
    books = ws.store.records.get(RecordKey(target, "project", link)) if link else None
    customer_id = chosen.customer or (books or {}).get("client_id")
    customer = (
        ws.store.records.get(RecordKey(target, "contact", customer_id)) if customer_id else None
    )
    if chosen.customer and customer is None:
        raise Refused(f"There is no customer {chosen.customer}.", code="INV-04")
    currency = currency_of(project, books, customer)
    if currency is None:
        raise Refused(f"{project.get('name')} has no currency.", code="PRJ-04")
    held = ws.store.errors.holding(setting.integration, "project").get(source_id)
    stop = obstacle(project, books if link is None else books or {}, customer, held)
    return Billables(
        setting=setting,
        chosen=chosen,
        project_id=source_id,
        project_name=str(project.get("name") or source_id),
        target_project_id=link,
        customer_id=customer_id if customer else None,
        customer_name=(customer or {}).get("name"),
        customer_currency=(customer or {}).get("currency"),
        other_customer=_other(ws, setting, books, chosen),
        currency=currency,
        billing_method=str(project.get("billing_method") or ""),
        invoice_date=ws.clock.now().astimezone(ZoneInfo(zone)).date(),
        # a missing customer is asked for, not an obstacle: a person may name one
        blocked=None if stop is not None and stop[0] == "INV-04" else stop,
    )


def _other(ws: Workspace, setting: Setting, books: Row | None, chosen: Chosen) -> str | None:
    """Who the project's customer in the accounts is, where another was chosen."""
    own = str((books or {}).get("client_id") or "")
    if not own or chosen.customer in {None, own}:
        return None
    row = ws.store.records.get(RecordKey(setting.target.connection_id, "contact", own))
    return str((row or {}).get("name") or own)
