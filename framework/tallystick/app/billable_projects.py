"""Whether a project can be billed at all: its currency, and what stands in the way."""

from tallystick.model.record import Row
from tallystick.store import ErrorData

FIXED = "A fixed cost project is billed by its fee, not by its hours."


def currency_of(project: Row, books: Row | None, customer: Row | None) -> str | None:
    """The currency of a project's bills: its own, else that of the accounts' side."""
    for row in (project, books, customer):
        if row is not None and row.get("currency"):
            return str(row["currency"])
    return None


def obstacle(
    project: Row, books: Row | None, customer: Row | None, held: ErrorData | None = None
) -> tuple[str, str] | None:
    """Code and sentence of what keeps every entry of a project from a bill, if anything does.

    `books` is the project as the accounts hold it; without it there is no pair to bill on,
    for the reason that `held` tells, else because it waits for its turn.
    """
    name = str(project.get("name") or project["external_id"])
    currency = currency_of(project, books, customer)
    if books is None:
        if held is not None:
            return held.code, held.reason
        return "TS-13", f"{name} is not in the accounts yet; sync first."
    if project.get("billing_method") == "fixed_cost":
        return "PRJ-05", FIXED
    if currency is None:
        return "PRJ-04", f"{name} has no currency."
    if customer is None:
        return "INV-04", f"{name} has no customer yet."
    billed = customer.get("currency")
    if billed and billed != currency:
        return "INV-05", f"The customer is billed in {billed}, the project in {currency}."
    if customer.get("status") == "inactive":
        return "CON-06", f"{customer.get('name')} is inactive; re-activate it first."
    return None
