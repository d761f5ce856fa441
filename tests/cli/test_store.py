"""A store that is missing, by the command line: told, and begun anew only when a person says so."""

from pathlib import Path

import pytest
from support.fakes import small_world

from cli.terminal import Terminal, assert_clear, authorize, ready


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    """A project folder that was set up, and whose store is gone."""
    terminal = ready(tmp_path, small_world())
    for path in tmp_path.rglob("tallystick.db*"):
        path.unlink()
    return terminal


def test_every_command_tells_a_missing_store_and_what_to_do(bare: Terminal) -> None:
    """STO-11."""
    told = bare("status")
    assert_clear(told, "STO-11", 1)
    assert "tallystick db new" in told.out + told.err
    assert "STO-11" in bare("doctor", "--offline").out


def test_an_empty_store_is_made_only_after_a_yes(bare: Terminal) -> None:
    assert_clear(bare("db", "new"), "CFG-06", 2)
    assert_clear(bare("status"), "STO-11", 1)
    assert bare("db", "new", "--yes").exit == 0
    assert bare("status").exit == 0
    assert_clear(bare("db", "new", "--yes"), "STO-06", 1)


def test_a_lost_key_is_made_anew_and_the_ledger_stays(tmp_path: Path) -> None:
    """STO-08: what needs no credential works without the key; the store is never moved away."""
    terminal = ready(tmp_path / "home", small_world())
    assert terminal("sync", "run", "--yes").exit == 0
    assert terminal("billing", "invoice", "--project", "Atlas rollout").exit == 0
    before = terminal.data("billing", "ledger")
    key = terminal.home / ".tallystick" / "key"
    key.unlink()
    assert terminal("status").exit == 0
    told = terminal("sync", "run", "--yes")
    assert_clear(told, "STO-08", 1)
    assert "tallystick db rekey" in told.err
    assert_clear(terminal("db", "rekey"), "CFG-06", 2)
    assert not key.exists()
    assert "2 credentials" in terminal("db", "rekey", "--yes").out
    assert_clear(terminal("sync", "run", "--yes"), "CFG-05", 2)
    authorize(terminal)
    assert terminal("sync", "run", "--yes").exit == 0
    assert terminal.data("billing", "ledger") == before
