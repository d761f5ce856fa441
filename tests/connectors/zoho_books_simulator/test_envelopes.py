"""Tolerance, envelopes, paging and identifiers: points 4 to 7 and 9."""

from typing import Any

import pytest
from connectors.zoho_books_simulator.caller import HOST, Caller, Json


def test_every_call_needs_an_organization_but_the_list_of_them(books: Caller) -> None:
    assert books.session.get(f"{HOST}/books/v3/organizations").json()["code"] == 0
    answer = books.session.get(f"{HOST}/books/v3/contacts")
    assert (answer.status_code, answer.json()["code"]) == (400, 6)


@pytest.mark.parametrize("status", [401, 400])
def test_an_unknown_organization_is_refused_with_its_code(books: Caller, status: int) -> None:
    books.switch(foreign_organization_status=status)
    assert books.refused("GET", "/contacts", organization_id="99") == (status, 6041)


def test_records_of_one_organization_are_unknown_to_another(books: Caller) -> None:
    contact_id = books.customer()["contact_id"]
    other = books.get("/organizations")["organizations"][1]["organization_id"]
    assert books.refused("GET", f"/contacts/{contact_id}", organization_id=other) == (404, 1002)


def test_two_organizations_have_equal_name_and_address(books: Caller) -> None:
    first, second = books.get("/organizations")["organizations"]
    assert (first["name"], first["email"]) == (second["name"], second["email"])
    assert first["organization_id"] != second["organization_id"]


@pytest.mark.parametrize("tail", ["/contacts/", "/contacts?a=b&", "/contacts/?organization_id=X&"])
def test_trailing_slashes_and_ampersands_are_tolerated(books: Caller, tail: str) -> None:
    separator = "&" if "?" in tail else "?"
    url = f"{HOST}/books/v3{tail}{separator}organization_id={books.organization_id}&"
    answer = books.session.get(url.replace("organization_id=X&", ""))
    assert answer.status_code == 200


def test_a_get_with_a_body_and_unknown_parameters_is_answered(books: Caller) -> None:
    answer = books.ask("GET", "/contacts", data="null", params={"id": "1", "nonsense": "x"})
    assert answer.status_code == 200


@pytest.mark.parametrize("how", ["json", "form", "multipart", "query", "bare"])
def test_a_body_may_come_in_each_form_that_clients_use(books: Caller, how: str) -> None:
    text = '{"contact_name": "Marsh & Söhne = 1"}'
    ways: dict[str, Any] = {
        "json": {"data": text.encode(), "headers": {"Content-Type": "application/json"}},
        "form": {"data": {"JSONString": text}},
        "multipart": {"files": {"JSONString": (None, text)}},
        "query": {"params": {"JSONString": text}},
        "bare": {
            "data": text.encode(),
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        },
    }
    answer = books.ask("POST", "/contacts", **ways[how])
    assert answer.status_code == 201
    assert answer.json()["contact"]["contact_name"] == "Marsh & Söhne = 1"


def test_a_create_is_201_with_the_location_of_the_record(books: Caller) -> None:
    answer = books.ask("POST", "/contacts", json={"contact_name": "Marsh"})
    contact_id = answer.json()["contact"]["contact_id"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v3/contacts/{contact_id}"
    assert answer.headers["Content-Type"].startswith("application/json")


def test_ids_are_texts_of_eighteen_digits(books: Caller, entry: Json) -> None:
    for name in ("time_entry_id", "project_id", "task_id", "user_id", "customer_id"):
        assert isinstance(entry[name], str)
        assert len(entry[name]) == 18
        assert entry[name].isdigit()


def test_an_unknown_address_is_404_with_code_5(books: Caller) -> None:
    assert books.refused("GET", "/nowhere") == (404, 5)
    assert books.session.get(f"{HOST}/elsewhere").json()["code"] == 5


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/contacts"), ("PATCH", "/users"), ("PUT", "/projects/timeentries")],
)
def test_a_method_that_an_address_does_not_serve_is_405(
    books: Caller, method: str, path: str
) -> None:
    assert books.refused(method, path, {})[0] == 405


@pytest.mark.parametrize(
    "path", ["/contacts/1", "/projects/1", "/invoices/1", "/users/1", "/expenses/1", "/items/1"]
)
def test_an_unknown_record_is_404_with_code_1002(books: Caller, path: str) -> None:
    assert books.refused("GET", path) == (404, 1002)


