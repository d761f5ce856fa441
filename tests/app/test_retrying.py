"""Trying errors again: one sync for all, and an account of those that were named (R-096)."""

from collections.abc import Iterator

import pytest
from app.synced import Place, open_errors, run
from support.fakes import World, log, small_world
from support.projects import set_up
from tallystick.app.errors import retry
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError


@pytest.fixture
def world() -> World:
    """Two entries that wait for approval."""
    made = small_world()
    log(made, "a", approval="pending", minutes=20)
    log(made, "b", approval="pending", minutes=30)
    return made


@pytest.fixture
def held(place: Place, world: World) -> Iterator[Workspace]:
    """Synced once."""
    with place.opened(world) as ws:
        set_up(ws)
        run(ws)
        yield ws


def number(ws: Workspace, entry: str) -> int:
    """The open error of an entry."""
    return next(e.id for e in open_errors(ws) if e.external_id == entry)


def test_a_retry_says_which_of_the_named_errors_are_gone_and_which_stay(
    held: Workspace, world: World
) -> None:
    a, b = number(held, "a"), number(held, "b")
    log(world, "a", minutes=20)
    done = retry(held, ids=[a, b])
    assert [e.id for e in done.gone] == [a]
    assert [(e.id, e.code) for e in done.stays] == [(b, "TS-04")]
    assert done.stays[0].reason


def test_a_retry_of_one_error_accounts_for_that_one_alone(held: Workspace, world: World) -> None:
    a = number(held, "a")
    log(world, "a", minutes=20)
    log(world, "b", minutes=30)
    done = retry(held, ids=[a])
    assert ([e.id for e in done.gone], done.stays) == ([a], ())
    assert open_errors(held) == [], "one sync tries all"


def test_a_record_that_fails_for_another_reason_now_is_named_with_it(
    held: Workspace, world: World
) -> None:
    a = number(held, "a")
    log(world, "a", minutes=2000)
    done = retry(held, ids=[a])
    assert [e.id for e in done.gone] == [a]
    assert [e.code for e in done.stays] == ["TS-07"]


def test_an_unknown_id_is_refused_before_anything_is_tried(held: Workspace) -> None:
    runs = len(held.store.runs.recent("main"))
    with pytest.raises(ConfigError, match="There is no error E-404") as refused:
        retry(held, ids=[number(held, "a"), 404])
    assert refused.value.code == "CFG-11"
    assert len(held.store.runs.recent("main")) == runs


def test_an_id_that_is_settled_is_refused_with_that_word(held: Workspace, world: World) -> None:
    a = number(held, "a")
    log(world, "a", minutes=20)
    run(held)
    with pytest.raises(ConfigError, match=f"E-{a} is settled already"):
        retry(held, ids=[a])
