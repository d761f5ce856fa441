"""A store that is missing is told and not made anew unseen: it would know no earlier bill."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from app.synced import run
from support.databases import Postgres, postgres
from support.fakes import log, small_world
from support.projects import opened, set_up
from tallystick.app import database, project
from tallystick.app.doctor import doctor
from tallystick.app.workspace import open_workspace
from tallystick.errors import StoreError
from tallystick.testing.clock import START, FakeClock

__all__ = ["postgres"]

STORE = "tallystick.db"
KEY = "dGhlIGtleSBvZiB0d28gZm9sZGVycyBvbiBvbmUgZGI="


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project folder that was opened once."""
    with opened(tmp_path / "home", small_world()) as ws:
        set_up(ws)
        return ws.home


def lose(home: Path) -> None:
    """The store's files are gone."""
    for path in home.glob(f"{STORE}*"):
        path.unlink()


def refused(home: Path) -> StoreError:
    """What opening the folder says."""
    with pytest.raises(StoreError) as told:
        open_workspace(home)
    return told.value


def test_a_missing_store_is_told_with_what_to_do_and_no_file_is_made(home: Path) -> None:
    """STO-11."""
    lose(home)
    told = refused(home)
    assert told.code == "STO-11"
    assert str(home / STORE) in told.message
    assert "backup" in told.fix
    assert "tallystick db new" in told.fix
    assert not (home / STORE).exists()


def test_a_folder_that_was_only_made_begins_with_a_new_store(tmp_path: Path) -> None:
    project.init(tmp_path)
    open_workspace(tmp_path).close()
    assert (tmp_path / STORE).is_file()


def test_the_key_file_alone_says_that_there_was_a_store(home: Path) -> None:
    """As in folders of releases that left no sign of their own."""
    (home / ".tallystick/has-store").unlink()
    lose(home)
    assert refused(home).code == "STO-11"


def test_a_folder_whose_key_is_in_the_environment_knows_that_it_had_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYSTICK_KEY", KEY)
    project.init(tmp_path)
    open_workspace(tmp_path).close()
    assert not (tmp_path / ".tallystick/key").exists()
    lose(tmp_path)
    assert refused(tmp_path).code == "STO-11"


def test_a_url_that_leads_elsewhere_is_refused_where_no_store_is(home: Path) -> None:
    """A misspelt name must not begin a second ledger."""
    path = home / "tallystick.toml"
    path.write_text(path.read_text().replace(STORE, "tallystik.db"))
    assert refused(home).code == "STO-11"
    assert not (home / "tallystik.db").exists()


@pytest.mark.postgres
def test_an_empty_server_database_is_no_store_of_a_project_that_had_one(
    home: Path, postgres: Postgres
) -> None:
    name = postgres.create()
    path = home / "tallystick.toml"
    path.write_text(path.read_text().replace("sqlite:///tallystick.db", postgres.url(name)))
    told = refused(home)
    assert told.code == "STO-11"
    assert name in told.message
    assert name in database.begin(home)
    open_workspace(home).close()
    postgres.drop(name)


@pytest.mark.parametrize("act", [database.upgrade, lambda h: database.backup(h, h / "copy.db")])
def test_upkeep_makes_no_store_where_the_projects_is_missing(home: Path, act: object) -> None:
    assert callable(act)
    lose(home)
    with pytest.raises(StoreError) as told:
        act(home)
    assert told.value.code == "STO-11"
    assert not (home / STORE).exists()
    assert not (home / "copy.db").exists()


def test_the_doctor_tells_a_missing_store_and_does_not_repair_it(home: Path) -> None:
    """Only a person may begin anew."""
    lose(home)
    lines = doctor(home, offline=True, fix=True)
    assert [(x.level, x.code) for x in lines if x.level == "fail"] == [("fail", "STO-11")]
    assert not (home / STORE).exists()


def test_a_backup_in_its_place_is_opened(home: Path, tmp_path: Path) -> None:
    database.backup(home, tmp_path / "copy.db")
    lose(home)
    shutil.copy(tmp_path / "copy.db", home / STORE)
    with opened(home, small_world()) as ws:
        assert ws.store.vault.credential("source") is not None


@pytest.mark.parametrize("empty", [False, True], ids=["missing", "empty"])
def test_a_person_may_begin_anew(home: Path, empty: bool) -> None:
    lose(home)
    if empty:
        (home / STORE).touch()
    assert database.begin(home) == str(home / STORE)
    with opened(home, small_world()) as ws:
        assert ws.store.vault.credential("source") is None
        set_up(ws)


def test_the_first_run_of_a_new_store_is_not_taken_for_the_first_run_of_the_lost_one(
    home: Path,
) -> None:
    """Runs are numbered from 1 again, and recorded steps of the old ones are still there."""
    world = small_world()
    with opened(home, world) as ws:
        first = run(ws)
    lose(home)
    database.begin(home)
    log(world, "e2", minutes=30)
    later = FakeClock(START + timedelta(days=1))
    with opened(home, world, later) as ws:
        set_up(ws)
        again = run(ws)
    assert again.run is not None
    assert first.run is not None
    assert again.run.id == first.run.id
    assert again.digest != first.digest
    assert again.run.modules


def test_a_store_that_is_there_is_not_replaced_by_an_empty_one(home: Path) -> None:
    before = (home / STORE).read_bytes()
    with pytest.raises(StoreError) as told:
        database.begin(home)
    assert told.value.code == "STO-06"
    assert (home / STORE).read_bytes() == before
