"""What an answer or a found record proves: whose it is, and its receipt."""

from collections.abc import Mapping
from typing import Any

from tallystick.errors import OutcomeUnknown
from tallystick.model.fold import fold_email, fold_marker
from tallystick.model.operation import Operation, Receipt

from tallystick_zoho_books import mapping
from tallystick_zoho_books.reading import ITEMS, OWN_IDS
from tallystick_zoho_books.values import FieldError, Raw, ident

MARKED = {
    "contact": "notes",
    "project": "description",
    "task": "description",
    "time_entry": "notes",
}
"""Where our marker stands, by record type; an invoice has a reference, a user its address."""


def ours(operation: Operation, raw: Raw) -> bool:
    """Return True when the record carries the operation's reference, marker or address."""
    if operation.type == "transaction":
        return raw.get("reference_number") == operation.reference
    if operation.type == "user":
        wanted = fold_email(operation.payload.get("email"))
        return bool(wanted) and fold_email(address(raw)) == wanted
    return fold_marker(_text(raw, MARKED[operation.type])) == operation.marker


def foreign_marker(operation: Operation, raw: Raw) -> bool:
    """Return True when the record was made for another operation of ours."""
    found = fold_marker(_text(raw, MARKED[operation.type]))
    return found not in ("", operation.marker)


def address(raw: Raw) -> str:
    """The e-mail address of a user, of a list or a single record; "" when there is none."""
    try:
        return str(mapping.user(raw).get("email") or "")
    except FieldError:
        return ""


def row_of(type: str, raw: Raw) -> dict[str, Any] | None:
    """The record as canonical row; None when a field cannot be read, though it is there."""
    try:
        if type == "task":
            return mapping.task(raw, str(raw.get("project_id") or ""))
        return ITEMS[type][2](raw)
    except FieldError:
        return None


def receipt_of(type: str, raw: Any) -> Receipt:
    """The receipt of a record. Raises OutcomeUnknown when it is no record with an id."""
    if not isinstance(raw, Mapping):
        raise OutcomeUnknown("The answer names no record.")
    try:
        external_id = ident(raw, OWN_IDS[type])
    except FieldError as error:
        raise OutcomeUnknown("The answer names no id.") from error
    return Receipt(external_id, row_of(type, raw), str(raw.get("invoice_number") or ""))


def _text(raw: Raw, name: str) -> str:
    return str(raw.get(name) or "")
