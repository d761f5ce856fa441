"""What Books says becomes a row exactly: money, zones, empty texts, words that are not known."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tallystick.toolbox import Reply
from tallystick_zoho_books import mapping
from tallystick_zoho_books.values import (
    FieldError,
    day,
    duration,
    flag,
    ident,
    instant,
    minutes,
    rate,
)

INVOICE: dict[str, Any] = {"invoice_id": "90", "currency_code": "EUR"}


def invoice(text: str) -> dict[str, Any]:
    """The row of an invoice whose JSON text ends with this."""
    body = '{"invoice_id": "90", ' + text + "}"
    return mapping.transaction(Reply(200, {}, body.encode()).json())


@pytest.mark.parametrize(
    ("currency", "total", "minor"),
    [
        ("USD", "199.99", 19999),
        ("USD", '"199.99"', 19999),
        ("USD", "0.1", 10),
        ("USD", "1.005", 101),
        ("EUR", "-12.30", -1230),
        ("EUR", "123456789012345678.91", 12345678901234567891),
        ("JPY", "1500", 1500),
        ("JPY", '"1500.00"', 1500),
        ("KWD", "1.234", 1234),
        ("KWD", "0.0005", 1),
        ("USD", '""', None),
        ("USD", "null", None),
    ],
)
def test_an_amount_is_exact_in_the_minor_unit_of_its_currency(
    currency: str, total: str, minor: int | None
) -> None:
    """P-14; 1.005 is 1.00 as a binary float."""
    row = invoice(f'"currency_code": "{currency}", "total": {total}')
    assert row["total_minor"] == minor


@pytest.mark.parametrize("total", ["1e400", '"1e400"', '"NaN"', '"12,50"', "true", "[]", "1e-99"])
def test_an_amount_that_is_none_sets_the_record_aside(total: str) -> None:
    with pytest.raises(FieldError) as caught:
        invoice(f'"currency_code": "USD", "total": {total}')
    assert caught.value.field == "total"


def test_a_rate_keeps_more_digits_than_the_currency_has() -> None:
    raw = {"task_id": "1", "rate": Decimal("83.333333")}
    assert mapping.task(raw, "7")["rate"] == "83.333333"


@pytest.mark.parametrize("value", [0, "0.00", "", None, Decimal("0.0")])
def test_a_rate_of_nothing_is_no_rate(value: Any) -> None:
    assert rate(value) is None


def test_empty_texts_are_nothing_and_unsent_fields_give_no_column() -> None:
    row = mapping.contact({"contact_id": "50", "contact_name": "Acme", "email": "", "phone": ""})
    assert (row["email"], row["phone"]) == (None, None)
    assert not {"notes", "website", "address", "status", "modified_at"} & set(row)


def test_the_short_row_of_a_task_list_does_not_say_that_there_is_no_description() -> None:
    row = mapping.task({"task_id": "80", "task_name": "Import"}, "70")
    assert row == {"external_id": "80", "project_id": "70", "name": "Import", "extra": {}}


@pytest.mark.parametrize("word", ["approval_overdue", "partially paid", "VOID"])
def test_an_unknown_status_is_kept_as_it_was_sent(word: str) -> None:
    assert mapping.transaction({**INVOICE, "status": word})["status"] == word
    assert (
        mapping.time_entry({"time_entry_id": "1", "billed_status": word})["billed_status"] == word
    )


def test_ids_stay_texts_of_all_their_digits() -> None:
    line = {"line_item_id": 9223372036854775808, "time_entry_ids": [4600000000000440211, "7"]}
    row = mapping.transaction_line(line, INVOICE)
    assert row["external_id"] == "9223372036854775808"
    assert row["time_entry_ids"] == ["4600000000000440211", "7"]


@pytest.mark.parametrize("value", [None, "", True, 1.5, Decimal("1.5"), [], {}])
def test_what_is_no_id_is_refused(value: Any) -> None:
    with pytest.raises(FieldError):
        ident({"x_id": value}, "x_id")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2013-10-07T18:24:51+0530", datetime(2013, 10, 7, 12, 54, 51, tzinfo=UTC)),
        ("2013-10-07T18:24:51+05:30", datetime(2013, 10, 7, 12, 54, 51, tzinfo=UTC)),
        ("2026-06-09T16:22:34-0400", datetime(2026, 6, 9, 20, 22, 34, tzinfo=UTC)),
        ("2026-06-09T16:22:34Z", datetime(2026, 6, 9, 16, 22, 34, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_timestamp_is_an_instant_in_utc(text: str, utc: datetime | None) -> None:
    assert instant(text) == utc


def test_a_work_date_is_never_converted() -> None:
    """R-113."""
    assert day("2026-03-31") == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["31.03.2026", "2026-02-30", "yesterday"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|isoformat"):
        day(text)


@pytest.mark.parametrize(
    ("text", "whole"), [("05:00", 300), ("12:26", 746), ("100:01", 6001), ("0:00", 0), ("", None)]
)
def test_a_duration_is_whole_minutes(text: str, whole: int | None) -> None:
    """R-112."""
    assert minutes(text) == whole


@pytest.mark.parametrize(
    "text", ["0.00", "5", "1:60", "-1:00", "01:30:00", "1:3", "\u0661:\u0663\u0660", 90]
)
def test_what_is_no_duration_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match="duration"):
        minutes(text)


@pytest.mark.parametrize(("whole", "text"), [(0, "00:00"), (95, "01:35"), (6001, "100:01")])
def test_minutes_are_written_as_hours_and_minutes(whole: int, text: str) -> None:
    assert duration(whole) == text
    assert minutes(text) == whole


@pytest.mark.parametrize(
    ("value", "found"), [(True, True), ("false", False), ("TRUE", True), ("", None), (None, None)]
)
def test_a_flag_may_come_in_words(value: Any, found: bool | None) -> None:
    assert flag(value) is found


@pytest.mark.parametrize("value", [1, "yes", [], {}])
def test_what_is_neither_yes_nor_no_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="neither"):
        flag(value)


def test_the_single_record_of_a_user_has_its_address_elsewhere() -> None:
    raw = {
        "user_id": "60",
        "email_ids": [
            {"email": "old@studio.example", "is_selected": False},
            {"email": "mara@studio.example", "is_selected": True},
        ],
    }
    assert mapping.user(raw)["email"] == "mara@studio.example"


def test_the_single_record_of_a_contact_has_its_address_at_the_primary_person() -> None:
    people = [{"email": "b@x.example"}, {"email": "a@x.example", "is_primary_contact": True}]
    row = mapping.contact({"contact_id": "50", "contact_persons": people})
    assert row["email"] == "a@x.example"


def test_a_billing_type_is_translated_and_an_unknown_one_kept() -> None:
    raw = {"project_id": "7", "billing_type": "based_on_staff_hours"}
    assert mapping.project(raw)["billing_method"] == "staff_hours"
    assert mapping.project({**raw, "billing_type": "by_moon"})["billing_method"] == "by_moon"


@pytest.mark.parametrize(
    ("sent", "zone"),
    [("PST", "America/Los_Angeles"), ("Asia/Calcutta", "Asia/Calcutta"), ("", None)],
)
def test_a_zone_gets_its_name_of_the_zone_database(sent: str, zone: str | None) -> None:
    assert mapping.organization({"organization_id": "1", "time_zone": sent})["zone"] == zone


def test_the_fields_of_an_organization_are_kept_as_plain_json() -> None:
    raw = {**INVOICE, "custom_field_hash": {"cf_x": Decimal("1.10"), "cf_y": ["a"]}}
    assert mapping.transaction(raw)["extra"] == {
        "custom_field_hash": {"cf_x": "1.10", "cf_y": ["a"]}
    }


def test_an_expense_that_came_from_projects_says_so() -> None:
    raw = {"expense_id": "1", "reference_number": "PRJ-7"}
    assert mapping.expense(raw)["origin"] == "projects"
    assert mapping.expense({**raw, "reference_number": "7"})["origin"] == "books"
