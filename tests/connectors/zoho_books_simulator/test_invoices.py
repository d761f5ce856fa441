"""Invoices: what they need, what they add up to, and how they are found."""

from decimal import Decimal
from typing import Any

import pytest
from connectors.zoho_books_simulator.caller import Caller, Json


def _numbers(books: Caller, **params: Any) -> list[str]:
    return [i["invoice_number"] for i in books.get("/invoices", **params)["invoices"]]


def _made(books: Caller, *lines: Json, **more: Any) -> Json:
    body = {"customer_id": books.customer()["contact_id"], "line_items": list(lines), **more}
    made: Json = books.post("/invoices", body)["invoice"]
    return made


def test_a_new_invoice_is_a_draft_with_the_next_number(books: Caller) -> None:
    first, second = (_made(books, {"name": "W", "rate": 1}) for _ in range(2))
    assert (first["status"], first["invoice_source"]) == ("draft", "Api")
    assert [first["invoice_number"], second["invoice_number"]] == ["INV-000007", "INV-000008"]


def test_send_makes_a_new_invoice_sent(books: Caller) -> None:
    body = books.invoice_body()
    assert books.post("/invoices", body, send="true")["invoice"]["status"] == "sent"


def test_a_number_of_ones_own_needs_its_parameter_and_is_taken_once(books: Caller) -> None:
    body = books.invoice_body(invoice_number="X-1")
    assert books.post("/invoices", body)["invoice"]["invoice_number"] == "INV-000007"
    own = {"ignore_auto_number_generation": "true"}
    assert books.post("/invoices", body, **own)["invoice"]["invoice_number"] == "X-1"
    assert books.refused("POST", "/invoices", body, **own)[0] == 400
    books.switch(equal_invoice_numbers=True)
    assert books.post("/invoices", body, **own)


def test_the_counter_steps_over_a_number_that_was_given_by_hand(books: Caller) -> None:
    body = books.invoice_body(invoice_number="INV-000007")
    books.post("/invoices", body, ignore_auto_number_generation="true")
    assert books.invoice()["invoice_number"] == "INV-000008"


def test_a_reference_number_may_be_used_twice(books: Caller) -> None:
    for _ in range(2):
        books.invoice(reference_number="REF-1")
    assert len(_numbers(books, reference_number="REF-1")) == 2


@pytest.mark.parametrize("missing", ["customer_id", "line_items"])
def test_an_invoice_needs_a_customer_and_lines(books: Caller, missing: str) -> None:
    body = books.invoice_body()
    del body[missing]
    assert books.refused("POST", "/invoices", body) == (400, 4)


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"name": "W", "rate": "much"},
        {"name": "W", "rate": 1e40},
        {"name": "W", "rate": True},
        {"name": "W", "quantity": [1]},
        {"name": "W", "time_entry_ids": "1"},
        {"name": "x" * 201, "rate": 1},
        {"name": "W", "rate": "NaN"},
        "W",
    ],
)
def test_odd_lines_are_refused_and_leave_nothing(books: Caller, line: Any) -> None:
    body = books.invoice_body()
    body["line_items"] = [line]
    assert books.refused("POST", "/invoices", body) == (400, 4)
    assert _numbers(books) == []


@pytest.mark.parametrize(
    "name", ["time_entry_ids", "expense_id", "tax_id", "item_id", "project_id"]
)
def test_a_line_that_names_nothing_known_is_code_1002(books: Caller, name: str) -> None:
    wrong: Any = ["1"] if name == "time_entry_ids" else "1"
    body = books.invoice_body()
    body["line_items"][0][name] = wrong
    assert books.refused("POST", "/invoices", body) == (400, 1002)


def test_lines_without_an_item_are_accepted_unless_switched_off(books: Caller) -> None:
    assert books.invoice()
    books.switch(lines_without_item=False)
    assert books.refused("POST", "/invoices", books.invoice_body()) == (400, 4)
    item = books.get("/items")["items"][0]
    assert _made(books, {"item_id": item["item_id"], "quantity": 2})["total"] == 200


def test_totals_are_exact_to_the_cent(books: Caller) -> None:
    tax = books.get("/settings/taxes")["taxes"][0]["tax_id"]
    line = {"name": "W", "rate": 0.1, "quantity": 3, "tax_id": tax}
    invoice = _made(books, line, {"name": "V", "rate": "33.335", "quantity": 1}, line)
    assert [x["item_total"] for x in invoice["line_items"]] == [
        Decimal("0.3"),
        Decimal("33.34"),
        Decimal("0.3"),
    ]
    assert invoice["sub_total"] == Decimal("33.94")
    assert invoice["tax_total"] == Decimal("0.12")
    assert invoice["total"] == invoice["balance"] == Decimal("34.06")
    assert invoice["taxes"] == [{"tax_id": tax, "tax_name": "VAT", "tax_amount": Decimal("0.12")}]


def test_tax_is_rounded_per_line_or_by_switch_per_tax(books: Caller) -> None:
    tax = books.get("/settings/taxes")["taxes"][0]["tax_id"]
    lines = [{"name": "W", "rate": "0.13", "tax_id": tax} for _ in range(4)]
    assert _made(books, *lines)["tax_total"] == Decimal("0.08")
    books.switch(tax_per_line=False)
    assert _made(books, *lines)["tax_total"] == Decimal("0.1")


def test_an_inclusive_tax_is_inside_the_total(books: Caller) -> None:
    tax = books.get("/settings/taxes")["taxes"][0]["tax_id"]
    invoice = _made(books, {"name": "W", "rate": 119, "tax_id": tax}, is_inclusive_tax=True)
    assert (invoice["total"], invoice["tax_total"]) == (119, 19)


