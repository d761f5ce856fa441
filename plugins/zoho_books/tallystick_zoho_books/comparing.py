"""Whether a record that carries our reference or marker says what was to be written; pure.

A service that answers "exists already" names no record. The one that a look-up finds is taken for
ours only when it also says the same: its marker may have been copied with the rest of a record.
Compared is what the service tells of a record, folded as it folds what it is given.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tallystick.model.fold import fold_email, fold_name, fold_phone
from tallystick.model.operation import Operation

from tallystick_zoho_books.receipts import row_of
from tallystick_zoho_books.values import Raw
from tallystick_zoho_books.writing import ADDRESS, NAME_MAX, is_rated, marked

_UNREADABLE = "a field that cannot be read"


def differing(operation: Operation, raw: Raw) -> str:
    """Names of payload fields in which the record differs, "" when there are none.

    A user is known by the address alone (R-064); an invoice is compared by its head and by the
    entries and expenses on it.
    """
    if operation.type == "user":
        return ""
    row = row_of(operation.type, raw)
    if row is None:
        return _UNREADABLE
    payload = operation.payload
    names = [n for n in payload if n in row and payload[n] not in (None, "", {}) and n != "lines"]
    found = [n for n in names if not _same(operation, n, payload[n], row[n])]
    if operation.type == "transaction" and _billed(payload.get("lines")) != _billed_there(raw):
        found.append("lines")
    return ", ".join(found)


def _same(operation: Operation, name: str, wanted: Any, found: Any) -> bool:
    if name == "rate" and operation.type == "project" and not is_rated(operation.payload):
        return True  # it is not sent
    compare = _COMPARED.get(name)
    return compare(wanted, found) if compare else str(wanted) == str(found)


def _name(wanted: Any, found: Any) -> bool:
    return fold_name(str(wanted)[:NAME_MAX]) == fold_name(str(found or "")[:NAME_MAX])


def _text(wanted: Any, found: Any) -> bool:
    """The same words, whatever the space between them; a marker stands behind them there."""
    words = marked(wanted, "X" * 10).rsplit("[ts:", 1)[0].split()
    return str(found or "").rsplit("[ts:", 1)[0].split() == words


def _amount(wanted: Any, found: Any) -> bool:
    try:
        return Decimal(str(wanted)) == Decimal(str(found or 0))
    except InvalidOperation:
        return False


def _address(wanted: Any, found: Any) -> bool:
    if not isinstance(wanted, Mapping) or not isinstance(found, Mapping):
        return False
    sent = [k for k in ADDRESS if wanted.get(k)]
    return all(fold_name(str(wanted[k])) == fold_name(str(found.get(k) or "")) for k in sent)


def _site(wanted: Any, found: Any) -> bool:
    one, two = (str(v or "").casefold().split("://")[-1].rstrip("/") for v in (wanted, found))
    return one == two


_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "name": _name,
    "company_name": _name,
    "email": lambda wanted, found: fold_email(wanted) == fold_email(found),
    "phone": lambda wanted, found: fold_phone(wanted) == fold_phone(found),
    "website": _site,
    "address": _address,
    "notes": _text,
    "description": _text,
    "rate": _amount,
}


def _billed(lines: Any) -> list[str]:
    """Ids of the entries and expenses that lines hold, in order."""
    ids: list[str] = []
    for line in lines if isinstance(lines, Sequence) else ():
        ids += [str(i) for i in line.get("time_entry_ids") or ()]
        ids += [str(line["expense_id"])] if line.get("expense_id") else []
    return sorted(ids)


def _billed_there(raw: Raw) -> list[str]:
    lines = raw.get("line_items")
    return _billed([x for x in lines if isinstance(x, Mapping)] if isinstance(lines, list) else ())
