"""A project that was synced once, and its stored decisions under other rules."""

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fakes import World, log, small_world
from support.projects import opened, set_up
from tallystick.app import rule_drafts, sync
from tallystick.app.workspace import Workspace
from tallystick.testing.clock import FakeClock
from tallystick.workbench.backtest_results import Backtest
from tallystick.workbench.backtests import backtest

SHORTER = (
    "max_minutes: {type: integer, default: 1440}",
    "max_minutes: {type: integer, default: 59}",
)
UNAPPROVED = (
    "require_approval: {type: boolean, default: true}",
    "require_approval: {type: boolean, default: false}",
)


@pytest.fixture(scope="session")
def synced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """An hour of work, half an hour, and one that is not approved, synced once."""
    made = small_world()
    log(made, "half", minutes=30)
    log(made, "pending", approval="pending")
    home = tmp_path_factory.mktemp("backtests") / "home"
    with opened(home, made) as workspace:
        set_up(workspace)
        sync.run(workspace, approve=lambda _plan: True)
    return home, made


@pytest.fixture
def world(synced: tuple[Path, World]) -> World:
    """What the two systems hold."""
    return copy.deepcopy(synced[1])


@pytest.fixture
def clock() -> FakeClock:
    """The time of the workspace."""
    return FakeClock()


@pytest.fixture
def ws(
    tmp_path: Path, synced: tuple[Path, World], world: World, clock: FakeClock
) -> Iterator[Workspace]:
    """A project that was synced once."""
    shutil.copytree(synced[0], tmp_path / "home")
    with opened(tmp_path / "home", world, clock) as workspace:
        yield workspace


def guarded(id_: str, condition: str) -> tuple[str, str]:
    """A rule in front of all others that skips what has the condition."""
    head = f"rules:\n  - id: {id_}\n    when: [{condition}]\n    then: skip\n"
    return "rules:\n", f'{head}    because: "It has it."\n'


def shipped(ws: Workspace, name: str = "qualification.yaml") -> str:
    return next(s.text for s in ws.rules.sources() if s.name == f"rules/{name}")


def other(ws: Workspace, *changes: tuple[str, str], name: str = "qualification.yaml") -> str:
    """A draft of a shipped file with some of its text replaced; returns its name."""
    text = shipped(ws, name)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return Path(rule_drafts.begin(ws, name, text).file).name


def only(ws: Workspace, subject: str, **choices: object) -> Backtest:
    (found,) = backtest(ws, subject, **choices)  # type: ignore[arg-type] # as each test has them
    return found


def cells(found: Backtest) -> dict[tuple[str, str], int]:
    return {(c.was, c.now): c.count for c in found.matrix}


def in_force(ws: Workspace, draft: str) -> None:
    """Put a draft into force without its gates, and sync."""
    path = ws.home / "rules" / draft
    rule_drafts.put_in_force(ws, path, path.read_text(encoding="utf-8"))
    sync.run(ws, approve=lambda _plan: True)