def test_discounts_charges_and_adjustments_enter_the_total(books: Caller) -> None:
    line = {"name": "W", "rate": 200, "discount": "10%"}
    invoice = _made(books, line, discount="50%", shipping_charge=5, adjustment="-0.5")
    assert invoice["sub_total"] == 180
    assert invoice["total"] == Decimal("94.5")


def test_an_invoice_in_another_currency_than_its_customer_is_refused(books: Caller) -> None:
    body = books.invoice_body(currency_code="USD")
    assert books.refused("POST", "/invoices", body)[0] == 400
    books.switch(fixed_invoice_currency=False)
    assert books.post("/invoices", body)["invoice"]["currency_code"] == "USD"


def test_invoices_are_found_by_text_amount_and_date(books: Caller) -> None:
    _made(books, {"name": "Paper", "rate": 5}, date="2026-07-01", reference_number="AB-1")
    _made(books, {"name": "Work", "rate": 50}, date="2026-07-10", reference_number="AB-2")
    assert _numbers(books, reference_number="ab-2") == ["INV-000008"]
    assert _numbers(books, reference_number_startswith="AB") == ["INV-000007", "INV-000008"]
    assert _numbers(books, customer_name_contains="acme", total_greater_than=5) == ["INV-000008"]
    assert _numbers(books, total="5.00") == ["INV-000007"]
    assert _numbers(books, balance_less_equals=50, total_greater_equals=50) == ["INV-000008"]
    assert _numbers(books, date="2026-07-01") == ["INV-000007"]
    assert _numbers(books, date_start="2026-07-02", date_end="2026-07-10") == ["INV-000008"]
    assert _numbers(books, date_before="2026-07-10") == ["INV-000007"]
    assert _numbers(books, date_after="2026-07-10") == []
    assert _numbers(books, item_name="Paper") == ["INV-000007"]
    assert _numbers(books, search_text="AB-2") == ["INV-000008"]
    assert books.refused("GET", "/invoices", date_start="soon") == (400, 4)


def test_invoices_sort_by_amount_and_number(books: Caller) -> None:
    for rate in (100, 9, 20):
        _made(books, {"name": "W", "rate": rate})
    rows = books.get("/invoices", sort_column="total", sort_order="D")["invoices"]
    assert [i["total"] for i in rows] == [100, 20, 9]


def test_response_options_count_and_sum(books: Caller) -> None:
    for rate in (1, 2):
        _made(books, {"name": "W", "rate": rate})
    sums = {"total": 3, "balance": 3}
    plain = books.get("/invoices", response_option=0)
    assert (len(plain["invoices"]), "total" in plain["page_context"]) == (2, False)
    counted = books.get("/invoices", response_option=1)["page_context"]
    assert (counted["total"], counted["sum_columns"]) == (2, sums)
    only = books.get("/invoices", response_option=2)
    assert (only["invoices"], only["page_context"]["total"]) == ([], 2)
    assert books.get("/invoices", response_option=4)["page_context"]["sum_columns"] == sums


def test_invoices_are_found_by_change_time(books: Caller) -> None:
    books.invoice()
    books.control("clock", {"advance": 60})
    later = books.invoice()
    since = {"last_modified_time": "2026-07-15T11:01:00+0200"}
    assert _numbers(books, **since) == [later["invoice_number"]]


def test_custom_fields_are_set_under_a_singular_path_and_found(books: Caller) -> None:
    invoice_id = books.invoice()["invoice_id"]
    custom = [{"api_name": "cf_key", "label": "Key", "value": "K-1"}]
    body = books.ask("PUT", f"/invoice/{invoice_id}/customfields", json=custom)
    assert body.json()["message"] == "Custom Fields Updated Successfully"
    invoice = books.get(f"/invoices/{invoice_id}")["invoice"]
    assert invoice["custom_field_hash"] == {"cf_key": "K-1"}
    assert len(_numbers(books, custom_field="K-1")) == 1
    assert _numbers(books, custom_field="K") == []


def test_an_update_replaces_lines_whole_and_keeps_their_ids(books: Caller) -> None:
    invoice = _made(books, {"name": "A", "rate": 1}, {"name": "B", "rate": 2})
    kept = invoice["line_items"][1]
    body = {"line_items": [{"line_item_id": kept["line_item_id"], "name": "B", "rate": 3}]}
    changed = books.put(f"/invoices/{invoice['invoice_id']}", body)
    assert changed["message"] == "Invoice information has been updated."
    lines = changed["invoice"]["line_items"]
    assert [x["line_item_id"] for x in lines] == [kept["line_item_id"]]
    assert changed["invoice"]["total"] == 3


def test_an_update_without_lines_keeps_them(books: Caller, entry: Json) -> None:
    invoice = books.invoice(entry)
    path = f"/invoices/{invoice['invoice_id']}"
    changed = books.put(path, {"notes": "Thank you"})["invoice"]
    assert changed == {**invoice, "notes": "Thank you"}


def test_a_refused_update_changes_nothing(books: Caller, entry: Json) -> None:
    invoice = books.invoice(entry)
    path = f"/invoices/{invoice['invoice_id']}"
    wrong = {"reference_number": "NEW", "line_items": [{"name": "W", "time_entry_ids": ["1"]}]}
    assert books.refused("PUT", path, wrong) == (400, 1002)
    assert books.get(path)["invoice"] == invoice
    assert books.fresh(entry)["billed_status"] == "invoiced"
