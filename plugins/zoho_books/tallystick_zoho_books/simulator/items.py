"""Items."""

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields, filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, number, said

_FILTERS = {
    "Status.All": None,
    "Status.Active": filters.having("status", "active"),
    "Status.Inactive": filters.having("status", "inactive"),
    "Status.Lowstock": filters.having("item_id"),
}
_PRODUCTS = ("goods", "service", "digital_service")


def make_item(body: Record, now: str, tax: Record) -> Record:
    """An item as it is kept."""
    return {
        "name": fields.required(body, "name", 100),
        "item_name": fields.required(body, "name", 100),
        "status": "active",
        "description": fields.text(body, "description", 2000),
        "rate": fields.amount(body, "rate"),
        "unit": fields.text(body, "unit", 100),
        "tax_id": tax.get("tax_id", ""),
        "tax_name": tax.get("tax_name", ""),
        "tax_percentage": tax.get("tax_percentage", 0),
        "tax_type": tax.get("tax_type", ""),
        "sku": fields.text(body, "sku", 100),
        "product_type": fields.choice(body, "product_type", _PRODUCTS, "goods"),
        "item_type": fields.text(body, "item_type", 40) or "sales",
        "custom_fields": fields.custom_fields(body),
        "created_time": now,
        "last_modified_time": now,
    }


def shown_item(row: Record) -> Record:
    """An item as it is sent."""
    empty = ("purchase_tax_rule_id", "sales_tax_rule_id", "hsn_or_sac", "sat_item_key_code")
    return {
        **row,
        **dict.fromkeys((*empty, "unitkey_code"), ""),
        "rate": number(row["rate"]),
        "item_tax_preferences": [],
        "locations": [],
    }


class Items:
    """Handlers of /items."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /items."""
        books = self._context.books(request)
        rows = self._context.visible(books, "items")
        rows = self._context.chosen(request, rows, _FILTERS)
        rows = filters.texts(request, rows, ("name", "description", "tax_id", "tax_name"))
        rows = filters.numbers(request, rows, ("rate",))
        rows = filters.searched(request, rows, ("name", "description"))
        rows = self._context.modified_since(request, rows)
        sorts = ("name", "rate", "tax_name")
        return self._context.page(request, "items", rows, sorts, shown=shown_item)

    def create(self, request: Request) -> Response:
        """POST /items: name and rate are required."""
        books, body = self._context.books(request), self._context.body(request)
        fields.required(body, "rate")
        made = make_item(body, self._context.stamp(books), self._tax(books, body))
        self._free(books, made["name"])
        record = books.add("items", "item_id", lambda _i: made, self._context.now())
        self._context.effect(record["item_id"])
        path = f"/items/{record['item_id']}"
        return created("item", shown_item(record), "The item has been added.", path)

    def _tax(self, books: Books, body: Record) -> Record:
        if not body.get("tax_id"):
            return {}
        return self._context.reference(books, "taxes", body, "tax_id", "Tax")

    def _free(self, books: Books, name: str, but: str = "") -> None:
        for row in books.rows("items"):
            if row["name"].casefold() == name.casefold() and row["item_id"] != but:
                raise Refusal(400, 1001, f'Item "{name}" already exists.')

    def one(self, request: Request, item_id: str) -> Response:
        """GET /items/{id}."""
        books = self._context.books(request)
        return done("item", shown_item(books.get("items", item_id, "Item")))

    def update(self, request: Request, item_id: str) -> Response:
        """PUT /items/{id}; fields left out stay."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("items", item_id, "Item")
        whole = {**record, "rate": str(record["rate"]), **body}
        made = make_item(whole, self._context.stamp(books), self._tax(books, whole))
        self._free(books, made["name"], item_id)
        kept = {name: record[name] for name in ("status", "created_time")}
        record.update({**made, **kept})
        return done("item", shown_item(record), "Item details have been saved.")

    def delete(self, request: Request, item_id: str) -> Response:
        """DELETE /items/{id}; refused while invoices have it."""
        books = self._context.books(request)
        books.get("items", item_id, "Item")
        used = any(
            line["item_id"] == item_id for i in books.rows("invoices") for line in i["line_items"]
        )
        if used and self._context.switch("refuse_used_delete"):
            raise Refusal(400, 2006, "The item is part of transactions and cannot be deleted.")
        books.remove("items", item_id)
        return said("The item has been deleted.")

    def active(self, request: Request, item_id: str) -> Response:
        """POST /items/{id}/active."""
        self._context.books(request).get("items", item_id, "Item")["status"] = "active"
        return said("The item has been marked as active.")

    def inactive(self, request: Request, item_id: str) -> Response:
        """POST /items/{id}/inactive."""
        self._context.books(request).get("items", item_id, "Item")["status"] = "inactive"
        return said("The item has been marked as inactive.")
