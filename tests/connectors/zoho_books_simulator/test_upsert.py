"""Unique custom fields: point 14."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from connectors.zoho_books_simulator.caller import Caller, Json


def _headers(value: str, *, upsert: bool = True) -> dict[str, str]:
    more = {"X-Upsert": "true"} if upsert else {}
    return {"X-Unique-Identifier-Key": "cf_key", "X-Unique-Identifier-Value": value, **more}


def _custom(value: str) -> Json:
    return {"custom_fields": [{"api_name": "cf_key", "value": value}]}


def test_an_upsert_makes_one_record_and_then_changes_it(books: Caller) -> None:
    body = books.invoice_body(**_custom("K-1"))
    first = books.ask("PUT", "/invoices", json=body, headers=_headers("K-1"))
    assert (first.status_code, first.json()["message"]) == (201, "The invoice has been created.")
    again = books.ask("PUT", "/invoices", json={**body, "notes": "2"}, headers=_headers("K-1"))
    assert again.json()["message"] == "Invoice information has been updated."
    found = books.get("/invoices")["invoices"]
    assert [i["invoice_id"] for i in found] == [first.json()["invoice"]["invoice_id"]]


def test_an_upsert_finds_its_record_though_the_body_names_no_field(books: Caller) -> None:
    for _ in range(2):
        books.ask("PUT", "/invoices", json=books.invoice_body(), headers=_headers("K-1"))
    assert len(books.get("/invoices")["invoices"]) == 1


def test_without_x_upsert_an_unknown_value_is_404(books: Caller) -> None:
    headers = _headers("K-1", upsert=False)
    answer = books.ask("PUT", "/invoices", json=books.invoice_body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, 1002)


def test_an_upsert_without_its_headers_is_refused(books: Caller) -> None:
    assert books.refused("PUT", "/invoices", books.invoice_body()) == (400, 4)


def test_simultaneous_upserts_make_one_record(books: Caller) -> None:
    body = books.invoice_body(**_custom("K-1"))

    def call(_number: int) -> int:
        return books.ask("PUT", "/invoices", json=body, headers=_headers("K-1")).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(call, range(16)))
    assert sorted(statuses) == [200] * 15 + [201]
    assert len(books.get("/invoices")["invoices"]) == 1


@pytest.mark.parametrize("code", [15, 4095])
def test_a_second_use_of_a_unique_field_is_refused(books: Caller, code: int) -> None:
    books.switch(unique_custom_field="cf_key", unique_field_code=code)
    books.invoice(**_custom("K-1"))
    assert books.refused("POST", "/invoices", books.invoice_body(**_custom("K-1"))) == (400, code)
    other = books.invoice(**_custom("K-2"))
    path = f"/invoices/{other['invoice_id']}"
    assert books.refused("PUT", path, _custom("K-1")) == (400, code)
    assert books.get(path)["invoice"]["custom_field_hash"] == {"cf_key": "K-2"}


def test_without_the_switch_a_field_may_be_used_twice(books: Caller) -> None:
    for _ in range(2):
        books.invoice(**_custom("K-1"))
    assert len(books.get("/invoices", custom_field="K-1")["invoices"]) == 2


def test_the_value_of_a_void_invoice_stays_used(books: Caller) -> None:
    books.switch(unique_custom_field="cf_key")
    invoice = books.invoice(**_custom("K-1"))
    books.post(f"/invoices/{invoice['invoice_id']}/status/void")
    assert books.refused("POST", "/invoices", books.invoice_body(**_custom("K-1")))[0] == 400


@pytest.mark.parametrize("table", ["contacts", "projects", "expenses"])
def test_other_records_are_upserted_alike(books: Caller, table: str) -> None:
    bodies: dict[str, Json] = {
        "contacts": {"contact_name": "Marsh"},
        "projects": {
            "project_name": "P",
            "customer_id": books.customer()["contact_id"],
            "billing_type": "based_on_project_hours",
        },
        "expenses": {
            "date": "2026-07-01",
            "account_id": "1",
            "amount": 5,
            "paid_through_account_id": "2",
        },
    }
    before = len(books.get(f"/{table}")[table])
    for expected in (201, 200):
        answer = books.ask("PUT", f"/{table}", json=bodies[table], headers=_headers("K-1"))
        assert answer.status_code == expected
    assert len(books.get(f"/{table}")[table]) == before + 1
