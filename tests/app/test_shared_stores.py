"""Project folders that share one store: each knows whether a process of another one works."""

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from app.synced import booked, run
from store.test_presence import end_sessions
from support.databases import dialect, migrated_file, postgres, url
from support.fakes import World, log, small_world
from support.processes import die_at, in_child
from support.projects import opened, set_up
from tallystick.app import sync
from tallystick.app.doctor import doctor
from tallystick.app.runs import begin
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused, StoreError
from tallystick.run import ExecutorLock

__all__ = ["dialect", "migrated_file", "postgres", "url"]

KEY = "dGhlIGtleSBvZiB0d28gZm9sZGVycyBvbiBvbmUgZGI="
Folder = Callable[[str], AbstractContextManager[Workspace]]


@pytest.fixture
def world() -> World:
    """Three entries."""
    found = small_world()
    log(found, "e2", minutes=30)
    log(found, "e3", minutes=45)
    return found


@pytest.fixture
def folder(tmp_path: Path, world: World, url: str, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Opens one of several project folders, all with the same key and the same store."""
    monkeypatch.setenv("TALLYSTICK_KEY", KEY)
    with opened(tmp_path / "one", world, url=url) as ws:
        set_up(ws)
    return lambda name: opened(tmp_path / name, world, url=url)


def test_a_process_of_another_folder_is_told_to_wait_while_a_run_is_going_on(
    folder: Folder, world: World
) -> None:
    """R-030, INT-05: that process's lock is no file of this folder."""
    refused: list[str] = []
    with folder("one") as first:

        def meanwhile(_plan: object) -> bool:
            with folder("two") as second:
                assert sync.state(second).alive
                try:
                    run(second)
                except Refused as refusal:
                    refused.append(refusal.code)
            return True

        done = sync.run(first, approve=meanwhile)
    assert refused == ["INT-05"]
    assert done.run is not None
    assert done.run.state == "ok"
    assert len(booked(world)) == 3


def test_a_run_of_a_killed_process_is_taken_over_in_another_folder(
    folder: Folder, world: World
) -> None:
    """R-040: whoever comes next, wherever."""

    def killed() -> None:
        die_at("read.page-saved", 3)
        with folder("one") as ws:
            run(ws)

    assert in_child(killed) == -signal.SIGKILL
    with folder("two") as ws:
        left = ws.store.runs.open_run("main")
        assert left is not None
        done = run(ws)
        assert done.run is not None
        assert (done.run.id, done.run.state) == (left.id, "ok")
    assert len(booked(world)) == 3


def test_only_one_of_two_takes_over_the_run_of_a_dead_process(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-030: both saw that it is dead, and the second is told that the first was faster."""

    def killed() -> None:
        with folder("one") as ws:
            begin(ws, ws.store.settings.integrations()[0], "sync")
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(killed) == -signal.SIGKILL
    with folder("one") as first, folder("two") as second:
        row = first.store.settings.integrations()[0]
        seen = second.store.runs.open_run(row.name)
        begin(first, row, "sync")
        monkeypatch.setattr(second.store.runs, "open_run", lambda _name: seen)
        with pytest.raises(Refused) as refused:
            begin(second, row, "sync")
        assert refused.value.code == "INT-05"


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_process_that_others_may_count_as_dead_sends_nothing_more(
    folder: Folder, world: World
) -> None:
    """STO-12: its run stays open for whoever goes on with it, and each entry is booked once."""
    with folder("one") as ws:

        def ended(_plan: object) -> bool:
            end_sessions(ws.store)
            return True

        with pytest.raises(StoreError) as stopped:
            sync.run(ws, approve=ended)
        assert stopped.value.code == "STO-12"
        assert booked(world) == []
        assert ws.store.runs.open_run("main") is not None
    with folder("two") as ws:
        assert run(ws).failed == 0
    assert len(booked(world)) == 3


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_lock_files_beside_a_shared_store_are_cleared_when_their_process_has_ended(
    folder: Folder, tmp_path: Path
) -> None:
    """The doctor looks where the processes leave them."""

    def killed() -> None:
        ExecutorLock(tmp_path / ".tallystick")
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(killed) == -signal.SIGKILL
    with folder("two") as ws:
        home = ws.home
    told = [line.message for line in doctor(home, offline=True, fix=True) if line.level == "fixed"]
    assert "removed 1 lock file of processes that have ended" in told
