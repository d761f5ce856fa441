"""Field sets are complete even when empty, and empty means an empty text: point 8."""

from collections.abc import Iterator
from typing import Any

import pytest
from connectors.zoho_books_simulator.caller import Caller, Json

_CONTACT = """contact_id contact_name company_name contact_type customer_sub_type status currency_id
 currency_code payment_terms payment_terms_label outstanding_receivable_amount
 unused_credits_receivable_amount first_name last_name email phone mobile created_time
 last_modified_time custom_fields owner_id contact_number"""
_PERSON = """contact_person_id salutation first_name last_name email phone mobile designation
 department is_primary_contact is_added_in_portal"""
_ADDRESS = "attention address street2 city state zip country phone fax"
_PROJECT = """project_id project_name customer_id customer_name currency_code description status
 billing_type rate budget_type budget_hours budget_amount cost_budget_amount total_hours
 billable_hours billed_hours un_billed_hours non_billable_hours total_amount billed_amount
 un_billed_amount created_time"""
_PROJECT_TASK = """task_id task_name description rate budget_hours total_hours billed_hours
 un_billed_hours status is_billable"""
_STAFF = "user_id user_name email user_role status rate budget_hours cost_rate is_current_user"
_TASK = """project_id task_id currency_id customer_id task_name project_name customer_name
 billed_hours log_time un_billed_hours description rate budget_hours is_billable status"""
_ENTRY = """time_entry_id project_id project_name task_id task_name user_id user_name customer_id
 customer_name is_current_user log_date begin_time end_time log_time is_billable billed_status
 invoice_id notes cost_rate cost_amount timer_started_at timer_started_at_utc_time
 timer_duration_in_minutes timer_duration_in_seconds timesheet_custom_fields created_time"""
_INVOICE = """invoice_id invoice_number reference_number customer_id customer_name status date
 due_date currency_id currency_code exchange_rate line_items sub_total tax_total total balance
 payment_made credits_applied write_off_amount adjustment discount taxes is_inclusive_tax
 is_discount_before_tax discount_type payment_terms payment_terms_label template_id notes terms
 salesperson_name custom_fields custom_field_hash created_time last_modified_time invoice_source
 invoice_url is_emailed current_sub_status created_by_id billing_address shipping_address"""
_LINE = """line_item_id item_id project_id project_name time_entry_ids expense_id
 expense_receipt_name bill_id bill_item_id name description rate bcy_rate quantity unit discount
 tax_id tax_name tax_percentage item_total item_order header_name tags"""
_EXPENSE = """expense_id date account_id account_name amount total bcy_total tax_id tax_name
 tax_percentage tax_amount is_billable is_inclusive_tax customer_id customer_name project_id
 vendor_id reference_number description status currency_id currency_code exchange_rate invoice_id
 line_items created_time last_modified_time"""
_ITEM = """item_id name status description rate unit tax_id tax_name tax_percentage sku
 product_type"""
_TAX = "tax_id tax_name tax_percentage tax_type is_value_added is_default_tax is_editable"
_CURRENCY = """currency_id currency_code currency_name currency_symbol price_precision
 currency_format is_base_currency exchange_rate effective_date"""
_ORGANIZATION = """organization_id name contact_name email is_default_org is_org_active plan_name
 plan_type currency_id currency_code currency_symbol currency_format price_precision time_zone
 language_code date_format fiscal_year_start_month account_created_date"""
_USER = """user_id role_id name email user_role status is_current_user user_type cost_rate
 created_time"""
_NOTE = """creditnote_id creditnote_number status reference_number date total balance customer_id
 customer_name currency_id currency_code created_time last_modified_time is_emailed"""


def _complete(record: Json, names: str) -> None:
    missing = set(names.split()) - set(record)
    assert not missing


_LISTED_EXPENSE = """expense_id date account_name amount total bcy_total is_billable customer_id
 customer_name vendor_id reference_number description status currency_id currency_code
 exchange_rate invoice_id created_time last_modified_time"""


