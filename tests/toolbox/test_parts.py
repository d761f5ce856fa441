"""Numbers are exact, pages end, secrets are hidden."""

from decimal import Decimal
from typing import Any

import pytest
from tallystick.errors import Unreachable
from tallystick.toolbox import (
    Batch,
    Redactor,
    Reply,
    dumps,
    exact,
    indexed,
    numbered,
    redact,
    redact_headers,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("199.99", "199.99"), ('"199.990"', "199.990"), ("0.1", "0.1"), ("7", "7"), ("1e2", "100")],
)
def test_a_number_is_read_as_it_was_written(text: str, amount: str) -> None:
    assert exact(Reply(200, {}, text.encode()).json()) == Decimal(amount)


@pytest.mark.parametrize("value", [None, True, "", "12,5", "NaN", float("inf"), [], "1e9999999x"])
def test_what_is_no_finite_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="number"):
        exact(value)


def test_a_decimal_is_written_as_a_number_with_its_own_digits() -> None:
    assert dumps({"rate": Decimal("0.10"), "big": Decimal("1E+3")}) == b'{"rate":0.10,"big":1000}'


def test_a_list_is_walked_to_its_last_page() -> None:
    pages = {1: Batch([1, 2], more=True), 2: Batch([3], more=False)}
    assert list(numbered(pages.__getitem__)) == [1, 2, 3]


def test_a_server_that_sends_the_same_page_for_ever_is_left() -> None:
    assert list(numbered(lambda _: Batch([1, 2], more=True))) == [1, 2]


def test_a_list_without_end_is_given_up() -> None:
    with pytest.raises(Unreachable):
        list(numbered(lambda page: Batch([page], more=True), most=5))


def test_positions_move_by_the_page_size_until_a_page_is_not_full() -> None:
    rows = list(range(1, 8))
    asked = []

    def fetch(at: int, size: int) -> list[int]:
        asked.append(at)
        return rows[at - 1 : at - 1 + size]

    assert list(indexed(fetch, size=3)) == rows
    assert asked == [1, 4, 7]


@pytest.mark.parametrize(
    "text",
    [
        "/x?authtoken=canary&page=2",
        '{"refresh_token": "canary"}',
        "Authorization: Zoho-oauthtoken canary",
        "client_secret=canary",
    ],
)
def test_telling_names_hide_their_values(text: str) -> None:
    """R-023."""
    assert "canary" not in redact(text)


def test_known_values_are_hidden_also_as_spelt_in_a_url() -> None:
    """R-023."""
    redactor = Redactor(["can/ary+1", "abc"])
    assert redactor.text("a can/ary+1 b can%2Fary%2B1 abc") == "a [hidden] b [hidden] abc"
    assert "ary" not in repr(redactor)


def test_credential_headers_are_hidden() -> None:
    assert redact_headers({"Authorization": "x", "Accept": "json"}) == {
        "Authorization": "[hidden]",
        "Accept": "json",
    }


def test_a_reply_does_not_show_its_body() -> None:
    assert "canary" not in repr(Reply(200, {"X": "canary"}, b"canary"))
