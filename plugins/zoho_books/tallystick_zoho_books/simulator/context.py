"""What every handler needs: the organization of a request, its body, clock, switches."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tallystick.simulator.http import Request

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.envelope import Record, Refusal, stamp


class Context:
    """One simulator's surroundings, shared by its handlers."""

    def __init__(
        self,
        organizations: Callable[[], Mapping[str, Books]],
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
        wanted = request.param("organization_id") or request.form().get("organization_id")
        if not wanted:
            raise Refusal(400, 6, "The parameter organization_id is missing.")
        found = self._organizations().get(wanted)
        if found is None:
            raise Refusal(
                401,
                6041,
                "This user is not associated with the CompanyID/CompanyName:" + wanted + ".",
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

    def visible(self, books: Books, table: str) -> list[Record]:
        """Records that lists show now."""
        return books.visible(table, self.now(), float(self.switch("list_lag_seconds")))

    def currency(self, books: Books, body: Record) -> Record:
        """The currency a body names by id or code, else the base currency."""
        wanted = body.get("currency_id") or body.get("currency_code")
        for currency in books.rows("currencies"):
            if wanted in {currency["currency_id"], currency["currency_code"]}:
                return currency
            if wanted is None and currency["is_base_currency"]:
                return currency
        raise Refusal(400, 4, "Invalid value passed for currency_id")

    def modified_since(self, request: Request, rows: Sequence[Record]) -> list[Record]:
        """Rows changed at or after the parameter last_modified_time."""
        text = request.param("last_modified_time")
        if not text:
            return list(rows)
        try:
            since = datetime.strptime(text.replace(" ", "+"), "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            raise Refusal(400, 4, "Invalid value passed for last_modified_time") from None
        return [
            r
            for r in rows
            if datetime.strptime(str(r["last_modified_time"]), "%Y-%m-%dT%H:%M:%S%z") >= since
        ]
