"""Connecting and setting up by the command line, on fake connectors."""

import json
from pathlib import Path
from socket import socket

import pytest
from support.fakes import small_world
from tallystick.app.workspace import Surroundings
from tallystick.testing.clock import FakeClock

from cli.terminal import CREDENTIAL, Terminal, assert_clear, authorize, beside, ready, set_up


@pytest.fixture
def connected(tmp_path: Path) -> Terminal:
    """Connected, not set up."""
    terminal = beside(tmp_path / "home", small_world())
    authorize(terminal)
    return terminal


def test_a_portal_of_somebody_else_is_listed_with_the_reason(connected: Terminal) -> None:
    """R-007."""
    printed = connected("integration", "portals")
    assert "P1" in printed.out
    assert "no: SETUP-02" in printed.out
    assert "SETUP-02" not in connected("integration", "portals", "--owned").out


def test_a_portal_of_somebody_else_cannot_be_chosen(connected: Terminal) -> None:
    """R-007."""
    printed = connected(
        "integration", "setup", "--portal", "Other Studio", "--all-unbilled", "--consent"
    )
    assert_clear(printed, "SETUP-02", 6)


@pytest.mark.parametrize("day", ["soon", "01/07/2026", "2026-02-30", ""])
def test_a_cutoff_that_is_no_date_says_how_one_looks(connected: Terminal, day: str) -> None:
    printed = connected(
        "integration", "setup", "--portal", "P1", "--cutoff", day, "--consent", "--json"
    )
    assert printed.exit == 2
    error = printed.envelope["errors"][0]
    assert "YYYY-MM-DD" in error["message"]
    assert error["fix"]


def test_an_unknown_module_is_named(connected: Terminal) -> None:
    printed = set_up(connected, "--modules", "projects,timeshets")
    assert_clear(printed, "CFG-06", 2)
    assert "timeshets" in printed.err


def test_a_secret_is_nowhere_in_what_is_printed_or_stored_in_plain(connected: Terminal) -> None:
    printed = [
        connected("integration", "show"),
        connected("integration", "show", "--json"),
        connected("doctor", "--json"),
    ]
    stored = b"".join(p.read_bytes() for p in connected.home.rglob("*") if p.is_file())
    for secret in (CREDENTIAL["client_secret"], CREDENTIAL["refresh_token"]):
        assert not any(secret in p.out + p.err for p in printed)
        assert secret.encode() not in stored


def test_a_secret_is_never_an_argument(connected: Terminal) -> None:
    printed = connected("integration", "connect", "--side", "source", "--key", "hush")
    assert printed.exit == 2
    assert "hush" not in printed.err


def test_without_a_terminal_a_credential_is_asked_for_on_stdin(connected: Terminal) -> None:
    assert_clear(connected("integration", "connect", "--side", "source"), "CFG-05", 2)


def test_switching_on_with_another_portal_is_refused(tmp_path: Path) -> None:
    """R-200, INT-01."""
    terminal = ready(tmp_path / "home", small_world())
    terminal("sync", "run", "--yes")
    terminal("integration", "disable")
    assert_clear(terminal("integration", "re-enable", "--portal", "P2"), "INT-01", 6)
    assert terminal("integration", "re-enable", "--portal", "P1").exit == 0
    assert terminal.data("integration", "show")["badge"] == "Active"


def test_modules_are_shown_and_changed(tmp_path: Path) -> None:
    terminal = ready(tmp_path / "home", small_world())
    terminal("sync", "run", "--yes")
    changed = terminal.data("integration", "modules", "--general-timesheets", "on")
    assert changed["general_timesheets"] is True
    assert terminal.data("integration", "modules")["general_timesheets"] is True


def test_the_list_names_badge_and_both_sides(tmp_path: Path) -> None:
    terminal = ready(tmp_path / "home", small_world())
    rows = terminal.data("integration", "list")
    assert rows == [
        {
            "name": "main",
            "state": "Set up",
            "portal": "Zylker Studio",
            "target": "Zylker Books",
        }
    ]


def test_a_folder_is_not_made_twice(tmp_path: Path) -> None:
    terminal = beside(tmp_path / "home", small_world())
    assert_clear(terminal("init"), "CFG-13", 2)


def test_a_setup_before_connecting_says_so_in_the_words_of_status(tmp_path: Path) -> None:
    """SETUP-07."""
    terminal = beside(tmp_path / "home", small_world())
    for printed in (set_up(terminal), terminal("sync", "plan")):
        assert_clear(printed, "SETUP-07", 6)
        assert "The integration is Not connected" in printed.err
        assert "tallystick integration connect" in printed.err


def test_a_bill_while_switched_off_says_how_to_switch_on(tmp_path: Path) -> None:
    """INT-02."""
    terminal = ready(tmp_path / "home", small_world())
    assert terminal("sync", "run", "--yes").exit == 0
    assert terminal("integration", "disable").exit == 0
    printed = terminal("billing", "invoice", "--project", "Atlas rollout")
    assert_clear(printed, "INT-02", 6)
    assert "tallystick integration enable" in printed.err


def test_connecting_where_nobody_answers_says_so_twice_and_what_to_check(tmp_path: Path) -> None:
    """NET-02: a person waits, so two tries are enough, and the address may be wrong."""
    terminal = Terminal(tmp_path / "home", Surroundings(clock=FakeClock(), wait=lambda _s: None))
    assert terminal("init").exit == 0
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    words = ("--set", f"base_url={nowhere}/books/v3", "--set", f"accounts_url={nowhere}")
    connect = ("integration", "connect", "--side", "target", "--key-stdin", *words)
    printed = terminal(*connect, stdin=json.dumps(CREDENTIAL))
    assert_clear(printed, "NET-02", 4)
    assert printed.err.count("try 2 of 2 in 2 s") == 1
    assert "zoho_books: 127.0.0.1" in printed.err
    assert "base_url" in printed.err
    assert "accounts_url" in printed.err
    assert "hush" not in printed.err
    quiet = terminal(*connect, "--json", stdin=json.dumps(CREDENTIAL))
    assert quiet.envelope["errors"][0]["code"] == "NET-02"
