"""Which processes live, as the database server knows it."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from support.databases import Postgres
from support.processes import in_child
from tallystick.store import Store, open_store
from tallystick.testing.clock import FakeClock

pytestmark = pytest.mark.postgres


@pytest.fixture
def server_url(postgres: Postgres) -> Iterator[str]:
    """A PostgreSQL store of the test's own."""
    name = postgres.create(postgres.migrated())
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def machine(server_url: str, tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Opens the store as a machine would that shares no folder with the others."""
    opened = []

    def made(name: str) -> Store:
        store = open_store(server_url, clock=FakeClock(), key_file=tmp_path / name / "key")
        opened.append(store)
        return store

    yield made
    for store in opened:
        store.close()


def test_a_process_is_seen_from_another_machine_until_it_lets_go(
    machine: Callable[[str], Store],
) -> None:
    one, two = machine("one").presence(), machine("two").presence()
    assert one is not None
    assert two is not None
    assert one.executor_id != two.executor_id
    assert two.alive(one.executor_id)
    assert one.alive(two.executor_id)
    assert not two.alive("x-never-there")
    one.release()
    one.release()
    assert not two.alive(one.executor_id)
    assert not one.alive(one.executor_id)
    two.release()


def test_a_process_that_was_killed_is_dead_for_every_machine(
    machine: Callable[[str], Store], tmp_path: Path
) -> None:
    """Its session ends with it; no file is left that somebody must remove."""

    def work() -> None:
        mine = machine("killed").presence()
        assert mine is not None
        assert mine.alive(mine.executor_id)
        (tmp_path / "id").write_text(mine.executor_id)
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(work) == -signal.SIGKILL
    other = machine("other").presence()
    assert other is not None
    assert not other.alive((tmp_path / "id").read_text())
    other.release()


def test_a_process_whose_session_the_server_ended_knows_that_it_counts_as_dead(
    machine: Callable[[str], Store],
) -> None:
    """Others may have taken its work over, so it does not come back to life."""
    store = machine("one")
    mine = store.presence()
    assert mine is not None
    end_sessions(store)
    assert not mine.alive(mine.executor_id)
    mine.release()


def test_a_session_that_says_a_process_lives_leaves_every_connection_to_the_others(
    machine: Callable[[str], Store],
) -> None:
    """Twenty processes' presences in one store: more than its pool has connections."""
    store = machine("one")
    found = [store.presence() for _ in range(20)]
    assert all(p is not None and p.alive(p.executor_id) for p in found)
    for presence in found:
        if presence is not None:
            presence.release()


def end_sessions(store: Store) -> None:
    """End every session that holds a lock, as a restart of the server would."""
    with store.database.write() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        ).all()
    assert ended
    store.database.close()
