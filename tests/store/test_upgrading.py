"""Migrations: of an empty and an existing store, equal to the classes, refused when newer."""

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel.sql.sqltypes import AutoString
from tallystick.errors import StoreError
from tallystick.store import backup_store, checkpoint_store, open_store, upgrade_store
from tallystick.store.database import Database, tables
from tallystick.store.upgrading import VERSION_TABLE, _config, current, head
from tallystick.testing.clock import FakeClock

OLDER = "0002"


def _at(url: str, version: str) -> None:
    """Bring an empty database to an older version."""
    database = Database(url)
    with database.write_durable() as connection:
        command.upgrade(_config(connection), version)
    database.close()


def _set_version(url: str, version: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.execute(
            text("UPDATE tallystick_version SET version_num = :version"), {"version": version}
        )
    database.close()


def _version(url: str) -> str | None:
    database = Database(url)
    try:
        return current(database)
    finally:
        database.close()


def test_an_empty_database_becomes_a_store(empty_url: str, tmp_path: Path) -> None:
    opened = open_store(empty_url, clock=FakeClock(), key_file=tmp_path / "key")
    assert opened.info().version == head()
    opened.close()


def test_migrations_make_exactly_the_tables_of_the_classes(url: str) -> None:
    database = Database(url)
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        drift = compare_metadata(context, tables())
    database.close()
    assert drift == []


def test_unique_keys_that_guard_against_double_billing_are_in_the_database(url: str) -> None:
    """R-169, R-170."""
    database = Database(url)
    with database.read() as connection:
        found = inspect(connection).get_unique_constraints("claim")
    database.close()
    keys = [set(c["column_names"]) for c in found]
    assert keys == [{"system", "container_id", "kind", "source_id"}]


def test_an_older_store_is_upgraded_and_keeps_its_rows(empty_url: str) -> None:
    _at(empty_url, OLDER)
    database = Database(empty_url)
    with database.write() as connection:
        connection.execute(text("INSERT INTO event (kind, detail) VALUES ('run.started', '{}')"))
    database.close()
    assert upgrade_store(empty_url) == head()
    database = Database(empty_url)
    with database.read() as connection:
        assert connection.execute(text("SELECT kind FROM event")).scalars().all() == ["run.started"]
    database.close()


def test_upgrading_an_upgraded_store_changes_nothing(url: str, tmp_path: Path) -> None:
    assert upgrade_store(url) == head()
    assert list(tmp_path.glob("*.backup")) == []


def test_a_sqlite_store_is_backed_up_before_it_is_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    _at(url, OLDER)
    open_store(url, clock=FakeClock(), key_file=tmp_path / "key").close()
    assert _version(url) == head()
    assert _version(f"sqlite:///{tmp_path / f's.{OLDER}.backup'}") == OLDER


def test_a_store_that_cannot_be_backed_up_is_not_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    _at(url, OLDER)
    (tmp_path / f"s.{OLDER}.backup").mkdir()
    with pytest.raises(StoreError) as refused:
        open_store(url, clock=FakeClock(), key_file=tmp_path / "key")
    assert refused.value.code == "STO-03"
    assert _version(url) == OLDER


@pytest.mark.postgres
def test_a_postgresql_store_is_upgraded_by_a_person_only(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """STO-02: other workers may be running."""
    server = request.getfixturevalue("postgres")
    name = server.create()
    _at(server.url(name), OLDER)
    with pytest.raises(StoreError) as refused:
        open_store(server.url(name), clock=FakeClock(), key_file=tmp_path / "key")
    assert refused.value.code == "STO-02"
    assert "tallystick db upgrade" in refused.value.fix
    assert upgrade_store(server.url(name)) == head()
    server.drop(name)


def _start(url: str) -> None:
    open_store(url, clock=FakeClock(), key_file=Path("never-made")).close()


@pytest.mark.parametrize("use", [_start, upgrade_store], ids=["start", "upgrade"])
def test_a_store_of_a_newer_version_is_refused_and_not_touched(
    url: str, dialect: str, use: Callable[[str], object], tmp_path: Path
) -> None:
    """STO-02."""
    _set_version(url, "9999")
    before = (tmp_path / "store.db").read_bytes() if dialect == "sqlite" else b""
    with pytest.raises(StoreError) as refused:
        use(url)
    assert refused.value.code == "STO-02"
    assert _version(url) == "9999"
    assert not Path("never-made").exists()
    assert list(tmp_path.glob("*.backup")) == []
    if dialect == "sqlite":
        assert (tmp_path / "store.db").read_bytes() == before


def test_a_database_of_another_program_is_not_migrated(empty_url: str, tmp_path: Path) -> None:
    """STO-06."""
    database = Database(empty_url)
    with database.write() as connection:
        connection.execute(text('CREATE TABLE "user" (id INTEGER)'))
    database.close()
    with pytest.raises(StoreError) as refused:
        open_store(empty_url, clock=FakeClock(), key_file=tmp_path / "key")
    assert refused.value.code == "STO-06"
    assert _version(empty_url) is None


def _start_again(url: str, key_file: Path) -> None:
    open_store(url, clock=FakeClock(), key_file=key_file).close()


@pytest.mark.parametrize("use", [_start_again, lambda url, _key: upgrade_store(url)])
def test_an_empty_file_does_not_become_a_new_store(
    use: Callable[[str, Path], object], tmp_path: Path
) -> None:
    """STO-07: what it held is lost, and a store without claims would bill everything again."""
    key, file = tmp_path / "key", tmp_path / "store.db"
    key.write_text("made when the store was")
    file.touch()
    with pytest.raises(StoreError) as refused:
        use(f"sqlite:///{file}", key)
    assert refused.value.code == "STO-07"
    assert "backup" in refused.value.fix
    assert file.stat().st_size == 0


def test_an_empty_file_is_begun_with_where_nothing_was_ever_opened(tmp_path: Path) -> None:
    """As the first start leaves it that is cut off before its first page."""
    file = tmp_path / "store.db"
    file.touch()
    open_store(f"sqlite:///{file}", clock=FakeClock(), key_file=tmp_path / "key").close()
    assert _version(f"sqlite:///{file}") == head()


def test_the_write_ahead_log_is_written_into_the_store(migrated_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    shutil.copy(migrated_file, file)
    url = f"sqlite:///{file}"
    opened = open_store(url, clock=FakeClock(), key_file=tmp_path / "key")
    with opened.database.write() as connection:
        connection.execute(text("INSERT INTO event (kind, detail) VALUES ('x', '{}')"))
    log = tmp_path / "s.db-wal"
    before = log.stat().st_size
    assert before > 0
    assert checkpoint_store(url) == before
    assert log.stat().st_size == 0
    assert checkpoint_store(url) == 0
    assert [e["kind"] for e in opened.events.recent()] == ["x"]
    opened.close()


def test_a_backup_is_a_whole_store_also_while_the_store_is_open(
    migrated_file: Path, tmp_path: Path
) -> None:
    shutil.copy(migrated_file, tmp_path / "s.db")
    url = f"sqlite:///{tmp_path / 's.db'}"
    opened = open_store(url, clock=FakeClock(), key_file=tmp_path / "key")
    with opened.database.write() as connection:
        connection.execute(text("INSERT INTO event (kind, detail) VALUES ('x', '{}')"))
    out = backup_store(url, tmp_path / "copy.db")
    opened.close()
    copied = open_store(f"sqlite:///{out}", clock=FakeClock(), key_file=tmp_path / "key")
    assert [e["kind"] for e in copied.events.recent()] == ["x"]
    copied.close()


@pytest.mark.postgres
def test_a_postgresql_store_is_backed_up_with_its_own_tools(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server = request.getfixturevalue("postgres")
    with pytest.raises(StoreError, match="its own tools"):
        backup_store(server.url(server.migrated()), tmp_path / "x")


@pytest.mark.parametrize("name", ["0001_records", "0002_host", "0003_ledger", "0004_seen"])
def test_a_ledger_is_never_taken_back_to_an_older_schema(name: str) -> None:
    module = importlib.import_module(f"tallystick.store.migrations.versions.{name}")
    with pytest.raises(NotImplementedError, match="backup"):
        module.downgrade()


def test_text_columns_have_no_length_that_could_cut_an_id() -> None:
    lengths = {
        c.type.length
        for t in tables().tables.values()
        for c in t.columns
        if isinstance(c.type, AutoString)
    }
    assert lengths == {None}
