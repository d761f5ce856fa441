"""Connections and integrations as an administrator chose them."""

from datetime import date

from tallystick.model.connection import Credential
from tallystick.store import ConnectionData, IntegrationData, Store
from tallystick.testing.clock import START, FakeClock


def test_a_connection_keeps_its_secret_when_its_settings_are_stored_again(store: Store) -> None:
    store.settings.put_connection(ConnectionData("c", "books"), now=START)
    store.vault.put_credential("c", Credential("oauth", {"refresh_token": "r"}))
    store.settings.put_connection(ConnectionData("c", "books", settings={"a": 1}), now=START)
    assert store.vault.credential("c") == Credential("oauth", {"refresh_token": "r"})
    found = store.settings.connection("c")
    assert found is not None
    assert found.credential_kind == "oauth"
    assert found.settings == {"a": 1}


def test_a_connection_keeps_the_instant_it_was_made_at(store: Store, clock: FakeClock) -> None:
    store.settings.put_connection(ConnectionData("c", "books"), now=clock.now())
    clock.advance(days=1)
    store.settings.put_connection(ConnectionData("c", "books", name="New"), now=clock.now())
    found = store.settings.connection("c")
    assert found is not None
    assert (found.created_at, found.name) == (START, "New")


def test_a_connection_nobody_made_is_not_there(store: Store) -> None:
    assert store.settings.connection("none") is None


def test_the_choices_of_an_integration_survive(store: Store) -> None:
    chosen = IntegrationData(
        "main",
        "authorized",
        "p",
        "b",
        modules=["projects", "timesheets"],
        cutoff_mode="date",
        cutoff=date(2026, 7, 1),
        setup_at=START,
        answers={"c1": "clone"},
    )
    store.settings.put_integration(chosen)
    assert store.settings.integration("main") == chosen
    assert store.settings.integrations() == [chosen]
    assert store.settings.integration("other") is None


def test_storing_choices_does_not_change_the_state(store: Store) -> None:
    store.settings.put_integration(IntegrationData("main", "none", "p", "b"))
    assert store.settings.move("main", ("none",), "authorized") is True
    store.settings.put_integration(IntegrationData("main", "none", "p", "b", zone="Asia/Kolkata"))
    found = store.settings.integration("main")
    assert found is not None
    assert (found.state, found.zone) == ("authorized", "Asia/Kolkata")


def test_a_state_moves_only_from_where_it_was_expected(store: Store) -> None:
    store.settings.put_integration(IntegrationData("main", "none", "p", "b"))
    assert store.settings.move("main", ("active", "paused"), "disabled") is False
    found = store.settings.integration("main")
    assert found is not None
    assert found.state == "none"


def test_only_the_first_approval_of_a_plan_is_noted(store: Store, clock: FakeClock) -> None:
    store.settings.put_integration(IntegrationData("main", "none", "p", "b"))
    store.settings.approved("main", now=clock.now())
    clock.advance(days=1)
    store.settings.approved("main", now=clock.now())
    found = store.settings.integration("main")
    assert found is not None
    assert found.approved_at == START
