"""What invoices do to time entries and expenses: points 12, 13 and 16."""

import pytest
from connectors.zoho_books_simulator.caller import Caller, Json


def _state(books: Caller, entry: Json) -> tuple[str, str]:
    now = books.fresh(entry)
    return now["billed_status"], now["invoice_id"]


def _path(invoice: Json) -> str:
    return f"/invoices/{invoice['invoice_id']}"


def _expense(books: Caller) -> Json:
    found = books.get("/expenses", filter_by="Status.Unbilled")["expenses"]
    mine = books.customer()["contact_id"]
    made: Json = next(x for x in found if x["customer_id"] == mine)
    return made


def test_a_draft_bills_its_entries_at_once(books: Caller, entry: Json) -> None:
    invoice = books.invoice(entry)
    assert _state(books, entry) == ("invoiced", invoice["invoice_id"])


def test_by_switch_a_draft_bills_only_once_it_is_sent(books: Caller, entry: Json) -> None:
    books.switch(draft_bills_entries=False)
    invoice = books.invoice(entry)
    assert _state(books, entry) == ("unbilled", "")
    books.post(f"{_path(invoice)}/status/sent")
    assert _state(books, entry) == ("invoiced", invoice["invoice_id"])


def test_entries_named_beside_the_lines_are_billed_too(books: Caller, entry: Json) -> None:
    body = books.invoice_body(time_entry_ids=[entry["time_entry_id"]])
    invoice = books.post("/invoices", body)["invoice"]
    assert invoice["line_items"][0]["time_entry_ids"] == [entry["time_entry_id"]]
    assert _state(books, entry) == ("invoiced", invoice["invoice_id"])


def test_strict_entries_are_invoiced_once(books: Caller, entry: Json) -> None:
    first = books.invoice(entry)
    assert books.refused("POST", "/invoices", books.invoice_body(entry))[0] == 400
    assert _state(books, entry) == ("invoiced", first["invoice_id"])
    assert len(books.get("/invoices")["invoices"]) == 1


def test_strict_entries_must_be_billable_and_of_the_customer(books: Caller, task: Json) -> None:
    free = books.entry(task, is_billable=False)
    assert books.refused("POST", "/invoices", books.invoice_body(free))[0] == 400
    foreign = books.entry(books.task(books.project("B", "Borealis")))
    assert books.refused("POST", "/invoices", books.invoice_body(foreign))[0] == 400
    twice = books.invoice_body()
    entry = books.entry(task)
    ids = {"time_entry_ids": [entry["time_entry_id"]]}
    twice["line_items"] = [{"name": "A", "rate": 1, **ids}, {"name": "B", "rate": 1, **ids}]
    assert books.refused("POST", "/invoices", twice)[0] == 400


def test_without_strictness_double_billing_is_accepted_kept_and_reported(
    books: Caller, entry: Json
) -> None:
    books.switch(strict_time_entries=False)
    first, second = books.invoice(entry), books.invoice(entry)
    report = books.control("double-billed")
    assert report["entries_on_several_invoices"] == {
        entry["time_entry_id"]: [first["invoice_id"], second["invoice_id"]]
    }
    for invoice in (first, second):
        kept = books.get(_path(invoice))["invoice"]["line_items"][0]["time_entry_ids"]
        assert kept == [entry["time_entry_id"]]


def test_a_void_invoice_is_no_longer_reported_as_double(books: Caller, entry: Json) -> None:
    books.switch(strict_time_entries=False)
    first, second = books.invoice(entry), books.invoice(entry)
    books.post(f"{_path(second)}/status/void")
    assert books.control("double-billed")["entries_on_several_invoices"] == {}
    assert _state(books, entry) == ("invoiced", first["invoice_id"])


def test_two_entries_with_one_source_marker_are_reported(books: Caller, task: Json) -> None:
    ids = [
        books.entry(task, notes="Call [ts:ABCDEFGH23]", log_date=day)["time_entry_id"]
        for day in ("2026-07-01", "2026-07-02")
    ]
    books.entry(task, notes="Call [ts:ABCDEFGH24]")
    report = books.control("double-billed")
    assert report["logs_with_several_entries"] == {"ABCDEFGH23": ids}


