"""Planning and applying by the command line, on fake connectors."""

import json
import re
from pathlib import Path

import pytest
from support.fakes import World, log, small_world
from tallystick.model.operation import Operation

from cli.terminal import Terminal, assert_clear, ready


@pytest.fixture
def world() -> World:
    """One project with one billable hour."""
    return small_world()


@pytest.fixture
def terminal(tmp_path: Path, world: World) -> Terminal:
    """Set up, not synced yet."""
    return ready(tmp_path / "home", world)


def test_a_plan_with_changes_exits_3_and_writes_nothing(terminal: Terminal, world: World) -> None:
    printed = terminal("sync", "plan")
    assert printed.exit == 3
    assert "+ create" in printed.out
    assert "rules/qualification.yaml:" in printed.out
    assert world.writes == []


def test_a_plan_file_is_applied_as_it_was_shown(
    terminal: Terminal, world: World, tmp_path: Path
) -> None:
    file = tmp_path / "july.plan"
    planned = terminal("sync", "plan", "-o", str(file))
    assert f" sync apply {file}" in planned.err
    assert terminal("sync", "apply", str(file)).exit == 0
    assert len(world.accounts["time_entry"]) == 1
    assert terminal("sync", "plan").exit == 0


def test_a_stale_plan_is_refused_with_exit_7(
    terminal: Terminal, world: World, tmp_path: Path
) -> None:
    file = tmp_path / "old.plan"
    terminal("sync", "plan", "-o", str(file))
    log(world, "e1", minutes=90)
    terminal("sync", "plan")
    assert_clear(terminal("sync", "apply", str(file)), "CFG-07", 7)
    assert world.writes == []


def test_the_first_run_without_an_answer_writes_nothing(terminal: Terminal, world: World) -> None:
    """R-016."""
    printed = terminal("sync", "run")
    assert printed.exit == 3
    assert "nothing was written" in printed.out
    assert world.writes == []


def test_a_run_that_is_approved_writes(terminal: Terminal, world: World) -> None:
    printed = terminal("sync", "run", "--yes")
    assert printed.exit == 0
    assert len(world.accounts["time_entry"]) == 1


def test_without_a_terminal_progress_is_plain_lines_on_stderr(terminal: Terminal) -> None:
    printed = terminal("sync", "run", "--yes")
    assert " timesheets   reading" in printed.err.splitlines()
    assert "\x1b" not in printed.err + printed.out
    assert "reading" not in printed.out


def test_quiet_prints_no_progress(terminal: Terminal) -> None:
    assert terminal("-q", "sync", "run", "--yes").err == ""


def test_jsonl_is_events_and_then_the_envelope(terminal: Terminal) -> None:
    lines = [json.loads(x) for x in terminal("sync", "run", "--yes", "--jsonl").out.splitlines()]
    assert {x.get("event") for x in lines[:-1]} == {"progress"}
    assert lines[-1]["tallystick"] == "1.0"
    assert lines[-1]["command"] == "sync run"


def test_records_in_error_exit_5_and_name_the_next_command(tmp_path: Path) -> None:
    world = small_world()
    world.put(
        "accounts",
        "contact",
        "k1",
        name="Acme Ltd",
        email="else@acme.example",
        contact_type="customer",
        currency="EUR",
        phone="",
        status="active",
    )
    printed = ready(tmp_path / "home", world)("sync", "run", "--yes")
    assert printed.exit == 5
    following = r"^Next: tallystick --home \S+ errors list --roots \|"
    assert re.search(following, printed.err, re.MULTILINE)


def test_a_run_that_is_not_there(terminal: Terminal) -> None:
    assert_clear(terminal("sync", "history", "404"), "CFG-12", 2)


def test_a_sync_while_switched_off_is_refused_with_exit_6(terminal: Terminal) -> None:
    terminal("sync", "run", "--yes")
    assert terminal("integration", "disable").exit == 0
    assert_clear(terminal("sync", "run"), "INT-02", 6)


def test_an_integration_that_is_not_there(terminal: Terminal) -> None:
    assert_clear(terminal("-i", "other", "sync", "plan"), "CFG-04", 2)


def test_a_module_that_is_not_there(terminal: Terminal) -> None:
    printed = terminal("sync", "plan", "--module", "timeshets")
    assert_clear(printed, "CFG-06", 2)
    assert "timesheets" in printed.err


def test_ctrl_c_between_two_writes_prints_one_message_and_the_next_run_goes_on(
    terminal: Terminal, world: World
) -> None:
    """Exit 130; nothing is written twice."""

    def stop(operation: Operation, moment: str) -> None:
        if moment == "before" and operation.type == "task":
            raise KeyboardInterrupt

    world.on_write = stop
    assert_clear(terminal("sync", "run", "--yes", "-q"), "CFG-30", 130)
    world.on_write = None
    assert terminal("sync", "run", "--yes").exit in {0, 5}
    terminal("sync", "sweep")
    assert [len(world.accounts[t]) for t in ("contact", "project")] == [1, 1]


def test_on_a_terminal_progress_is_drawn_and_ctrl_c_is_explained(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tallystick.cli.watching.interactive", lambda: True)
    printed = terminal("sync", "plan")
    assert "━" in printed.err or "█" in printed.err
    assert "timesheets" in printed.err
    assert "Ctrl-C is safe" in printed.err


def test_verbose_prints_each_step_with_its_count(terminal: Terminal) -> None:
    printed = terminal("-v", "sync", "plan")
    assert " timesheets   reading 1" in printed.err.splitlines()
