"""The main job by the command line, step by step, on served simulators."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.terminal import Terminal, connect, set_up, town


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A folder that is connected, set up, synced and billed once."""
    with town(tmp_path_factory.mktemp("job")) as (made, place):
        connect(made, place)
        assert set_up(made).exit == 0
        assert made("sync", "run", "--auto-approve").exit == 0
        assert made("billing", "invoice", "--project", "Atlas rollout").exit == 0
        yield made


def test_a_plan_with_nothing_to_do_exits_0(terminal: Terminal) -> None:
    """R-038."""
    assert terminal("sync", "plan").exit == 0


def test_status_names_the_badge_and_the_next_step(terminal: Terminal) -> None:
    printed = terminal("status")
    assert "Active" in printed.out
    assert "Next: tallystick" in printed.err


def test_why_says_which_invoice_holds_an_entry(terminal: Terminal) -> None:
    """R-223."""
    rows = terminal.data("records", "list", "time_entry", "--where", "connection_id=source")["rows"]
    printed = terminal("records", "why", f"time_entry:{rows[0]['external_id']}")
    assert "INVOICED by INV-" in printed.out
    assert "because" in printed.out


def test_the_same_work_is_refused_with_exit_6(terminal: Terminal) -> None:
    """R-166."""
    printed = terminal("billing", "invoice", "--project", "Atlas rollout")
    assert printed.exit == 6
    assert "INV-01" in printed.err


def test_the_ledger_proves_that_nothing_is_double(terminal: Terminal) -> None:
    """I-01, R-224."""
    view = terminal.data("billing", "ledger", "--verify")
    assert view["doubles"] == []
    assert [row["difference"] for row in view["conservation"]] == [0]


def test_all_projects_are_billed_with_their_refusals_listed(terminal: Terminal) -> None:
    assert terminal.data("billing", "invoice", "--all") == []


def test_history_lists_runs_newest_first(terminal: Terminal) -> None:
    """R-037."""
    rows = terminal.data("sync", "history")
    assert [r["run"] for r in rows] == sorted((r["run"] for r in rows), reverse=True)


def test_a_list_is_sorted_filtered_and_cut_as_asked(terminal: Terminal) -> None:
    printed = terminal(
        "sync", "history", "--where", "kind=invoice", "--columns", "kind", "--limit", "1"
    )
    assert printed.out.split() == ["kind", "invoice"]


def test_switching_off_and_on_keeps_portal_and_claims(terminal: Terminal) -> None:
    """R-195, R-200."""
    before = terminal.data("billing", "ledger")["hash"]
    assert terminal("integration", "disable").exit == 0
    assert terminal("sync", "plan").exit == 6
    portal = terminal.data("integration", "show")["portal_id"]
    assert terminal("integration", "re-enable", "--portal", portal).exit == 0
    assert terminal.data("billing", "ledger")["hash"] == before


def test_doctor_is_content(terminal: Terminal) -> None:
    printed = terminal("doctor")
    assert printed.exit == 0, printed.out
    assert "fail" not in printed.out.splitlines()[0]


def test_a_second_plan_file_of_an_applied_plan_can_be_read_back(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "july.plan"
    assert terminal("sync", "plan", "-o", str(file)).exit == 0
    assert terminal("sync", "apply", str(file)).exit == 0