@pytest.mark.parametrize("releases", [True, False])
def test_voiding_releases_entries_as_the_switch_says(
    books: Caller, entry: Json, releases: bool
) -> None:
    books.switch(void_releases_entries=releases)
    invoice = books.invoice(entry)
    message = books.post(f"{_path(invoice)}/status/void")["message"]
    assert message == "Invoice status has been changed to Void."
    expected = ("unbilled", "") if releases else ("invoiced", invoice["invoice_id"])
    assert _state(books, entry) == expected
    assert books.get(_path(invoice))["invoice"]["status"] == "void"


@pytest.mark.parametrize("releases", [True, False])
def test_deleting_releases_entries_as_the_switch_says(
    books: Caller, entry: Json, releases: bool
) -> None:
    books.switch(delete_releases_entries=releases)
    invoice = books.invoice(entry)
    assert books.delete(_path(invoice))["message"] == "The invoice has been deleted."
    expected = ("unbilled", "") if releases else ("invoiced", invoice["invoice_id"])
    assert _state(books, entry) == expected
    assert books.refused("GET", _path(invoice)) == (404, 1002)


@pytest.mark.parametrize("releases", [True, False])
def test_leaving_an_entry_out_releases_it_as_the_switch_says(
    books: Caller, entry: Json, releases: bool
) -> None:
    books.switch(update_releases_entries=releases)
    invoice = books.invoice(entry)
    books.put(_path(invoice), {"line_items": [{"name": "W", "rate": 1}]})
    expected = ("unbilled", "") if releases else ("invoiced", invoice["invoice_id"])
    assert _state(books, entry) == expected


def test_a_void_invoice_takes_its_entries_again_as_a_draft(books: Caller, entry: Json) -> None:
    invoice = books.invoice(entry)
    books.post(f"{_path(invoice)}/status/void")
    message = books.post(f"{_path(invoice)}/status/draft")["message"]
    assert message == "Status of invoice changed from void to draft"
    assert _state(books, entry) == ("invoiced", invoice["invoice_id"])


def test_a_void_invoice_cannot_take_entries_that_were_billed_meanwhile(
    books: Caller, entry: Json
) -> None:
    first = books.invoice(entry)
    books.post(f"{_path(first)}/status/void")
    second = books.invoice(entry)
    assert books.refused("POST", f"{_path(first)}/status/draft")[0] == 400
    assert books.get(_path(first))["invoice"]["status"] == "void"
    assert _state(books, entry) == ("invoiced", second["invoice_id"])


def test_a_void_invoice_keeps_its_number_and_cannot_be_sent_or_edited(books: Caller) -> None:
    invoice = books.invoice()
    books.post(f"{_path(invoice)}/status/void")
    assert books.refused("POST", f"{_path(invoice)}/status/sent")[0] == 400
    assert books.refused("PUT", _path(invoice), {"notes": "x"})[0] == 400
    assert books.invoice()["invoice_number"] == "INV-000008"


def test_a_sent_invoice_becomes_overdue_after_its_due_date(books: Caller) -> None:
    invoice = books.invoice(due_date="2026-07-20")
    books.post(f"{_path(invoice)}/status/sent")
    assert books.get(_path(invoice))["invoice"]["status"] == "sent"
    books.control("clock", {"advance": 6 * 86_400})
    books.log_in()
    assert books.get(_path(invoice))["invoice"]["status"] == "overdue"
    for value, count in (("Status.OverDue", 1), ("Status.Unpaid", 1), ("Status.Sent", 0)):
        assert len(books.get("/invoices", filter_by=value)["invoices"]) == count


def test_a_payment_makes_paid_and_forbids_voiding_until_it_is_removed(
    books: Caller, entry: Json
) -> None:
    invoice = books.invoice(entry)
    books.control(f"pay/{invoice['invoice_id']}", {})
    paid = books.get(_path(invoice))["invoice"]
    assert (paid["status"], paid["balance"], paid["payment_made"]) == ("paid", 0, 180)
    assert books.refused("POST", f"{_path(invoice)}/status/void")[0] == 400
    assert books.refused("DELETE", _path(invoice))[0] == 400
    payment = books.get(f"{_path(invoice)}/payments")["payments"][0]
    assert payment["amount"] == 180
    books.delete(f"{_path(invoice)}/payments/{payment['invoice_payment_id']}")
    assert books.get(_path(invoice))["invoice"]["status"] == "sent"
    assert books.post(f"{_path(invoice)}/status/void")