@pytest.mark.parametrize(
    ("path", "key", "names"),
    [
        ("/organizations", "organizations", _ORGANIZATION),
        ("/users", "users", _USER),
        ("/contacts", "contacts", _CONTACT),
        ("/expenses", "expenses", _LISTED_EXPENSE),
        ("/items", "items", _ITEM),
        ("/settings/taxes", "taxes", _TAX),
        ("/settings/currencies", "currencies", _CURRENCY),
    ],
)
def test_rows_of_seeded_lists_are_complete(books: Caller, path: str, key: str, names: str) -> None:
    rows = books.get(path)[key]
    assert rows
    for row in rows:
        _complete(row, names)


def test_a_single_contact_is_complete(books: Caller) -> None:
    contact = books.get(f"/contacts/{books.customer()['contact_id']}")["contact"]
    _complete(contact, _CONTACT + " contact_persons billing_address shipping_address notes")
    _complete(contact["contact_persons"][0], _PERSON)
    _complete(contact["billing_address"], _ADDRESS)


def test_a_single_project_is_complete(books: Caller, entry: Json) -> None:
    project = books.get(f"/projects/{entry['project_id']}")["project"]
    _complete(project, _PROJECT)
    _complete(project["tasks"][0], _PROJECT_TASK)
    _complete(project["users"][0], _STAFF)
    listed = books.get("/projects")["projects"][0]
    _complete(listed, _PROJECT)
    assert "tasks" not in listed


def test_tasks_are_complete_in_lists_and_alone(books: Caller, task: Json) -> None:
    path = f"/projects/{task['project_id']}/tasks"
    _complete(books.get(path)["task"][0], _TASK)
    _complete(books.get(f"{path}/{task['task_id']}")["task"], _TASK)


def test_time_entries_are_complete_in_lists_and_alone(books: Caller, entry: Json) -> None:
    _complete(books.get("/projects/timeentries")["time_entries"][0], _ENTRY)
    _complete(books.fresh(entry), _ENTRY)


def test_invoices_are_complete_in_lists_and_alone(books: Caller, entry: Json) -> None:
    invoice = books.get(f"/invoices/{books.invoice(entry)['invoice_id']}")["invoice"]
    _complete(invoice, _INVOICE)
    _complete(invoice["line_items"][0], _LINE)
    listed = books.get("/invoices")["invoices"][0]
    head = "invoice_id invoice_number reference_number customer_id customer_name status date"
    _complete(listed, head + " due_date currency_code total balance created_time")
    assert "line_items" not in listed


def test_a_single_expense_names_its_project_and_a_listed_one_does_not(books: Caller) -> None:
    listed = books.get("/expenses")["expenses"][0]
    assert "project_id" not in listed
    _complete(books.get(f"/expenses/{listed['expense_id']}")["expense"], _EXPENSE)


def test_a_single_user_has_addresses_instead_of_an_address(books: Caller) -> None:
    listed = books.user()
    user = books.get(f"/users/{listed['user_id']}")["user"]
    assert "email" not in user
    assert user["email_ids"] == [{"email": listed["email"], "is_selected": True}]


def test_credit_notes_are_complete(books: Caller) -> None:
    line = {"name": "Goodwill", "rate": 10}
    body = {"customer_id": books.customer()["contact_id"], "line_items": [line]}
    note = books.post("/creditnotes", body)["creditnote"]
    _complete(note, _NOTE + " line_items invoices taxes notes terms")
    _complete(books.get("/creditnotes")["creditnotes"][0], _NOTE)


def test_no_answer_has_null_for_an_empty_value(books: Caller, entry: Json) -> None:
    books.invoice(entry)
    paths = ("/contacts", "/projects", "/projects/timeentries", "/invoices", "/expenses", "/users")
    for path in paths:
        assert list(_nulls(books.get(path))) == []
    assert list(_nulls(books.get(f"/projects/{entry['project_id']}"))) == []


def _nulls(value: Any, where: str = "") -> Iterator[str]:
    if value is None:
        yield where
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _nulls(inner, f"{where}.{key}")
    if isinstance(value, list):
        for inner in value:
            yield from _nulls(inner, where + "[]")


def test_times_are_in_the_zone_of_the_organization_without_a_colon(books: Caller) -> None:
    assert books.post("/contacts", {"contact_name": "X"})["contact"]["created_time"] == (
        "2026-07-15T11:00:00+0200"
    )
