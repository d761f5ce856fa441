"""People who log time (R-061...R-066)."""

from typing import Any

import pytest
from support.planning import Recorder, context, marker
from tallystick.plan.context import Standing
from tallystick.plan.parties import email_states, plan_users


def user(external_id: str = "u1", email: str = "mara@studio.example") -> dict[str, Any]:
    """A person of the portal, as stored."""
    return {
        "external_id": external_id,
        "name": "Mara Lind",
        "email": email,
        "email_key": email.strip().casefold(),
        "content_hash": "v1",
    }


def plan(
    *users: dict[str, Any], books: tuple[dict[str, Any], ...] = (), **changes: Any
) -> tuple[dict[str, Standing], Recorder]:
    """Plan these people beside those the accounts have."""
    made, sink = context(**changes)
    plan_users(made, users, {u["email_key"]: u for u in books})
    return {key[1]: s for key, s in made.standing.items() if key[0] == "user"}, sink


def test_a_person_whom_the_accounts_do_not_know_is_added_then_made_inactive() -> None:
    """R-062: the second write waits for the first and gets its id."""
    standing, sink = plan(user())
    assert sink.did() == [("create", "user"), ("deactivate", "user")]
    made, off = sink.operations
    assert made.payload == {"name": "Mara Lind", "email": "mara@studio.example"}
    assert (off.fills, off.needs) == ({"external_id": made.reference}, (made.reference,))
    assert standing["u1"].reference == made.reference


def test_a_person_is_known_by_the_address_whatever_its_case() -> None:
    """R-063, R-064: linked, not added, not made inactive."""
    standing, sink = plan(user(email=" Mara@Studio.Example "), books=(user("s1"),))
    assert [(str(o.action), o.target_id) for o in sink.operations] == [("link", "s1")]
    assert standing["u1"].target_id == "s1"


def test_a_person_of_the_id_map_stays_with_it() -> None:
    """R-069 for people: a changed address makes no second user."""
    standing, sink = plan(
        user(email="new@studio.example"),
        books=(user("s2", "new@studio.example"),),
        links={("user", "u1"): ("user", "s1")},
    )
    assert (standing["u1"].target_id, sink.operations) == ("s1", [])


@pytest.mark.parametrize(
    ("users", "failed"),
    [
        ([user(email="")], {"u1"}),
        ([user(), user("u2"), user("u3", "other@studio.example")], {"u1", "u2"}),
        ([user(), user("u2", "MARA@studio.example")], {"u1", "u2"}),
    ],
)
def test_a_person_without_an_address_of_their_own_fails_and_the_rest_goes_on(
    users: list[dict[str, Any]], failed: set[str]
) -> None:
    """R-065, USR-01."""
    standing, sink = plan(*users)
    assert {i for i, s in standing.items() if s.state == "error"} == failed
    assert {i for i, s in standing.items() if s.state == "ok"} == set(standing) - failed
    assert sink.codes() == [("USR-01", "root")] * len(failed)
    assert sink.counts["users", "failed"] == len(failed)


def test_two_empty_addresses_are_missing_and_not_shared() -> None:
    """R-065, R-073: two empty addresses are never equal."""
    assert email_states([user("u1", ""), user("u2", ""), user("u3")]) == {
        "u1": "missing",
        "u2": "missing",
        "u3": "ok",
    }


def test_a_person_with_our_marker_is_adopted() -> None:
    """A lost database makes nobody twice."""
    _, sink = plan(user(), markers={marker("user", "u1"): ("user", "s9")})
    assert [(str(o.action), o.target_id) for o in sink.operations] == [("link", "s9")]
