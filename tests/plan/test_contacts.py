"""Finding the customer a client company already is, or making one (R-069...R-086)."""

from typing import Any

import pytest
from support.planning import Recorder, context, marker, rows, setting
from tallystick.model.fold import fold_name
from tallystick.plan.context import Standing
from tallystick.plan.parties import plan_contact

CLIENT: dict[str, Any] = {
    "external_id": "c1",
    "name": "Acme Ltd",
    "email": "pay@acme.example",
    "phone": "",
    "currency": "EUR",
    "contact_type": "client",
    "address": {},
    "content_hash": "v1",
}


def customer(external_id: str = "k1", **changes: Any) -> dict[str, Any]:
    """A customer of the accounts."""
    row = {
        "external_id": external_id,
        "name": "Acme Ltd",
        "email": "pay@acme.example",
        "phone": "1",
        "currency": "EUR",
        "contact_type": "customer",
        "status": "active",
    }
    return {**row, **changes}


def match(
    *candidates: dict[str, Any],
    client: dict[str, Any] = CLIENT,
    preference: str = "ask",
    others: tuple[dict[str, Any], ...] = (),
    **changes: Any,
) -> tuple[Standing, Recorder]:
    """Plan the one client company."""
    made, sink = context(
        setting(on_duplicate=preference),
        targets={"contact": rows(*candidates, *others)},
        **changes,
    )
    return plan_contact(made, client, candidates, currency="USD"), sink


def test_a_client_that_nobody_is_like_becomes_a_customer() -> None:
    """R-072: empty values are not sent."""
    standing, sink = match()
    assert sink.did() == [("create", "contact")]
    assert sink.operations[0].payload == {
        "name": "Acme Ltd",
        "email": "pay@acme.example",
        "currency": "EUR",
        "contact_type": "customer",
    }
    assert standing.reference == sink.operations[0].reference


def test_a_client_without_a_currency_gets_the_project_s() -> None:
    """R-053: a customer is made that the project can be billed to."""
    _, sink = match(client={**CLIENT, "currency": None})
    assert sink.operations[0].payload["currency"] == "USD"


def test_the_id_map_wins_over_every_name() -> None:
    """R-069, R-091, V-NAM-15, I-11."""
    standing, sink = match(
        customer("k2"),
        others=(customer("k1", name="Something Else"),),
        links={("contact", "c1"): ("contact", "k1")},
    )
    assert (standing.state, standing.target_id, sink.operations) == ("ok", "k1", [])


def test_a_customer_that_carries_our_marker_is_linked_and_never_made_again() -> None:
    """A lost database: what we made is adopted."""
    standing, sink = match(markers={marker("contact", "c1"): ("contact", "k7")})
    assert [(str(o.action), o.target_id) for o in sink.operations] == [("link", "k7")]
    assert standing.target_id == "k7"


def test_the_sure_twin_is_linked_without_a_question_and_stays_as_it_is() -> None:
    """R-074, V-NAM-18."""
    _, sink = match(customer(name=" ACME  ltd ", email="PAY@acme.example"))
    assert [(str(o.action), o.target_id) for o in sink.operations] == [("link", "k1")]
    assert sink.operations[0].because.rule == "same-name-and-email"


@pytest.mark.parametrize(
    ("vector", "candidates", "code"),
    [
        ("V-NAM-12", [customer(email="")], "CON-01"),
        ("V-NAM-13", [customer("k1", email=""), customer("k2", email="")], "CON-02"),
        ("V-NAM-17", [customer(name="Other")], "CON-01"),
    ],
)
def test_a_doubtful_match_waits_for_a_person(
    vector: str, candidates: list[dict[str, Any]], code: str
) -> None:
    """R-073, R-079, R-082: nothing is written; the row is a root error."""
    standing, sink = match(*candidates)
    assert (standing.state, standing.code, sink.operations) == ("error", code, []), vector
    assert sink.codes() == [(code, "root")]
    assert sink.counts["projects", "failed"] == 1


def test_several_of_a_name_are_no_question_when_one_has_the_address() -> None:
    """R-082, V-NAM-14."""
    standing, _ = match(customer("k1", email=""), customer("k2"))
    assert standing.target_id == "k2"


