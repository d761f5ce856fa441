"""Contacts, their people and their names: points 9, 15 and 16."""

import pytest
from connectors.zoho_books_simulator.caller import Caller, Json


def _names(books: Caller, **params: str) -> list[str]:
    return [c["contact_name"] for c in books.get("/contacts", **params)["contacts"]]


def test_a_taken_name_is_refused_in_the_words_of_the_service(books: Caller) -> None:
    answer = books.ask("POST", "/contacts", json={"contact_name": "acme  LTD"})
    assert answer.status_code == 400
    assert answer.json() == {
        "code": 3062,
        "message": 'The customer "acme  LTD" already exists. Please specify a different name.',
    }


def test_the_name_of_an_inactive_contact_is_taken_too(books: Caller) -> None:
    assert books.customer("Old Mill Trading")["status"] == "inactive"
    body = {"contact_name": "Old Mill Trading"}
    assert books.refused("POST", "/contacts", body) == (400, 3062)


def test_a_rename_to_a_taken_name_is_refused_and_changes_nothing(books: Caller) -> None:
    path = f"/contacts/{books.customer()['contact_id']}"
    before = books.get(path)
    body = {"company_name": "Other", "contact_name": "Borealis"}
    assert books.refused("PUT", path, body) == (400, 3062)
    assert books.get(path) == before


def test_an_update_with_its_own_name_is_no_collision(books: Caller) -> None:
    path = f"/contacts/{books.customer()['contact_id']}"
    body = books.put(path, {"contact_name": "Acme Ltd", "website": "https://acme.example"})
    assert body["message"] == "Contact information has been saved."
    assert body["contact"]["website"] == "https://acme.example"


def test_equal_names_are_accepted_by_switch(books: Caller) -> None:
    books.switch(equal_contact_names=True)
    assert books.post("/contacts", {"contact_name": "Acme Ltd"})
    assert len(_names(books, contact_name="Acme Ltd")) == 2


@pytest.mark.parametrize(
    "body", [{}, {"contact_name": ""}, {"contact_name": "  "}, {"contact_name": ["x"]}]
)
def test_a_contact_needs_a_name(books: Caller, body: Json) -> None:
    assert books.refused("POST", "/contacts", body) == (400, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"contact_type": "friend"},
        {"payment_terms": "soon"},
        {"contact_persons": "Ada"},
        {"contact_persons": ["Ada"]},
        {"billing_address": "Street 1"},
        {"currency_code": "XXX"},
        {"notes": {"a": 1}},
        {"website": "x" * 4000},
    ],
)
def test_values_of_another_type_are_refused(books: Caller, wrong: Json) -> None:
    assert books.refused("POST", "/contacts", {"contact_name": "New", **wrong}) == (400, 4)
    assert _names(books, contact_name="New") == []


def test_names_are_filtered_whole_from_the_start_and_inside(books: Caller) -> None:
    assert _names(books, contact_name="Borealis") == ["Borealis"]
    assert _names(books, contact_name_startswith="Borealis") == ["Borealis", "Borealis AB"]
    assert _names(books, contact_name_contains="and Co") == ["Smith and Co"]
    assert _names(books, email="finance@borealis.example") == ["Borealis AB"]
    assert _names(books, contact_type="vendor") == ["Kestrel Logistics"]
    assert _names(books, search_text="juni") == ["Juniper Foods"]


def test_states_are_filtered(books: Caller) -> None:
    assert _names(books, filter_by="Status.Inactive") == ["Old Mill Trading"]
    assert "Old Mill Trading" not in _names(books, filter_by="Status.Active")
    assert "Old Mill Trading" in _names(books, filter_by="Status.All")
    assert _names(books, filter_by="Status.Duplicate") == []


def test_contacts_with_open_invoices_are_filtered_and_owe_the_balance(
    books: Caller, entry: Json
) -> None:
    assert _names(books, filter_by="Invoice.Unpaid") == []
    invoice = books.invoice(entry)
    books.post(f"/invoices/{invoice['invoice_id']}/status/sent")
    assert _names(books, filter_by="Invoice.Unpaid") == ["Acme Ltd"]
    assert _names(books, filter_by="Invoice.OverDue") == []
    assert books.customer()["outstanding_receivable_amount"] == 180
    books.control("clock", {"advance": 30 * 86_400})
    books.log_in()
    assert _names(books, filter_by="Invoice.OverDue") == ["Acme Ltd"]