def test_a_paid_invoice_can_be_voided_by_switch(books: Caller) -> None:
    books.switch(refuse_paid_void=False)
    invoice = books.invoice()
    books.control(f"pay/{invoice['invoice_id']}", {})
    assert books.post(f"{_path(invoice)}/status/void")


def test_sending_a_paid_invoice_leaves_it_paid(books: Caller) -> None:
    invoice = books.invoice()
    books.control(f"pay/{invoice['invoice_id']}", {})
    books.post(f"{_path(invoice)}/status/sent")
    assert books.get(_path(invoice))["invoice"]["status"] == "paid"


def test_a_write_off_settles_and_keeps_entries_invoiced(books: Caller, entry: Json) -> None:
    invoice = books.invoice(entry)
    books.post(f"{_path(invoice)}/status/sent")
    books.post(f"{_path(invoice)}/writeoff")
    found = books.get(_path(invoice))["invoice"]
    assert (found["status"], found["balance"], found["write_off_amount"]) == ("paid", 0, 180)
    assert _state(books, entry)[0] == "invoiced"
    books.post(f"{_path(invoice)}/writeoff/cancel")
    assert books.get(_path(invoice))["invoice"]["status"] == "sent"


def test_credits_lower_the_balance_and_keep_entries_invoiced(books: Caller, entry: Json) -> None:
    invoice = books.invoice(entry)
    books.post(f"{_path(invoice)}/status/sent")
    line = {"name": "Goodwill", "rate": 30}
    body = {"customer_id": books.customer()["contact_id"], "line_items": [line]}
    note = books.post("/creditnotes", body)["creditnote"]
    applied = [{"invoice_id": invoice["invoice_id"], "amount_applied": 30}]
    message = books.post(f"/creditnotes/{note['creditnote_id']}/invoices", {"invoices": applied})
    assert message["message"] == "Credits have been applied to the invoice(s)."
    found = books.get(_path(invoice))["invoice"]
    assert (found["status"], found["balance"], found["credits_applied"]) == (
        "partially_paid",
        150,
        30,
    )
    assert _state(books, entry)[0] == "invoiced"
    credits = books.get(f"{_path(invoice)}/creditsapplied")["credits"]
    assert [c["amount_applied"] for c in credits] == [30]
    assert books.get("/creditnotes", filter_by="Status.Closed")["creditnotes"]


def test_an_expense_is_invoiced_and_released_like_an_entry(books: Caller) -> None:
    expense = _expense(books)
    body = books.invoice_body()
    body["line_items"] = [{"name": "Trip", "rate": 120, "expense_id": expense["expense_id"]}]
    invoice = books.post("/invoices", body)["invoice"]
    path = f"/expenses/{expense['expense_id']}"
    found = books.get(path)["expense"]
    assert (found["status"], found["invoice_id"]) == ("invoiced", invoice["invoice_id"])
    assert books.refused("POST", "/invoices", body)[0] == 400
    assert books.refused("DELETE", path)[0] == 400
    books.post(f"{_path(invoice)}/status/void")
    assert books.get(path)["expense"]["status"] == "unbilled"


@pytest.mark.parametrize("missing", ["date", "account_id", "amount", "paid_through_account_id"])
def test_an_expense_needs_its_required_fields(books: Caller, missing: str) -> None:
    body = {"date": "2026-07-03", "account_id": "1", "amount": 9.5, "paid_through_account_id": "2"}
    made = books.post("/expenses", body)
    assert made["message"] == "The expense has been recorded."
    del body[missing]
    assert books.refused("POST", "/expenses", body) == (400, 4)


def test_expenses_are_found_by_state_and_customer(books: Caller) -> None:
    def count(**params: str) -> int:
        return len(books.get("/expenses", **params)["expenses"])

    assert count() == count(filter_by="Status.All") == 4
    assert count(filter_by="Status.Nonbillable") == 1
    assert count(filter_by="Status.Unbilled") == 3
    assert count(customer_id=books.customer("Juniper Foods")["contact_id"]) == 1
    assert count(date_end="2026-06-30") == 1
    assert count(amount_greater_than="600") == 1