@pytest.mark.parametrize("body", ["{", "[1]", '"text"', "null", "", "{'a': 1}"])
def test_a_body_that_is_no_json_object_is_refused(books: Caller, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = books.ask("POST", "/contacts", data=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)


def _many(books: Caller, count: int) -> None:
    for number in range(count):
        books.post("/items", {"name": f"Item {number:03d}", "rate": number})


def test_pages_cut_a_list_without_loss_or_repetition(books: Caller) -> None:
    _many(books, 12)
    seen: list[str] = []
    for page in range(1, 10):
        body = books.get("/items", page=page, per_page=5)
        context = body["page_context"]
        assert (context["page"], context["per_page"]) == (page, 5)
        seen += [i["item_id"] for i in body["items"]]
        if not context["has_more_page"]:
            break
    assert page == 3
    assert seen == [i["item_id"] for i in books.get("/items")["items"]]
    assert len(set(seen)) == 13


def test_page_context_has_its_documented_fields(books: Caller) -> None:
    context = books.get("/contacts", sort_column="contact_name", sort_order="D")["page_context"]
    assert context == {
        "page": 1,
        "per_page": 200,
        "has_more_page": False,
        "report_name": "Contacts",
        "applied_filter": "Status.All",
        "sort_column": "contact_name",
        "sort_order": "D",
    }


@pytest.mark.parametrize(("asked", "given"), [("1000", 200), ("abc", 200), ("0", 200), ("7", 7)])
def test_a_page_holds_two_hundred_records_at_most(books: Caller, asked: str, given: int) -> None:
    assert books.get("/contacts", per_page=asked)["page_context"]["per_page"] == given


def test_a_page_beyond_the_end_is_empty(books: Caller) -> None:
    body = books.get("/contacts", page=99)
    assert body["contacts"] == []
    assert body["page_context"]["has_more_page"] is False


@pytest.mark.parametrize("path", ["/organizations", "/settings/currencies"])
def test_some_lists_have_no_page_context(books: Caller, path: str) -> None:
    assert "page_context" not in books.get(path)


def test_page_context_can_be_switched_off(books: Caller) -> None:
    books.switch(send_page_context=False)
    assert "page_context" not in books.get("/contacts")


@pytest.mark.parametrize(("value", "keys"), [("both", 2), ("task", 1), ("tasks", 1)])
def test_the_key_of_the_task_list_is_a_switch(
    books: Caller, task: Json, value: str, keys: int
) -> None:
    books.switch(task_key=value)
    body = books.get(f"/projects/{task['project_id']}/tasks")
    named = {k for k in ("task", "tasks") if k in body}
    assert len(named) == keys
    assert value == "both" or named == {value}


def test_numbers_sort_as_numbers_and_equal_ones_in_order_of_creation(books: Caller) -> None:
    for rate in (100, 20, 3):
        books.post("/items", {"name": f"R{rate}", "rate": rate})
    rows = books.get("/items", sort_column="rate")["items"]
    assert [i["rate"] for i in rows] == [3, 20, 100, 100]
    assert [i["name"] for i in rows][2:] == ["Consulting", "R100"]


def test_unknown_parameter_values_are_refused_unless_switched_off(books: Caller) -> None:
    for wrong in ({"filter_by": "Status.Odd"}, {"sort_column": "odd"}, {"sort_order": "X"}):
        assert books.refused("GET", "/contacts", **wrong) == (400, 4)
    books.switch(strict_parameters=False)
    assert books.get("/contacts", filter_by="Status.Odd", sort_column="odd", sort_order="X")


def test_a_new_record_can_stay_out_of_lists_for_a_while(books: Caller) -> None:
    books.switch(list_lag_seconds=30)
    contact_id = books.post("/contacts", {"contact_name": "Late"})["contact"]["contact_id"]
    assert books.get("/contacts", contact_name="Late")["contacts"] == []
    assert books.get(f"/contacts/{contact_id}")
    books.control("clock", {"advance": 30})
    assert len(books.get("/contacts", contact_name="Late")["contacts"]) == 1


def test_amounts_are_numbers_or_by_switch_texts(books: Caller, entry: Json) -> None:
    invoice = books.invoice(entry)
    path = f"/invoices/{invoice['invoice_id']}"
    assert books.ask("GET", path).json()["invoice"]["total"] == 180
    books.switch(money_as_text=True)
    shown = books.ask("GET", path).json()["invoice"]
    assert (shown["total"], shown["line_items"][0]["rate"]) == ("180.00", "120.00")
    assert shown["price_precision"] == 2
