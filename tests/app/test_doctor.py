"""The doctor: what it looks at, and what it repairs without asking."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from app.synced import Place
from support.fakes import small_world
from support.projects import fake_host, opened, set_up
from tallystick.app.doctor import doctor
from tallystick.app.results import CheckLine
from tallystick.app.workspace import Surroundings
from tallystick.model.connection import Health
from tallystick.run.executor import ExecutorLock


@pytest.fixture
def around() -> Surroundings:
    """The fake connectors on a small world."""
    return Surroundings(host=fake_host(small_world()), wait=lambda _s: None)


@pytest.fixture
def home(place: Place) -> Path:
    """A folder that was set up."""
    with place.opened(small_world()) as ws:
        set_up(ws)
    return place.home


def levels(lines: tuple[CheckLine, ...]) -> Mapping[str, list[str]]:
    """The levels of each kind of line."""
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(line.what, []).append(line.level)
    return found


def repaired(lines: tuple[CheckLine, ...]) -> str:
    """What was repaired, in words."""
    return "; ".join(line.message for line in lines if line.level == "fixed")


def test_each_thing_a_run_needs_has_a_line(home: Path, around: Surroundings) -> None:
    assert levels(doctor(home, around=around)) == {
        "store": ["ok"],
        "permissions": ["ok"],
        "rules": ["ok"],
        "plugin": ["ok", "ok"],
        "key": ["ok", "ok"],
    }


def test_the_rules_line_counts_files_rules_and_tests(home: Path, around: Surroundings) -> None:
    line = next(x for x in doctor(home, offline=True, around=around) if x.what == "rules")
    with opened(home, small_world()) as ws:
        packs = list(ws.rules.book().packs.values())
    numbers = [int(word) for word in line.message.split() if word.isdigit()]
    promises = [(*p.tests, *(i for i in p.invariants if i.scope is None)) for p in packs]
    assert numbers == [len(packs), sum(len(p.rules) for p in packs), sum(map(len, promises))]
    assert line.message.endswith("pass")


def test_offline_calls_nobody(home: Path) -> None:
    world = small_world()
    world.health = {"portal": Health(ok=False, message="asked", code="AUTH-01")}
    asking = Surroundings(host=fake_host(world), wait=lambda _s: None)
    assert levels(doctor(home, offline=True, around=asking))["key"] == ["ok", "ok"]
    assert levels(doctor(home, around=asking))["key"] == ["fail", "ok"]


@pytest.mark.parametrize(("seconds", "level"), [(94.0, "warn"), (-61.0, "warn"), (60.0, "ok")])
def test_a_clock_that_differs_is_told(home: Path, seconds: float, level: str) -> None:
    world = small_world()
    world.health = {"accounts": Health(ok=True, message="well", skew_seconds=seconds)}
    lines = doctor(home, around=Surroundings(host=fake_host(world)))
    line = next(x for x in lines if x.what == "clock")
    assert (line.level, line.code) == (level, "CFG-15" if level == "warn" else None)
    assert ("ahead" in line.message) == (seconds > 60)


def test_the_clock_of_a_simulator_is_its_own(home: Path) -> None:
    """One on this machine: its clock is moved at will, so nobody is warned of it."""
    world = small_world()
    world.health = {"accounts": Health(ok=True, message="well", skew_seconds=10_000_000.0)}
    config = home / "tallystick.toml"
    text = config.read_text(encoding="utf-8")
    setting = 'system = "fake_accounts"\nbase_url = "http://127.0.0.1:40118/books"'
    assert 'system = "fake_accounts"' in text
    config.write_text(text.replace('system = "fake_accounts"', setting), encoding="utf-8")
    lines = doctor(home, around=Surroundings(host=fake_host(world)))
    (line,) = (x for x in lines if x.what == "clock")
    assert (line.level, line.code) == ("ok", None)


def test_a_connection_without_a_credential_fails_with_the_remedy(
    place: Place, around: Surroundings
) -> None:
    lines = doctor(place.home, offline=True, around=around)
    keys = [x for x in lines if x.what == "key"]
    assert {x.code for x in keys} == {"CFG-05"}
    assert all("integration connect" in str(x.fix) for x in keys)


def test_permissions_that_are_too_wide_are_told_and_repaired(
    home: Path, around: Surroundings
) -> None:
    (home / ".tallystick").chmod(0o755)
    (home / "tallystick.db").chmod(0o666)
    warned = [x for x in doctor(home, offline=True, around=around) if x.what == "permissions"]
    assert {x.level for x in warned} == {"warn"}
    assert {".tallystick is", "tallystick.db is"} <= {
        " ".join(Path(x.message).name.split()[:2]) for x in warned
    }
    done = doctor(home, offline=True, fix=True, around=around)
    assert "permissions of .tallystick: 755 -> 700" in repaired(done)
    assert "permissions of tallystick.db: 666 -> 660" in repaired(done)
    assert levels(done)["permissions"] == ["ok"]


def test_a_key_that_others_can_read_is_repaired_before_the_store_is_opened(
    home: Path, around: Surroundings
) -> None:
    key = home / ".tallystick" / "key"
    key.chmod(0o644)
    assert doctor(home, offline=True, around=around)[0].code == "STO-08"
    done = doctor(home, offline=True, fix=True, around=around)
    assert key.stat().st_mode & 0o777 == 0o600
    assert "fail" not in {x.level for x in done}


def test_missing_folders_are_made(home: Path, around: Surroundings) -> None:
    for path in (home / "rules").iterdir():
        path.unlink()
    (home / "rules").rmdir()
    done = doctor(home, offline=True, fix=True, around=around)
    assert "made rules/" in repaired(done)
    assert (home / "rules").is_dir()


def test_locks_of_dead_processes_go_and_those_of_living_ones_stay(
    home: Path, around: Surroundings
) -> None:
    living = ExecutorLock(home / ".tallystick")
    folder = home / ".tallystick" / "executors"
    (folder / "x-dead.lock").touch()
    done = doctor(home, offline=True, fix=True, around=around)
    assert "removed 1 lock file of" in repaired(done)
    assert [p.stem for p in folder.iterdir()] == [living.executor_id]
    living.release()


def test_what_is_well_is_left_alone(home: Path, around: Surroundings) -> None:
    before = {p: p.stat().st_mode for p in home.rglob("*") if "-" not in p.name}
    assert repaired(doctor(home, offline=True, fix=True, around=around)) == ""
    assert {p: p.stat().st_mode for p in before} == before


def test_a_plugin_that_is_not_installed_is_a_line_and_no_crash(
    home: Path, around: Surroundings
) -> None:
    assert around.host is not None
    del around.host.connectors["fake_accounts"]
    lines = doctor(home, around=around)
    assert [x.code for x in lines if x.level == "fail"] == ["PLG-02"]


def test_nothing_is_repaired_where_no_project_folder_is(tmp_path: Path) -> None:
    lines = doctor(tmp_path, fix=True)
    assert [(x.level, x.code) for x in lines] == [("fail", "CFG-03")]
    assert list(tmp_path.iterdir()) == []


def test_an_empty_store_file_fails_with_the_remedy(home: Path, around: Surroundings) -> None:
    """STO-07."""
    (home / "tallystick.db").write_bytes(b"")
    for fix in (False, True):
        line = doctor(home, offline=True, fix=fix, around=around)[-1]
        assert (line.level, line.code) == ("fail", "STO-07")
        assert (home / "tallystick.db").stat().st_size == 0


def test_a_store_that_others_can_read_is_told(home: Path, around: Surroundings) -> None:
    """CFG-10."""
    (home / "tallystick.db").chmod(0o644)
    warned = [x for x in doctor(home, offline=True, around=around) if x.what == "permissions"]
    assert {(x.level, x.code) for x in warned} == {("warn", "CFG-10")}
    assert any("tallystick.db is open to others (644 instead of 640)" in x.message for x in warned)
