"""Boundary vectors of names and contacts, each by its number."""

from typing import Any

import pytest
from rules.shipped import ask, bound_id


def customer(id_: str, name: str, email: str | None = None, **more: Any) -> dict[str, Any]:
    return {"id": id_, "contact_type": "customer", "name": name, "email": email, **more}


def match(
    name: str, *candidates: dict[str, Any], email: str | None = None, answer: str = "ask"
) -> tuple[Any, ...]:
    decision = ask(
        "contact.match",
        params={"on_duplicate": answer},
        incoming={"name": name, "email": email},
        candidates=list(candidates),
    )
    return decision.outcome, decision.code, bound_id(decision)


DUPLICATE, STRANGER = ("review", "CON-01", None), ("create", None, None)


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        pytest.param("ACME  LTD ", "Acme Ltd", DUPLICATE, id="V-NAM-01"),
        pytest.param("Acme Ltd", "Acme Limited", STRANGER, id="V-NAM-02"),
        pytest.param("Smith & Co", "Smith and Co", STRANGER, id="V-NAM-03"),
        pytest.param("Cafe\u0301", "Caf\u00e9", DUPLICATE, id="V-NAM-04"),
        pytest.param("Stra\u00dfe AG", "STRASSE AG", DUPLICATE, id="V-NAM-05"),
        pytest.param("\uff21\uff23\uff2d\uff25", "Acme", DUPLICATE, id="V-NAM-06"),
        pytest.param("Acme\u200b", "Acme", DUPLICATE, id="V-NAM-07"),
        pytest.param("\u0130stanbul", "istanbul", STRANGER, id="V-NAM-08"),
    ],
)
def test_names_are_compared_as_people_read_them(
    ours: str, theirs: str, wanted: tuple[Any, ...]
) -> None:
    """R-071, R-072."""
    assert match(ours, customer("B", theirs)) == wanted


ACME = customer("B", "Acme")


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        pytest.param("clone", ("create", None, None), id="V-NAM-09"),
        pytest.param("overwrite", ("link", None, "B"), id="V-NAM-10"),
        pytest.param("skip", ("link", None, "B"), id="V-NAM-11"),
        pytest.param("ask", ("review", "CON-01", None), id="V-NAM-12"),
    ],
)
def test_a_duplicate_by_name_goes_by_the_preference(answer: str, wanted: tuple[Any, ...]) -> None:
    """R-075, R-076, R-078, R-079."""
    assert match("acme", ACME, answer=answer) == wanted


def test_only_overwrite_takes_the_incoming_values() -> None:
    """R-076, R-078: under Skip the customer stays as it is."""
    for answer, fields in (("overwrite", "incoming"), ("skip", None)):
        given = {"params": {"on_duplicate": answer}, "candidates": [customer("B", "Acme Ltd")]}
        assert ask("contact.match", **given).fields == fields


@pytest.mark.parametrize("answer", ["ask", "skip", "overwrite"])
def test_v_nam_13_two_customers_of_the_name_are_asked_about(answer: str) -> None:
    """R-082: never the first."""
    found = match("Acme", ACME, customer("D", "ACME"), answer=answer)
    assert found == ("review", "CON-02", None)


@pytest.mark.parametrize("answer", ["ask", "skip", "overwrite"])
def test_v_nam_14_the_one_with_the_same_address_is_taken(answer: str) -> None:
    """R-082."""
    other = customer("D", "ACME", "pay@acme.example")
    found = match("Acme", ACME, other, email="PAY@acme.example ", answer=answer)
    assert found == ("link", None, "D")


def test_v_nam_16_a_vendor_of_the_name_is_no_match() -> None:
    """R-084."""
    assert match("Acme", {**ACME, "contact_type": "vendor"}) == STRANGER


@pytest.mark.parametrize("answer", ["ask", "skip", "overwrite"])
def test_v_nam_17_one_address_and_two_names_are_asked_about(answer: str) -> None:
    """R-073."""
    found = match("Other", customer("B", "Acme", "a@b.example"), email="a@b.example", answer=answer)
    assert found == DUPLICATE


def test_v_nam_18_equal_name_and_address_link_without_a_question() -> None:
    """R-074: whatever the case, and the fields stay untouched."""
    decision = ask(
        "contact.match",
        incoming={"name": "acme  LTD", "email": "Pay@Acme.example"},
        candidates=[customer("B", "Acme Ltd", "pay@acme.EXAMPLE")],
    )
    assert (decision.outcome, bound_id(decision), decision.fields) == ("link", "B", None)


def test_v_nam_19_two_empty_addresses_are_never_equal() -> None:
    """R-073."""
    assert match("Other", customer("B", "Acme", ""), email="") == STRANGER


def test_v_nam_20_an_inactive_customer_is_matched() -> None:
    """R-085."""
    inactive = customer("B", "Acme", "a@b.example", status="inactive")
    assert match("Acme", inactive, email="a@b.example") == ("link", None, "B")