def test_active_and_inactive_have_their_sentences(books: Caller) -> None:
    path = f"/contacts/{books.customer()['contact_id']}"
    assert books.post(f"{path}/inactive")["message"] == "The contact has been marked as inactive."
    assert books.get(path)["contact"]["status"] == "inactive"
    assert books.post(f"{path}/active")["message"] == "The contact has been marked as active."


def test_a_contact_with_transactions_cannot_be_deleted_unless_switched_off(
    books: Caller, entry: Json
) -> None:
    path = f"/contacts/{entry['customer_id']}"
    assert books.refused("DELETE", path)[0] == 400
    books.switch(refuse_used_delete=False)
    assert books.delete(path)["message"] == "The contact has been deleted."
    assert books.refused("GET", path) == (404, 1002)


def test_the_currency_of_a_contact_is_fixed_once_it_has_transactions(books: Caller) -> None:
    path = f"/contacts/{books.customer('Borealis')['contact_id']}"
    assert books.put(path, {"currency_code": "USD"})["contact"]["currency_code"] == "USD"
    line = {"name": "Work", "rate": 1}
    body = {"customer_id": path.removeprefix("/contacts/"), "line_items": [line]}
    assert books.post("/invoices", body)["invoice"]["currency_code"] == "USD"
    assert books.refused("PUT", path, {"currency_code": "EUR"})[0] == 400
    assert books.put(path, {"currency_code": "USD"})
    books.switch(fixed_contact_currency=False)
    assert books.put(path, {"currency_code": "EUR"})["contact"]["currency_code"] == "EUR"


def test_changes_are_found_by_their_time(books: Caller) -> None:
    books.control("clock", {"advance": 60})
    books.put(f"/contacts/{books.customer('Borealis')['contact_id']}", {"notes": "called"})
    assert _names(books, last_modified_time="2026-07-15T11:01:00+0200") == ["Borealis"]
    assert _names(books, last_modified_time="2026-07-15T09:01:01+0000") == []


def test_an_unencoded_plus_is_refused_unless_switched_on(books: Caller) -> None:
    raw = {"last_modified_time": "2026-07-15T11:00:00 0200"}
    assert books.refused("GET", "/contacts", **raw) == (400, 4)
    books.switch(accept_raw_plus=True)
    assert _names(books, **raw)


def test_people_are_added_changed_made_primary_and_removed(books: Caller) -> None:
    contact_id = books.post("/contacts", {"contact_name": "Crew"})["contact"]["contact_id"]
    ids = [
        books.post("/contacts/contactpersons", {"contact_id": contact_id, "first_name": name})[
            "contact_person"
        ]["contact_person_id"]
        for name in ("Ada", "Ben")
    ]
    books.post(f"/contacts/contactpersons/{ids[1]}/primary")
    people = books.get(f"/contacts/{contact_id}/contactpersons")["contact_persons"]
    assert [p["is_primary_contact"] for p in people] == [False, True]
    books.put(f"/contacts/contactpersons/{ids[1]}", {"email": "ben@crew.example"})
    assert books.get(f"/contacts/{contact_id}")["contact"]["email"] == "ben@crew.example"
    one = books.get(f"/contacts/{contact_id}/contactpersons/{ids[1]}")["contact_person"]
    assert (one["first_name"], one["email"]) == ("Ben", "ben@crew.example")
    books.delete(f"/contacts/contactpersons/{ids[1]}")
    left = books.get(f"/contacts/{contact_id}/contactpersons")["contact_persons"]
    assert [(p["first_name"], p["is_primary_contact"]) for p in left] == [("Ada", True)]


def test_a_renamed_customer_is_renamed_in_its_projects_and_entries(
    books: Caller, entry: Json
) -> None:
    books.put(f"/contacts/{entry['customer_id']}", {"contact_name": "Acme SE"})
    assert books.fresh(entry)["customer_name"] == "Acme SE"
    assert books.get("/projects")["projects"][0]["customer_name"] == "Acme SE"
