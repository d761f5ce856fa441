"""PUT on a collection: update the record with a unique custom field's value, or create it."""

from collections.abc import Callable

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, invalid
from tallystick_zoho_books.simulator.fields import custom_fields, custom_value


def upsert(
    context: Context,
    request: Request,
    table: str,
    key: str,
    update: Callable[[Books, Record, Record], Response],
    create: Callable[[Request, Books, Record], Response],
) -> Response:
    """Answer one upsert. `key` is the record's id field, the table its list.

    The key and value stand in the headers X-Unique-Identifier-Key and -Value. Requests are
    answered one at a time, so that two at once find one record.
    """
    books, body = context.books(request), context.body(request)
    field = request.headers.get("x-unique-identifier-key", "").strip()
    value = request.headers.get("x-unique-identifier-value", "").strip()
    if not field or not value:
        raise invalid("X-Unique-Identifier-Key")
    for row in books.rows(table):
        if custom_value(row["custom_fields"], field) == value:
            return update(books, row, body)
    if request.headers.get("x-upsert", "").lower() != "true":
        raise Refusal(404, 1002, f"{key.removesuffix('_id').capitalize()} does not exist.")
    if custom_value(custom_fields(body), field) != value:
        named = [{"api_name": field, "value": value}]
        body = {**body, "custom_fields": [*(body.get("custom_fields") or []), *named]}
    return create(request, books, body)
