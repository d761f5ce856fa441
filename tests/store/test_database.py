"""The database behind the store: pragmas, durability, errors that say what to do."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import IntegrityError
from tallystick.errors import StoreError
from tallystick.store import IntegrationData, Store, database, open_store
from tallystick.store.database import table
from tallystick.testing.clock import START, FakeClock

from store.operations import claim, invoice, park, release, send, settle


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    """A SQLite store, for what only SQLite has."""
    url = f"sqlite:///{tmp_path / 's.db'}"
    opened = open_store(url, clock=FakeClock(), key_file=tmp_path / "key")
    yield opened
    opened.close()


def _pragma(store: Store, name: str, *, durable: bool) -> Any:
    with store.database.write_durable() if durable else store.database.write() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_claims_and_operations_are_on_the_disk_before_a_byte_leaves(sqlite: Store) -> None:
    """W14: synchronous=FULL (2) where they are written, NORMAL (1) elsewhere."""
    assert _pragma(sqlite, "synchronous", durable=True) == 2
    assert _pragma(sqlite, "synchronous", durable=False) == 1


def test_every_act_of_the_outbox_writes_on_the_fully_synchronous_connection(sqlite: Store) -> None:
    """W14."""
    lazy: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            lazy.append(statement)

    event.listen(sqlite.database.engine, "before_cursor_execute", note)
    row = claim(sqlite, invoice("e1"))
    settle(sqlite, row, send(sqlite, row))
    release(sqlite, row)
    other = claim(sqlite, invoice("e2"))
    send(sqlite, other)
    park(sqlite, other)
    sqlite.outbox.cancel_unsent("main", now=START)
    sqlite.outbox.release_leases("one", now=START)
    assert lazy == []


@pytest.mark.postgres
def test_a_commit_of_claims_waits_for_the_disk_even_where_the_server_does_not(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """W14, on PostgreSQL."""
    server = request.getfixturevalue("postgres")
    name = server.create(server.migrated())
    address = server.url(name) + ("&" if "?" in server.url(name) else "?")
    lazy = f"{address}options=-csynchronous_commit%3Doff"
    opened = open_store(lazy, clock=FakeClock(), key_file=tmp_path / "key")
    try:
        with opened.database.write() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "off"
        with opened.database.write_durable() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    finally:
        opened.close()
        server.drop(name)


def test_sqlite_keeps_a_write_ahead_log_waits_and_checks_references(sqlite: Store) -> None:
    for durable in (True, False):
        assert _pragma(sqlite, "journal_mode", durable=durable) == "wal"
        assert _pragma(sqlite, "foreign_keys", durable=durable) == 1
        assert _pragma(sqlite, "busy_timeout", durable=durable) == 5000


def test_an_attempt_of_no_operation_is_refused(store: Store) -> None:
    """Foreign keys are on."""
    with pytest.raises(IntegrityError), store.database.write() as connection:
        connection.execute(insert(table("attempt")).values(reference="TSY-NONE", n=1, epoch=1))


def test_a_reader_waits_for_no_writer_and_sees_a_snapshot(store: Store) -> None:
    with store.database.write() as writer:
        writer.execute(insert(table("event")).values(kind="run.started", detail={}))
        assert store.events.recent() == []
    assert len(store.events.recent()) == 1


def test_errors_of_the_database_show_no_values(store: Store) -> None:
    """S03."""
    query = text("SELECT :secret FROM nowhere")
    with pytest.raises(StoreError) as failed, store.database.read() as connection:
        connection.execute(query, {"secret": "hunter2"})
    assert failed.value.code == "STO-06"
    assert "hunter2" not in str(failed.value.__cause__)
    assert "hunter2" not in str(failed.value)


def test_a_url_of_another_database_is_refused() -> None:
    for url in ("mysql://x", "no url at all"):
        with pytest.raises(StoreError) as refused:
            open_store(url, clock=FakeClock())
        assert refused.value.code == "STO-01"


def test_a_server_that_does_not_answer_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(f"postgresql://nobody@/x?host={tmp_path}", clock=FakeClock())
    assert refused.value.code == "STO-04"


def test_a_read_only_disk_is_refused_before_anything_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STO-03."""
    real = os.statvfs(tmp_path)
    fields = list(real)
    fields[8] = real.f_flag | os.ST_RDONLY
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(fields))
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{tmp_path / 's.db'}", clock=FakeClock())
    assert refused.value.code == "STO-03"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{tmp_path / 'file' / 's.db'}", clock=FakeClock())
    assert refused.value.code == "STO-03"


def _limit(store: Store, pragma: str) -> None:
    for engine in (store.database.engine, store.database.durable):
        engine.dispose()
        event.listen(
            engine, "connect", lambda made, _record: made.execute(f"PRAGMA {pragma}").close()
        )


@pytest.mark.parametrize(
    ("pragma", "code"), [("max_page_count=1", "STO-10"), ("query_only=1", "STO-03")]
)
def test_a_full_or_read_only_disk_is_told_by_its_code(
    sqlite: Store, pragma: str, code: str
) -> None:
    """F31: on the bulk path too, which speaks to the driver."""
    _limit(sqlite, pragma)
    with pytest.raises(StoreError) as refused:
        sqlite.records.upsert(
            "p", "user", [{"external_id": str(n), "name": "x" * 5000} for n in range(900)], run_id=1
        )
    assert refused.value.code == code
    with pytest.raises(StoreError) as again:
        claim(sqlite, invoice(*(f"e{n}" for n in range(900))))
    assert again.value.code == code


def test_a_store_another_process_writes_to_is_told_as_busy(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F32."""
    _limit(sqlite, "busy_timeout=0")
    with sqlite.database.write() as connection:
        connection.execute(select(1))
        with pytest.raises(StoreError) as busy:
            claim(sqlite, invoice("e1"))
    assert busy.value.code == "STO-09"


def test_a_file_that_is_no_store_is_told_as_damaged(tmp_path: Path) -> None:
    """F34."""
    path = tmp_path / "s.db"
    path.write_bytes(b"these are not the bytes of a database" * 100)
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{path}", clock=FakeClock())
    assert refused.value.code == "STO-07"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_store_without_a_file_is_one_store_and_gone_when_closed(url: str, tmp_path: Path) -> None:
    opened = open_store(url, clock=FakeClock(), key_file=tmp_path / "key")
    opened.settings.put_integration(IntegrationData("main", "none", "p", "b"))
    claim(opened, invoice("e1"))
    assert opened.outbox.count() == 1
    path = Path(str(opened.database.url.database))
    opened.close()
    assert not path.parent.exists()


def test_the_doctor_sees_dialect_version_and_soundness(store: Store, dialect: str) -> None:
    info = store.info()
    assert (info.dialect, info.version, info.sound) == (dialect, "0004", True)


def test_values_json_does_not_know_are_stored_as_text() -> None:
    assert database.dumps({"at": START, "n": Path("x")}) == (
        '{"at":"2026-07-15T09:00:00+00:00","n":"x"}'
    )