def test_clone_makes_a_second_customer_whose_name_gets_a_suffix() -> None:
    """R-075, R-083, V-NAM-09, I-13: shown in the plan."""
    _, sink = match(customer(), preference="clone")
    assert sink.did() == [("create", "contact")]
    operation = sink.operations[0]
    assert (operation.payload["name"], operation.title) == ("Acme Ltd (2)", "Acme Ltd (2)")


def test_a_suffix_is_never_one_that_is_in_use() -> None:
    """R-083: names of this plan count too."""
    made, sink = context(
        setting(on_duplicate="clone"),
        targets={"contact": rows(customer(), customer("k2", name="ACME LTD (2)"))},
    )
    plan_contact(made, CLIENT, [customer()], currency=None)
    plan_contact(made, {**CLIENT, "external_id": "c2"}, [customer()], currency=None)
    assert [o.payload["name"] for o in sink.operations] == ["Acme Ltd (3)", "Acme Ltd (4)"]


def test_a_vendor_of_that_name_is_no_match_but_holds_the_name() -> None:
    """R-084, V-NAM-16: the accounts refuse a second contact of one display name."""
    _, sink = match(others=(customer("v1", contact_type="vendor", email=""),))
    assert sink.did() == [("create", "contact")]
    assert sink.operations[0].payload["name"] == "Acme Ltd (2)"


def test_a_name_without_a_taken_twin_stays_as_it_is() -> None:
    """R-083: close is not equal."""
    _, sink = match(others=(customer("k5", name="Acme Limited", email=""),))
    assert sink.operations[0].payload["name"] == "Acme Ltd"
    assert fold_name("Acme Limited") != fold_name("Acme Ltd")


def test_skip_links_the_one_of_that_name_and_leaves_it_untouched() -> None:
    """R-078, V-NAM-11, I-13."""
    _, sink = match(customer(email=""), preference="skip")
    assert [(str(o.action), o.target_id) for o in sink.operations] == [("link", "k1")]


def test_overwrite_carries_values_over_but_no_blanks() -> None:
    """R-076, R-077, V-NAM-10, I-13: the phone is kept, the address is new."""
    client = {**CLIENT, "phone": "", "address": {"city": "Oslo"}}
    old = customer(name="ACME LTD", address={"city": "Bergen"})
    _, sink = match(old, client=client, preference="overwrite")
    assert sink.did() == [("link", "contact"), ("update", "contact")]
    assert sink.operations[1].payload == {"name": "Acme Ltd", "address": {"city": "Oslo"}}
    assert sink.operations[1].target_id == "k1"


def test_overwrite_never_touches_the_currency() -> None:
    """R-086, CON-03: transactions may be in it."""
    _, sink = match(customer(currency="USD"), preference="overwrite")
    assert all("currency" not in o.payload for o in sink.operations)


def test_an_inactive_twin_is_matched_and_not_woken_up() -> None:
    """R-085, V-NAM-20: invoicing waits for a person (CON-06)."""
    standing, sink = match(customer(status="inactive"))
    assert standing.target_id == "k1"
    assert sink.did() == [("link", "contact")]


@pytest.mark.parametrize(("answer", "did"), [("clone", "create"), ("skip", "link")])
def test_a_person_s_answer_for_one_contact_wins_over_the_preference(answer: str, did: str) -> None:
    """R-079: answered, the next run goes on."""
    _, sink = match(customer(email=""), answers={"c1": answer})
    assert [str(o.action) for o in sink.operations] == [did]


def test_the_answer_overwrite_carries_values_over_to_the_customer_that_was_chosen() -> None:
    """R-076: the pair was made when the person answered; blanks erase nothing."""
    _, sink = match(
        others=(customer(name="Old Name"),),
        answers={"c1": "overwrite"},
        links={("contact", "c1"): ("contact", "k1")},
    )
    assert sink.did() == [("update", "contact")]
    assert sink.operations[0].payload == {"name": "Acme Ltd"}
    assert sink.operations[0].because.rule == "answer"


def test_values_once_carried_over_are_not_written_again() -> None:
    """R-038."""
    _, sink = match(
        others=(customer(),),
        answers={"c1": "overwrite"},
        links={("contact", "c1"): ("contact", "k1")},
    )
    assert sink.operations == []
