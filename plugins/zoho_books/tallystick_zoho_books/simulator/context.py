"""What every handler needs: the organization of a request, its body, clock, switches."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.envelope import Record, Refusal, invalid, page, stamp

FilterValues = Mapping[str, Callable[[Record], bool] | None]


class Context:
    """One simulator's surroundings, shared by its handlers."""

    def __init__(
        self,
        organizations: Mapping[str, Books],
        now: Callable[[], datetime],
        switch: Callable[[str], Any],
        effect: Callable[[str], None],
    ) -> None:
        self._organizations = organizations
        self.now = now
        self.switch = switch
        self.effect = effect

    def books(self, request: Request) -> Books:
        """The organization a request names; it must name one."""
        wanted = organization_of(request)
        if not wanted:
            raise Refusal(400, 6, "The parameter organization_id is missing.")
        found = self._organizations.get(wanted)
        if found is None:
            raise Refusal(
                int(self.switch("foreign_organization_status")),
                6041,
                f"This user is not associated with the CompanyID/CompanyName:{wanted[:40]}.",
            )
        return found

    def body(self, request: Request) -> Record:
        """The JSON body, or the JSON of the form field JSONString."""
        try:
            body = request.json()
        except ValueError:
            raise Refusal(400, 4, "Invalid JSON passed.") from None
        if not isinstance(body, dict):
            raise Refusal(400, 4, "A JSON object is expected.")
        return body

    def stamp(self, books: Books) -> str:
        """The present as Books writes it."""
        return stamp(self.now(), books.zone)

    def today(self, books: Books) -> date:
        """The calendar date in the organization's zone."""
        return self.now().astimezone(ZoneInfo(books.zone)).date()

    def visible(self, books: Books, table: str) -> list[Record]:
        """Records that lists show now."""
        return books.visible(table, self.now(), float(self.switch("list_lag_seconds")))

    def chosen(
        self, request: Request, rows: Sequence[Record], values: FilterValues
    ) -> list[Record]:
        """Rows that fit filter_by."""
        return filters.chosen(request, rows, values, strict=bool(self.switch("strict_parameters")))

    def page(
        self,
        request: Request,
        key: str,
        rows: Sequence[Record],
        sorts: Sequence[str] = (),
        *,
        shown: Callable[[Record], Record] = dict,
        keys: Sequence[str] = (),
        more: Mapping[str, Any] | None = None,
    ) -> Response:
        """One page of a sorted list."""
        strict = bool(self.switch("strict_parameters"))
        whole = filters.ordered(request, rows, sorts, strict=strict)
        context = bool(self.switch("send_page_context"))
        return page(request, key, whole, context=context, shown=shown, keys=keys, more=more)

    def reference(self, books: Books, table: str, body: Record, name: str, what: str) -> Record:
        """The record that a body must name. Missing is code 4, unknown is code 1002."""
        wanted = body.get(name)
        if wanted in (None, ""):
            raise invalid(name)
        return books.get(table, wanted, what, int(self.switch("missing_reference_status")))

    def currency(self, books: Books, body: Record) -> Record:
        """The currency a body names by id or code, else the base currency."""
        wanted = body.get("currency_id") or body.get("currency_code")
        for currency in books.rows("currencies"):
            if wanted and wanted in (currency["currency_id"], currency["currency_code"]):
                return currency
            if not wanted and currency["is_base_currency"]:
                return currency
        raise invalid("currency_id")

    def modified_since(self, request: Request, rows: Sequence[Record]) -> list[Record]:
        """Rows changed at or after the parameter last_modified_time."""
        raw_plus = bool(self.switch("accept_raw_plus"))
        return filters.modified_since(request, rows, raw_plus=raw_plus)


def organization_of(request: Request) -> str:
    """The organization id of a request: parameter, form field or header."""
    return (
        request.param("organization_id")
        or request.headers.get("x-com-zoho-books-organizationid")
        or request.form().get("organization_id")
        or ""
    )
