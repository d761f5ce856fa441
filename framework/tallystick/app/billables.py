"""What of a project can be billed now: entries with rates, expenses, and reasons for the rest."""

from zoneinfo import ZoneInfo

from tallystick.app.assembly import setting_of
from tallystick.app.billable_entries import BillableEntries
from tallystick.app.billable_expenses import gather_expenses
from tallystick.app.billable_values import GROUPINGS, Billables, Chosen, LeftOut
from tallystick.app.workspace import Workspace
from tallystick.bill import Rounding, build_lines
from tallystick.errors import ConfigError, Refused
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Setting
from tallystick.store import IntegrationData

__all__ = ["GROUPINGS", "Billables", "Chosen", "LeftOut", "find_project", "gather"]


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
        gather_expenses(ws, found)
    return found


def _head(ws: Workspace, setting: Setting, project: Row, chosen: Chosen, *, zone: str) -> Billables:
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
        invoice_date=ws.clock.now().astimezone(ZoneInfo(zone)).date(),
    )
    if customer is not None and customer.get("status") == "inactive":
        found.blocked = ("CON-06", f"{customer.get('name')} is inactive; re-activate it first.")
    if link is None:
        found.blocked = ("PRJ-03", f"{found.project_name} is not in the accounts yet; sync first.")
    return found
